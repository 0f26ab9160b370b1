#!/bin/bash
# directory.sh [ACCOUNTS]: who has the names of an organisation's mail servers, among all accounts of
# a forest: exdiag beside ldapsearch, at OpenLDAP's slapd with Active Directory's attributes and
# indexes. Samba would take ten minutes to be filled. In a network of its own, where the ports are
# a domain controller's.
set -euo pipefail
cd "$(dirname "$0")/../.."
for tool in slapd slapadd ldapsearch; do
    command -v $tool >/dev/null || { echo "skipped: names in a directory, $tool is not here"; exit 0; }
done
if [ -z "${EXDIAG_INSIDE:-}" ]; then
    if ! unshare --net true 2>/dev/null; then
        echo "skipped: names in a directory need a network of their own, which takes root"
        exit 0
    fi
    EXDIAG_INSIDE=1 exec unshare --net "$0" "$@"
fi
ip link set lo up
work=$(mktemp -d)
trap 'kill "$server" "$slapd" 2>/dev/null || true; wait; rm -rf "$work"' EXIT
# shellcheck source=tests/nsd.sh
. tests/nsd.sh
python3 tests/bench/directory.py zone >"$work/corp.zone"
serve_zone "$work" "$work" corp.zone corp.test dc1.corp.test

mkdir "$work/data"
python3 tests/bench/directory.py configuration "$work"
cp "$(command -v slapd)" "$work" # AppArmor's profile is for the path, and keeps slapd in its folders
began=$(date +%s)
python3 tests/bench/directory.py accounts "${1:-200000}" | slapadd -q -f "$work/slapd.conf"
echo "a forest of ${1:-200000} accounts, in slapd ($(($(date +%s) - began)) s to fill)"
"$work/slapd" -f "$work/slapd.conf" -d 0 -h "ldap://127.0.0.1 ldap://127.0.0.1:3268" 2>/dev/null &
slapd=$!
until ldapsearch -x -LLL -H ldap://127.0.0.1 -s base -b '' >/dev/null 2>&1; do sleep 0.1; done
python3 tests/bench/directory.py run build/release/exdiag "$port" "$work"
