#!/bin/bash
# tests/windows/machine.sh BUILD: lays out a server of Exchange in a Wine prefix of this test's own
# (a registry, configurations of IIS, event logs behind a stand-in for wevtapi.dll), and runs there
# the tests of what is fetched of the machine at hand.
set -euo pipefail
cd "$(dirname "$0")/../.."

build=$(cd "$1" && pwd)
export WINEPREFIX=${XDG_CACHE_HOME:-$HOME/.cache}/exdiag/wine-machine
export WINEDLLOVERRIDES='mscoree=;mshtml=;winemenubuilder.exe=d;winedbg.exe=d;wevtapi=n'
export EXDIAG_MACHINE=1
wine=tests/windows/wine.sh
drive=$WINEPREFIX/drive_c

$wine cmd.exe /c exit 0
cp "$build/machine/wevtapi.dll" "$drive/windows/system32/wevtapi.dll"
config=$drive/windows/system32/inetsrv/config
exchange="$drive/Program Files/Microsoft/Exchange Server/V15"
rm -rf "$config" "$exchange"
mkdir -p "$config" "$exchange/Bin"
cp tests/iis/2019/applicationHost.config "$config"
cp -r tests/iis/2019/FrontEnd tests/iis/2019/ClientAccess "$exchange"
cp "$drive/windows/system32/kernel32.dll" "$exchange/Bin/kerbauth.dll"
cp "$drive/windows/system32/kernel32.dll" "$drive/windows/system32/wsmsvc.dll"
cp tests/windows/machine-events.xml "$drive/events.xml"
export EXDIAG_EVENTS='C:\events.xml'
$wine reg.exe import tests/windows/machine.reg >/dev/null 2>&1

status=0
for test in platform_machine gather_machine; do
    program=$build/tests/test_$test.exe
    [ -f "$program" ] || continue
    $wine "$program" || status=1
done
exit $status
