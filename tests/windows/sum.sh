#!/bin/bash
# tests/windows/sum.sh LOG: of what cmocka's programs wrote under ctest: names each test that skipped
# itself, with its reason, and what failed; ends with a count of tests, not of programs. Ends with 1
# if one failed, or none was run.
set -uo pipefail
text=$(mktemp)
trap 'rm -f "$text"' EXIT
tr -d '\r' <"$1" >"$text"

# sum REGEX: the sum of the numbers on cmocka's lines of this form.
sum() {
    grep -oE "$1" "$text" | grep -oE '[0-9]+' | awk '{ total += $1 } END { print total + 0 }'
}

# A test that skips itself says why, somewhere between its first line and its last; it is named once
# more at the end of its program. Programs run side by side: ctest numbers their lines.
awk '{ from = match($0, /^[0-9]+: /) ? substr($0, 1, RLENGTH) : ""; line = substr($0, length(from) + 1) }
    line ~ /^\[ RUN / { reason[from] = "" }
    line ~ /skipped: |: skipped$/ { why = line; sub(/^.*skipped: /, "", why); sub(/: skipped$/, "", why); reason[from] = why }
    line ~ /^\[  SKIPPED \] [a-z]/ {
        test = from $NF
        if (!(test in told)) { order[++count] = test; name[test] = $NF; told[test] = "no reason given" }
        if (reason[from] != "") { told[test] = reason[from]; reason[from] = "" }
    }
    END { for (i = 1; i <= count; i++) print "skipped: " name[order[i]] ": " told[order[i]] }' "$text"

run=$(sum '[0-9]+ test\(s\) run')
passed=$(sum '\[  PASSED  \] [0-9]+')
skipped=$(sum '\[  SKIPPED \] [0-9]+ test')
failed=$((run - passed - skipped))
broken=$(grep -E '^ *[0-9]+/[0-9]+ Test .*(Failed|Timeout|Exception|Not Run)' "$text")
if [ "$failed" != 0 ] || [ "$run" = 0 ] || [ -n "$broken" ]; then
    grep -E '\[  (ERROR|FAILED|   LINE)|\[   LINE' "$text"
    printf '%s\n' "$broken"
    for number in $(grep -oE '#[0-9]+' <<<"$broken" | tr -d '#'); do # what it said before it ended
        grep "^$number: " "$text" | tail -n 12
    done
    [ "$failed" -gt 0 ] || failed=1
fi
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" = 0 ]
