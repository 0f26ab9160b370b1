#!/bin/bash
# run.sh BUILD SECONDS [TARGET...]: runs the libFuzzer targets, each for so many seconds
# from its seeds. What is learnt stays in the build folder; a crash stays there too.
set -euo pipefail
build=$(realpath "$1") seconds=$2
shift 2
cd "$(dirname "$0")"

passed=0
[ $# -gt 0 ] || set -- *.c
for target; do
    name=$(basename "${target%.c}")
    corpus=$build/corpus/$name
    mkdir -p "$corpus" "$build/crashes"
    seeds=()
    [ -d "seeds/$name" ] && seeds+=("seeds/$name")
    log=$build/fuzz-$name.log
    if ! "$build/tests/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="$build/crashes/$name-" "$corpus" "${seeds[@]}" >"$log" 2>&1; then
        tail -40 "$log"
        echo "FAILED fuzz $name"
        exit 1
    fi
    echo "ok fuzz $name: $(grep -oE 'Done [0-9]+ runs in [0-9]+ second' "$log" || echo finished)s"
    passed=$((passed + 1))
done
echo "$passed passed, 0 failed"
