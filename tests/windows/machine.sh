#!/bin/bash
# tests/windows/machine.sh BUILD [COMMAND...]: lays out a server of Exchange in a Wine prefix of this test's own
# (a registry, configurations of IIS, event logs behind a stand-in for wevtapi.dll), and runs there
# the tests of what is fetched of the machine at hand, and of others by their names; or else the command.
set -euo pipefail
cd "$(dirname "$0")/../.."

build=$(cd "$1" && pwd)
shift
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export WINEPREFIX=${XDG_CACHE_HOME:-$HOME/.cache}/exdiag/wine-machine
export WINEDLLOVERRIDES='mscoree=;mshtml=;winemenubuilder.exe=d;winedbg.exe=d;wevtapi=n'
export EXDIAG_MACHINE=1
wine=tests/windows/wine.sh
drive=$WINEPREFIX/drive_c

$wine cmd.exe /c exit 0
timeout 60 wineserver -w || true # the session that made the prefix has a service manager that takes no new ones
cp "$build/machine/wevtapi.dll" "$build/machine/netapi32.dll" "$drive/windows/system32/"
config=$drive/windows/system32/inetsrv/config
rm -f "$drive/lost.reg" "$drive/host.reg"
exchange="$drive/Program Files/Microsoft/Exchange Server/V15"
rm -rf "$config" "$exchange"
mkdir -p "$config" "$exchange/Bin"
cp tests/iis/2019/applicationHost.config "$config"
cp -r tests/iis/2019/FrontEnd tests/iis/2019/ClientAccess "$exchange"
cp "$drive/windows/system32/kernel32.dll" "$exchange/Bin/kerbauth.dll"
cp "$drive/windows/system32/kernel32.dll" "$drive/windows/system32/wsmsvc.dll"
cp tests/windows/machine-events.xml "$drive/events.xml"
export EXDIAG_EVENTS='C:\events.xml'

# Two machines that share their drives: this one by its name, whose registry answers too, and one
# without. Wine's service manager answers by any name, and nothing is decided by it.
here=$(hostname -s | cut -c1-15)
for name in "$here" ex02.contoso.com; do
    mkdir -p "$WINEPREFIX/dosdevices/unc/$name"
    ln -sfn "$drive" "$WINEPREFIX/dosdevices/unc/$name/C\$"
done

# Wine names the machine anew with each session of its own.
as_server() {
    $wine reg.exe import tests/windows/machine.reg >/dev/null 2>&1
    $wine reg.exe import tests/windows/certificates.reg >/dev/null 2>&1
    [ ! -f "$drive/host.reg" ] || $wine reg.exe import 'C:\host.reg' >/dev/null 2>&1
    [ ! -f "$drive/lost.reg" ] || $wine reg.exe import 'C:\lost.reg' >/dev/null 2>&1
    $wine "$@" 2>&1 | tr -d '\r'
}

if [ $# -gt 0 ]; then
    "$@"
    exit
fi

passed=0 failed=0
for test in machine_win32 platform_machine gather_machine other_machine; do
    program=$build/tests/test_$test.exe
    [ -f "$program" ] || continue
    as_server "$program" >"$log" || true
    cat "$log"
    run=$(awk '/test\(s\) run/ { for (i = 2; i <= NF; i++) if ($i == "test(s)") total += $(i - 1) } END { print total + 0 }' "$log")
    good=$(awk '/PASSED  \]/ { for (i = 2; i <= NF; i++) if ($(i - 1) == "]") total += $i } END { print total + 0 }' "$log")
    [ "$run" != 0 ] || { echo "machine: test_$test printed no count"; run=1; }
    passed=$((passed + good)) failed=$((failed + run - good))
done

# expect NAME SERVER WORD FINDING: what $probe tells of that server by its own machine; "-" is nothing.
probe=powershell
expect() {
    local told
    told=$(as_server "$build/exdiag.exe" check --server "$2" --only $probe --verbose | tr -s '\n ' ' ') || true
    if { [ "$3" != - ] && grep -qE "$3 $2: [^][]*\[$4\]" <<<"$told"; } ||
        { [ "$3" = - ] && [ -n "$told" ] && ! grep -qF "[$4]" <<<"$told"; }; then
        echo "machine: $1: as it should be"
        passed=$((passed + 1))
    else
        echo "machine: $1: not $3 $4, but: $told"
        failed=$((failed + 1))
    fi
}

# fault NAME: the configuration of tests/iis/faults that has it.
fault() {
    cp "tests/iis/faults/$1/applicationHost.config" "$config"
}

# lose KEY: the registry without this key, below HKEY_LOCAL_MACHINE.
lose() {
    printf 'Windows Registry Editor Version 5.00\n\n[-HKEY_LOCAL_MACHINE\\%s]\n' "$1" >"$drive/lost.reg"
}

# host KEY LINE: the registry with this key anew, below HKEY_LOCAL_MACHINE, and this value in it.
host() {
    printf 'Windows Registry Editor Version 5.00\n\n[-HKEY_LOCAL_MACHINE\\%s]\n\n[HKEY_LOCAL_MACHINE\\%s]\n%s\n' \
        "$1" "$1" "$2" >"$drive/host.reg"
}

# event PROVIDER ID STRING...: an event log of this one event, of now.
event() {
    local provider=$1 id=$2
    shift 2
    {
        printf "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
        printf "<Provider Name='%s'/><EventID>%s</EventID><Level>2</Level><TimeCreated SystemTime='%s'/>" \
            "$provider" "$id" "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
        printf '<Channel>Application</Channel><Computer>EX19A.contoso.com</Computer></System><EventData>'
        printf '<Data>%s</Data>' "$@"
        printf '</EventData></Event>\n'
    } >"$drive/events.xml"
}

# exsetup NUMBER: a program of this version where setup has put ExSetup.exe.
exsetup() {
    printf '1 VERSIONINFO\nFILEVERSION %s\nBEGIN\nBLOCK "StringFileInfo" BEGIN BLOCK "040904b0" BEGIN VALUE "OriginalFilename", "ExSetup.exe" END END\nEND\n' \
        "${1//./,}" >"$drive/exsetup.rc"
    x86_64-w64-mingw32-windres "$drive/exsetup.rc" "$drive/exsetup.o"
    x86_64-w64-mingw32-gcc -shared -nostdlib -Wl,--entry=0 -o "$exchange/Bin/ExSetup.exe" "$drive/exsetup.o"
}

lsa='SYSTEM\CurrentControlSet\Control\Lsa\MSV1_0'
w32time='SYSTEM\CurrentControlSet\Services\W32Time\Parameters'

# What the probes beside powershell read of the same machine.
test_spn() {
    probe=spn
    host "$lsa" '"BackConnectionHostNames"=hex(7):6d,00,61,00,69,00,6c,00,00,00,00,00'
    expect "a list of names that is right" $server OK back-connection-host-names
    host "$lsa" '"BackConnectionHostNames"="mail.contoso.com"'
    expect "a list of names of the wrong type" $server WARNING back-connection-host-names
    rm "$drive/host.reg"
    event MSExchangeFrontEndTransport 1035 LogonDenied 'Default EX19A' ExchangeAuth 10.0.0.7
    expect "a server that was not let in" $server WARNING exps-events
    event MSExchangeFrontEndTransport 1035 LogonDenied 'Default EX19A' Login 192.0.2.7
    expect "somebody who tries passwords" $server N/A exps-events
    EXDIAG_EVENTS='error 5' expect "event logs that are closed" $server UNKNOWN exps-events
    cp tests/windows/machine-events.xml "$drive/events.xml"
}

test_clock() {
    probe=clock
    host "$w32time" '"Type"="NoSync"'
    expect "a machine that keeps its own time" $server WARNING time-hierarchy
    rm "$drive/host.reg"
}

test_ews() {
    probe=ews
    expect "a healthy server" $server OK ews-cgi-handler
    expect "by its modules" $server INFO ews-directory-modules
    : >"$drive/events.xml"
    expect "without events of them" $server OK ews-directory-modules
    cp tests/windows/machine-events.xml "$drive/events.xml"
}

test_build() {
    probe=build
    exsetup 15.2.1544.4
    expect "an ExSetup.exe without updates" $server WARNING exchange-build-behind
    rm "$exchange/Bin/ExSetup.exe"
    expect "a machine without it" $server UNKNOWN exchange-build-behind
}

# Joined to a domain, whose machines may be asked by their names.
if [ -f "$build/exdiag.exe" ]; then
    export EXDIAG_DOMAIN='3 CONTOSO contoso.com contoso.com' EXDIAG_DOMAIN_OTHER=ex02.contoso.com
    export WINEDLLOVERRIDES="$WINEDLLOVERRIDES;netapi32=n"
    server=ex19a.contoso.com
    for finding in kerbauth-path kerbauth-managed wsman-module-missing powershell-vdir-settings \
        exchange-install-path backend-certificate frontend-certificate; do
        expect "a healthy server by its name" $server OK $finding
    done
    expect "its name without the domain" ex19a OK kerbauth-path
    expect "as every machine calls itself" localhost OK kerbauth-path
    expect "its name in NetBIOS" "$here" OK kerbauth-path
    expect "another machine without Remote Registry" ex02.contoso.com UNKNOWN exchange-install-path
    expect "another machine" ex19b.contoso.com - kerbauth-path
    expect "one of another domain" ex19a.fabrikam.com - kerbauth-path
    for one in spn clock ews build; do
        test_$one
    done
    probe=powershell
    lose 'SOFTWARE\Microsoft\SystemCertificates\MY\Certificates\829AAD0A87E3B3AE9FFD5090BB0F95141F898879'
    expect "a back end's certificate that is gone" $server CRITICAL backend-certificate
    lose 'SYSTEM\CurrentControlSet\Services\HTTP\Parameters\SslBindingInfo\0.0.0.0:444'
    expect "a back end that is bound to none" $server CRITICAL backend-certificate
    rm "$drive/lost.reg" "$exchange/Bin/kerbauth.dll"
    expect "a DLL that is gone" $server CRITICAL kerbauth-path
    fault kerbauth-path
    expect "a DLL on a drive that is gone" $server CRITICAL kerbauth-path
    fault kerbauth-missing
    expect "a module that is gone" $server CRITICAL kerbauth-managed
    fault wsman-missing
    expect "WSMan that is gone" $server CRITICAL wsman-module-missing
    expect "with its feature" $server WARNING winrm-iis-ext-missing
    rm "$config/applicationHost.config"
    expect "a machine without IIS" $server N/A powershell-vdir-settings
    printf '<configuration><configurationRedirection enabled="true" /></configuration>' >"$config/redirection.config"
    expect "a shared configuration" $server UNKNOWN powershell-vdir-settings
fi
printf '%d passed, %d failed\n' $passed $failed
[ $failed = 0 ]
