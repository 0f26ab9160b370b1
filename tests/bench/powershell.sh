#!/bin/bash
# PowerShell directories: one server and twenty, with 100 ms between question and answer. In a
# network of its own, at the usual ports.
set -euo pipefail
cd "$(dirname "$0")/../.."
if [ -z "${EXDIAG_INSIDE:-}" ]; then
    if ! unshare --net true 2>/dev/null; then
        echo "skipped: web servers at their usual ports need a network of their own, which takes root"
        exit 0
    fi
    EXDIAG_INSIDE=1 exec unshare --net "$0"
fi
ip link set lo up
python3 tests/bench/powershell.py build/release
