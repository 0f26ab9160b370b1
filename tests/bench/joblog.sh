#!/bin/bash
# joblog.sh [MEGABYTES]: a MailStore job log as evidence, from the page cache on one core, beside
# what only counts its requests: grep, ripgrep and awk, and how many times as fast it is.
set -euo pipefail
cd "$(dirname "$0")/../.."
tests=build/release/tests megabytes=${1:-600}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

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
while [ "$(stat -c %s "$work/job.log" 2>/dev/null || echo 0)" -lt "${megabytes}000000" ]; do
    cat "$work/part" "$work/part" "$work/part" "$work/part"
done >>"$work/job.log"
truncate -s "${megabytes}000000" "$work/job.log"

# Seconds of CPU, which others on the machine do not lengthen. What grep prints goes to a file: it
# stops at the first line where nobody reads it.
cost() { # cost COMMAND...: "seconds KiB", the best of 5
    for _ in 1 2 3 4 5; do
        /usr/bin/time -q -f '%U %S %M' -o "$work/cost" "$@" "$work/job.log" >"$work/printed" || true
        tail -1 "$work/cost"
    done | awk '{ took = $1 + $2 } NR == 1 || took < best { best = took; peak = $3 } END { if (best < 0.01) best = 0.01; print best, peak }'
}

row() { # row NAME SECONDS KIB [MORE]
    awk -v name="$1" -v seconds="$2" -v peak="$3" -v more="${4:-}" -v megabytes="$megabytes" \
        'BEGIN { printf "%-38s %5.2f GB/s %6.1f MiB  %s\n", name, megabytes / 1000 / seconds, peak / 1024, more }'
}

echo "a MailStore job log of $megabytes MB in the page cache, GB a second of CPU, best of 5"
cat "$work/job.log" >/dev/null
read -r ours peak <<<"$(cost "$tests/gather_file" mailstore-log)"
row "exdiag, as evidence" "$ours" "$peak"
read -r seconds peak <<<"$(cost build/release/exdiag check --quiet)"
row "exdiag check, a whole run" "$seconds" "$peak"
peer() { # peer NAME SHARE COMMAND...
    local name=$1 share=$2 seconds peak
    shift 2
    read -r seconds peak <<<"$(cost "$@")"
    row "$name" "$seconds" "$peak" "$(awk -v ours="$ours" -v theirs="$seconds" -v share="$share" 'BEGIN { printf "exdiag is %.2f times as fast (at least %s)", theirs / ours, share }')"
}
peer "grep -c GetMimeContent" 0.5 env LC_ALL=C grep -c GetMimeContent
peer "grep -c GetMimeContent, UTF-8" 0.5 env LC_ALL=C.UTF-8 grep -c GetMimeContent
if command -v rg >/dev/null; then
    peer "ripgrep -c GetMimeContent, one thread" 0.33 rg -j1 -c GetMimeContent
else
    echo "ripgrep is not here"
fi
peer "awk, counting the same lines" 1 awk '/GetMimeContent/ { n++ } END { print n }'
