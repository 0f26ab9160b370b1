#!/bin/bash
# events.sh [MEGABYTES]: an event log as XML, as UTF-16 and as .evtx, read from the page cache
# on one core: wished for is one event in a thousand, every fourth, all of them; then the
# whole program, with the memory of its process.
set -euo pipefail
cd "$(dirname "$0")/../.."
tests=build/release/tests megabytes=${1:-400}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
few=(MSExchangeTransport 1035)
many=("MSExchange ADAccess" 2080)
all=(MSExchangeTransport 0 "MSExchange ADAccess" 0 "MSExchange Common" 0 Microsoft-Windows-Security-SPP 0)

read_it() { # read_it NAME FILE WISHES...: the best of 5
    local name=$1
    shift
    for _ in 1 2 3 4 5; do
        /usr/bin/time -q -f '%M' "$tests/read_events" "$@" 2>&1 | paste -sd' '
    done | awk -v name="$name" -F'[ ,]+' '
        { if ($(NF - 2) + 0 > most) { most = $(NF - 2) + 0; line = $0 } }
        END { printf "%-28s %s KiB\n", name, line }'
}

check_it() { # check_it FILE: the whole program, the best of 5
    for _ in 1 2 3 4 5; do
        /usr/bin/time -q -o "$work/cost" -f '%U %S %M' build/release/exdiag check --only spn --file "$1" >/dev/null 2>&1 || true
        cat "$work/cost"
    done | awk -v megabytes="$megabytes" '
        { seconds = $1 + $2; if (NR == 1 || seconds < best) { best = seconds; peak = $3 } }
        END { printf "%-28s %.2f s of CPU, %.0f MB/s %d KiB\n", "  exdiag check --file", best, megabytes / best, peak }'
}

echo "event logs of $megabytes MB, best of 5"
for name in log.xml log-utf16.xml log.evtx; do
    case $name in
    *utf16*) { printf '\xff\xfe' && iconv -f UTF-8 -t UTF-16LE "$work/log.xml"; } | head -c "$megabytes"MB >"$work/$name" || true ;;
    *) "$tests/make_events" "$work/$name" "$megabytes" ;;
    esac
    read_it "$name, few wished" "$work/$name" "${few[@]}"
    read_it "$name, every fourth" "$work/$name" "${many[@]}"
    read_it "$name, all" "$work/$name" "${all[@]}"
    check_it "$work/$name"
done
