#!/usr/bin/env bash
# The browser tests, against the local server that `cargo test` has built. Without Chromium they are
# SKIPPED.
set -euo pipefail
cd "$(dirname "$0")"

for path in "${CHROMIUM:-}" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome; do
    if [ -n "$path" ] && [ -x "$path" ]; then
        exec node --test --test-concurrency=1 --test-reporter=dot "$@"
    fi
done
echo "SKIPPED: the browser tests, because there is no Chromium (Debian's package is chromium)." >&2
