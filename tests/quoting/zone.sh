#!/bin/sh
# Quoted for zone files, every hostile value stays within its one record: BIND's
# named-compilezone reads a zone of them all and writes the same records back.
#
# usage: zone.sh QUOTE_SAMPLES
set -eu

samples=$1
tab=$(printf '\t')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0

cat >"$work/zone" <<'HEAD'
$TTL 300
@ IN SOA ns.other. host.other. 1 2 3 4 5
@ IN NS ns.other.
HEAD
for type in dns dns-name; do
    "$samples" "$type" >"$work/samples"
    while IFS="$tab" read -r _ kind _ command; do
        [ "$kind" = exact ] || continue
        count=$((count + 1))
        printf 'h%d %s\n' "$count" "$command" >>"$work/zone"
    done <"$work/samples"
done
if ! named-compilezone -i none -k ignore -n ignore -m ignore -M ignore -S ignore -s full \
    -o "$work/read" example "$work/zone" >"$work/log" 2>&1; then
    cat "$work/log" >&2
    exit 1
fi

# BIND writes the same escapes, so what it understood can be compared as text.
grep '^h' "$work/zone" | sort >"$work/expected"
sed -n 's/^\(h[0-9]*\)\.example\.[[:space:]]*300 IN \([A-Z]*\)[[:space:]]*/\1 IN \2 /p' \
    "$work/read" | sort >"$work/found"
if ! diff "$work/expected" "$work/found" >&2 || [ "$(wc -l <"$work/read")" -ne $((count + 2)) ]; then
    echo "zone: other records were read than were written" >&2
    exit 1
fi
echo "zone: $count records"
