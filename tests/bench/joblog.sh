#!/bin/bash
# joblog.sh [MEGABYTES]: a MailStore job log as evidence, from the page cache on one core, beside
# what only counts its requests: grep, ripgrep and awk, and how many times as fast it is.
set -euo pipefail
cd "$(dirname "$0")/../.."
megabytes=${1:-600}
work=$(mktemp -d)
file=$work/job.log
trap 'rm -rf "$work"' EXIT

# shellcheck source=tests/bench/beside.sh
. tests/bench/beside.sh

# Four threads; of 500 messages one needs three requests, and one fails after sixteen.
part() {
    awk 'function line(thread, text) {
            t += 13
            printf "%02d:%02d:%02d.%03d [%d] %s\r\n", t / 3600000 % 24, t / 60000 % 60, t / 1000 % 60, t % 1000, thread, text
        }
        BEGIN {
            for (t = 28800000; n < 84000; n++) {
                thread = 18 + n % 4
                line(thread, sprintf("INFO Processing message: %d.1.2014 %d:%02d:%02d UTC \x27%s%s %d\x27, UID 1: %08x, UID 2: AAMkADU%032x", n % 28 + 1, n % 24, n % 60, n / 7 % 60, n % 3 ? "" : "RE: ", "Monthly report of the southern branch", n, n, n))
                line(thread, "INFO Retrieving message...")
                tries = n % 500 == 7 ? 16 : n % 500 == 9 ? 3 : 1
                for (i = 0; i < tries; i++) line(thread, "INFO Sending EWS Request (GetMimeContent)")
                if (tries == 16) {
                    line(thread, "EXCEPTION MailboxImportWorker:ProcessMailboxMessageWrapper")
                    print ": An internal server error occurred. Try again later. EWS Error Code: ErrorInternalServerTransientError.\r"
                }
                if (n % 100 == 99) line(thread, "INFO Sending EWS Request (FindItem)")
            }
        }'
}

part >"$work/part"
while [ "$(stat -c %s "$file" 2>/dev/null || echo 0)" -lt "${megabytes}000000" ]; do
    cat "$work/part" "$work/part" "$work/part" "$work/part"
done >>"$file"
truncate -s "${megabytes}000000" "$file"

echo "a MailStore job log of $megabytes MB in the page cache, GB a second of CPU, best of 5"
ours mailstore-log
peer "grep -c GetMimeContent" 0.5 env LC_ALL=C grep -c GetMimeContent
peer "grep -c GetMimeContent, UTF-8" 0.5 env LC_ALL=C.UTF-8 grep -c GetMimeContent
peer_ripgrep 0.33 -c GetMimeContent
peer "awk, counting the same lines" 1 awk '/GetMimeContent/ { n++ } END { print n }'
