#!/bin/sh
# The suites on IRIS: InterSystems' driver against a double of the server, as lenient as it may be and
# then as strict. `make test-iris` and `make test` run it; both programs are named by the environment.
set -eu
cd "$(dirname "$0")/.."

if [ -z "${TEST_IRIS_DRIVER:-}" ] || [ -z "${TEST_IRIS_DOUBLE:-}" ]; then
    echo "SKIPPED: IRIS: set TEST_IRIS_DRIVER and TEST_IRIS_DOUBLE to a driver and a double of its" \
        "server." >&2
    exit 0
fi

failed=0
for strict in '' 1; do
    # What follows `run` says which suite, and of which source.
    run() {
        echo "IRIS, $1${strict:+, as strict as a server may be}"
        shift
        env TEST_IRIS_STRICT="$strict" "$@" || failed=1
    }
    run 'what clients may rely on' TEST_DATABASE_URL=iris: cargo test --package tests --test contract
    run 'what may fail' cargo test --package tests --test faults iris
done
exit "$failed"
