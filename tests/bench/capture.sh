#!/bin/bash
# capture.sh [MEGABYTES]: a network capture read by exdiag, capinfos and tshark, in turns,
# from the page cache. Needs tshark and wireshark-common.
set -euo pipefail
cd "$(dirname "$0")/../.."
for tool in tshark capinfos; do
    command -v $tool >/dev/null || { echo "skipped: reading captures, $tool is not here"; exit 0; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
build/release/tests/make_capture "$work/big.pcap" "${1:-400}"
/usr/bin/python3 tests/bench/capture.py build/release/exdiag "$work/big.pcap"
