#!/bin/sh
# Checks a built librfgsnn.so, beside its object files: the exported names are those of the header and of the
# version script, nothing else is among its dynamic symbols, nothing but the system's own libraries is needed or looked
# for, its tables are read-only once it is loaded, and no code for one instruction set can run on machines without it.
# Usage: scripts/check-abi.sh [path of librfgsnn.so]. scripts/check-install.sh looks at the installed one.
set -eu
cd "$(dirname "$0")/.."
so=${1:-.build/release/librfgsnn.so}
objects=$(dirname "$so")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "ABI check failed: $*"; exit 1; }

[ -f "$so" ] || fail "there is no $so; build with swift build -c release"

# Names: header == version script == exports, all of version RFGSNN_1.0.
${CC:-gcc} -std=c99 -E -P -Iinclude include/rfgsnn.h | grep -o 'rfgsnn_[a-z0-9_]*(' \
  | tr -d '(' | sort -u >"$work/header"
sed -n 's/^ *\(rfgsnn_[a-z0-9_]*\);$/\1/p' api/generated/rfgsnn.map | sort -u >"$work/map"
nm -D --defined-only "$so" >"$work/symbols"
sed -n 's/.* T \(rfgsnn_[a-z0-9_]*\)@@RFGSNN_1\.0$/\1/p' "$work/symbols" | sort -u >"$work/exports"
[ -s "$work/header" ] || fail "no functions found in the header"
diff "$work/header" "$work/map" || fail "header (<) and version script (>) differ"
diff "$work/header" "$work/exports" || fail "header (<) and exports (>) differ"
others=$(awk '$3 !~ /^(rfgsnn_[a-z0-9_]*@@RFGSNN_1\.0|RFGSNN_1\.0)$/ {print $3}' "$work/symbols")
[ -z "$others" ] || fail "unexpected exports: $others"

# Needed libraries, and the name that programs are linked to.
readelf -d "$so" >"$work/dynamic"
sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' "$work/dynamic" >"$work/needed"
others=$(grep -Ev '^(libc\.so\.6|libm\.so\.6|libgcc_s\.so\.1|libstdc\+\+\.so\.6|ld-linux-.*\.so\.[0-9]+)$' \
  "$work/needed" || true)
[ -z "$others" ] || fail "needs $others"
grep -q '(SONAME).*\[librfgsnn\.so\.1\]' "$work/dynamic" || fail "the SONAME is not librfgsnn.so.1"
paths=$(grep -E '\((RPATH|RUNPATH)\)' "$work/dynamic" || true)
[ -z "$paths" ] || fail "looks for libraries in $paths; build with --disable-local-rpath, as make build does"

# What a fault or an attack could overwrite: addresses are resolved on loading and then read-only, the stack holds no
# code, nothing is writable and executable, and C functions with arrays watch their frames.
readelf -lW "$so" >"$work/segments"
grep -q 'GNU_RELRO' "$work/segments" || fail "no RELRO"
grep -q '(FLAGS_1).*NOW' "$work/dynamic" || fail "not bound on loading (-z now)"
grep 'GNU_STACK' "$work/segments" | grep -q 'RW ' || fail "the stack is executable"
if grep -q 'LOAD.* RWE' "$work/segments"; then fail "a segment is writable and executable"; fi
if grep -q 'TEXTREL' "$work/dynamic"; then fail "code is changed on loading (TEXTREL)"; fi
nm "$objects"/CSystem.build/*.o | grep -q 'U __stack_chk_fail$' || fail "CSystem is without stack protector"

# Weak code in a kernel object could be chosen by the linker for everybody.
modules=KernelsBaseline
[ "$(uname -m)" != x86_64 ] || modules="KernelsBaseline KernelsV3 KernelsV4"
for module in $modules; do
  set -- "$objects/$module.build"/*.o
  [ -f "$1" ] || fail "no object files of $module in $objects"
  weak=$(nm "$@" | grep ' W ' || true)
  [ -z "$weak" ] || fail "weak code in $module: $weak"
done

# Wide registers only in the kernels that are chosen by the CPU's features.
if [ "$(uname -m)" = x86_64 ]; then
  objdump -d --no-show-raw-insn "$so" >"$work/code"
  stray=$(awk '/>:$/ {f = $2}
    /%zmm/ && f !~ /KernelsV4/ || /%ymm/ && f !~ /KernelsV[34]/ {print f}' "$work/code" | sort -u)
  [ -z "$stray" ] || fail "wide registers outside their kernels: $stray"
fi
echo "ABI check passed"
