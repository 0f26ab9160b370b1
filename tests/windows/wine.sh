#!/bin/bash
# tests/windows/wine.sh PROGRAM.exe [ARGUMENT...]: runs a Windows program under Wine,
# without a screen, in a Wine prefix of the tests' own, for at most WINE_TIMEOUT seconds; 0: whoever
# calls looks after that, for a program on a terminal, whose signals timeout would pass on twice.
set -euo pipefail

: "${WINEPREFIX:=${XDG_CACHE_HOME:-$HOME/.cache}/exdiag/wine}"
: "${WINEDEBUG:=-all}"
# No .NET or HTML engine to install, no menu entries, and a crash is one line and no dialogue.
: "${WINEDLLOVERRIDES:=mscoree=;mshtml=;winemenubuilder.exe=d;winedbg.exe=d}"
export WINEPREFIX WINEDEBUG WINEDLLOVERRIDES
unset DISPLAY

wine=$(command -v wine || echo /usr/lib/wine/wine64)
addresses=$WINEPREFIX/own_addresses.so
source=$(dirname "$0")/own_addresses.c

# Several tests may start at once; one of them makes the prefix, the others wait for it.
is_made() {
    [ -f "$WINEPREFIX/made" ] && [ -f "$addresses" ] && [ ! "$source" -nt "$addresses" ]
}
if ! is_made; then
    mkdir -p "$WINEPREFIX"
    exec 9>"$WINEPREFIX/lock"
    flock 9
    if ! is_made; then
        gcc -shared -fPIC -O2 -Wall -Wextra -Werror -o "$addresses" "$source"
        LD_PRELOAD=$addresses "$wine" wineboot --init >"$WINEPREFIX/wineboot.log" 2>&1 9>&- ||
            { echo "wine.sh: no prefix: wineboot ended with $?"; tail -n 20 "$WINEPREFIX/wineboot.log"; exit 1; } >&2
        touch "$WINEPREFIX/made"
    fi
    exec 9>&-
fi
[ "${WINE_TIMEOUT:-600}" != 0 ] || LD_PRELOAD=$addresses exec "$wine" "$@"
LD_PRELOAD=$addresses exec timeout --kill-after=5 "${WINE_TIMEOUT:-600}" "$wine" "$@"
