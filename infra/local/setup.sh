#!/usr/bin/env bash
# Installs what the project needs and this machine lacks: ready-made tools from Python packages
# into target/tools. Run again, it only looks.
#
#   setup.sh tools    only looks whether the compilers and interpreters are there
#   setup.sh run      that, and installs what `make run` needs for the source in DATABASE_URL
#   setup.sh check    that, and installs what `make check` needs
#   setup.sh test     that, and installs what `make test` and `make test-api` need: PostgreSQL with its ODBC driver, a Secrets
#                     Manager, schemathesis
#   setup.sh preflight ARCHITECTURE
#                     that, and installs SAM CLI; Rust must have the target itself
#   setup.sh package ARCHITECTURE
#                     that, and installs SAM CLI, cargo-lambda and zig, to deploy; Rust must have the target itself
#   setup.sh test-deploy
#                     that, and installs what `make test-deploy` needs: SAM CLI, moto, Java
#   setup.sh abuse    that, and installs what `make abuse` and `make load` need: PostgreSQL and sqlmap
#   setup.sh test-sam that, and installs what `make test-sam` needs: Docker and what the image is made of
#   setup.sh          that, and installs what everything else needs
set -euo pipefail
cd "$(dirname "$0")/../.."

fail() {
    echo "$1" >&2
    exit 1
}

need() { # command, what to do without it
    command -v "$1" >/dev/null || fail "$1 is missing: $2."
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif ! command -v sudo >/dev/null; then
        return 1
    elif [ -t 0 ]; then
        sudo "$@" # may ask for a password
    else
        sudo --non-interactive "$@"
    fi
}

install_package() { # Debian package, what it is
    local package=$1 what=$2 log=target/tools/apt-get.log
    command -v apt-get >/dev/null ||
        fail "The $what is missing, and there is no apt-get here to install it with: install it by hand (Debian's package is $package)."
    as_root true 2>/dev/null ||
        fail "The $what is missing, and installing it needs root rights: run 'sudo apt-get install $package', then start again."
    echo "Installing the $what ($package)"
    # A fresh machine has no lists of packages. Where they cannot be renewed, old ones may still do.
    as_root apt-get update >"$log" 2>&1 || true
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
        -o DPkg::Lock::Timeout=120 "$package" >>"$log" 2>&1 ||
        fail "$package could not be installed, $log says why: run 'sudo apt-get install $package', then start again."
}

tools() {
    need cargo "install Rust from https://rustup.rs, then open a new shell"
    need cc "run 'sudo apt-get install build-essential'"
    need node "install Node.js, for example with 'sudo apt-get install nodejs npm'"
    need npm "install it with 'sudo apt-get install npm'"
}

postgres() {
    # The suite starts servers of its own. The one that Debian's package sets up is left alone.
    if ! compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null; then
        install_package postgresql "PostgreSQL server"
    fi
    if ! compgen -G "/usr/lib/*/odbc/psqlodbca.so" >/dev/null; then
        install_package odbc-postgresql "PostgreSQL ODBC driver"
    fi
}

browser() {
    local program
    for program in chromium chromium-browser google-chrome; do
        if command -v "$program" >/dev/null; then return; fi
    done
    # The browser tests say that they are skipped where there is none.
    (install_package chromium "browser Chromium") || true
}

docker() {
    # A client alone may reach a daemon elsewhere; where it does not, there must be one here.
    if ! command -v dockerd >/dev/null && ! command docker info >/dev/null 2>&1; then
        install_package docker.io "Docker engine"
    fi
    if [ ! -x /bin/busybox ]; then
        install_package busybox-static "shell of the base image"
    fi
}

python_packages() { # list, name of the venv where its packages would get in the way of others
    local wanted=$1 venv=target/tools/${2:-venv}
    local installed=$venv/${wanted##*/}
    if ! "$venv/bin/python" -c '' 2>/dev/null; then # not there, or of a Python that has gone
        python3 -c 'import ensurepip, venv' 2>/dev/null || install_package python3-venv "venv module of Python"
        python3 -m venv --clear "$venv" || fail "Python could not make $venv."
    fi
    # The copy of the list says that this very list has been installed.
    if cmp -s "$wanted" "$installed"; then return; fi
    echo "Installing the tools of $wanted"
    # --no-deps: the lists name everything that is needed.
    "$venv/bin/python" -m pip install --disable-pip-version-check --no-deps --only-binary :all: -r "$wanted" \
        >target/tools/pip.log 2>&1 || fail "The packages of $wanted could not be installed, target/tools/pip.log says why."
    cp "$wanted" "$installed"
}

rust_target() { # arm64 or x86_64
    local target=x86_64-unknown-linux-gnu
    if [ "$1" = arm64 ]; then target=aarch64-unknown-linux-gnu; fi
    if [ ! -d "$(rustc --print target-libdir --target "$target")" ]; then
        fail "Rust cannot compile for $1 yet: run 'rustup target add $target', or build for this machine's processor with ARCHITECTURE=$(uname -m | sed s/aarch64/arm64/)."
    fi
}

tools
mkdir -p target/tools
case ${1:-} in
tools | run) exit ;;
esac
need python3 "run 'sudo apt-get install python3 python3-venv'"
if [ "${1:-}" = check ]; then
    python_packages infra/local/requirements-check.txt
    python_packages infra/local/requirements-sam.txt sam
    python_packages infra/local/requirements-checkov.txt checkov
    exit
fi
if [ "${1:-}" = preflight ] || [ "${1:-}" = package ]; then
    rust_target "${2:-arm64}"
    python_packages infra/local/requirements-sam.txt sam
    if [ "$1" = preflight ]; then exit; fi
    python_packages infra/local/requirements-zig.txt sam
    exit
fi
if [ "${1:-}" = test-deploy ]; then
    python_packages infra/local/requirements-sam.txt sam
    python_packages infra/local/requirements-deploy.txt sam
    exit
fi
if [ "${1:-}" = test-sam ]; then
    python_packages infra/local/requirements-sam.txt sam
    postgres
    docker
    exit
fi
if [ "${1:-}" = abuse ]; then
    postgres
    python_packages infra/local/requirements-abuse.txt abuse
    exit
fi
if [ "${1:-}" = test ]; then
    postgres
    browser
    python_packages infra/local/requirements-test.txt
    python_packages infra/local/requirements-api.txt api
    python_packages infra/local/requirements-clients.txt clients
fi
