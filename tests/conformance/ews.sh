#!/bin/bash
# ews.sh BUILD: the requests of EWS against Microsoft's schema, where it is beside the project.
set -euo pipefail
program=$(realpath "$1")/tests/ews_requests
cd "$(dirname "$0")"
suite=${EWS_SUITE:-../../../shared/suites/ews}

skip() {
    echo "skipped: $1"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
}
[ -f "$suite/all-messages.xsd" ] || skip "Microsoft's EWS schema is not here (EWS_SUITE=FOLDER says where)"
command -v xmllint >/dev/null || skip "xmllint is not here (Debian: libxml2-utils)"
exec python3 -B ews.py "$program" "$(realpath "$suite")"
