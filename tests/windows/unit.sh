#!/bin/bash
# tests/windows/unit.sh BUILD [CTEST_OPTION...]: the unit tests of a build for Windows, under Wine.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 2
build=$1
shift
log=$(mktemp)
fifo=$(mktemp -u)
mkfifo "$fifo"
exec 8<>"$fifo"
rm -f "$fifo"
trap 'rm -f "$log"' EXIT

# One program waits for a line that never comes: Wine's own would start and end with each test.
WINE_TIMEOUT=3600 tests/windows/wine.sh cmd.exe /c pause <&8 >/dev/null 2>&1 &
holder=$!
ctest --test-dir "$build" -j "$(nproc)" --verbose "$@" >"$log" 2>&1 8>&-
echo >&8
wait $holder
tests/windows/sum.sh "$log"
