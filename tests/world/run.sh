#!/bin/bash
# run.sh BUILD [SEED...]: audits generated worlds of 10,000 domains, served by NSD on
# loopback, and holds every line against the truth they were made from. The generator
# stands beside the project; without it the worlds are skipped.
set -euo pipefail
build=$(realpath "$1")
shift
[ $# -gt 0 ] || set -- 7208 1
cd "$(dirname "$0")"
generator=../../../shared/bench/spf
if [ ! -e $generator/generate.py ]; then
    echo "skipped: the generator of worlds (shared/bench/spf) is not beside the project"
    echo "0 passed, 0 failed, $# skipped"
    exit 0
fi
work=$(mktemp -d)
server=
stop() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    wait
    rm -rf "$work"
}
trap stop EXIT

# shellcheck source=tests/nsd.sh
. ../nsd.sh

passed=0
for seed; do
    python3 $generator/generate.py --n 10000 --seed "$seed" --out "$work/world" >/dev/null
    python3 $generator/audit_truth.py "$work/world"
    serve_zone "$work" "$work/world" zone.root . helo.test
    "$build/exdiag" audit --ip 198.51.100.77 --helo helo.test --sender user --dns "127.0.0.1:$port" \
        <"$work/world/domains.txt" >"$work/lines"
    kill "$server"
    wait "$server" || true
    server=
    python3 compare.py "$work/world" "$work/lines"
    echo "ok the world of seed $seed"
    passed=$((passed + 1))
    rm -rf "$work/world"
done
echo "$passed passed, 0 failed"
