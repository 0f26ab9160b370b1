#!/bin/bash
# run.sh BUILD: puts the quoting of printed commands before the grammars of real shells:
# dash and bash, BIND's zone files, tree-sitter's PowerShell; and the script that `exdiag
# collect-script` prints (collect.mjs), and that of `exdiag completion powershell` (completion.mjs),
# before the last of them. Then every step of every finding, with those values and with random Unicode of
# a seed that is printed (EXDIAG_SEED has it again), by steps.py and steps.mjs. node's packages are kept in $EXDIAG_CACHE, by default ~/.cache/exdiag.
set -uo pipefail

samples=$(realpath "$1")/tests/quote_samples
steps=$(realpath "$1")/tests/step_samples
seed=${EXDIAG_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')} # of the random values
exdiag=$(realpath "$1")/exdiag
pages=$(realpath "$1")/tests/page_samples
reports=$(realpath "$1")/tests/report_samples
here=$(cd "$(dirname "$0")" && pwd)
cache=${EXDIAG_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/exdiag}/quoting
passed=0 failed=0 skipped=0

check() { # check NAME COMMAND...: one grammar's verdict on all samples
    local name=$1
    shift
    if "$@"; then
        echo "ok quoting for $name"
        passed=$((passed + 1))
    else
        echo "FAILED quoting for $name"
        failed=$((failed + 1))
    fi
}

skip() { # skip NAME WHAT
    echo "skipped: quoting for $1: $2 is not installed"
    skipped=$((skipped + 1))
}

parse_script() {
    "$exdiag" collect-script | node --liftoff-only "$here/collect.mjs" "$cache"
}

# What completes the command line, by the program's own texts and by hostile ones.
parse_completion() {
    "$exdiag" completion powershell | node --liftoff-only "$here/completion.mjs" "$cache" \
        <("$exdiag" explain | awk '{ print $1 }')
}

parse_hostile_completion() {
    "$pages" powershell | node --liftoff-only "$here/completion.mjs" "$cache" <("$pages" texts)
}

# With the ends of lines that each system gives it.
parse_runbook() {
    "$reports" hostile runbook | node --liftoff-only "$here/runbook.mjs" "$cache" &&
        "$reports" hostile runbook | sed 's/$/\r/' | node --liftoff-only "$here/runbook.mjs" "$cache"
}

# sh, reading all of a runbook, does nothing: no program is there to find, and none is looked for.
run_runbook() {
    local folder out ends
    folder=$(mktemp -d)
    for ends in 's/$//' 's/$/\r/'; do
        "$reports" hostile runbook | sed "$ends" >"$folder/runbook"
        for shell in sh bash dash zsh; do
            shell=$(command -v $shell) || continue
            out=$(cd "$folder" && env -i PATH="$folder" "$shell" ./runbook 2>&1) && [ -z "$out" ] &&
                [ "$(ls -A "$folder")" = runbook ] || { echo "$shell: $out"; rm -rf "$folder"; return 1; }
        done
    done
    rm -rf "$folder"
}

parse_powershell() { # parse_powershell SHELL
    "$samples" "$1" | node --liftoff-only "$here/powershell.mjs" "$cache"
}

# Every step of every finding, filled with the values of hostile.h and with random ones.
parse_steps() {
    { "$steps" templates "$seed" 2 && "$steps" random "$seed" 21000; } |
        node --liftoff-only "$here/steps.mjs" "$cache" "$seed"
}

fetch_grammar() {
    mkdir -p "$cache"
    cmp -s "$here/package-lock.json" "$cache/package-lock.json" && [ -d "$cache/node_modules" ] && return
    cp "$here/package.json" "$here/package-lock.json" "$cache/"
    (cd "$cache" && npm ci --ignore-scripts --no-audit --no-fund --silent)
}

if command -v dash >/dev/null; then
    check sh sh "$here/sh.sh" "$samples"
else
    skip sh dash
fi
if command -v named-compilezone >/dev/null; then
    check "zone files" sh "$here/zone.sh" "$samples"
else
    skip "zone files" named-compilezone
fi
check "a runbook that sh reads whole" run_runbook
for shell in sh cmd dns manual; do
    check "every step of $shell" /usr/bin/python3 "$here/steps.py" $shell "$steps" "$seed"
done
if command -v node >/dev/null && command -v npm >/dev/null; then
    fetch_grammar || exit 1
    check PowerShell parse_powershell powershell
    check "the Exchange Management Shell" parse_powershell ems
    check "lines that are the same in sh and PowerShell" parse_powershell powershell-of-both
    check "every step of PowerShell" parse_steps
    check "a runbook that PowerShell reads whole" parse_runbook
    if [ -x "$exdiag" ]; then
        check "the script that collects" parse_script
        check "the completion of PowerShell" parse_completion
        check "the same of hostile texts" parse_hostile_completion
    else
        skip "the script that collects" exdiag
    fi
else
    skip PowerShell "node or npm"
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
