#!/bin/bash
# syntax.sh: what Visual Studio would refuse, in every source that it is to compile, as far as it can
# be known without: extensions of GNU's, variable-length arrays, string literals that are too long
# for it, headers and names that only POSIX has. clang reads the sources for Windows, with the
# headers of mingw-w64 and of the libraries in EXDIAG_WINDOWS_LIBRARIES. Ends with a count of files.
set -euo pipefail
cd "$(dirname "$0")/../.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT
of_visual_studio() { # what its build compiles, and what that includes
    git ls-files -- "$@" | grep -vE '^posix/|_posix\.[ch]$|^tests/(bench|fuzz|machine|windows)/|/http_(loaded|none)\.c$'
}

of_visual_studio '*.c' |
    xargs -P "$(nproc)" -n 16 clang --target=x86_64-w64-mingw32 -std=c11 -fsyntax-only -Werror -Wall -Wextra -Wpedantic \
        -Wgnu -Wvla -Wmicrosoft -Wc2x-extensions -Woverlength-strings -Wembedded-directive -Wno-ignored-attributes \
        -D__USE_MINGW_ANSI_STDIO=1 -D_WIN32_WINNT=0x0602 -DEXDIAG_VERSION='""' \
        -DEXDIAG_SOURCE='""' -DEXDIAG_BINARY='""' -I. -isystem "$EXDIAG_WINDOWS_LIBRARIES/include" -isystem "$EXDIAG_WINDOWS_LIBRARIES/include/libxml2" >"$log" 2>&1 || true
of_visual_studio '*.c' '*.h' |
    xargs grep -nE '#include <(unistd|strings|dirent|getopt|pthread|threads|stdatomic|sys/|netinet/|arpa/|poll)|\[static |\b(max_align_t|_Thread_local|_Atomic|ssize_t)\b|\b(mkstemp|strcasecmp|strncasecmp|strtok_r|asprintf|gmtime_r)\(' |
    sed 's/$/ [not in Visual Studio]/' >>"$log" || true
files=$(of_visual_studio '*.c' | wc -l)
refused=$(grep -E 'error:|\[not in Visual Studio\]' "$log" || true)
failed=$(cut -d : -f 1 <<<"$refused" | sort -u | grep -c . || true)
[ "$failed" = 0 ] || echo "$refused"
printf '%d passed, %d failed\n' $((files - failed)) "$failed"
[ "$failed" = 0 ]
