#!/usr/bin/env bash
# The browser tests against the local server that `cargo test` has built. Without a Chromium nothing
# is tested, which it says.
set -euo pipefail
cd "$(dirname "$0")"

for place in "${CHROMIUM:-}" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome; do
    if [ -n "$place" ] && [ -x "$place" ]; then
        exec node --test --test-concurrency=1 --test-reporter=dot "$@"
    fi
done
echo "SKIPPED: the browser tests: there is no Chromium here (Debian's package is chromium)." >&2
