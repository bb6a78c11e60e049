#!/usr/bin/env bash
# Makes build/bench-venv with the libraries of requirements.txt and this tree's rfgsnn. A library that cannot be
# installed is told and left out of the benchmark.
#
# PyTorch: its wheel for Linux on PyPI is built for CUDA and is not to be imported without CUDA's libraries: 0.5 GB and
# 2 GB more. The wheel for processors (0.2 GB, version +cpu) serves as well and is taken wherever pip is set up to find
# it. Where it is not, PyPI's is installed whole.
set -euo pipefail
cd "$(dirname "$0")/../.."

requirements=benchmarks/peers/requirements.txt
venv=build/bench-venv
pip=("$venv/bin/python" -m pip install --quiet --disable-pip-version-check)

if ! cmp -s "$requirements" "$venv/requirements.txt"; then
  echo "installing the other libraries into $venv"
  mkdir -p build
  python3 -m venv "$venv"
  if ! "${pip[@]}" --no-deps -r "$requirements"; then
    echo "not all of it can be had: one by one"
    grep -v -e '^#' -e '^$' "$requirements" | while read -r requirement; do
      "${pip[@]}" --no-deps "$requirement" </dev/null || echo "without $requirement"
    done
  fi
  if ! "$venv/bin/python" -c 'import torch' 2>/dev/null; then
    echo "PyTorch with the libraries of CUDA"
    "${pip[@]}" "$(grep '^torch==' "$requirements")" || echo "without PyTorch"
  fi
  cp "$requirements" "$venv/requirements.txt"
fi
"${pip[@]}" --no-build-isolation --force-reinstall --no-deps ./bindings/python
