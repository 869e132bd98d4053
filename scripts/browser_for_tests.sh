#!/usr/bin/env bash
# Prints the path of a Chromium for the tests of the app; where it is missing and this runs as root with apt-get, it
# is installed. Ends with 1 and a sentence where there is none.
set -euo pipefail

say() { printf 'browser for tests: %s\n' "$*" >&2; }

find_browser() {
    local name
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" && return 0
    done
    return 1
}

install() {
    [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null || return 1
    say "installing the package chromium."
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >&2 && apt-get install -y -qq --no-install-recommends chromium >&2
}

find_browser || { install && find_browser; } || {
    say "no Chromium here. Install the package chromium and run the tests again."
    exit 1
}
