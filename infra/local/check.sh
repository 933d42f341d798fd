#!/usr/bin/env bash
# What `make check` looks at beyond the code that tests run. Goes on after a failure, and counts them at the end.
set -euo pipefail
cd "$(dirname "$0")/../.."
PATH="$PWD/target/tools/venv/bin:$PATH"

failed=()
skipped=()

check() { # name, command
    local name=$1
    shift
    echo "== $name"
    "$@" || failed+=("$name")
}

quietly() {
    local said
    said=$("$@" 2>&1) || {
        echo "$said"
        return 1
    }
}

advisories() {
    # The list of known vulnerabilities comes over the network. Without it nothing would be found, which is no pass.
    if GIT_TERMINAL_PROMPT=0 timeout 120 cargo deny --log-level error fetch db; then
        cargo deny check --disable-fetch advisories
    else
        skipped+=("advisories")
    fi
}

check format cargo fmt --all --check
check lints cargo clippy --workspace --all-targets --quiet -- -D warnings
check "licences, versions and origins of dependencies" cargo deny --log-level error check licenses bans sources
check advisories advisories
check "unused dependencies and files" cargo shear
check "shell scripts" shellcheck --external-sources infra/local/*.sh infra/deploy/*.sh tests/browser/*.sh tests/fuzz/libfuzzer/*.sh .ci/run
check "scripts and styles of the pages" tests/browser/node_modules/.bin/biome check --error-on-warnings .

export SAM_CLI_TELEMETRY=0 AWS_EC2_METADATA_DISABLED=true AWS_DEFAULT_REGION=us-east-1
check "the template, by SAM" quietly target/tools/sam/bin/sam validate --lint
check "templates, by cfn-lint" target/tools/sam/bin/cfn-lint template.yaml infra/observe.yaml infra/vpc-endpoints.yaml
check "what templates allow" quietly target/tools/checkov/bin/checkov --file template.yaml infra/observe.yaml infra/vpc-endpoints.yaml \
    --framework cloudformation --skip-download --compact --quiet
check "the template after translation" quietly target/tools/sam/bin/python -B infra/deploy/test_template.py

for name in "${skipped[@]}"; do
    echo "SKIPPED: $name. The list of known vulnerabilities could not be fetched, so nobody looked."
done
if [ ${#failed[@]} -gt 0 ]; then
    printf 'FAILED: %s\n' "${failed[@]}"
    exit 1
fi
if [ ${#skipped[@]} -gt 0 ]; then
    echo "All other checks have passed."
else
    echo "All checks have passed."
fi
