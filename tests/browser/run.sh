#!/bin/bash
# run.sh BUILD: puts HTML reports before a real browser, Debian's Chromium, and its print before
# pdftotext. Playwright and axe come from npm; node's packages are kept in $EXDIAG_CACHE, by
# default ~/.cache/exdiag.
set -uo pipefail

build=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
cache=${EXDIAG_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/exdiag}/browser
chromium=$(command -v chromium || command -v chromium-browser || true)

for tool in node npm pdftotext; do
    command -v $tool >/dev/null && continue
    echo "skipped: HTML in a browser: $tool is not installed"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
done
if [ -z "$chromium" ]; then
    echo "skipped: HTML in a browser: chromium is not installed"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi

mkdir -p "$cache"
if ! cmp -s "$here/package-lock.json" "$cache/package-lock.json" || [ ! -d "$cache/node_modules" ]; then
    cp "$here/package.json" "$here/package-lock.json" "$cache/"
    (cd "$cache" && npm ci --ignore-scripts --no-audit --no-fund --silent) || exit 1
fi

reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT
runs=("$here"/../scenario/{clock-pdc-misleads,ews-host-nodes-differ,build-mixed,ews-job-others}/evidence.jsonl)
evidence=()
for run in "${runs[@]}"; do [ ! -e "$run" ] || evidence+=("$run"); done
"$build/exdiag" demo --format html >"$reports/demo.html" 2>/dev/null
"$build/exdiag" report "${evidence[@]}" --format html >"$reports/runs.html"
"$build/exdiag" report "${evidence[@]}" --format json >"$reports/runs.json"
cp "$here/../golden/report.html" "$reports/golden.html"
"$build/tests/report_samples" hostile html >"$reports/hostile.html" || exit 1
"$build/tests/report_samples" many html alike 0 >"$reports/empty.html" || exit 1

node "$here/check.mjs" "$cache" "$chromium" "$reports"
