#!/bin/sh
# tests/windows/wine.sh PROGRAM.exe [ARGUMENT...]: runs a Windows program under Wine,
# without a screen, in a Wine prefix of the tests' own, for at most WINE_TIMEOUT seconds.
set -eu

: "${WINEPREFIX:=${XDG_CACHE_HOME:-$HOME/.cache}/exdiag/wine}"
: "${WINEDEBUG:=-all}"
# No .NET or HTML engine to install, no menu entries, and a crash is one line and no dialogue.
: "${WINEDLLOVERRIDES:=mscoree=;mshtml=;winemenubuilder.exe=d;winedbg.exe=d}"
export WINEPREFIX WINEDEBUG WINEDLLOVERRIDES
unset DISPLAY

wine=$(command -v wine || echo /usr/lib/wine/wine64)

# Several tests may start at once; one of them makes the prefix, the others wait for it.
if [ ! -f "$WINEPREFIX/made" ]; then
    mkdir -p "$WINEPREFIX"
    # shellcheck disable=SC2016 # the inner shell expands them
    flock "$WINEPREFIX/lock" sh -c '
        [ -f "$WINEPREFIX/made" ] && exit
        "$1" wineboot --init >/dev/null 2>&1
        touch "$WINEPREFIX/made"' sh "$wine"
fi
exec timeout --kill-after=5 "${WINE_TIMEOUT:-120}" "$wine" "$@"
