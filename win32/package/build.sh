#!/bin/bash
# win32/package/build.sh FOLDER: packages build/windows/exdiag.exe: a zip, an MSI and an installer.
# All three have the same files; two runs of one commit give the same bytes.
set -euo pipefail
cd "$(dirname "$0")/../.."

mkdir -p "$1"
folder=$(realpath "$1")
program=build/windows/exdiag.exe
[ -f "$program" ] || { echo "package: no $program: make windows" >&2; exit 1; }
libraries=$(win32/libraries.sh)
version=$(sed -n 's/^project(exdiag VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
of_program=$(strings -el "$program" | sed -n '/^ProductVersion$/{n;p}')
[ "$of_program" = "$version" ] || { echo "package: $program is $of_program, not $version: make windows" >&2; exit 1; }

# The folder of libraries is what was once built, of what the mirror had: holes that are mended since
# are known by what this system has itself. A release has none of them.
older=0
while read -r library package; do
    linked=$(sed -n "s/^$library //p" "$libraries/SOURCES")
    here=$(dpkg-query -W -f '${source:Version}' "$package" 2>/dev/null) || continue
    dpkg --compare-versions "$linked" lt "$here" || continue
    echo "package: $library $linked is linked in, and this system has $here: remove $libraries and make windows again" >&2
    older=1
done <<END
zlib zlib1g
openssl libssl-dev
libxml2 libxml2
jansson libjansson-dev
curl libcurl4-openssl-dev
END
[ $older = 0 ] || [ -z "${EXDIAG_NEWEST_LIBRARIES:-}" ] || exit 1
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct)}"
export SOURCE_DATE_EPOCH TZ=UTC LC_ALL=C
name=exdiag-$version-windows-x64

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/exdiag-$version
mkdir -p "$tree/docs/pictures" "$tree/licences"

# Notepad shows lines that end with LF alone as one, up to Windows Server 2016.
text() { # text FILE AS
    sed 's/\r$//; s/$/\r/' "$1" >"$tree/$2"
}

install -m 755 "$program" "$tree/exdiag.exe"
for file in README.md CHANGELOG.md SECURITY.md; do
    text "$file" "$file"
done
text LICENSE LICENSE.txt
cp docs/pictures/*.png "$tree/docs/pictures"
for file in docs/*.md; do
    text "$file" "$file"
done
# What is linked in. The compiler's own library may be given away without a word.
for library in zlib openssl libxml2 jansson curl; do
    text "$libraries/licences/$library.txt" "licences/$library.txt"
done
text /usr/share/doc/mingw-w64-x86-64-dev/copyright licences/mingw-w64.txt
find "$tree" -type f ! -name '*.exe' -exec chmod 644 {} +
find "$tree" -exec touch -d "@$SOURCE_DATE_EPOCH" {} +

echo "package: $name.zip"
rm -f "$folder/$name.zip"
(cd "$work" && find "exdiag-$version" -type f | sort | zip -q -X -9 "$folder/$name.zip" -@)

echo "package: $name.msi"
/usr/bin/python3 win32/package/msi.py "$tree" "$version" "$folder/$name.msi"

echo "package: $name-setup.exe"
(
    cd "$tree"
    find . -type f -printf '%P\n' | sort | while read -r file; do
        printf 'SetOutPath "$INSTDIR%s"\nFile "%s"\n' "$(dirname "/$file" | sed 's|/$||; s|/|\\|g')" "$tree/$file"
    done >"$work/files.nsh"
    {
        find . -type f -printf '%P\n' | sort | sed 's|/|\\|g; s|.*|Delete "$INSTDIR\\&"|'
        find . -mindepth 1 -type d -printf '%P\n' | sort -r | sed 's|/|\\|g; s|.*|RMDir "$INSTDIR\\&"|'
    } >"$work/remove.nsh"
)
upgrade_code=$(sed -n 's/^UPGRADE_CODE = uuid.UUID("\(.*\)")/{\U\1}/p' win32/package/msi.py)
makensis -V2 -WX -NOCD -DVERSION="$version" -DUPGRADE_CODE="$upgrade_code" -DKIB="$(du -sk --apparent-size "$tree" | cut -f 1)" -DICON="$PWD/win32/exdiag.ico" \
    -DFILES="$work/files.nsh" -DREMOVE="$work/remove.nsh" -DOUTPUT="$folder/$name-setup.exe" win32/package/exdiag.nsi
