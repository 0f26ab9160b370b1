# shellcheck shell=bash
# A file from the page cache on one core, beside other programs that read it: sourced by the benches
# of single files. They set $file, its $megabytes, and $work, a folder.

# Seconds of CPU, which others on the machine do not lengthen. What grep prints goes to a file: it
# stops at the first line where nobody reads it.
cost() { # cost COMMAND...: "seconds KiB" of it with the file, the best of 5
    for _ in 1 2 3 4 5; do
        /usr/bin/time -q -f '%U %S %M' -o "$work/cost" "$@" "$file" >"$work/printed" || true
        tail -1 "$work/cost"
    done | awk '{ took = $1 + $2 } NR == 1 || took < best { best = took; peak = $3 } END { if (best < 0.01) best = 0.01; print best, peak }'
}

row() { # row NAME SECONDS KIB [MORE]
    awk -v name="$1" -v seconds="$2" -v peak="$3" -v more="${4:-}" -v megabytes="$megabytes" \
        'BEGIN { printf "%-38s %5.2f GB/s %6.1f MiB  %s\n", name, megabytes / 1000 / seconds, peak / 1024, more }'
}

ours() { # ours KIND: as evidence, and a whole run
    local seconds peak
    cat "$file" >/dev/null
    read -r ours peak <<<"$(cost build/release/tests/gather_file "$1")"
    row "exdiag, as evidence" "$ours" "$peak"
    read -r seconds peak <<<"$(cost build/release/exdiag check --quiet)"
    row "exdiag check, a whole run" "$seconds" "$peak"
}

peer() { # peer NAME SHARE COMMAND...: after `ours`
    local name=$1 share=$2 seconds peak
    shift 2
    read -r seconds peak <<<"$(cost "$@")"
    row "$name" "$seconds" "$peak" "$(awk -v ours="$ours" -v theirs="$seconds" -v share="$share" 'BEGIN { printf "exdiag is %.2f times as fast%s", theirs / ours, share ? " (at least " share ")" : "" }')"
}

peer_ripgrep() { # peer_ripgrep SHARE ARGUMENT...
    local share=$1
    shift
    if command -v rg >/dev/null; then
        peer "ripgrep $*, one thread" "$share" rg -j1 "$@"
    else
        echo "ripgrep is not here"
    fi
}
