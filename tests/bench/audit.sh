#!/bin/bash
# Audits of 10,000 domains beside other SPF checkers, on the world of shared/bench/spf
# (beside the project; nothing is measured without it): NSD serves it in a network of its
# own, directly and with 20 ms added to every answer. Prints figures, then ratios.
# PEERS names the contestants; mailauth joins where npm can install it.
set -euo pipefail
cd "$(dirname "$0")/../.."
world=../shared/bench/spf
if [ ! -e $world/run.sh ]; then
    echo "skipped: the world of shared/bench/spf is not beside the project"
    exit 0
fi
if ! unshare --net --mount --propagation private true 2>/dev/null; then
    echo "skipped: a name server at port 53 needs a network of its own, which takes root"
    exit 0
fi
exdiag=$(realpath build/release/exdiag)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r $world/. "$work"
chmod -R u+w "$work"
cc -O2 -o "$work/drivers/drv_libspf2" "$work/drivers/drv_libspf2.c" -lspf2 -lpthread
cc -O2 -o "$work/drivers/dnsdelay" "$work/drivers/dnsdelay.c"
npm install --silent --prefix "$work" mailauth >/dev/null 2>&1 ||
    echo "mailauth could not be installed by npm, and is left out"
direct=exdiag-audit,libspf2-cache-t64,libspf2-resolv-t64,pyspf,mailspf
[ -d "$work/node_modules/mailauth" ] && direct=$direct,mailauth-c100

echo "audits of 10,000 domains, one process, the best of three"
EXDIAG=$exdiag "$work/run.sh" fast "${PEERS:-exdiag-audit}" 3 >/dev/null 2>&1 || true # a warm start
rm -f "$work/results.jsonl"
EXDIAG=$exdiag "$work/run.sh" fast exdiag-audit,libspf2-cache-t64,libspf2-resolv-t64 3
EXDIAG=$exdiag "$work/run.sh" fast "${direct#exdiag-audit,libspf2-cache-t64,libspf2-resolv-t64,}" 1
EXDIAG=$exdiag "$work/run.sh" delay20 exdiag-audit,libspf2-resolv-t512 3
python3 - "$work/results.jsonl" <<'PY'
import json
import sys

best = {}
for line in open(sys.argv[1]):
    row = json.loads(line)
    best[row["tag"], row["name"]] = row
print()
for tag, words in (("fast", "directly"), ("delay20", "with 20 ms added to every answer")):
    ours = best.get((tag, "exdiag-audit"))
    if not ours:
        continue
    print(f"{words}: exdiag {ours['dps']:.0f} domains/s, {ours['user'] + ours['sys']:.2f} s of CPU, "
          f"{ours['rss_mb']:.1f} MiB, {ours['agree']} of {ours['n']} results right")
    for (other, name), row in best.items():
        if other == tag and name != "exdiag-audit":
            print(f"  {ours['dps'] / row['dps']:7.1f} times {name} ({row['dps']:.0f} domains/s, {row['agree']} of {row['n']} right)")
PY
