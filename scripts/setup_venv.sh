#!/usr/bin/env bash
# Make .venv from the hashed lock; do nothing when lock, project file and place are unchanged.
set -euo pipefail
cd -P "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf 'endplate setup: %s\n' "$*" >&2; }

find_python() {
    local name
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            command -v "$name"
            return 0
        fi
    done
    say "needs Python 3.11 or newer on the PATH; install it, or name it with PYTHON=/path/to/python3."
    exit 2
}

# Two lines: where the checkout lies (a moved .venv does not work), and what is to be installed.
fingerprint() {
    "$1" - <<'PY'
import hashlib, os, pathlib
names = ("requirements.lock", "pyproject.toml", "scripts/setup_venv.sh")
digest = hashlib.sha256(b"".join(pathlib.Path(name).read_bytes() for name in names))
print(os.getcwd(), digest.hexdigest(), sep="\n")
PY
}

make_venv() {
    rm -rf .venv
    "$1" -m venv .venv >/dev/null 2>&1 && return 0
    if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
        say "this Python has no venv module that works; installing the package python3-venv."
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq >&2 && apt-get install -y -qq python3-venv >&2 || true
        rm -rf .venv
        "$1" -m venv .venv >/dev/null 2>&1 && return 0
    fi
    rm -rf .venv
    say "could not make .venv with '$1 -m venv'; install your system's venv package (Debian: python3-venv) and run again."
    exit 2
}

python=$(find_python)
stamp=$(fingerprint "$python")
made=$(cat .venv/.endplate-stamp 2>/dev/null || true)
works=no
if [ "${made%%$'\n'*}" = "$PWD" ] && .venv/bin/python -c pass 2>/dev/null; then works=yes; fi
if [ $works = yes ] && [ "$made" = "$stamp" ]; then exit 0; fi

if [ $works = no ]; then
    say "making .venv with $("$python" --version)."
    make_venv "$python"
fi
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_NO_INPUT=1
say "installing the locked packages (a few hundred MB on the first run)."
.venv/bin/python -m pip install --quiet --require-hashes -r requirements.lock
.venv/bin/python -m pip install --quiet --no-deps --no-build-isolation -e .
printf '%s\n' "$stamp" > .venv/.endplate-stamp
say "ready: .venv/bin/endplate"
