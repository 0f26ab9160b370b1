#!/bin/bash
# win32/libraries.sh: builds the libraries of exdiag.exe, static, for 64-bit Windows, out of the
# source packages of this Debian or Ubuntu, and prints the folder where they are. Does nothing
# else when they are there: about five minutes once, on two cores.
#
# The folder is in the user's cache, by a stamp of all that goes into it: this script, the
# toolchain file, the compiler and the release. SOURCES in it has the versions and the SHA-256
# sums, licences/ what each library allows; for newer ones of the same release, remove the folder.
#
# Sources come through a private apt configuration: the machine's own mirrors, read again as
# deb-src, with lists of their own. So this works as any user, beside any other use of apt, and
# changes nothing under /etc.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
toolchain=$here/mingw-w64-x86_64.cmake
triple=x86_64-w64-mingw32
packages=(zlib openssl libxml2 jansson cmocka curl)

# What each says that its users may do goes with the programs that have it.
declare -A licence=([zlib]=LICENSE [openssl]=LICENSE.txt [libxml2]=Copyright [jansson]=LICENSE
    [cmocka]=COPYING [curl]=COPYING)

# ---- one library: libraries.sh --build NAME, which the script calls itself ----

source_of() {
    find "$WORK" -maxdepth 1 -type d -name "$1-[0-9]*" | head -n 1
}

# Paths of the building machine are nobody's business, and would make each program another.
sections="-O2 -ffunction-sections -fdata-sections"
flags="$sections -ffile-prefix-map=${WORK:-}=."

with_cmake() { # with_cmake NAME FLAGS [CMAKE_OPTION...]
    local name=$1 flags=$2
    shift 2
    cmake -G Ninja -S "$(source_of "$name")" -B "$WORK/build-$name" -DCMAKE_TOOLCHAIN_FILE="$toolchain" \
        -DEXDIAG_WINDOWS_LIBRARIES="$PREFIX" -DCMAKE_INSTALL_PREFIX="$PREFIX" -DCMAKE_INSTALL_LIBDIR=lib \
        -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_FLAGS_RELEASE=-DNDEBUG -DCMAKE_C_FLAGS="$flags" \
        -DBUILD_SHARED_LIBS=OFF "$@"
}

install_with_cmake() {
    with_cmake "$@"
    cmake --build "$WORK/build-$1" --target install -j "$JOBS"
}

# Debian's archive is without win32/zlib1.rc, which the DLL would need: the static library alone.
build_zlib() {
    with_cmake zlib "$flags"
    cmake --build "$WORK/build-zlib" --target zlibstatic -j "$JOBS"
    install -D -m 644 "$WORK/build-zlib/libzlibstatic.a" "$PREFIX/lib/libz.a"
    install -D -m 644 "$(source_of zlib)/zlib.h" "$PREFIX/include/zlib.h"
    install -D -m 644 "$WORK/build-zlib/zconf.h" "$PREFIX/include/zconf.h"
}

# OpenSSL reads a configuration by itself from no folder (no-autoload-config), and the folders it
# knows are ones that only administrators write to: Configure, which cross-compiles here, takes
# "C:/..." for relative and would name a folder that any user of a Windows machine can make.
build_openssl() {
    local folders=(OPENSSLDIR='C:/Program Files/Common Files/SSL'
        ENGINESDIR='C:/Program Files/OpenSSL/lib/engines-3'
        MODULESDIR='C:/Program Files/OpenSSL/lib/ossl-modules')
    mkdir "$WORK/build-openssl"
    cd "$WORK/build-openssl"
    # A relative path, since OpenSSL keeps the compiler's options as words of its own.
    # shellcheck disable=SC2086 # a list of words
    "../$(basename "$(source_of openssl)")/Configure" mingw64 --cross-compile-prefix=$triple- --prefix="$PREFIX" --libdir=lib \
        no-shared no-tests no-autoload-config no-dso no-engine no-module no-ui-console no-capieng \
        no-srp no-idea no-seed no-bf no-cast no-camellia no-aria no-sm2 no-sm3 no-sm4 no-mdc2 no-rc2 \
        no-whirlpool no-cms no-ts no-cmp no-ct no-gost no-dtls $sections
    make -j "$JOBS" "${folders[@]}" build_libs
    make "${folders[@]}" install_dev
}

# Parsing alone, and threads by Windows' own: there are headers of pthreads, but no library.
build_libxml2() {
    local option options=()
    for option in ICONV LZMA ZLIB PYTHON TESTS PROGRAMS FTP HTTP HTML CATALOG DOCB LEGACY MODULES \
        SCHEMATRON SCHEMAS RELAXNG VALID C14N XPTR XPATH XINCLUDE DEBUG; do
        options+=("-DLIBXML2_WITH_$option=OFF")
    done
    install_with_cmake libxml2 "$flags" -DHAVE_PTHREAD_H=0 "${options[@]}"
}

build_jansson() {
    install_with_cmake jansson "$flags" -DJANSSON_BUILD_DOCS=OFF -DJANSSON_EXAMPLES=OFF \
        -DJANSSON_WITHOUT_TESTS=ON -DJANSSON_BUILD_SHARED_LIBS=OFF
}

build_cmocka() {
    install_with_cmake cmocka "$flags" -DWITH_STATIC_LIB=ON -DWITH_EXAMPLES=OFF -DUNIT_TESTING=OFF
}

# HTTP over OpenSSL. Schannel is there for SSPI, which this version has with it alone; the program
# chooses OpenSSL. Certificates of authorities are the program's to name: CMake would write the
# building machine's own file in. Names are resolved as Windows does it, and are ASCII by then.
build_curl() {
    local option options=()
    for option in FTP TFTP TELNET DICT GOPHER RTSP MQTT SMB SMTP IMAP POP3 LDAP LDAPS; do
        options+=("-DCURL_DISABLE_$option=ON")
    done
    install_with_cmake curl "$flags" "${options[@]}" -DBUILD_CURL_EXE=OFF -DBUILD_TESTING=OFF \
        -DENABLE_MANUAL=OFF -DCURL_USE_OPENSSL=ON -DCURL_USE_SCHANNEL=ON -DCURL_WINDOWS_SSPI=ON \
        -DOPENSSL_ROOT_DIR="$PREFIX" -DOPENSSL_USE_STATIC_LIBS=ON -DCURL_ZLIB=ON -DCURL_USE_LIBSSH2=OFF \
        -DCURL_USE_LIBPSL=OFF -DCURL_BROTLI=OFF -DCURL_ZSTD=OFF -DUSE_NGHTTP2=OFF -DUSE_LIBIDN2=OFF \
        -DUSE_WIN32_IDN=OFF -DUSE_WIN32_LDAP=OFF -DENABLE_ARES=OFF -DENABLE_THREADED_RESOLVER=ON \
        -DENABLE_UNICODE=ON -DCURL_CA_BUNDLE=none -DCURL_CA_PATH=none
}

if [ "${1:-}" = --build ]; then
    install -D -m 644 "$(source_of "$2")/${licence[$2]}" "$PREFIX/licences/$2.txt"
    "build_$2"
    exit
fi

# ---- all of them ----

stamp=$({
    cat "$0" "$toolchain"
    $triple-gcc-win32 -v 2>&1 || $triple-gcc -v 2>&1
    cat /etc/os-release
} | sha256sum | cut -c 1-12)
folder=${XDG_CACHE_HOME:-$HOME/.cache}/exdiag/windows-$stamp

mkdir -p "${folder%/*}"
exec 9>"$folder.lock"
flock 9 # whoever comes second finds it built
if [ -e "$folder/SOURCES" ]; then
    echo "$folder"
    exit 0
fi

say() {
    printf 'libraries: %s (%d s)\n' "$1" $SECONDS >&2
}

fail() { # fail WHAT LOG
    echo "libraries: $1:" >&2
    tail -n 25 "$2" >&2
    exit 1
}

WORK=$(mktemp -d)
PREFIX=$folder.new
JOBS=$(nproc)
export WORK PREFIX JOBS
trap 'rm -rf "$WORK"' EXIT
rm -rf "$PREFIX"
mkdir -p "$PREFIX" "$WORK/parts" "$WORK/lists/partial" "$WORK/cache/archives/partial"

for file in /etc/apt/sources.list.d/*.sources; do
    [ -e "$file" ] || continue
    sed -E 's/^Types:.*/Types: deb-src/' "$file" >"$WORK/parts/$(basename "$file")"
done
for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -e "$file" ] || continue
    sed -nE 's/^deb(-src)?( .*)/deb-src\2/p' "$file" | sort -u >"$WORK/parts/$(basename "${file%.list}").list"
done
apt=(-o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$WORK/parts"
    -o Dir::State::lists="$WORK/lists" -o Dir::Cache="$WORK/cache"
    -o Acquire::Retries=3 -o APT::Sandbox::User="$(id -un)")

say "sources"
# A mirror of something else may have no sources; those of the six must be had below.
apt-get "${apt[@]}" -qq update >"$WORK/log-sources" 2>&1 || true
cd "$WORK"
for package in "${packages[@]}"; do
    # Newest first: a mirror may list a version that it does not hold (yet).
    for version in $(apt-cache "${apt[@]}" showsrc --only-source "$package" | sed -n 's/^Version: //p' | sort -uVr); do
        if apt-get "${apt[@]}" -qq source "$package=$version" >>"$WORK/log-sources" 2>&1; then
            echo "$package $version" >>"$WORK/versions"
            break
        fi
    done
    [ -n "$(source_of "$package")" ] || fail "the source package $package could not be had" "$WORK/log-sources"
done

build() { # build NAME...: one after the other
    local name
    for name in "$@"; do
        say "$name"
        bash "$here/libraries.sh" --build "$name" >"$WORK/log-$name" 2>&1 || fail "$name does not build" "$WORK/log-$name"
    done
}

# Configuring takes one processor, compiling OpenSSL all there are: two at a time.
build libxml2 jansson cmocka &
build zlib openssl curl
wait $!

{
    cat "$WORK/versions"
    sha256sum -- *.tar.* | grep -v '\.asc$'
} >"$PREFIX/SOURCES"
rm -rf "$folder"
mv "$PREFIX" "$folder"
say "built"
echo "$folder"
