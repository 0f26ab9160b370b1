#!/bin/bash
# make.sh BUILD: makes the pictures of README.md and docs/ again: reports of `exdiag demo`, as
# headless Chromium shows them. Times and ports in them are those of the run.
set -euo pipefail
exdiag=$(realpath "$1")/exdiag
cd "$(dirname "$0")"
command -v pngquant >/dev/null || { echo "pictures: no pngquant here (tests/install.sh pictures)" >&2; exit 2; }
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome) || {
    echo "pictures: no Chromium here (tests/install.sh pictures)" >&2
    exit 2
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

picture() { # picture NAME WIDTH HEIGHT DEMO_OPTION...
    local name=$1 size=$2,$3
    shift 3
    "$exdiag" demo --format html --output "$work/$name.html" "$@" >/dev/null 2>&1
    "$chromium" --headless --no-sandbox --disable-gpu --hide-scrollbars --force-color-profile=srgb \
        --user-data-dir="$work/profile" --window-size="$size" --screenshot="$work/$name.png" \
        "file://$work/$name.html" >/dev/null 2>&1
    pngquant --force --strip --speed 1 --output "$name.png" 64 "$work/$name.png" # colours
    echo "pictures: $name.png, $(stat -c %s "$name.png") bytes"
}

picture report 1200 1300 --only clock
picture spf 1200 1500 --only spf-lookup-limit
picture mx 1200 1500 --only mx-banner-stall
