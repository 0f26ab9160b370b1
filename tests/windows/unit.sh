#!/bin/bash
# tests/windows/unit.sh BUILD [CTEST_OPTION...]: the unit tests of a build for Windows, under Wine.
# Names each test that skipped itself, with its reason, and counts tests, not programs.
set -uo pipefail
build=$1
shift
log=$(mktemp)
trap 'rm -f "$log" "$log.text"' EXIT

# sum REGEX: the sum of the numbers on cmocka's lines of this form.
sum() {
    grep -oE "$1" "$log.text" | grep -oE '[0-9]+' | awk '{ total += $1 } END { print total + 0 }'
}

status=0
ctest --test-dir "$build" --verbose "$@" >"$log" 2>&1 || status=1
tr -d '\r' <"$log" >"$log.text"

# A test that skips itself says why, somewhere between its first line and its last.
awk '/\[ RUN / { reason = "no reason given" }
    /skipped/ { sub(/^[0-9]+: /, ""); sub(/skipped: /, ""); sub(/: skipped$/, ""); reason = $0 }
    /\[  SKIPPED \] [a-z]/ && reason != "" { print "skipped: " $NF ": " reason; reason = "" }' "$log.text"

run=$(sum '[0-9]+ test\(s\) run')
passed=$(sum '\[  PASSED  \] [0-9]+')
skipped=$(sum '\[  SKIPPED \] [0-9]+ test')
failed=$((run - passed - skipped))
if [ "$status" != 0 ] || [ "$run" = 0 ]; then
    grep -E '^[0-9]+: \[  (ERROR|FAILED|   LINE)|\[   LINE|^ *[0-9]+/[0-9]+ Test .*(Failed|Timeout|Exception|Not Run)' "$log.text" ||
        tail -n 40 "$log.text"
    [ "$failed" -gt 0 ] || failed=1
fi
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" = 0 ]
