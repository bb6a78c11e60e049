#!/usr/bin/env bash
# Makes sure that everything `make demo` and `make check` need is there: the Swift toolchain is the user's; Debian
# packages are installed where that is allowed; Python packages go into build/venv.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(gcc g++ make pkg-config binutils python3 python3-venv libffi-dev libdlpack-dev valgrind)

if ! command -v swift >/dev/null; then
  echo "rfgsnn needs a Swift 6.3 toolchain: install one from swift.org and put its usr/bin on the PATH." >&2
  exit 1
fi
version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
if [ "$(printf '%s\n6.3\n' "$version" | sort -V | head -n 1)" != 6.3 ]; then
  echo "rfgsnn needs Swift 6.3 or newer; 'swift' on the PATH is $version." >&2
  exit 1
fi

installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'install ok installed'; }

missing=()
for package in "${packages[@]}"; do installed "$package" || missing+=("$package"); done
# A Python of the user's own with its venv module serves as well as Debian's.
if command -v python3 >/dev/null && python3 -c 'import ensurepip, venv' 2>/dev/null; then
  kept=()
  for package in "${missing[@]}"; do
    case $package in python3 | python3-venv) ;; *) kept+=("$package") ;; esac
  done
  missing=("${kept[@]}")
fi
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ]; then
    sudo=
  elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    sudo=sudo
  else
    echo "Debian packages are missing. Run: sudo apt-get install -y ${missing[*]}" >&2
    exit 1
  fi
  echo "installing ${missing[*]}"
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq "${missing[@]}" >/dev/null
fi

requirements=bindings/python/requirements-dev.txt
if ! cmp -s "$requirements" build/venv/requirements-dev.txt; then
  echo "installing Python packages into build/venv"
  mkdir -p build
  python3 -m venv build/venv
  build/venv/bin/pip install --quiet --disable-pip-version-check -r "$requirements"
  cp "$requirements" build/venv/requirements-dev.txt
fi
