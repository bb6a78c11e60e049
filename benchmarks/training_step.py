"""Times a training step of every estimator, and its memory, against the number of time steps.

usage: training_step.py [--quick]

One step is perturb, forward, estimate and update on a 2-128-128-1 network and a batch of 1024 samples (binary
integrate-and-fire neurons, Gaussian surrogate). Methods take turns, round after round, and the table gives medians: on a
shared machine trust the ratios more than the milliseconds.
"""

from __future__ import annotations

import statistics
import sys
import time

import numpy as np
import rfgsnn

METHODS = {
    "activity, rate tangents": dict(estimator="rfg_activity", tangent="rate"),
    "activity, rate tangents, 16 directions": dict(estimator="rfg_activity", tangent="rate", directions=16),
    "activity, full tangents": dict(estimator="rfg_activity", tangent="full"),
    "global, full tangents": dict(estimator="rfg_global", tangent="full"),
    "layer-wise, full tangents": dict(estimator="rfg_layerwise", tangent="full"),
    "black box": dict(estimator="black_box"),
    "back-propagation": dict(estimator="bptt"),
}


def measure(time_steps: int, samples: int, rounds: int) -> dict[str, tuple[float, int]]:
    """Median seconds of a step, and the trainer's peak bytes, of each method."""
    x = np.random.default_rng(0).uniform(-1, 1, (samples, 2)).astype(np.float32)
    y = x[:, :1] * x[:, 1:]
    trainers = {}
    for name, options in METHODS.items():
        network = rfgsnn.Network(2, 1, hidden=(128, 128), time_steps=time_steps, spikes="binary", input_gain=3.0)
        trainers[name] = rfgsnn.Trainer(network, **options)
    seconds = {name: [] for name in METHODS}
    for repeat in range(rounds + 1):
        for name, trainer in trainers.items():
            began = time.perf_counter()
            trainer.perturb()
            trainer.forward(x)
            trainer.estimate_gradient(y)
            trainer.update()
            if repeat > 0:  # The first round allocates.
                seconds[name].append(time.perf_counter() - began)
    return {name: (statistics.median(seconds[name]), trainers[name].memory.peak) for name in METHODS}


def main() -> None:
    quick = "--quick" in sys.argv[1:]
    lengths, samples, rounds = ((4, 8), 64, 3) if quick else ((16, 64, 256), 1024, 20)
    results = {length: measure(length, samples, rounds) for length in lengths}
    print(rfgsnn.build_info())
    print(f"{'':<40}" + "".join(f"{'T = ' + str(length):>22}" for length in lengths))
    for name in METHODS:
        cells = (f"{results[n][name][0] * 1e3:.2f} ms, {results[n][name][1] / 2**20:.1f} MiB" for n in lengths)
        print(f"{name:<40}" + "".join(f"{cell:>22}" for cell in cells))


if __name__ == "__main__":
    main()
