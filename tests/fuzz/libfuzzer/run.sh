#!/usr/bin/env bash
# Runs each fuzz target, or those that are named: run.sh SECONDS [TARGET …]. The stable compiler is
# enough, cargo-fuzz is not needed. Inputs that fail go to target/fuzz/found, inputs that reach new
# code to target/fuzz/corpus.
set -euo pipefail
cd "$(dirname "$0")"
target_dir=../../../target/fuzz

seconds=${1:-60}
shift || true
if [ $# -gt 0 ]; then targets=("$@"); else targets=(accept page query token values); fi

# What libFuzzer learns from: LLVM's counters of edges and its calls at comparisons.
sancov="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4"
for option in inline-8bit-counters pc-table trace-compares; do
    sancov+=" -Cllvm-args=-sanitizer-coverage-$option"
done
# With a target named, the flags do not reach build scripts and macros.
host=$(rustc -vV | sed -n 's/^host: //p')
RUSTFLAGS="--cfg fuzzing $sancov -Ccodegen-units=1" \
    cargo build --quiet --release --target "$host" --target-dir $target_dir

failed=()
for target in "${targets[@]}"; do
    corpus=$target_dir/corpus/$target log=$target_dir/$target.log
    mkdir -p "$corpus" $target_dir/found
    echo "== $target, $seconds seconds"
    if "$target_dir/$host/release/$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=4096 \
        -dict=dictionary -print_final_stats=1 -artifact_prefix="$target_dir/found/$target-" \
        "$corpus" "seeds/$target" >"$log" 2>&1; then
        grep -E '^#[0-9]+.DONE' "$log" || true
    else
        failed+=("$target")
        grep -vE '^#[0-9]+' "$log" | tail -40
    fi
done
if [ ${#failed[@]} -gt 0 ]; then
    echo "FAILED: ${failed[*]}; the inputs are in target/fuzz/found"
    exit 1
fi
