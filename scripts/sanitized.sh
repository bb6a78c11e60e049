#!/usr/bin/env bash
# Builds the library and the C tests for a sanitizer of the Swift toolchain's clang, and runs them.
# Usage: scripts/sanitized.sh address|thread|undefined short|long
# short: C tests and random calls. long: fault tests, more random calls and Swift tests too; FUZZ_SECONDS says how many.
#
# undefined: Swift has no such sanitizer, and what it computes is defined or traps; it is for the C parts and the C helpers
# that are compiled into the kernels. They trap, so that no library is needed.
set -euo pipefail
cd "$(dirname "$0")/.."
kind=$1 form=$2
export RFGSNN_TEST_SECONDS=1200
toolchain=$(dirname "$(dirname "$(readlink -f "$(command -v swiftc)")")")
runtime=$toolchain/lib/swift/linux
flags=(--sanitize="$kind" -Xlinker -z -Xlinker undefs) # the program brings the sanitizer
libraries=
case $kind in
  address) export ASAN_OPTIONS=detect_leaks=1:abort_on_error=1:detect_stack_use_after_return=0:allocator_may_return_null=1 ;;
  thread)
    export TSAN_OPTIONS=halt_on_error=1:die_after_fork=0:allocator_may_return_null=1
    libraries="-L$runtime -ldispatch -lBlocksRuntime -Wl,-rpath,$runtime" # which its interceptors name
    ;;
  undefined) flags=(-Xcc -fsanitize=undefined -Xcc -fsanitize-trap=undefined) ;;
  *) echo "there is no sanitizer $kind: address, thread or undefined" >&2; exit 2 ;;
esac

# A second build in the same folder ends with "unknown build description" (Swift 6.3.1).
rm -rf ".build-$kind"
swift build -c release --product rfgsnn --disable-local-rpath --scratch-path ".build-$kind" "${flags[@]}"
arguments=(LIBRARY_DIR="$PWD/.build-$kind/release" CC="$toolchain/bin/clang" SANITIZE="$kind" LDLIBS="$libraries")
make -C Tests/c "${arguments[@]}"
if [ "$form" = short ]; then
  make -C Tests/fuzz "${arguments[@]}" run SECONDS=20
  exit
fi
make -C Tests/faults "${arguments[@]}"
make -C Tests/fuzz "${arguments[@]}" run SECONDS="${FUZZ_SECONDS:-600}"
# Swift's tests under AddressSanitizer alone: ThreadSanitizer does not know Swift's Mutex, which the tests' own matrices use.
# XCTest leaks some memory of its own, and Swift's backtracer reads what a sanitizer forbids.
[ "$kind" = address ] || exit 0
ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 SWIFT_BACKTRACE=enable=no \
  swift test --sanitize=address --scratch-path ".build-$kind"
