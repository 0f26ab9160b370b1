#!/bin/bash
# What takes longer than make check may: long fuzzing and valgrind.
set -euo pipefail
cd "$(dirname "$0")/.."

cmake --preset fuzz >/dev/null
cmake --build --preset fuzz
tests/fuzz/run.sh build/fuzz "${FUZZ_SECONDS:-600}"

cmake --preset debug >/dev/null
cmake --build --preset debug
valgrind --quiet --leak-check=full --error-exitcode=9 build/debug/exdiag demo >/dev/null
echo "valgrind: the demonstration is clean"
