#!/bin/bash
# logs.sh [MEGABYTES]: files as evidence, each from the page cache on one core: an event log as XML,
# as UTF-16 and as .evtx, SMTP protocol logs, a forest's export, a registry's. Best of 3, and the
# memory of the whole process. Of a protocol log of nothing but failures also the whole program.
set -euo pipefail
cd "$(dirname "$0")/../.."
tests=build/release/tests megabytes=${1:-400}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cut_to() { head -c "$megabytes"MB || true; }

protocol_log() { # protocol_log N: every Nth session fails to authenticate, 300 hosts
    awk -v every="$1" 'BEGIN {
        printf "#Software: Microsoft Exchange Server\r\n#Version: 15.01.2507.006\r\n"
        printf "#Log-type: SMTP Receive Protocol Log\r\n#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\r\n"
        for (i = 0; ; i++) {
            head = sprintf("2026-11-20T%02d:%02d:%02d.000Z,EX1\\Default EX1,08DF%012X", i / 3600 % 24, i / 60 % 60, i % 60, i)
            tail = sprintf("10.0.0.1:25,10.0.%d.%d:5%04d", i % 3, i % 100, i % 10000)
            printf "%s,0,%s,+,,\r\n%s,1,%s,*,SMTPSubmit SMTPAcceptAnyRecipient,Set Session Permissions\r\n", head, tail, head, tail
            printf "%s,2,%s,<,EHLO ex2.contoso.com,\r\n%s,3,%s,>,250  mail.contoso.com Hello [10.0.0.2] SIZE 37748736 PIPELINING DSN X-ANONYMOUSTLS X-EXPS GSSAPI NTLM 8BITMIME,\r\n", head, tail, head, tail
            if (i % every == 0)
                printf "%s,4,%s,<,X-EXPS GSSAPI,\r\n%s,5,%s,*,,Inbound authentication failed because of LogonDenied\r\n%s,6,%s,>,535 5.7.3 Authentication unsuccessful,\r\n", head, tail, head, tail, head, tail
            else
                printf "%s,4,%s,<,MAIL FROM:<ann@contoso.com>,\r\n%s,5,%s,>,250 2.1.0 Sender OK,\r\n", head, tail, head, tail
            printf "%s,7,%s,-,,Remote\r\n", head, tail
        }
    }'
}

directory() { # users, a computer in ten, an Exchange server in a thousand
    awk 'BEGIN {
        for (i = 0; ; i++) {
            name = (i % 1000 == 0 ? "ex" : i % 10 == 0 ? "pc" : "user") i
            printf "dn: CN=%s,OU=Unit %d,DC=contoso,DC=com\r\nchangetype: add\r\nobjectClass: top\r\nobjectClass: person\r\nobjectClass: user\r\n", name, i % 50
            if (i % 10 == 0) {
                printf "objectClass: computer\r\ndNSHostName: %s.contoso.com\r\nsAMAccountName: %s$\r\n", name, name
                printf "servicePrincipalName: HOST/%s\r\nservicePrincipalName: HOST/%s.contoso.com\r\nservicePrincipalName: WSMAN/%s\r\n", name, name, name
                if (i % 1000 == 0) printf "servicePrincipalName: SMTPSVC/%s.contoso.com\r\n", name
            } else
                printf "sAMAccountName: %s\r\nmail: %s@contoso.com\r\nproxyAddresses: SMTP:%s@contoso.com\r\n", name, name, name
            printf "cn: %s\r\nwhenCreated: 20200101000000.0Z\r\nuSNCreated: %d\r\nobjectGUID:: AAECAwQFBgcICQoLDA0ODw==\r\nobjectSid:: AQUAAAAAAAUVAAAAAAECAwQFBgcICQoL\r\nuserAccountControl: 512\r\nbadPwdCount: 0\r\ncodePage: 0\r\ncountryCode: 0\r\nlogonCount: 0\r\nsAMAccountType: 805306368\r\n\r\n", name, i
        }
    }'
}

registry() {
    awk 'BEGIN {
        printf "Windows Registry Editor Version 5.00\r\n\r\n"
        for (i = 0; ; i++)
            printf "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\Sub%d]\r\n\"Name\"=\"value %d\"\r\n\"Number\"=dword:%08x\r\n\"Bytes\"=hex:00,01,02,03,04,05,06,07,08,09,0a,0b,0c,0d,0e,0f\r\n\r\n", i, i, i
    }'
}

measure() { # measure NAME KIND FILE
    for _ in 1 2 3; do
        /usr/bin/time -q -f '%M' "$tests/gather_file" "$2" "$3" ${4:+"$4"} 2>&1 | paste -sd' '
    done | awk -v name="$1" '{ if ($(NF - 2) + 0 > most) { most = $(NF - 2) + 0; line = $0 } } END { printf "%-26s %s KiB\n", name, line }'
    rm -f "$3"
}

check_it() { # check_it FILE: the whole program
    for _ in 1 2 3; do
        /usr/bin/time -q -o "$work/cost" -f '%U %S %M' build/release/exdiag check --only spn --file "$1" >/dev/null 2>&1 || true
        cat "$work/cost"
    done | awk -v megabytes="$megabytes" '
        { seconds = $1 + $2; if (NR == 1 || seconds < best) { best = seconds; peak = $3 } }
        END { printf "%-26s %.2f s of CPU, %.0f MB/s %d KiB\n", "  exdiag check --file", best, megabytes / best, peak }'
}

echo "files of $megabytes MB as evidence, best of 3"
"$tests/make_events" "$work/log.xml" "$megabytes"
{ printf '\xff\xfe' && iconv -f UTF-8 -t UTF-16LE "$work/log.xml"; } | cut_to >"$work/wide.xml" 2>/dev/null || true
measure "event log, XML" event-log "$work/log.xml"
measure "event log, XML in UTF-16" event-log "$work/wide.xml"
"$tests/make_events" "$work/log.evtx" "$megabytes"
measure "event log, .evtx" event-log "$work/log.evtx"
{ protocol_log 8 || true; } 2>/dev/null | cut_to >"$work/recv.log"
measure "SMTP protocol log" auth-log "$work/recv.log"
{ protocol_log 1 || true; } 2>/dev/null | cut_to >"$work/recv.log"
check_it "$work/recv.log"
measure "  where all sessions fail" auth-log "$work/recv.log"
{ directory || true; } 2>/dev/null | cut_to >"$work/forest.ldf"
measure "forest, LDIF" directory-file "$work/forest.ldf"
{ registry || true; } 2>/dev/null | cut_to >"$work/lsa.reg"
measure "registry export" registry "$work/lsa.reg" 'SYSTEM\CurrentControlSet\Control\Lsa'
