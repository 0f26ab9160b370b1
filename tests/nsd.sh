# Sourced: NSD on loopback, for measurements and generated worlds.

serve_zone() { # serve_zone WORK FOLDER FILE ZONE NAME: serves FOLDER/FILE as ZONE; NAME has an A record
    # in it. Keeps its files in WORK; sets $port, which was free, and $server, for kill.
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    cat >"$1/nsd.conf" <<CONF
server:
    server-count: 1
    ip-address: 127.0.0.1@$port
    username: ""
    zonesdir: "$2"
    database: ""
    pidfile: "$1/pid"
    xfrdfile: ""
    zonelistfile: "$1/zones"
    xfrdir: "$1"
    rrl-ratelimit: 0
    receive-buffer-size: 8388608
    send-buffer-size: 8388608
remote-control:
    control-enable: no
zone:
    name: "$4"
    zonefile: "$3"
CONF
    nsd -d -c "$1/nsd.conf" >"$1/nsd.log" 2>&1 &
    server=$!
    for _ in $(seq 100); do
        kdig +short +timeout=1 +retry=0 @127.0.0.1 -p "$port" "$5" A 2>/dev/null | grep -q . && return
        sleep 0.1
    done
    cat "$1/nsd.log"
    return 1
}
