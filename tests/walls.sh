#!/bin/sh
# The walls between the rooms (diag/README.md): prints each line that
# breaks one and ends with 1. A comment or string that only names a function is fine.
set -u
cd "$(dirname "$0")/.." || exit 2
broken=0

sources() { # sources PATTERN...: the project's C files in these places
    git ls-files --cached --others --exclude-standard -- "$@" | grep -E '\.[ch]$'
}

forbid() { # forbid WALL REGEX FILE...
    wall=$1 regex=$2
    shift 2
    [ $# -gt 0 ] || return 0
    lines=$(grep -HnE "$regex" "$@" | grep -vE '^[^:]+:[0-9]+:[[:space:]]*(\*|/\*|//)')
    [ -n "$lines" ] || return 0
    printf 'wall broken: %s\n%s\n' "$wall" "$lines"
    broken=1
}

outside=$(sources 'diag/*' 'probes/*')
pure=$(sources 'probes/*' 'diag/read/*')
reports=$(sources 'diag/report/*')
gather=$(sources 'diag/gather/*' 'diag/evidence/*')

# shellcheck disable=SC2086 # lists of files without spaces
{
    forbid 'an operating system outside posix/ and win32/' \
        '^[[:space:]]*#[[:space:]]*((if|ifdef|ifndef|elif).*(_WIN32|__linux__|__unix__)|include[[:space:]]*<(windows|winsock2|ws2tcpip|unistd|poll|fcntl|signal|pthread|netdb|sys/|netinet/|arpa/))' $outside $(sources 'tests/lab/*')
    forbid 'I/O in probes/ or diag/read/' \
        '\b(fopen|fread|fwrite|open|socket|connect|recv|send|getenv|time|clock|clock_gettime|printf|puts|fputs|curl_[a-z_]+|platform_[a-z_]+)[[:space:]]*\(' $pure
    forbid 'a library that does I/O in probes/ or diag/read/' \
        '^[[:space:]]*#[[:space:]]*include[[:space:]]*(<(curl|openssl|time)|"diag/(platform|gather|command|report))' $pure
    forbid 'diag/read/ knows what is above it' \
        '#[[:space:]]*include[[:space:]]*"(probes|diag/(probe|exam|examination|run|verdict|finding|evidence|settings|subject)[/.])' $(sources 'diag/read/*')
    forbid 'a report knows more than findings' \
        '#[[:space:]]*include[[:space:]]*"(probes/|diag/(probe|exam|examination|run|evidence|gather|command)[/.])' $reports
    forbid 'gathering or evidence knows probes or the engine' \
        '#[[:space:]]*include[[:space:]]*"(probes/|diag/(probe|exam|examination|run|verdict|command|report)[/.])' $gather
    forbid 'libcurl outside diag/gather/' \
        '#[[:space:]]*include[[:space:]]*<curl/' $(printf '%s\n' $outside | grep -v '^diag/gather/')
    forbid 'a banned function' \
        '\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|gmtime|localtime|ctime|asctime|atoi|atol|alloca|system|popen|scanf|sscanf|tmpnam|mktemp)[[:space:]]*\(' $outside $(sources 'posix/*' 'win32/*' 'tests/lab/*')
}
[ $broken = 0 ] && echo "walls: all stand"
exit $broken
