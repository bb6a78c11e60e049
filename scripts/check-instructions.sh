#!/usr/bin/env bash
# Counts the instructions of five reference steps (benchmarks/instructions/steps.c) and fails if one has grown by more than
# 5 % over benchmarks/instructions/counts.csv. Seconds would depend on the machine and on who else uses it.
# --update writes the counts of this build instead; do so with the change that explains them.
set -euo pipefail
cd "$(dirname "$0")/.."
figures=benchmarks/instructions/counts.csv
if [ "$(uname -m)" != x86_64 ] || ! grep -qw avx2 /proc/cpuinfo; then
  echo "instruction counts: not compared, the figures are of x86-64-v3, which this processor has not"
  exit 0
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Valgrind cannot read the library's debug information.
strip -o "$folder/librfgsnn.so.1" .build/release/librfgsnn.so
export LD_LIBRARY_PATH=$folder
count() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null --collect-atstart=no --toggle-collect=measured_step \
    build/instructions/steps "$1" 2>"$folder/$1" || { cat "$folder/$1" >&2; return 1; }
  sed -n 's/.*Collected : \([0-9]*\).*/\1/p' "$folder/$1"
}

echo reference,instructions >"$folder/counts.csv"
# Two at a time: the counts do not depend on it.
for names in "R1 R5" "R2 R4" "R3"; do
  for name in $names; do count "$name" >"$folder/$name.count" & done
  wait
done
for name in R1 R2 R3 R4 R5; do
  instructions=$(cat "$folder/$name.count")
  [ "${instructions:-0}" -gt 0 ] || { echo "$name: no instructions were counted" >&2; exit 1; }
  echo "$name,$instructions" >>"$folder/counts.csv"
done
if [ "${1:-}" = --update ]; then
  cp "$folder/counts.csv" "$figures"
  cat "$figures"
  exit 0
fi

awk -F, 'NR == FNR { before[$1] = $2; next } FNR == 1 { next }
  { ratio = $2 / before[$1]; text = text sprintf(" %s %+.1f %%", $1, 100 * (ratio - 1)); if (ratio > 1.05) grown = grown " " $1 }
  END { print "instructions of a step against the committed figures:" text
    if (grown) { print "grown by more than 5 %:" grown "; find out why, or run scripts/check-instructions.sh --update" > "/dev/stderr"; exit 1 } }' \
  "$figures" "$folder/counts.csv"
