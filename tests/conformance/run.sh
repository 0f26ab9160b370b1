#!/bin/bash
# run.sh BUILD: the openspf test suite for RFC 7208, where it is beside the project,
# through the real program and over real DNS.
set -euo pipefail
program=$(realpath "$1")/exdiag
cd "$(dirname "$0")"
suite=${SPF_SUITE:-../../../shared/suites/rfc7208-tests.yml}

if [ ! -f "$suite" ]; then
    echo "skipped: the suite rfc7208-tests.yml is not here (SPF_SUITE=FILE says where)"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
python=/usr/bin/python3 # the one that has Debian's modules
[ -x $python ] || python=python3
exec $python -B rfc7208.py "$program" "$suite"
