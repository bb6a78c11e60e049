"""Compares the data of the C examples with those of rfgsnn.data, number by number.

usage: check-example-data.py DUMP_PROGRAM
"""

import subprocess
import sys

import numpy as np
from rfgsnn import data

# Sums are taken in another order and a few random numbers differ in their last bit; the equations pass that on.
TOLERANCE = 1e-12
CASES = [
    ("poisson", (400, 7, 51)),
    ("poisson", (3, 4294967295, 20)),
    ("burgers", (60, 7, 128)),
    ("burgers", (3, 1, 32)),
    ("reaction_diffusion", (60, 7, 128, 128)),
    ("reaction_diffusion", (3, 0, 33, 20)),
]

for name, arguments in CASES:
    made = getattr(data, name)(*arguments)
    expected = np.concatenate([made.inputs.ravel(), made.targets.ravel()])
    written = subprocess.run([sys.argv[1], name, *map(str, arguments)], stdout=subprocess.PIPE, check=True).stdout
    found = np.frombuffer(written)
    if found.shape != expected.shape:
        raise SystemExit(f"{name}{arguments}: C writes {found.size} numbers, Python {expected.size}")
    difference = np.abs(found - expected).max() / np.abs(expected).max()
    print(f"{name}{arguments}: {found.size} numbers, largest difference {difference:.1e} of the largest number")
    if not difference < TOLERANCE:
        raise SystemExit(f"{name}{arguments}: the data of C and Python differ by {difference:.1e}")
