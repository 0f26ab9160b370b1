#!/bin/bash
# win32/package/all.sh FOLDER: everything that is given away, out of build/windows/exdiag.exe and the
# sources, into an empty folder. The time in all of it is the commit's, or SOURCE_DATE_EPOCH.
set -euo pipefail
cd "$(dirname "$0")/../.."

: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct)}"
export SOURCE_DATE_EPOCH
version=$(sed -n 's/^project(exdiag VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
rm -rf "$1"
mkdir -p "$1"
win32/package/build.sh "$1"
posix/package/build.sh "$1"
/usr/bin/python3 win32/package/sbom.py "$1" "$(win32/libraries.sh)" "$1/exdiag-$version.spdx.json"
cd "$1"
sha256sum -- * >SHA256SUMS
