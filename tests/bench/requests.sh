#!/bin/bash
# requests.sh [MEGABYTES]: an IIS log in which few requests are of EWS, as evidence, from the page
# cache on one core, beside what only finds those requests: grep, ripgrep, and awk, which splits
# lines as exdiag does and counts answers by folder and status.
set -euo pipefail
cd "$(dirname "$0")/../.."
megabytes=${1:-600}
work=$(mktemp -d)
file=$work/u_ex261120.log
trap 'rm -rf "$work"' EXIT

# shellcheck source=tests/bench/beside.sh
. tests/bench/beside.sh

# Of 280 requests one is of EWS; of those one in 211 fails, as of all.
part() {
    awk 'BEGIN {
            folders = split("/owa/ /owa/auth/logon.aspx /mapi/emsmdb/ /mapi/nspi/ /Microsoft-Server-ActiveSync/default.eas /rpc/rpcproxy.dll /Autodiscover/Autodiscover.xml", stem, " ")
            agents = split("Microsoft+Office/16.0+(Windows+NT+10.0;+Microsoft+Outlook+16.0.10386;+Pro) Apple-iPhone13C2/1905.258 Mozilla/5.0+(Windows+NT+10.0;+Win64;+x64)+AppleWebKit/537.36+(KHTML,+like+Gecko)+Chrome/115.0.0.0+Safari/537.36 AMProbe/Local/ClientAccess", agent, " ")
            printf "#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Date: 2026-11-20 00:00:01\r\n"
            printf "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) sc-status sc-substatus sc-win32-status time-taken\r\n"
            for (i = 0; i < 200000; i++) {
                printf "2026-11-20 %02d:%02d:%02d 10.20.0.%d POST %s &CorrelationID=<empty>;&cafeReqId=%08x-%08x; 443 CONTOSO\\user%d 10.20.%d.%d %s - %s %d\r\n",
                    i / 9000, i / 150 % 60, i / 3 % 60, i % 5, i % 280 == 7 ? "/EWS/Exchange.asmx" : stem[1 + i * 7919 % 104729 % folders],
                    i * 991, i * 77, i % 3000, i % 7, i % 250, agent[1 + i * 6007 % 65537 % agents],
                    i % 37 == 0 ? "401 1 2148074254" : i % 211 == 0 ? "500 0 64" : "200 0 0", i * 31 % 997
            }
        }'
}

part >"$work/part"
while [ "$(stat -c %s "$file" 2>/dev/null || echo 0)" -lt "${megabytes}000000" ]; do
    cat "$work/part" "$work/part"
done >>"$file"
truncate -s "${megabytes}000000" "$file"

echo "an IIS log of $megabytes MB in the page cache, GB a second of CPU, best of 5"
ours http-log
peer "grep -ci /ews/, which tells no more" "" env LC_ALL=C grep -ci /ews/
peer_ripgrep "" -ci /ews/
peer "awk, counting folders and statuses" 1 awk '{ split($5, path, "/"); n[path[2], $12]++ } END { for (i in n) print i, n[i] }'
