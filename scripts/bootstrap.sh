# Sourced by every script: moves to the checkout and installs what the script asks for.
# shellcheck shell=sh
set -eu
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
export PATH

say() { echo "cairn: $*"; }
fail() { echo "cairn: $*" >&2; exit 1; }

# Prints how to act as root ("env" when we are root, "sudo"), or fails.
as_root() {
    if [ "$(id -u)" = 0 ]; then echo env; else sudo -n true 2>/dev/null && echo "sudo env"; fi
}

apt_install() {
    say "installing $* with apt"
    mkdir -p .cache
    { $(as_root) DEBIAN_FRONTEND=noninteractive apt-get update &&
      $(as_root) DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
    } >.cache/apt.log 2>&1 || { tail -n 5 .cache/apt.log >&2; fail "apt could not install $*"; }
}

# Sets $python to a Python that is new enough and can make a venv, or fails. The system's own comes
# first: distributions build theirs with optimizations that make it a fifth faster.
find_python() {
    for python in /usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11; do
        "$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' \
            2>/dev/null && return
    done
    return 1
}

# Installs a requirements file into .venv, unless exactly this file was the last one installed.
python_packages() {
    cmp -s "$1" ".venv/$1" && .venv/bin/python -c '' 2>/dev/null && return
    if ! .venv/bin/python -m pip --version >/dev/null 2>&1; then
        find_python || { command -v apt-get && as_root; } >/dev/null ||
            fail "Python 3.11 or newer with its venv module is missing (on Debian: python3-venv)"
        find_python || apt_install python3 python3-venv
        find_python || fail "this machine's Python is too old: 3.11 or newer is needed"
        "$python" -m venv --clear .venv
    fi
    say "installing the Python packages of $1"
    python -m pip install -qq --disable-pip-version-check --require-hashes -r "$1"
    cp "$1" .venv/
}

# Makes Debian packages usable; without root's rights they are unpacked into .cache/debian.
debian_packages() {
    command -v dpkg-query >/dev/null || return 0 # another system: its own packages must do
    missing=
    for package; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' ||
            missing="$missing $package"
    done
    # shellcheck disable=SC2086 # a list of names
    if [ -z "$missing" ]; then return; elif as_root >/dev/null; then apt_install $missing
    else unpack_debian_packages $missing; fi
}

unpack_debian_packages() {
    unpacked="$PWD/.cache/debian"
    if [ "$(cat "$unpacked/packages" 2>/dev/null)" != "$*" ]; then
        say "unpacking $* into .cache/debian"
        mkdir -p .cache/apt/lists/partial .cache/apt/archives/partial "$unpacked"
        apt="apt-get -qq -o Debug::NoLocking=1 -o Dir::Cache=$PWD/.cache/apt
            -o Dir::State::Lists=$PWD/.cache/apt/lists"
        $apt update
        $apt install --yes --download-only --no-install-recommends "$@"
        for package in .cache/apt/archives/*.deb; do dpkg -x "$package" "$unpacked"; done
        echo "$*" >"$unpacked/packages"
    fi
    PATH="$unpacked/usr/lib/chromium:$unpacked/usr/bin:$PATH"
    LD_LIBRARY_PATH="$(find "$unpacked" -name '*.so*' -printf '%h\n' | sort -u | paste -sd :)"
    XDG_DATA_DIRS="$unpacked/usr/share:/usr/local/share:/usr/share" # where fonts are looked for
    [ -e /etc/fonts/fonts.conf ] || export FONTCONFIG_PATH="$unpacked/etc/fonts"
    export PATH LD_LIBRARY_PATH XDG_DATA_DIRS
}

# For tools that must not see, or touch, the data of the server that runs from this checkout.
leave_the_server_alone() {
    unset HOST PORT DATABASE_URL STORAGE_URL BASE_URL ALLOWED_HOSTS TRUSTED_PROXY SIGNUP DEBUG
    export DATA_DIR="$PWD/.cache/$1" DEMO=0 SECRET_KEY="not a secret: only for $1"
    mkdir -p "$DATA_DIR"
}
