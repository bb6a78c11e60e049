#!/bin/sh
# Compiles the public header as C99 and C++17 with every warning an error, against the promises of ABI 1.0,
# and the array view against the real dlpack.h. Usage: scripts/check-header.sh
set -eu
cd "$(dirname "$0")/.."
cc=${CC:-gcc}
cxx=${CXX:-g++}
flags="-Wall -Wextra -pedantic -Werror -fsyntax-only -Iinclude"

$cc -std=c99 $flags Tests/abi/header_c99.c
$cxx -std=c++17 $flags Tests/abi/header_cxx17.cpp

# A function that is declared but not in both tests has no promise yet.
declared=$($cc -std=c99 -E -P -Iinclude include/rfgsnn.h | grep -o 'rfgsnn_[a-z0-9_]*(' | tr -d '(' | sort -u)
[ -n "$declared" ] || { echo "no functions found in include/rfgsnn.h"; exit 1; }
for test in Tests/abi/header_c99.c Tests/abi/header_cxx17.cpp; do
  for name in $declared; do
    grep -qw "$name" "$test" || { echo "$test does not name $name"; exit 1; }
  done
done

if ! echo '#include <dlpack/dlpack.h>' | $cc -E - >/dev/null 2>&1; then
  echo "dlpack/dlpack.h not found: install libdlpack-dev"
  exit 1
fi
$cc -std=c99 $flags Tests/abi/dlpack_layout.c
echo "header check passed"
