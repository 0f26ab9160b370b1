#!/bin/bash
# run.sh BUILD: the program against real name servers from Debian's packages: NSD and
# Knot DNS as authorities, Unbound as the resolver of an office whose internal zone
# hides a public one. They run in a network of their own, so this takes root.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
build=$(realpath "$1")
program=("$build/exdiag")
[ -z "${EXDIAG_WINDOWS:-}" ] || program=("$here/../windows/wine.sh" "$EXDIAG_WINDOWS/exdiag.exe")

if [ -z "${PEERS_INSIDE:-}" ] && ! unshare --net --mount --propagation private true 2>/dev/null; then
    echo "skipped: name servers at port 53 need a network of their own, which takes root"
    echo "peers: 0 passed, 0 failed, 12 skipped"
    exit 0
fi
if [ -z "${PEERS_INSIDE:-}" ]; then
    PEERS_INSIDE=1 exec unshare --net --mount --propagation private "$0" "$build"
fi

work=$(mktemp -d)
pids=()
passed=0 failed=0
trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -rf "$work"' EXIT
ip link set lo up
printf 'nameserver 127.0.0.1\n' >"$work/resolv.conf"
mount --bind "$work/resolv.conf" /etc/resolv.conf

# ---- the servers ----

mkdir "$work/nsd" "$work/knot"
sed "s|@WORK@|$work|g; s|@HERE@|$here|g" "$here/nsd.conf.in" >"$work/nsd.conf"
sed "s|@WORK@|$work|g; s|@HERE@|$here|g" "$here/knot.conf.in" >"$work/knot.conf"
sed "s|@WORK@|$work|g" "$here/unbound.conf.in" >"$work/unbound.conf"

start() { # start NAME COMMAND...
    local name=$1
    shift
    "$@" >"$work/$name.log" 2>&1 &
    pids+=($!)
}

start nsd nsd -d -c "$work/nsd.conf"
start knot knotd -c "$work/knot.conf"
start unbound unbound -d -c "$work/unbound.conf"

await() { # await SERVER NAME
    for _ in $(seq 100); do
        kdig +short +timeout=1 +retry=0 @"$1" "$2" SOA 2>/dev/null | grep -q . && return
        sleep 0.1
    done
    echo "peers: $1 does not answer for $2" >&2
    tail -5 "$work"/*.log >&2
    exit 1
}
await 127.0.0.2 com
await 127.0.0.3 contoso.com
await 127.0.0.4 contoso.com
await 127.0.0.1 contoso.com

# ---- the cases ----

expect() { # expect NAME EXIT_STATUS WANTED_TEXT... -- ARGUMENT...
    local name=$1 wanted_status=$2 status=0 texts=()
    shift 2
    while [ "$1" != -- ]; do
        texts+=("$1")
        shift
    done
    shift
    "${program[@]}" check "$@" --only spf --verbose >"$work/report" 2>&1 || status=$?
    if [ "$status" != "$wanted_status" ]; then
        echo "FAILED $name: exit status $status, not $wanted_status"
        cat "$work/report"
        failed=$((failed + 1))
        return
    fi
    for text in "${texts[@]}"; do
        if ! tr -s ' \n' '  ' <"$work/report" | grep -qF -- "$text"; then
            echo "FAILED $name: the report does not say '$text'"
            cat "$work/report"
            failed=$((failed + 1))
            return
        fi
    done
    echo "ok $name"
    passed=$((passed + 1))
}

expect "several records, NSD" 1 '[spf-multiple]' '"v=spf1 mx ~all"' '127.0.0.3' \
    -- --domain contoso.com --dns 127.0.0.3
expect "several records, Knot DNS" 1 '[spf-multiple]' '"v=spf1 mx ~all"' '127.0.0.4' \
    -- --domain contoso.com --dns 127.0.0.4
expect "a record over TCP, NSD" 1 '[spf-multiple]' 'over TCP' -- --domain long.com --dns 127.0.0.3
expect "a record over TCP, Knot DNS" 1 '[spf-multiple]' 'over TCP' -- --domain long.com --dns 127.0.0.4
expect "a healthy domain, NSD" 0 'no problems' -- --domain healthy.com --dns 127.0.0.3
expect "a healthy domain, Knot DNS" 0 'no problems' -- --domain healthy.com --dns 127.0.0.4
expect "no record" 1 '[spf-none]' -- --domain none.com --dns 127.0.0.3
expect "another server's domain is refused" 3 'unknown' -- --domain elsewhere.org --dns 127.0.0.3
expect "by delegation, through Unbound" 1 '[spf-multiple]' '127.0.0.3' -- --domain contoso.com
expect "healthy by delegation" 0 'no problems' -- --domain healthy.com
expect "an internal zone hides several records" 1 '[spf-multiple]' '[dns-split-view]' \
    -- --domain hidden.com
expect "two servers, two minds" 1 '[dns-servers-disagree]' -- --domain differ.com

echo "peers: $passed passed, $failed failed"
[ "$failed" = 0 ]
