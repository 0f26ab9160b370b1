#!/bin/bash
# Speed and memory, beside other tools, in one run on this machine: figures and ratios.
# Needs nsd, kdig (knot-dnsutils), dnsperf, swaks, nmap and GNU time; all traffic is on loopback.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=tests/bench
cmake --preset release -DEXDIAG_TESTS=ON >/dev/null
cmake --build --preset release >/dev/null
work=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; wait; rm -rf "$work"' EXIT

# shellcheck source=tests/nsd.sh
. tests/nsd.sh

cat >"$work/bench.zone" <<'ZONE'
$ORIGIN bench.example.
$TTL 300
@ IN SOA ns hostmaster 1 3600 600 86400 300
@ IN NS ns
ns IN A 127.0.0.1
@ IN TXT "v=spf1 mx ~all"
@ IN TXT "v=spf1 ip4:192.0.2.1 -all"
@ IN MX 10 mail
mail IN A 192.0.2.25
* IN TXT "v=spf1 -all"
ZONE
serve_zone "$work" "$work" bench.zone bench.example mail.bench.example

python3 $here/measure.py build/release "$port"

echo
echo "DNS questions through one thread, 400,000 different names, NSD on the same machine"
printf '%-34s %12s %12s %10s %14s\n' "" "answers/s" "in flight" "peak MiB" "CPU us/answer"
for window in 500 2000 4096 8192; do
    /usr/bin/time -q -o "$work/cost" -f "%M %U %S" build/release/tests/dns_flood 127.0.0.1:"$port" $window 400000 \
        >"$work/flood"
    read -r answered seconds rate most <"$work/flood"
    read -r peak user system <"$work/cost"
    printf '%-34s %12s %12s %10s %14s\n' "exdiag's resolver, window $window" "$rate" "$most" "$((peak / 1024))" \
        "$(awk "BEGIN { printf \"%.1f\", ($user + $system) / 400000 * 1e6 }")"
    [ "$rate" -gt "${best:-0}" ] && best=$rate
    [ "$answered" = 400000 ] || echo "  only $answered were answered, in $seconds s"
done
seq 0 399999 | sed 's/.*/d&.bench.example TXT/' >"$work/questions"
dnsperf -s 127.0.0.1 -p "$port" -d "$work/questions" -c 8 -T 1 -q 2000 -n 1 -e 2>/dev/null |
    awk -v ours="$best" '/Queries per second/ {
        printf "%-34s %12.0f %12s\n", "dnsperf, one thread", $4, 2000
        printf "the best of exdiag is %.2f times dnsperf\n", ours / $4
    }'

echo
$here/audit.sh
echo
$here/mx.sh
echo
$here/clocks.sh
echo
$here/powershell.sh
echo
$here/directory.sh
echo
$here/capture.sh
echo
$here/events.sh
echo
$here/logs.sh
echo
$here/joblog.sh
echo
$here/requests.sh
echo
$here/configs.py
echo
$here/report.py build/release
echo
if [ -e build/windows/exdiag.exe ] && command -v wine >/dev/null; then
    python3 $here/windows_start.py build/windows/exdiag.exe
    python3 $here/windows_local.py build/release build/windows
else
    echo "exdiag.exe under Wine: skipped, 'make windows' has not made build/windows/exdiag.exe, or there is no Wine"
fi
