#!/usr/bin/env bash
# What takes hours: sanitizers, valgrind, each failed allocation, endurance, and random calls for as long as one likes.
# Goes on after a failure; build/reliability.txt says what was done and found, and the figures that docs/reliability.md
# gives. Logs are in build/reliability/.
#
# FUZZ_SECONDS: random calls by the plain library; ADDRESS_SECONDS: by each sanitized one. SEED: the first of their seeds.
# STEPS and ROUNDS: of the endurance test.
set -uo pipefail
cd "$(dirname "$0")/.."
fuzz_seconds=${FUZZ_SECONDS:-3600} address_seconds=${ADDRESS_SECONDS:-3600} seed=${SEED:-1}
steps=${STEPS:-10000000} rounds=${ROUNDS:-1000000}
logs=build/reliability
summary=build/reliability.txt
rm -rf "$logs"
mkdir -p "$logs"
begun=$(date +%s)
failed=

{
  echo "commit $(git rev-parse HEAD)$(git diff --quiet HEAD || echo ', changed')"
  echo "begun $(date -u +%FT%TZ) on $(nproc) processors, $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)"
  swift --version 2>/dev/null | head -n 1
} >"$summary"

# Runs the command and keeps its log: step NAME COMMAND...
step() {
  local name=$1 start outcome=passed
  shift
  start=$(date +%s)
  echo "check-long: $name"
  "$@" >"$logs/$name.log" 2>&1 || { outcome=FAILED; failed="$failed $name"; tail -n 20 "$logs/$name.log"; }
  printf '%-20s %s in %.2f hours\n' "$name" "$outcome" "$(awk "BEGIN { print ($(date +%s) - $start) / 3600 }")" | tee -a "$summary"
}

examples_under_valgrind() {
  strip -o build/tests-c/stripped/librfgsnn.so.1 .build/release/librfgsnn.so # it cannot read the debug information
  local name check=(valgrind --quiet --error-exitcode=9 --leak-check=full
    --show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite,indirect)
  export LD_LIBRARY_PATH=$PWD/build/tests-c/stripped
  "${check[@]}" build/examples/01-mexican-hat >/dev/null || return
  for name in 02-poisson-deeponet 03-burgers-deeponet 04-reaction-diffusion-seponet; do
    mkdir -p "$logs/$name"
    "${check[@]}" "build/examples/$name" "$logs/$name" --quick >/dev/null || return
  done
}

step c-tests make -C Tests/c
step faults make -C Tests/faults long STEPS="$steps" ROUNDS="$rounds"
step fuzz make -C Tests/fuzz run SECONDS="$fuzz_seconds" SEED="$seed"
if command -v clang >/dev/null; then step libfuzzer make -C Tests/fuzz libfuzzer SECONDS=$((fuzz_seconds / 10 + 10)); fi
for kind in address thread undefined; do
  step "$kind" env FUZZ_SECONDS="$address_seconds" scripts/sanitized.sh "$kind" long
done
step valgrind make -C Tests/c valgrind
step valgrind-examples examples_under_valgrind

{
  echo
  echo "random calls:"
  grep -H ' calls, ' "$logs"/{fuzz,address,thread,undefined}.log | sed "s|$logs/\([a-z]*\).log:|  \1: |"
  grep -h '^libfuzzer' "$logs/libfuzzer.log" | sed 's/^/  /'
  echo "failed allocations:"
  grep -h '^failed allocations' "$logs/faults.log" | sed 's/^/  /'
  echo "endurance:"
  grep -h ' times in ' "$logs/faults.log" | sed 's/^/  /'
  echo "reports of sanitizers and valgrind: $(cat "$logs"/*.log | grep -cE 'ERROR: AddressSanitizer|WARNING: ThreadSanitizer|ERROR: LeakSanitizer|^==[0-9]+== [A-Z]')"
  awk "BEGIN { printf \"hours: %.1f\n\", ($(date +%s) - $begun) / 3600 }"
  echo "failed:${failed:- nothing}"
} | tee -a "$summary"
[ -z "$failed" ]
