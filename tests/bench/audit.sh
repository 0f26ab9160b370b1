#!/bin/bash
# Audits of 10,000 domains beside other SPF checkers, on the world of shared/bench/spf
# (beside the project; nothing is measured without it): NSD serves it in a network of its
# own, directly and with 20 ms added to every answer. Then one process for one domain.
# Prints figures, then ratios. mailauth joins where npm can install it.
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
EXDIAG=$(realpath build/release/exdiag)
export EXDIAG
here=$(realpath tests/bench)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r $world/. "$work"
chmod -R u+w "$work"
cc -O2 -o "$work/drivers/drv_libspf2" "$work/drivers/drv_libspf2.c" -lspf2 -lpthread
cc -O2 -o "$work/drivers/dnsdelay" "$work/drivers/dnsdelay.c"
slow=pyspf,mailspf
if npm install --silent --prefix "$work" mailauth >/dev/null 2>&1; then
    slow=$slow,mailauth-c100
else
    echo "mailauth could not be installed by npm, and is left out"
fi

echo "audits of 10,000 domains, one process; the quick ones three times, of which the best counts"
"$work/run.sh" fast exdiag-audit,libspf2-cache-t64,libspf2-resolv-t64 3
"$work/run.sh" fast $slow 1
"$work/run.sh" delay20 exdiag-audit,libspf2-resolv-t512 3
python3 "$here/ratios.py" "$work/results.jsonl"
echo
"$work/run.sh" shell /usr/bin/python3 "$here/one_domain.py" "$EXDIAG"
