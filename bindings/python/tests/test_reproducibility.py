"""Same seed, same instruction set, same bits."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

import rfgsnn

PROGRAM = """
import hashlib, sys
import numpy as np, rfgsnn
x = np.random.default_rng(0).uniform(-1, 1, (300, 2))
y = x[:, :1] * x[:, 1:]
network = rfgsnn.fit(
    x, y, hidden=(20, 20), time_steps=8, steps=30, seed=11, threads=int(sys.argv[1]),
    estimator=sys.argv[2], batch_size=128, readout_solve="end",
    restore_best=False, progress=False)
print(hashlib.sha256(network.parameters.tobytes()).hexdigest())
"""

ESTIMATORS = ["rfg_activity", "rfg_per_step", "rfg_global", "rfg_layerwise", "black_box", "bptt"]


def in_another_process(threads, estimator):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(threads), estimator],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return done.stdout


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_same_bits_with_any_number_of_threads_in_any_process(estimator):
    runs = [in_another_process(threads, estimator) for threads in (1, 1, 2, 3)]
    assert len(set(runs)) == 1, runs


def test_another_seed_gives_other_bits(data):
    def train(seed):
        options = {"hidden": 8, "steps": 3, "restore_best": False}
        network = rfgsnn.fit(*data, seed=seed, **options)
        return hashlib.sha256(network.parameters.tobytes()).digest()

    assert train(1) == train(1) != train(2)


def test_the_same_draw_gives_the_same_directions(network, data):
    x, y = data

    def gradient(draw):
        trainer.perturb(draw)
        trainer.forward(x)
        trainer.estimate_gradient(y)
        return trainer.gradient.copy()

    trainer = rfgsnn.Trainer(network)
    assert np.array_equal(gradient(4), gradient(4))
    assert not np.array_equal(gradient(4), gradient(5))
