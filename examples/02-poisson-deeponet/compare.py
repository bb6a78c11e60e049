"""Compares ways to train a spiking DeepONet on the Poisson equation.

usage: compare.py OUTPUT_FOLDER [--quick]

Every method trains the same network on the same functions; main.c is the second of them in C.
"""

import sys
from pathlib import Path

from rfgsnn import data

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from operator_comparison import Method, compare

DATA = dict(points=51)
NETWORK = dict(
    architecture="deeponet", hidden=(256, 256), latent=16, time_steps=32, readout="tapered", readout_gain=0.1,
    first_current=0.25, hidden_current=0.5, bias_current=0.7,
)  # fmt: skip
TRAINING = dict(
    trunks="held", branch_start="kept", readout_solve="both", learning_rate=0.003, batch_size=100, steps=1500,
)  # fmt: skip
METHODS = [
    Method("untrained", "untrained layers, closed-form readouts"),
    Method("weight_mirror", "weight mirror", dict(estimator="weight_mirror", **TRAINING)),
    Method("rfg_activity", "activity perturbation, rate tangents",
           dict(TRAINING, estimator="rfg_activity", tangent="rate", directions=32, learning_rate=0.001)),
    Method("bptt", "back-propagation through time", dict(estimator="bptt", **TRAINING)),
]  # fmt: skip

if __name__ == "__main__":
    compare("Poisson equation", data.poisson, DATA, NETWORK, METHODS)
