#!/usr/bin/env bash
# Runs the Mexican hat example as a user would: the C program in full, the comparison with few steps.
set -euo pipefail
cd "$(dirname "$0")/.."
error=$(build/examples/01-mexican-hat | tr '\r' '\n' | sed -n 's/^relative L2 error.*: \([0-9.]*\) (.*/\1/p')
awk -v error="$error" 'BEGIN { exit !(error > 0 && error <= 0.020) }' \
  || { echo "the C example reached a relative L2 error of '$error', not 0.020" >&2; exit 1; }

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
build/venv/bin/python examples/01-mexican-hat/compare.py "$folder" --quick >/dev/null
columns=method,seed,relative_l2,steps,seconds,spikes_per_inference,peak_memory_bytes
head -n 1 "$folder/results.csv" | tr -d '\r' | grep -qx "$columns" || { echo "results.csv has other columns" >&2; exit 1; }
for method in rfg_global rfg_layerwise black_box rfg_activity_full rfg_activity_rate back_propagation; do
  grep -q "^$method," "$folder/results.csv" || { echo "results.csv has no $method" >&2; exit 1; }
done
for picture in fields curves raster; do
  [ "$(head -c 4 "$folder/$picture.png" | tail -c 3)" = PNG ] || { echo "$picture.png is no picture" >&2; exit 1; }
done
build/venv/bin/python benchmarks/training_step.py --quick | grep -q '^back-propagation .* MiB' \
  || { echo "the benchmark printed no table" >&2; exit 1; }
echo "examples: the C program reached $error, the comparison wrote its table and pictures"
