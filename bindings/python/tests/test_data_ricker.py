"""The Ricker wavelet against its definition."""

import numpy as np
import pytest

from rfgsnn.data import ricker, ricker_wavelet


def test_known_values():
    s = 0.8
    points = [[0, 0], [np.sqrt(2) * s, 0], [0.6, 0.8]]
    edge = (1 - 1 / (2 * s**2)) * np.exp(-1 / (2 * s**2)) / (np.pi * s**4)
    expected = [[1 / (np.pi * s**4)], [0], [edge]]
    np.testing.assert_allclose(ricker_wavelet(points), expected, atol=1e-15)


def test_it_is_the_laplacian_of_a_gaussian():
    h, s = 1e-3, 0.8
    x = np.array([[0.3, -0.5]])

    def gaussian(dx, dy):
        y = x + np.array([dx, dy])
        return np.exp(-np.sum(y**2) / (2 * s**2)) / (2 * np.pi * s**2)

    sides = gaussian(h, 0) + gaussian(-h, 0) + gaussian(0, h) + gaussian(0, -h)
    laplacian = (sides - 4 * gaussian(0, 0)) / h**2
    assert ricker_wavelet(x)[0, 0] == pytest.approx(-laplacian, rel=1e-5)


def test_the_grid_and_the_range_of_the_values():
    inputs, targets = ricker(101)
    assert inputs.shape == (101**2, 2)
    assert targets.shape == (101**2, 1)
    np.testing.assert_array_equal(inputs[[0, 1, -1]], [[-1, -1], [-1, -0.98], [1, 1]])
    assert targets.min() == pytest.approx(-0.0916, abs=5e-5)
    assert targets.max() == pytest.approx(0.7771, abs=5e-5)


def test_sizes_of_the_benchmark():
    assert len(ricker()[0]) == 10_000
    mean_error = np.std(ricker(300)[1]) / np.sqrt(np.mean(ricker(300)[1] ** 2))
    assert mean_error == pytest.approx(0.633, abs=0.005)
