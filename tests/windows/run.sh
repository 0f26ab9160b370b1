#!/bin/bash
# tests/windows/run.sh: cross-compiles the whole program and its unit tests for Windows, with every
# warning on, looks at what exdiag.exe is and imports, and runs it, the tests and its demonstration
# under Wine. Keeps the libraries and the Wine prefixes in the user's cache folder.
set -euo pipefail
cd "$(dirname "$0")/../.."

build=build/windows
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0 failed=0 skipped=0
broken=()

step() {
    printf 'windows: %s (%d s)\n' "$1" $SECONDS
}

quietly() {
    "$@" >"$log" 2>&1 || { tail -n 60 "$log"; echo "windows: failed: $*"; exit 1; }
}

# Runs a test that ends with "N passed, N failed, N skipped", and adds that.
count() {
    local line number status=0
    "$@" 2>&1 | tr -d '\r' | tee "$log" || status=1
    line=$(grep -oE '[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?' "$log" | tail -n 1) || true
    if [ -z "$line" ]; then
        echo "windows: no count from: $*"
        line="0 passed, 1 failed"
    fi
    passed=$((passed + $(grep -oE '^[0-9]+' <<<"${line:-0}")))
    number=$(grep -oE '[0-9]+ failed' <<<"$line" | grep -oE '^[0-9]+' || echo 0)
    [ "$status" = 0 ] || [ "$number" != 0 ] || number=1 # it ended as if one had failed
    failed=$((failed + number))
    [ "$number" = 0 ] || broken+=("$*")
    skipped=$((skipped + $(grep -oE '[0-9]+ skipped' <<<"$line" | grep -oE '^[0-9]+' || echo 0)))
}

for tool in x86_64-w64-mingw32-gcc wine; do
    command -v $tool >/dev/null && continue
    printf 'skipped: no %s here, and no apt-get to install it\n0 passed, 0 failed, 1 skipped\n' $tool
    exit 0
done

step "libraries"
EXDIAG_WINDOWS_LIBRARIES=$(win32/libraries.sh)
export EXDIAG_WINDOWS_LIBRARIES

step "configuring and building, the program of this system too"
quietly cmake --preset release
quietly cmake --build --preset release --target exdiag ask_directory ask_web lab_directory \
    lab_name_server lab_smtp lab_time lab_web
quietly cmake --fresh --preset mingw -DEXDIAG_TESTS=ON # what was found in older libraries is forgotten
quietly cmake --build --preset mingw

step "what Visual Studio would refuse"
count tests/windows/syntax.sh

step "what exdiag.exe is"
count /usr/bin/python3 tests/windows/image.py "$build/exdiag.exe"

step "Wine prefixes"
quietly tests/windows/wine.sh cmd.exe /c exit 0

step "unit tests under $(tests/windows/wine.sh --version)"
count tests/windows/unit.sh "$build"

step "what is fetched of the machine at hand"
count tests/windows/machine.sh "$build"

step "the console"
count /usr/bin/python3 tests/windows/console.py build/release

step "the program with no subject named, in an organisation"
count tests/windows/organisation.sh "$build"

step "the program, and its demonstration"
count /usr/bin/python3 tests/windows/program.py "$build"

step "real servers"
count /usr/bin/python3 tests/windows/peers.py build/release "$build"

step "packages"
count /usr/bin/python3 tests/windows/package.py build/package

step "done"
[ ${#broken[@]} = 0 ] || printf 'windows: failed: %s\n' "${broken[@]}"
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" = 0 ]
