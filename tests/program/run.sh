#!/bin/bash
# run.sh BUILD [THEME...]: tests the program in the build folder as its users run it:
# all themes, or those named (usage for usage.py). Ends with 1 if a case failed.
set -uo pipefail
if [ $# -lt 1 ] || [ ! -x "$1/exdiag" ] || [ ! -x "$1/tests/lab_name_server" ]; then
    echo "usage: run.sh BUILD [THEME...]; BUILD has exdiag and tests/lab_name_server" >&2
    exit 2
fi
build=$(realpath "$1")
shift
cd "$(dirname "$0")" || exit 2
export PYTHONDONTWRITEBYTECODE=1
export TMPDIR=${TMPDIR:-/tmp}
python=/usr/bin/python3 # the one that has Debian's modules
[ -x $python ] || python=python3

[ $# -gt 0 ] || set -- commands usage formats audit terminal report_is_the_run diff evidence_files writing network interrupt plan spf mx clock clock_bad spn ews joblog powershell machine build password logons collect discover completion man text ansible readme
log=$(mktemp)
trap 'rm -f "$log"' EXIT
worst=0
for theme; do
    echo "--- $theme"
    "$python" "./$theme.py" "$build" | tee -a "$log" || worst=1
done
awk '/^[0-9]+ passed, / { passed += $1; failed += $3; skipped += $5 }
     END { print "--- all themes"; print passed + 0 " passed, " failed + 0 " failed, " skipped + 0 " skipped" }' "$log"
exit $worst
