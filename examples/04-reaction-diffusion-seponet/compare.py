"""Compares ways to train a spiking SepONet on a reaction-diffusion equation.

usage: compare.py OUTPUT_FOLDER [--quick]

Every method trains the same network on the same functions; main.c is the second of them in C.
"""

import sys
from pathlib import Path

from rfgsnn import data

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from operator_comparison import Method, compare

DATA = dict(points=32, times=32)
NETWORK = dict(
    architecture="seponet", hidden=(64,), latent=16, time_steps=32,
    input_gain=0.5, trunk_gain=4, trunk_bias_spread=2,
)  # fmt: skip
LAMBDA = 1e-4  # ridge of the closed form
TRAINING = dict(readout_solve="end", learning_rate=0.003, batch_size=100, steps=4000)
METHODS = [
    Method("untrained", "untrained layers, closed-form readouts"),
    Method("rfg_activity", "activity perturbation, rate tangents",
           dict(estimator="rfg_activity", tangent="rate", directions=8, **TRAINING)),
    Method("bptt", "back-propagation through time", dict(estimator="bptt", **TRAINING)),
]  # fmt: skip

if __name__ == "__main__":
    compare("Reaction-diffusion equation", data.reaction_diffusion, DATA, NETWORK, LAMBDA, METHODS)
