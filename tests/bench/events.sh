#!/bin/bash
# events.sh [MEGABYTES]: an event log as XML, as UTF-16 and as .evtx, read from the page cache
# on one core. One event in a thousand is wished for.
set -euo pipefail
cd "$(dirname "$0")/../.."
tests=build/release/tests megabytes=${1:-400}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "event logs of $megabytes MB, best of 5"
for name in log.xml log-utf16.xml log.evtx; do
    case $name in
    *utf16*) { printf '\xff\xfe' && iconv -f UTF-8 -t UTF-16LE "$work/log.xml"; } | head -c "$megabytes"MB >"$work/$name" || true ;;
    *) "$tests/make_events" "$work/$name" "$megabytes" ;;
    esac
    best=$(for _ in 1 2 3 4 5; do
        /usr/bin/time -q -f '%M' "$tests/read_events" "$work/$name" MSExchangeTransport 1035 MSExchangeTransport 2017 2>&1 |
            paste -sd' '
    done | sort -t, -k4 | awk -F'[ ,]+' '{ if ($(NF - 2) + 0 > most) { most = $(NF - 2) + 0; line = $0 } } END { print line }')
    printf '%-16s %s KiB\n' "$name" "$best"
done
