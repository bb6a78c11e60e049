"""Small operator networks, and data for them."""

import numpy as np

POINTS = np.linspace(0, 1, 30)
SMALL = {"hidden": (12,), "trunk_hidden": (10, 9), "latent": 6, "time_steps": 8}


def quadratics(functions, seed):
    """a + b x + c x^2 at 15 sensors, and the antiderivatives at POINTS."""
    c = np.random.default_rng(seed).uniform(-1, 1, (functions, 3))
    k = np.arange(3)[:, None]
    sensors = np.linspace(0, 1, 15)
    return c @ sensors**k, c @ (POINTS ** (k + 1) / (k + 1))


def relative_error(network, x, y):
    return np.linalg.norm(network.predict(x) - y) / np.linalg.norm(y)
