#!/bin/bash
# syntax.sh: the whole of diag/, probes/, the lab, and what of win32/ stands on jansson must be C that the Windows compiler takes
# without a warning. Headers of jansson, OpenSSL and libcurl are this system's: they are the same.
set -euo pipefail
cd "$(dirname "$0")/../.."

headers=$(mktemp -d)
trap 'rm -rf "$headers"' EXIT
mkdir "$headers/openssl"
ln -s /usr/include/jansson*.h /usr/include/*/jansson*.h "$headers" 2>/dev/null || true
ln -s /usr/include/openssl/*.h /usr/include/*/openssl/*.h "$headers/openssl" 2>/dev/null || true
cp -r /usr/include/curl "$headers" 2>/dev/null || cp -r /usr/include/*/curl "$headers" 2>/dev/null || true
git ls-files -- 'diag/*.c' 'probes/*.c' 'tests/lab/*.c' win32/directory.c win32/kerberos.c win32/logon.c win32/token.c |
    xargs -P "$(nproc)" -n 16 x86_64-w64-mingw32-gcc -std=c11 -fsyntax-only -Wall -Wextra -Wpedantic \
        -Wconversion -Wshadow -Wstrict-prototypes -Werror -D__USE_MINGW_ANSI_STDIO=1 \
        -DEXDIAG_VERSION='""' -I. -isystem "$headers"
