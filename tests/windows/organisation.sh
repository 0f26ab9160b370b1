#!/bin/bash
# tests/windows/organisation.sh BUILD: the whole exdiag.exe with no subject named, under Wine, on
# machines in the domain of a scripted organisation: the scenarios organisation-*, recorded anew and
# held to what they are to find (tests/scenario/record.sh, which needs a network of its own: root).
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

build=$(cd "$1" && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
passed=0 failed=0

if ! unshare --net --mount true 2>/dev/null; then
    printf 'skipped: a network of its own takes root\n0 passed, 0 failed, 1 skipped\n'
    [ "${CI:-}" != true ] # there it would go unnoticed
    exit
fi

# Copies, so that what is in the sources stays as it is.
mkdir -p "$place/tests/windows" "$place/build" "$place/tests/scenario"
cp tests/windows/wine.sh tests/windows/own_addresses.c "$place/tests/windows"
cp tests/scenario/record.sh "$place/tests/scenario"
ln -s "$build" "$place/build/windows"

# expect SCENARIO STATUS WORDS...: how the run ends, and what its report has.
expect() {
    local scenario=$1 status=$2 said report
    shift 2
    cp -r "tests/scenario/$scenario" "$place/tests/scenario"
    said=$(timeout 300 "$place/tests/scenario/record.sh" build/release "$scenario" 2>&1 | tail -n 1)
    report=$(build/release/exdiag report "$place/tests/scenario/$scenario/evidence.jsonl" --verbose 2>&1 | tr -s '\n ' ' ')
    if [ "$said" != "$scenario: exit status $status" ]; then
        echo "organisation: $said, not $status: $report"
        failed=$((failed + 1))
        return
    fi
    for word; do
        if grep -qF -- "$word" <<<"$report"; then
            passed=$((passed + 1))
        else
            echo "organisation: $scenario does not say: $word"
            failed=$((failed + 1))
        fi
    done
    echo "organisation: $scenario: as it should be"
}

expect organisation-healthy 0 '3 Exchange servers, 3 accepted domains and 2 domain controllers' \
    'fabrikam.com, tailspin.com' 'edge01.contoso.com, ex01.contoso.com, ex02.contoso.com'
expect organisation-workstation 0 'OK admin7.contoso.com: the directory of contoso.com lists'
expect organisation-server-gone 1 'ex02.contoso.com: neither an A nor an AAAA record'
expect organisation-unreadable 3 'no domain controller tells what it lists'

# refuses DOMAIN WORDS: exdiag.exe check on a machine of that domain ends with 2, and says so.
refuses() {
    local domain=$1 said status=0
    shift
    said=$(WINEPREFIX=${XDG_CACHE_HOME:-$HOME/.cache}/exdiag/wine-organisation EXDIAG_DOMAIN=$domain \
        WINEDLLOVERRIDES='mscoree=;mshtml=;winemenubuilder.exe=d;winedbg.exe=d;netapi32=n' \
        tests/windows/wine.sh "$build/exdiag.exe" check 2>&1) || status=$?
    if [ $status = 2 ] && grep -qF -- "$1" <<<"$said"; then
        echo "organisation: a machine of '$domain': as it should be"
        passed=$((passed + 1))
    else
        echo "organisation: a machine of '$domain' ends with $status and says: $said"
        failed=$((failed + 1))
    fi
}

refuses '2 WORKGROUP' 'in no domain'
refuses '0 WORKGROUP' 'exdiag check --server ex01.contoso.com --domain contoso.com'

# What would be looked for is said, and nothing is sent.
plan=$(WINEPREFIX=${XDG_CACHE_HOME:-$HOME/.cache}/exdiag/wine-organisation \
    EXDIAG_DOMAIN='3 CONTOSO contoso.com contoso.com' \
    WINEDLLOVERRIDES='mscoree=;mshtml=;winemenubuilder.exe=d;winedbg.exe=d;netapi32=n' \
    tests/windows/wine.sh "$build/exdiag.exe" check --plan --dns 127.0.0.1 2>&1)
if grep -qF 'no subject is named; looked for from this machine' <<<"$plan" &&
    grep -q '^organisation' <<<"$plan" && grep -q '^spf' <<<"$plan"; then
    echo "organisation: a plan: as it should be"
    passed=$((passed + 1))
else
    echo "organisation: a plan says: $plan"
    failed=$((failed + 1))
fi

printf '%d passed, %d failed\n' "$passed" "$failed"
[ "$failed" = 0 ]
