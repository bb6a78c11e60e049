#!/usr/bin/env bash
# Runs the examples as a user would: the C program of the Mexican hat in full, the others and the comparisons with few
# steps. The data of the operator examples are those of rfgsnn.data.
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
for method in rfg_global rfg_layerwise black_box rfg_activity_full rfg_activity_rate weight_mirror gauss_newton \
    back_propagation; do
  grep -q "^$method," "$folder/results.csv" || { echo "results.csv has no $method" >&2; exit 1; }
done
for picture in fields curves raster; do
  [ "$(head -c 4 "$folder/$picture.png" | tail -c 3)" = PNG ] || { echo "$picture.png is no picture" >&2; exit 1; }
done
build/venv/bin/python benchmarks/training_step.py --quick | grep -q '^back-propagation .* MiB' \
  || { echo "the benchmark printed no table" >&2; exit 1; }

build/venv/bin/python scripts/check-example-data.py build/examples/dump-data >/dev/null
# Each with the error that its untrained network with closed-form readouts must stay below, to catch broken data.
for example in 02-poisson-deeponet:0.1 03-burgers-deeponet:0.25 04-reaction-diffusion-seponet:0.1; do
  name=${example%:*} bound=${example#*:}
  mkdir "$folder/$name"
  (build/examples/"$name" "$folder/$name" --quick && build/venv/bin/python examples/"$name"/compare.py "$folder/$name" \
    --quick) >"$folder/$name/output" 2>&1 || { cat "$folder/$name/output" >&2; exit 1; }
  awk -v bound="$bound" '/^untrained/ { ++lines; if (!($5 > 0 && $5 < bound)) exit 1 } /^trained|^weight|^activity|^back/ { ++lines }
    END { exit lines != 6 }' "$folder/$name/output" \
    || { echo "$name printed other tables:" >&2; cat "$folder/$name/output" >&2; exit 1; }
  grep -q '</svg>' "$folder/$name/functions.svg" || { echo "$name: functions.svg is no picture" >&2; exit 1; }
  for picture in functions errors cost; do
    [ "$(head -c 4 "$folder/$name/$picture.png" | tail -c 3)" = PNG ] \
      || { echo "$name: $picture.png is no picture" >&2; exit 1; }
  done
  grep -q '^weight_mirror,0' "$folder/$name/results.csv" || { echo "$name: results.csv has no results" >&2; exit 1; }
done
echo "examples: the C program reached $error, the comparisons wrote their tables and pictures"
