#!/usr/bin/env bash
# The browser tests against the built functions. Without a Chromium nothing is tested, which it says.
set -euo pipefail
cd "$(dirname "$0")"

for place in "${CHROMIUM:-}" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome; do
    if [ -n "$place" ] && [ -x "$place" ]; then
        # Left over from an npm that came to its end, so newer than the lock file once that has been followed.
        if [ ! package-lock.json -ot node_modules/.package-lock.json ]; then
            npm ci --ignore-scripts --loglevel=error >/dev/null
            touch node_modules/.package-lock.json
        fi
        exec node --test --test-concurrency=1 --test-reporter=dot "$@"
    fi
done
echo "SKIPPED: the browser tests: there is no Chromium here (Debian's package is chromium)." >&2
