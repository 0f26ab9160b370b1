#!/bin/bash
# What takes longer than make check may: long fuzzing, valgrind, more worlds, other random values.
set -euo pipefail
cd "$(dirname "$0")/.."

cmake --preset fuzz >/dev/null
cmake --build --preset fuzz
tests/fuzz/run.sh build/fuzz "${FUZZ_SECONDS:-600}"

cmake --preset debug >/dev/null
cmake --build --preset debug
# Exchangers are given more time than a demonstration needs without valgrind.
valgrind --quiet --leak-check=full --error-exitcode=9 build/debug/exdiag demo --patience 30 >/dev/null
echo "valgrind: the demonstration is clean"

cmake --preset release >/dev/null
cmake --build --preset release
tests/world/run.sh build/release 2 3 4 5 6 7 8 9
for seed in $(seq 2 21); do
    /usr/bin/python3 tests/peers/spf_against_pyspf.py build/release/exdiag "$seed"
done

# Every scenario, and values that no run had before.
/usr/bin/python3 tests/reports/hostile_evidence.py build/release "$RANDOM" 1
for _ in 1 2 3 4 5; do
    tests/quoting/run.sh build/release
done
