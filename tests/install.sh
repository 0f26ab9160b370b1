#!/bin/sh
# tests/install.sh WHAT: installs the Debian or Ubuntu packages that WHAT (build,
# check, extended, windows, check-windows, package, bench or pictures) needs and that are missing, and says which. As root, or
# with sudo where there is one.
set -eu

build="gcc libc6-dev make cmake ninja-build pkg-config libssl-dev libjansson-dev libidn2-dev libcurl4-openssl-dev libxml2 libldap-dev libkrb5-dev"
peers="python3 iproute2 nsd knot knot-dnsutils knot-dnssecutils unbound bind9-utils openssl postfix haproxy samba samba-ad-dc samba-ad-provision python3-samba winbind chrony krb5-kdc krb5-admin-server krb5-user slapd apache2-bin libapache2-mod-auth-gssapi gss-ntlmssp dovecot-core libsasl2-modules-gssapi-mit libfaketime"
check="$build clang clang-format clang-tidy libclang-rt-dev libcmocka-dev parallel python3-jsonschema python3-yaml tshark wireshark-common bash dash python3-spf python3-dnspython python3-html5lib python3-pyte chromium fonts-dejavu-core poppler-utils python3-junitparser libxml2-utils prometheus nagios4-core icinga2-bin ansible ansible-lint yamllint openssh-client nodejs npm git valgrind bash-completion zsh fish groff mandoc man-db $peers"
extended="$check"
windows="gcc-mingw-w64-x86-64-win32 make cmake ninja-build pkg-config dpkg-dev perl"
package="$build $windows dpkg-dev zip nsis wixl msitools python3"
check_windows="$package wine64 wine lintian man-db clang $peers"
bench="$build ripgrep tshark wireshark-common nsd knot-dnsutils dnsperf python3 python3-yaml python3-spf python3-dnspython libmail-spf-perl libspf2-dev spfquery iproute2 nodejs npm swaks nmap time slapd ldap-utils libxml2-utils jq cmark"
pictures="$build chromium pngquant fonts-dejavu-core"

case "${1:-}" in
build) wanted=$build ;;
check) wanted=$check ;;
extended) wanted=$extended ;;
windows) wanted=$windows ;;
check-windows) wanted=$check_windows ;;
package) wanted=$package ;;
bench) wanted=$bench ;;
pictures) wanted=$pictures ;;
*)
    echo "usage: tests/install.sh build|check|extended|windows|check-windows|package|bench|pictures" >&2
    exit 2
    ;;
esac

if ! command -v apt-get >/dev/null 2>&1; then
    echo "install: no apt-get here; these packages, by Debian's names, must be there: $wanted"
    exit 0
fi

# Debian installs one mail server at a time, and Postfix is it: Exim is unpacked beside it.
unpack_exim() {
    folder=$(dirname "$0")/../build/unpacked
    case "$wanted" in "$check" | "$check_windows") ;; *) return 0 ;; esac
    [ ! -e "$folder/usr/sbin/exim4" ] || return 0
    mkdir -p "$folder"
    echo "install: Exim, in build/unpacked"
    (
        cd "$folder" && apt-get -qq download exim4-daemon-light libidn12 libgnutls-dane0 libevent-2.1-7 libunbound8 >/dev/null 2>&1 &&
            for package in *.deb; do dpkg -x "$package" . && rm "$package" || exit 1; done
    ) || echo "install: Exim cannot be had; the test that needs it will say so"
}

# A tool that is there from elsewhere is as good as its package.
has() {
    case $1 in
    nodejs) command -v node >/dev/null 2>&1 && return ;;
    npm) command -v npm >/dev/null 2>&1 && return ;;
    libxml2) has libxml2-16 && return ;;
    esac
    dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed
}

missing=
for package in $wanted; do
    has "$package" || missing="$missing $package"
done
if [ -z "$missing" ]; then
    unpack_exim
    exit 0
fi

if [ "$(id -u)" = 0 ]; then
    as_root=
elif command -v sudo >/dev/null 2>&1; then
    as_root=sudo
else
    echo "install: these packages are missing, and installing them takes root or sudo:$missing" >&2
    exit 1
fi
echo "install:$missing"

# Servers that come in packages are started by the tests that need them, not by apt.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap '$as_root rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    $as_root chmod 755 "$policy"
fi

export DEBIAN_FRONTEND=noninteractive
$as_root apt-get -qq update

# By the name that it has here: libxml2 is libxml2-16 from Ubuntu 25.10 on.
named() {
    if [ "$1" = libxml2 ] && ! apt-cache policy libxml2 | grep -q 'Candidate: [^(]'; then
        echo libxml2-16
    else
        echo "$1"
    fi
}
names=
for package in $missing; do
    names="$names $(named "$package")"
done
# shellcheck disable=SC2086 # a list of words
$as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends $names >/dev/null
unpack_exim
