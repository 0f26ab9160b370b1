#!/bin/bash
# Clocks: how fine each source is on loopback, and fifty hosts with 100 ms between question and
# answer, beside nmap's scripts and chronyd. In a network of its own, at the usual ports.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${EXDIAG_INSIDE:-}" ]; then
    if ! unshare --net true 2>/dev/null; then
        echo "skipped: clocks at their usual ports need a network of their own, which takes root"
        exit 0
    fi
    EXDIAG_INSIDE=1 exec unshare --net "$0"
fi
ip link set lo up
python3 tests/bench/clocks.py build/release
