#!/bin/sh
# Quoted for sh, every hostile value is one argument with the same bytes and runs
# nothing: dash parses each command, then dash and bash run it with `arguments`
# a function that looks at what it was given, in a folder that must stay empty.
#
# usage: sh.sh QUOTE_SAMPLES
set -eu

samples=$1
tab=$(printf '\t')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/empty"
{ "$samples" sh && "$samples" sh-of-both; } >"$work/samples"

# shellcheck disable=SC2016  # for the shell under test to expand
look='arguments() {
    [ $# -eq 2 ] && [ "$1" = "$2" ] && printf "%s" "$1" | od -An -v -tx1 | tr -d " \n"
}
. "$1"'

# check SHELL EXPECTED COMMAND
check() {
    printf '%s\n' "$3" >"$work/command"
    dash -n "$work/command" 2>"$work/errors" || return 1
    found=$(cd "$work/empty" && "$1" -c "$look" "$1" "$work/command" 2>"$work/errors") || return 1
    [ "x$found" = "$2" ] && [ -z "$(ls -A "$work/empty")" ] && [ ! -s "$work/errors" ]
}

# What the check is worth: it sees a value that leaves naive quotes, and a missing one.
for bad in "arguments 'a' 'a'; touch pwned" "arguments a b a b" "arguments 'a'" "arguments 'a"; do
    if check dash x61 "$bad"; then
        echo "sh: the check itself is blind to: $bad" >&2
        exit 1
    fi
    rm -f "$work/empty/pwned"
done

failures=0
for shell in dash bash; do
    command -v "$shell" >/dev/null || continue
    count=0
    while IFS="$tab" read -r label kind expected command; do
        count=$((count + 1))
        check "$shell" "$expected" "$command" && continue
        failures=$((failures + 1))
        echo "sh: $shell: $label ($kind): not one argument of the same bytes" >&2
    done <"$work/samples"
    echo "sh: $count commands in $shell"
done
[ "$failures" -eq 0 ]
