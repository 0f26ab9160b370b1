#!/bin/bash
# tests/windows/run.sh: cross-compiles the platform layer for Windows, with what needs
# no library, and runs its unit tests under Wine; has the compiler read the rest. Installs the cross compiler and Wine
# where they are missing; keeps cmocka and the Wine prefix in the user's cache folder.
set -euo pipefail
cd "$(dirname "$0")/../.."

cache=${XDG_CACHE_HOME:-$HOME/.cache}/exdiag
build=build/windows
log=$(mktemp)
trap 'rm -f "$log"' EXIT
started=$SECONDS

step() {
    printf 'windows: %s (%d s)\n' "$1" $((SECONDS - started))
}

quietly() {
    "$@" >"$log" 2>&1 || { tail -n 60 "$log"; echo "windows: failed: $*"; exit 1; }
}

install_packages() {
    local package as_root=() missing=()
    command -v apt-get >/dev/null || return 0
    for package in gcc-mingw-w64-x86-64-win32 wine64 wine cmake ninja-build dpkg-dev; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
            missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || { echo "windows: no root and no sudo to install: ${missing[*]}"; exit 1; }
        as_root=(sudo)
    fi
    step "installing ${missing[*]}"
    quietly "${as_root[@]}" apt-get -qq update
    quietly "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq -y install --no-install-recommends "${missing[@]}"
}

# sum REGEX: the sum of the numbers on cmocka's lines of this form.
sum() {
    grep -oE "$1" "$log" | grep -oE '[0-9]+' | awk '{ total += $1 } END { print total + 0 }'
}

install_packages
for tool in x86_64-w64-mingw32-gcc wine; do
    command -v $tool >/dev/null && continue
    printf 'skipped: no %s here, and no apt-get to install it\n0 passed, 0 failed, 1 skipped\n' $tool
    exit 0
done
step "cmocka"
tests/windows/cmocka.sh "$cache/windows"

step "configuring and building"
quietly cmake --fresh -S . -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    -DCMAKE_TOOLCHAIN_FILE="$PWD/win32/mingw-w64-x86_64.cmake" \
    -DEXDIAG_WINDOWS_LIBRARIES="$cache/windows"
quietly cmake --build "$build"

step "the rest of the program, as far as a compiler reads it"
tests/windows/syntax.sh

step "a Wine prefix"
quietly tests/windows/wine.sh cmd.exe /c exit 0

step "unit tests under $(tests/windows/wine.sh --version)"
status=0
ctest --test-dir "$build" --verbose >"$log" 2>&1 || status=$?
tr -d '\r' <"$log" >"$log.text" && mv "$log.text" "$log"

grep -E '^ *[0-9]+/[0-9]+ Test +#' "$log" || true
# A test that skips itself says why, somewhere between its first line and its last.
awk '/\[ RUN / { reason = "no reason given" }
    /skipped/ { sub(/^[0-9]+: /, ""); sub(/skipped: /, ""); sub(/: skipped$/, ""); reason = $0 }
    /\[  SKIPPED \] [a-z]/ && reason != "" { print "skipped: " $NF ": " reason; reason = "" }' "$log"

run=$(sum '[0-9]+ test\(s\) run')
passed=$(sum '\[  PASSED  \] [0-9]+')
skipped=$(sum '\[  SKIPPED \] [0-9]+ test')
failed=$((run - passed - skipped))
if [ "$status" != 0 ] || [ "$run" = 0 ]; then
    grep -E '\[  (ERROR|FAILED|   LINE)|\[   LINE' "$log" || tail -n 40 "$log"
    [ "$failed" -gt 0 ] || failed=1
fi
step "done: $run tests run"
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" = 0 ]
