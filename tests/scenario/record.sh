#!/bin/bash
# record.sh BUILD [SCENARIO...]: records the evidence of scenarios (of all, if none is
# named): the real program against the lab's name servers, which serve each scenario's
# *.zone files at the addresses that are their names, and its mail exchangers: a file
# `peers` has lines ADDRESS=BEHAVIOUR[:SECONDS][@NAME], served at port 25; `lab_smtp --list`
# names the behaviours; a file `clocks` has lines ADDRESS=SERVICE[/FAULT][:SECONDS] for lab_time;
# a file `web` has lines ADDRESS=BEHAVIOUR for lab_web, behind TLS at port 443; a file `exchange`
# has lines [PORT] ADDRESS=BEHAVIOUR for the same at port 80, and behind TLS at 443 and 444, or at
# that port alone; a file `nodes` has lines ADDRESS=BEHAVIOUR for lab_ews, whose certificate is for
# what the file `name` says; with a file `machine` it is the program for Windows that runs, under Wine;
# a file `directories` has lines [OPTION...] ADDRESS[:PORT]=FILE for lab_directory, one each. In a
# network of its own: root.
set -euo pipefail
build=$(realpath "$1")
windows=$(realpath "$(dirname "$0")/../../build/windows")
shift
cd "$(dirname "$0")"
if [ -z "${RECORDING:-}" ]; then
    RECORDING=1 exec unshare --net --mount --propagation private "./$(basename "$0")" "$build" "$@"
fi
ip link set lo up
printf 'nameserver 127.0.0.1\n' >/tmp/exdiag-resolv.$$
mount --bind /tmp/exdiag-resolv.$$ /etc/resolv.conf
rm /tmp/exdiag-resolv.$$

# serve COUNT COMMAND...: starts a server and waits until it listens at COUNT addresses. It
# ends when its input does, which is the write end of a pipe that this script holds.
serve() {
    local count=$1 pipes
    shift
    pipes=$(mktemp -d)
    mkfifo "$pipes/in" "$pipes/out"
    "$@" <"$pipes/in" >"$pipes/out" &
    servers+=($!)
    exec {input}>"$pipes/in" {output}<"$pipes/out"
    inputs+=("$input") outputs+=("$output")
    rm -r "$pipes"
    for ((; count > 0; count--)); do
        read -r _ <&"$output"
    done
}

# What the file `exchange` says, with ca.pem for 443 and 444.
serve_exchange() {
    local port sites options
    for port in 80 443 444; do
        mapfile -t sites < <(sed -n "/^#/d; s/^$port //; /^[0-9]* /d; p" exchange)
        options=(--port "$port")
        [ "$port" = 80 ] || options+=(--tls --name '*.contoso.com' --ca "ca$port.pem")
        [ ${#sites[@]} = 0 ] || serve ${#sites[@]} "$build/tests/lab_web" "${options[@]}" "${sites[@]}"
    done
    cat ca4*.pem >ca.pem 2>/dev/null || true
    rm -f ca4*.pem
    (umask 077; echo token >token)
}

# The program for Windows, on a machine of the registry `machine.reg` in the domain `machine`
# (tests/windows/netapi32.c). With its own session each, for Wine's server holds the network.
on_windows() {
    local wine=../../windows/wine.sh
    export WINEPREFIX=${XDG_CACHE_HOME:-$HOME/.cache}/exdiag/wine-organisation
    $wine cmd.exe /c exit 0
    cp "$windows/machine/netapi32.dll" "$WINEPREFIX/drive_c/windows/system32/netapi32.dll"
    $wine reg.exe import machine.reg >/dev/null 2>&1
    EXDIAG_DOMAIN=$(cat machine) WINEDLLOVERRIDES='mscoree=;mshtml=;winemenubuilder.exe=d;winedbg.exe=d;netapi32=n' \
        $wine "$windows/exdiag.exe" "$@"
}

end_servers() {
    for input in "${inputs[@]}"; do
        exec {input}>&-
    done
    wait "${servers[@]}" || true
    for output in "${outputs[@]}"; do
        exec {output}<&-
    done
}

[ $# -gt 0 ] || set -- */
for scenario; do
    [ -e "$scenario/arguments" ] || continue # of real servers: peers/spn.py --record
    cd "${scenario%/}"
    rm -f evidence.jsonl
    servers=() inputs=() outputs=() zones=() peers=()
    for zone in *.zone; do
        [ -e "$zone" ] && zones+=("${zone%.zone}=$zone")
    done
    clocks=()
    [ ! -e clocks ] || mapfile -t clocks < <(grep -v '^#' clocks)
    [ ! -e peers ] || mapfile -t peers < <(grep -v '^#' peers)
    [ ${#zones[@]} = 0 ] || serve ${#zones[@]} "$build/tests/lab_name_server" --port 53 "${zones[@]}"
    [ ${#peers[@]} = 0 ] || serve ${#peers[@]} "$build/tests/lab_smtp" --port 25 "${peers[@]}"
    [ ${#clocks[@]} = 0 ] || serve ${#clocks[@]} "$build/tests/lab_time" "${clocks[@]}"
    web=()
    [ ! -e web ] || mapfile -t web < <(grep -v '^#' web)
    [ ${#web[@]} = 0 ] || serve ${#web[@]} "$build/tests/lab_web" --port 443 --tls --name '*.contoso.com' "${web[@]}"
    [ ! -e exchange ] || serve_exchange
    nodes=() name='*.contoso.com'
    [ ! -e name ] || name=$(cat name)
    [ ! -e nodes ] || mapfile -t nodes < <(grep -v '^#' nodes)
    [ ${#nodes[@]} = 0 ] || serve ${#nodes[@]} "$build/tests/lab_ews" --name "$name" --ca ca.pem "${nodes[@]}"
    [ ${#nodes[@]} = 0 ] || (umask 077; echo token >token)
    directories=()
    [ ! -e directories ] || mapfile -t directories < <(grep -v '^#' directories)
    for directory in "${directories[@]}"; do
        read -ra words <<<"$directory"
        serve 1 "$build/tests/lab_directory" "${words[@]}"
    done
    read -ra arguments <arguments
    status=0
    if [ -e machine ]; then
        on_windows check "${arguments[@]}" --save evidence.jsonl --quiet || status=$?
    else
        "$build/exdiag" check "${arguments[@]}" --save evidence.jsonl --quiet || status=$?
    fi
    echo "$scenario: exit status $status"
    end_servers
    rm -f ca.pem token
    cd ..
done
