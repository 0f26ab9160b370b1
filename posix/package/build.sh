#!/bin/bash
# posix/package/build.sh FOLDER: builds the program of this system as Debian builds its own, and
# packages it with its page of the manual and its completions: exdiag_VERSION_ARCHITECTURE.deb.
# Two runs of one commit on one release give the same bytes.
set -euo pipefail
cd "$(dirname "$0")/../.."

mkdir -p "$1"
folder=$(realpath "$1")
version=$(sed -n 's/^project(exdiag VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct)}"
export SOURCE_DATE_EPOCH TZ=UTC LC_ALL=C
architecture=$(dpkg --print-architecture)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/debian/exdiag
doc=$root/usr/share/doc/exdiag

export DEB_BUILD_MAINT_OPTIONS=hardening=+all
for flags in CFLAGS CPPFLAGS LDFLAGS; do
    export "$flags=$(dpkg-buildflags --get $flags)"
done
CFLAGS="$CFLAGS $CPPFLAGS"
cmake --fresh -G Ninja -S . -B build/deb -DCMAKE_BUILD_TYPE=None -DCMAKE_INSTALL_PREFIX=/usr -DEXDIAG_TESTS=OFF \
    >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
cmake --build build/deb --target exdiag >"$work/log" 2>&1 || { tail -n 60 "$work/log" >&2; exit 1; }
DESTDIR=$root cmake --install build/deb --strip >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
program=$root/usr/bin/exdiag

# said PATH COMMAND...: what the program says, as a file of the package.
said() {
    local file=$root/$1
    shift
    mkdir -p "$(dirname "$file")"
    "$program" "$@" >"$file" && [ -s "$file" ] || { echo "package: exdiag $* gave nothing" >&2; exit 1; }
}
said usr/share/man/man1/exdiag.1 man
said usr/share/bash-completion/completions/exdiag completion bash
said usr/share/zsh/vendor-completions/_exdiag completion zsh
said usr/share/fish/vendor_completions.d/exdiag.fish completion fish

mkdir -p "$doc/docs/pictures"
cp README.md CHANGELOG.md SECURITY.md "$doc"
cp docs/*.md "$doc/docs"
cp docs/pictures/*.png "$doc/docs/pictures"
cp -R posix/monitoring "$doc"
{
    sed 's/@DATE@/'"$(date -d "@$SOURCE_DATE_EPOCH" +%Y)"'/' posix/package/copyright
    sed -n '/^Permission/,$p' LICENSE | sed 's/^$/./; s/^/ /'
} >"$doc/copyright"
cat >"$doc/changelog" <<END
exdiag ($version) unstable; urgency=medium

  * Version $version.

 -- $(sed -n 's/^Maintainer: //p' posix/package/control)  $(date -R -d "@$SOURCE_DATE_EPOCH")
END
gzip -9n "$doc/changelog" "$root/usr/share/man/man1/exdiag.1"

mkdir "$root/DEBIAN"
# The libraries that the program is linked with, by what it needs of each; and those that it loads
# when it first needs one, without which it says what it could not do.
{
    printf 'Source: exdiag\n\nPackage: exdiag\nArchitecture: any\n'
} >"$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O "$program" | sed -n 's/^shlibs:Depends=//p')
recommends=ca-certificates
for library in libcurl.so.4 libgssapi_krb5.so.2 libkrb5.so.3 libldap-2.5.so.0 libldap.so.2 libxml2.so.2 libxml2.so.16; do
    file=$(find "/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)" -maxdepth 1 -name "$library" | head -n 1)
    [ -z "$file" ] || recommends+=", $(dpkg-query -S "$file" | sed 's/:.*//')"
done
sed -e "s/@VERSION@/$version/; s/@ARCHITECTURE@/$architecture/; s/@DEPENDS@/$depends/; s/@RECOMMENDS@/$recommends/" \
    -e "s/@KIB@/$(du -sk --apparent-size "$root" | cut -f 1)/" posix/package/control >"$root/DEBIAN/control"
(cd "$root" && find usr -type f | sort | xargs md5sum >DEBIAN/md5sums)

chmod -R u=rwX,go=rX "$root"
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
echo "package: exdiag_${version}_$architecture.deb"
dpkg-deb --root-owner-group -Zxz --build "$root" "$folder/exdiag_${version}_$architecture.deb" >/dev/null
