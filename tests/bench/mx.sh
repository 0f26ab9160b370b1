#!/bin/bash
# Silent mail exchangers: one domain with ten of them, audits of 10,000, beside other tools.
# In a network of its own, in which all of 127.0.0.0/8 is one process that accepts (mx_peers.py),
# and NSD has the domains.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${EXDIAG_INSIDE:-}" ]; then
    if ! unshare --net true 2>/dev/null; then
        echo "skipped: ten thousand mail exchangers need a network of their own, which takes root"
        exit 0
    fi
    EXDIAG_INSIDE=1 exec unshare --net "$0"
fi
ip link set lo up
sysctl -qw net.ipv4.tcp_max_syn_backlog=16384 net.core.somaxconn=16384 2>/dev/null || true
work=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; wait; rm -rf "$work"' EXIT
# shellcheck source=tests/nsd.sh
. tests/nsd.sh
python3 tests/bench/mx.py zone >"$work/mx.zone"
serve_zone "$work" "$work" mx.zone bench.example ns.bench.example
python3 tests/bench/mx.py build/release/exdiag "$port"
