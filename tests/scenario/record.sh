#!/bin/bash
# record.sh BUILD [SCENARIO...]: records the evidence of scenarios (of all, if none is
# named): the real program against the lab's name servers, which serve each scenario's
# *.zone files at the addresses that are their names. In a network of its own: root.
set -euo pipefail
build=$(realpath "$1")
shift
cd "$(dirname "$0")"
if [ -z "${RECORDING:-}" ]; then
    RECORDING=1 exec unshare --net --mount --propagation private "./$(basename "$0")" "$build" "$@"
fi
ip link set lo up
printf 'nameserver 127.0.0.1\n' >/tmp/exdiag-resolv.$$
mount --bind /tmp/exdiag-resolv.$$ /etc/resolv.conf
rm /tmp/exdiag-resolv.$$

[ $# -gt 0 ] || set -- */
for scenario; do
    cd "${scenario%/}"
    rm -f evidence.jsonl
    zones=()
    for zone in *.zone; do
        [ -e "$zone" ] && zones+=("${zone%.zone}=$zone")
    done
    if [ ${#zones[@]} -gt 0 ]; then
        coproc server { "$build/tests/lab_name_server" --port 53 "${zones[@]}"; }
        for _ in "${zones[@]}"; do
            read -r _ <&"${server[0]}"
        done
    fi
    read -ra arguments <arguments
    status=0
    "$build/exdiag" check "${arguments[@]}" --save evidence.jsonl --quiet || status=$?
    echo "$scenario: exit status $status"
    if [ ${#zones[@]} -gt 0 ]; then
        pid=$server_PID
        eval "exec ${server[1]}>&-"
        wait "$pid" || true
    fi
    cd ..
done
