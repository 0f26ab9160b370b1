#!/bin/sh
# Formatting, static analysis, and the shape of functions.
set -eu
cd "$(dirname "$0")/.."

git ls-files -- '*.c' '*.h' | xargs clang-format --dry-run --Werror
echo "lint: formatting is as .clang-format has it"

cmake --preset clang >/dev/null
git ls-files -- 'diag/*.c' 'probes/*.c' 'posix/*.c' |
    xargs -P "$(nproc)" -n 8 clang-tidy --quiet -p build/clang 2>/dev/null
echo "lint: clang-tidy has nothing to say"

long=$(git ls-files -- 'diag/*.c' 'probes/*.c' 'posix/*.c' 'win32/*.c' | while read -r file; do
    awk -v file="$file" '
        /^[A-Za-z_].*\)[[:space:]]*$/ && !/;/ { name = $0; start = NR }
        /^}/ { if (name != "" && NR - start > 100) print file ":" start ": " NR - start " lines: " name; name = "" }
    ' "$file"
done)
if [ -n "$long" ]; then
    printf 'lint: functions over 100 lines:\n%s\n' "$long"
    exit 1
fi
echo "lint: no function is over 100 lines"
