#!/bin/bash
# tests/windows/cmocka.sh PREFIX: builds cmocka for Windows, static, from the source
# package of this Debian or Ubuntu, into PREFIX. Does nothing when it is there.
#
# Sources come through a private apt configuration: the machine's own mirrors, read
# again as deb-src, with lists of their own. So this works as any user, beside any
# other use of apt, and changes nothing under /etc.
set -euo pipefail

prefix=$1
here=$(cd "$(dirname "$0")" && pwd)
toolchain=$here/../../win32/mingw-w64-x86_64.cmake
[ -f "$prefix/lib/libcmocka-static.a" ] && exit 0

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/parts" "$work/lists/partial" "$work/cache/archives/partial"

for file in /etc/apt/sources.list.d/*.sources; do
    [ -e "$file" ] || continue
    sed -E 's/^Types:.*/Types: deb-src/' "$file" >"$work/parts/$(basename "$file")"
done
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -e "$file" ] || continue
    sed -nE 's/^deb(-src)?( .*)/deb-src\2/p' "$file" | sort -u >"$work/parts/$(basename "${file%.list}").list"
done

apt=(-o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$work/parts"
    -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache"
    -o Acquire::Retries=3 -o APT::Sandbox::User="$(id -un)")
# A mirror of something else may have no sources; cmocka's own must have them.
apt-get "${apt[@]}" -qq update >"$work/log" 2>&1 || true

cd "$work"
# Newest first: a mirror may list a version that it does not hold (yet).
for version in $(apt-cache "${apt[@]}" showsrc --only-source cmocka | sed -n 's/^Version: //p' | sort -uVr); do
    apt-get "${apt[@]}" -qq source "cmocka=$version" >>"$work/log" 2>&1 && break
done
source=$(find "$work" -maxdepth 1 -type d -name 'cmocka-[0-9]*' | head -n 1)
if [ -z "$source" ]; then
    echo "cmocka: the source package could not be had:" >&2
    tail -n 5 "$work/log" >&2
    exit 1
fi

if ! {
    cmake -G Ninja -S "$source" -B "$work/build" -DCMAKE_TOOLCHAIN_FILE="$toolchain" \
        -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_BUILD_TYPE=Release \
        -DCMAKE_C_FLAGS="-ffile-prefix-map=$source=cmocka" \
        -DWITH_STATIC_LIB=ON -DWITH_EXAMPLES=OFF -DUNIT_TESTING=OFF &&
        cmake --build "$work/build" --target install
} >>"$work/log" 2>&1; then
    echo "cmocka: the build failed:" >&2
    tail -n 20 "$work/log" >&2
    exit 1
fi
echo "cmocka: built $(basename "$source") for Windows"
