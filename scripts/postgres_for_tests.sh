#!/usr/bin/env bash
# A throwaway PostgreSQL server for the tests, on a socket in a folder of its own, without a network port.
#   postgres_for_tests.sh start DIR   make and start it in DIR (made if need be); its URL on standard output
#   postgres_for_tests.sh restart DIR  start it again after it was killed
#   postgres_for_tests.sh stop DIR    stop it and remove DIR
# Where PostgreSQL is missing and this runs as root with apt-get, it is installed. PostgreSQL refuses to run
# as root, so that root starts it as another user. What is written is lost with DIR, so nothing waits for disks.
set -euo pipefail

say() { printf 'postgres for tests: %s\n' "$*" >&2; }

find_bin() {
    local folder
    for folder in $(dirname "$(command -v pg_ctl 2>/dev/null || echo /none/)") \
        $(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin 2>/dev/null | sort -Vr); do
        if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then
            echo "$folder"
            return 0
        fi
    done
    return 1
}

install() {
    [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null || return 1
    say "installing the package postgresql."
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >&2 && apt-get install -y -qq --no-install-recommends postgresql >&2
}

# The user that may run a server: this one, or where this is root, postgres or nobody.
as_user() {
    if [ "$(id -u)" -ne 0 ]; then "$@"; else runuser -u "$(server_user)" -- "$@"; fi
}

server_user() {
    if id postgres >/dev/null 2>&1; then echo postgres; else echo nobody; fi
}

start() {
    local bin dir=$1
    bin=$(find_bin) || { install && bin=$(find_bin); } || {
        say "PostgreSQL is not installed; install its server (Debian: apt-get install postgresql) and run again."
        exit 2
    }
    mkdir -p "$dir"
    if [ "$(id -u)" -eq 0 ]; then chown "$(server_user)" "$dir"; fi
    cd "$dir"
    as_user "$bin/initdb" --pgdata="$dir/data" --username=postgres --auth=trust --encoding=UTF8 --locale=C \
        --no-sync >"$dir.log" 2>&1 || { cat "$dir.log" >&2; exit 2; }
    launch "$bin" "$dir"
}

launch() {
    as_user "$1/pg_ctl" --pgdata="$2/data" --log="$2/log" --wait --silent --timeout=60 \
        --options="-k $2 -c listen_addresses= -c fsync=off -c max_connections=20 -c shared_buffers=16MB" start >&2
    printf 'postgresql://postgres@/postgres?host=%s\n' "$2"
}

stop() {
    local bin dir=$1
    bin=$(find_bin) && (cd "$dir" && as_user "$bin/pg_ctl" --pgdata="$dir/data" --mode=immediate --silent stop) || true
    rm -rf "$dir" "$dir.log"
}

case "${1:-} ${2:+dir}" in
    "start dir") start "$2" ;;
    "restart dir") launch "$(find_bin)" "$2" ;;
    "stop dir") stop "$2" ;;
    *) say "usage: postgres_for_tests.sh start|restart|stop DIR"; exit 2 ;;
esac
