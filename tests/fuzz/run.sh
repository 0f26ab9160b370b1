#!/bin/bash
# run.sh BUILD SECONDS [TARGET...]: runs the libFuzzer targets, one on each core at a time, each
# for so many seconds from its seeds, with the chances of EXDIAG_SEED (0, and by default, those of the
# moment). What is learnt stays in the build folder; a crash stays there too.
set -euo pipefail
build=$(realpath "$1") seconds=$2
shift 2
cd "$(dirname "$0")"

fuzz() {
    local name corpus log seeds=()
    name=$(basename "${1%.c}")
    corpus=$build/corpus/$name log=$build/fuzz-$name.log
    mkdir -p "$corpus" "$build/crashes"
    [ -d "seeds/$name" ] && seeds+=("seeds/$name")
    if ! "$build/tests/fuzz_$name" -max_total_time="$seconds" -seed="${EXDIAG_SEED:-0}" -timeout=10 -rss_limit_mb=2048 \
        -artifact_prefix="$build/crashes/$name-" "$corpus" "${seeds[@]}" >"$log" 2>&1; then
        tail -40 "$log"
        echo "FAILED fuzz $name"
        return 255 # xargs begins no more
    fi
    echo "ok fuzz $name: $(grep -oE 'Done [0-9]+ runs in [0-9]+ second' "$log" || echo finished)s"
}
export -f fuzz
export build seconds

[ $# -gt 0 ] || set -- *.c
printf '%s\0' "$@" | xargs -0 -n 1 -P "$(nproc)" bash -c 'set -euo pipefail; fuzz "$1"' fuzz
echo "$# passed, 0 failed"
