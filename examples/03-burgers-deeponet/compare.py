"""Compares ways to train a spiking DeepONet on the Burgers equation.

usage: compare.py OUTPUT_FOLDER [--quick]

Every method trains the same network on the same functions; main.c is the second of them in C.
"""

import sys
from pathlib import Path

from rfgsnn import data

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from operator_comparison import Method, compare

DATA = dict(points=128)
NETWORK = dict(
    architecture="deeponet", hidden=(128,), latent=32, time_steps=16,
    input_gain=2, bias_spread=2, trunk_gain=4, trunk_bias_spread=2,
)  # fmt: skip
LAMBDA = 1e-3  # ridge of the closed form
TRAINING = dict(readout_solve="periodic", readout_interval=100, learning_rate=0.003, batch_size=100, steps=4000)
METHODS = [
    Method("untrained", "untrained layers, closed-form readouts"),
    Method("rfg_activity", "activity perturbation, rate tangents",
           dict(estimator="rfg_activity", tangent="rate", directions=16, **TRAINING)),
    Method("bptt", "back-propagation through time", dict(estimator="bptt", **TRAINING)),
]  # fmt: skip

if __name__ == "__main__":
    compare("Burgers equation", data.burgers, DATA, NETWORK, LAMBDA, METHODS)
