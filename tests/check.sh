#!/bin/bash
# Everything that takes under 20 minutes on two cores. Each stage says what it does. What does not
# build ends the run; a stage that fails does not. Both are named at the end, before the line that counts.
set -euo pipefail
cd "$(dirname "$0")/.."

passed=0 failed=0 skipped=0
broken=()
started=$SECONDS
: "${STAGE_SECONDS:=2400}"
export EXDIAG_SEED=20261123 # what random tests begin with, so that two runs agree; check-extended has others

stage() {
    printf '\n== %s (%d s)\n' "$1" $((SECONDS - started))
}

# What tells of no test that failed counts as one itself: the last line shows that something did.
broke() {
    broken+=("$1")
    failed=$((failed + 1))
}

# What broke, and the count of all, which is the last line.
finish() {
    printf '\ncheck: %d s\n' $((SECONDS - started))
    [ ${#broken[@]} = 0 ] || printf 'check: failed: %s\n' "${broken[@]}"
    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [ ${#broken[@]} = 0 ]
    exit
}

build() { # build PRESET [CMAKE_OPTION...]
    local preset=$1
    shift
    if ! { cmake --preset "$preset" "$@" && cmake --build --preset "$preset"; } >build-log.txt 2>&1; then
        tail -50 build-log.txt
        broke "building $preset, and all behind it was not run"
        finish
    fi
    rm -f build-log.txt
}

number() { # number WORD TEXT: the N of "N WORD" in it, or 0
    grep -oE "[0-9]+ $1" <<<"$2" | grep -oE '^[0-9]+' || echo 0
}

# Runs a command and adds the "N passed, N failed[, N skipped]" that it ends with.
count() {
    local log line status=0 within=() began=$SECONDS
    # One that hangs is ended while there is still time to say so; at a terminal that is Ctrl-C's to do.
    [ -t 0 ] || [ "$(type -t "$1")" = function ] || within=(timeout --kill-after=10 "$STAGE_SECONDS")
    log=$(mktemp)
    "${within[@]}" "$@" 2>&1 | tee "$log" || status=$?
    line=$(grep -oE '[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?' "$log" | tail -1) || true
    rm -f "$log"
    passed=$((passed + $(number passed "$line")))
    failed=$((failed + $(number failed "$line")))
    skipped=$((skipped + $(number skipped "$line")))
    if [ $((SECONDS - began)) -ge "$STAGE_SECONDS" ] && [ ${#within[@]} != 0 ]; then
        broke "$*, which had not ended after $STAGE_SECONDS s"
    elif [ "$(number failed "$line")" != 0 ]; then
        broken+=("$*")
    elif [ "$status" != 0 ]; then
        broke "$*"
    elif [ -z "$line" ]; then
        broke "$*, which counts nothing"
    fi
}

check() { # a command that has nothing to count
    "$@" || broke "$*"
}

# The unit tests of one build; ctest's own closing lines are made into the count.
unit_tests() { # unit_tests PRESET [CTEST_OPTION...]
    local preset=$1 log status=0
    shift
    log=$(mktemp)
    if ! ctest --test-dir "build/$preset" -j "$(nproc)" --no-tests=error --output-on-failure "$@" >"$log" 2>&1; then
        tail -80 "$log"
        status=1
    fi
    echo "$(grep -cE ' Passed ' "$log") passed, $(grep -cE '\*\*\*(Failed|Timeout|Exception|Not Run)' "$log") failed, $(grep -cE 'Skipped ' "$log") skipped"
    rm -f "$log"
    return $status
}

stage "the walls between the rooms"
check tests/walls.sh

stage "formatting and static analysis"
check tests/lint.sh

stage "gcc, optimised: unit tests"
build release -DEXDIAG_TESTS=ON
count unit_tests release

stage "clang: unit tests"
build clang
count unit_tests clang

stage "address and undefined behaviour sanitizers: unit tests"
build asan
count unit_tests asan

stage "thread sanitizer: the engine, the pool, the resolver, audits, XML and the demonstration"
build tsan
export TSAN_OPTIONS=report_thread_leaks=0 # who is given up is joined by nobody
count unit_tests tsan -R 'test_(exam|exam_audit|pool|gather_dns|gather_digest|gather_directory|gather_smtp|gather_web|lab|smtp_peer|scenarios|platform|xml)$'
check build/tsan/exdiag demo >/dev/null
count /usr/bin/python3 tests/program/audit.py build/tsan interrupt 'is open' returns 'for all'

stage "the program as its users run it, with sanitizers"
count tests/program/run.sh build/asan

stage "nothing is called fixed that was not looked at again"
count tests/program/run.sh build/release never_fixed

stage "the test suite of RFC 7208"
count tests/conformance/run.sh build/asan
count tests/conformance/ews.sh build/asan

stage "real name servers"
count tests/peers/run.sh build/asan

stage "captures, beside Wireshark's reading of them"
count /usr/bin/python3 tests/peers/captures.py build/asan

stage "real mail servers"
count /usr/bin/python3 tests/peers/mail.py build/asan

stage "real clocks"
count /usr/bin/python3 tests/peers/clock.py build/asan

stage "real directories"
count /usr/bin/python3 tests/peers/directory.py build/asan

stage "real logons to mail servers"
count /usr/bin/python3 tests/peers/spn.py build/asan

stage "real web servers"
count /usr/bin/python3 tests/peers/web.py build/asan
count /usr/bin/python3 tests/peers/ews.py build/asan
count /usr/bin/python3 tests/peers/powershell.py build/asan

stage "monitoring: Nagios, Icinga, Prometheus"
count /usr/bin/python3 tests/peers/monitoring.py build/asan

stage "SPF: worlds whose truth is known, and the reference implementation"
count tests/world/run.sh build/release 7208 1
count /usr/bin/python3 tests/peers/spf_against_pyspf.py build/release/exdiag 1

stage "quoting, by the grammars of the shells"
count tests/quoting/run.sh build/release

stage "hostile text in every field of every format"
count /usr/bin/python3 tests/reports/hostile.py build/asan
count /usr/bin/python3 tests/reports/hostile_evidence.py build/asan

stage "HTML reports in a browser and on paper"
count tests/browser/run.sh build/release

stage "fuzzing, ${FUZZ_SECONDS:=8} seconds a target"
build fuzz
count tests/fuzz/run.sh build/fuzz "$FUZZ_SECONDS"

finish
