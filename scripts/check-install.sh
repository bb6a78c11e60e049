#!/usr/bin/env bash
# Installs into an empty prefix and builds the C example against it, as a user would: with pkg-config alone.
set -euo pipefail
cd "$(dirname "$0")/.."
prefix=$(mktemp -d)
trap 'rm -rf "$prefix"' EXIT
make --no-print-directory install PREFIX="$prefix" >/dev/null
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
# shellcheck disable=SC2046  # flags are words
cc -std=c99 examples/01-mexican-hat/main.c -o "$prefix/example" $(pkg-config --cflags --libs rfgsnn) -lm
cat > "$prefix/version.c" <<'C'
#include <rfgsnn.h>
#include <stdio.h>
int main(void) { return rfgsnn_require_abi(RFGSNN_ABI_MAJOR, RFGSNN_ABI_MINOR) || puts(rfgsnn_version()) < 0; }
C
# shellcheck disable=SC2046
cc -std=c99 "$prefix/version.c" -o "$prefix/version" $(pkg-config --cflags --libs rfgsnn)
version=$(env -i LD_LIBRARY_PATH="$prefix/lib" "$prefix/version")
[ "$version" = "$(pkg-config --modversion rfgsnn)" ] || { echo "installed version $version differs" >&2; exit 1; }

library=$(readlink -f "$prefix/lib/librfgsnn.so")
fail() { echo "the installed library $*" >&2; exit 1; }
nm "$library" 2>&1 | grep -q 'no symbols' || fail "is not stripped"
if readelf -SW "$library" | grep -q '\.debug'; then fail "holds debug information"; fi
if readelf -d "$library" | grep -qE '\((RPATH|RUNPATH)\)'; then fail "looks for others by a path"; fi
if strings "$library" | grep -qF "$PWD"; then fail "names the folder that it was built in"; fi

readelf -d "$prefix/example" | grep -q 'librfgsnn.so.1' || { echo "the example does not need librfgsnn.so.1" >&2; exit 1; }
echo "make install: version $version works from an empty prefix"
