#!/bin/sh
# Puts the quoting of printed commands before the grammars of real shells.
#
# usage: run.sh [QUOTE_SAMPLES]    (built here with $CC if it is not given)
#
# node's packages are kept in $EXDIAG_CACHE, by default ~/.cache/exdiag.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cache=${EXDIAG_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/exdiag}/quoting
status=0

skip() {
    echo "$1: skipped, $2 is not installed"
}

mkdir -p "$cache"
if [ $# -gt 0 ]; then
    samples=$1
else
    samples=$cache/quote_samples
    "${CC:-cc}" -std=c11 -I"$root" -o "$samples" "$here/quote_samples.c" "$root/diag/buffer.c" \
        "$root/diag/memory.c" "$root/diag/quote.c" "$root/diag/remedy.c" "$root/diag/text.c" \
        "$root/diag/read/dns_name.c"
fi

if command -v dash >/dev/null; then
    sh "$here/sh.sh" "$samples" || status=1
else
    skip sh dash
fi

if command -v named-compilezone >/dev/null; then
    sh "$here/zone.sh" "$samples" || status=1
else
    skip zone named-compilezone
fi

if command -v node >/dev/null && command -v npm >/dev/null; then
    if ! cmp -s "$here/package-lock.json" "$cache/package-lock.json" ||
        [ ! -d "$cache/node_modules" ]; then
        cp "$here/package.json" "$here/package-lock.json" "$cache/"
        (cd "$cache" && npm ci --ignore-scripts --no-audit --no-fund --silent)
    fi
    for shell in powershell ems; do
        "$samples" "$shell" | node --liftoff-only "$here/powershell.mjs" "$cache" || status=1
    done
else
    skip powershell "node or npm"
fi
exit $status
