"""Small data sets and networks that train within a second."""

import numpy as np
import pytest
from operator_cases import SMALL

import rfgsnn


@pytest.fixture
def data():
    """500 samples of a paraboloid: inputs and targets."""
    x = np.random.default_rng(0).uniform(-1, 1, (500, 2))
    return x, x[:, :1] + x[:, 1:] ** 2


@pytest.fixture
def network():
    return rfgsnn.Network(inputs=2, outputs=1, hidden=(16, 12), time_steps=16, seed=3)


@pytest.fixture
def long_trainer(network):
    """A trainer that would run for hours."""
    return rfgsnn.Trainer(network, steps=10**9, batch_size=50)


@pytest.fixture
def functions():
    return np.random.default_rng(0).uniform(-1, 1, (4, 5))


@pytest.fixture
def points():
    return np.random.default_rng(1).uniform(0, 1, (7, 2))


@pytest.fixture
def deeponet():
    return rfgsnn.Network(5, 1, architecture="deeponet", coordinates=2, **SMALL)


@pytest.fixture
def seponet():
    return rfgsnn.Network(5, 1, architecture="seponet", coordinates=2, **SMALL)
