"""Random functions have the law that they are said to have."""

import numpy as np
import pytest

from rfgsnn.data import gaussian_process
from rfgsnn.data.gaussian_process import random_weights
from rfgsnn.data.random_numbers import standard_normal


def rbf(x, length, variance):
    return variance * np.exp(-((x[:, None] - x) ** 2) / (2 * length**2))


@pytest.mark.parametrize(
    "low, high, length, variance",
    [(-1, 1, 1.0, 1.0), (0, 1, 0.2, 1.0), (0.3, 0.9, 0.05, 4.0), (0, 0.1, 3.0, 0.5)],
)
def test_the_covariance_is_the_kernel_exactly(low, high, length, variance):
    # The functions are linear in the normal numbers; the covariance is that of the map.
    x = np.linspace(low, high, 21)
    numbers = len(random_weights(low, high, 1, 0, length)[1])
    normal = standard_normal(2 * numbers, numbers, 5)
    functions = gaussian_process(x, 2 * numbers, 5, length=length, variance=variance)
    linear_map = np.linalg.lstsq(normal, functions, rcond=None)[0]
    error = linear_map.T @ linear_map - rbf(x, length, variance)
    assert np.abs(error).max() < 1e-12 * variance


def test_length_scale_and_variance_of_samples_are_those_asked_for():
    x = np.linspace(0, 1, 6)
    samples = 20_000
    functions = gaussian_process(x, samples, 1, length=0.3, variance=2.0)
    covariance = functions.T @ functions / samples
    # The standard error of a sample covariance is at most variance sqrt(2 / samples).
    error = np.abs(covariance - rbf(x, 0.3, 2.0)).max()
    assert error < 4 * 2.0 * np.sqrt(2 / samples)
    correlation = np.diag(covariance, 1).mean() / np.diag(covariance).mean()
    assert 0.2 / np.sqrt(-2 * np.log(correlation)) == pytest.approx(0.3, rel=0.02)
    assert np.abs(functions.mean(axis=0)).max() < 4 * np.sqrt(2.0 / samples)


def test_a_sample_is_one_function_on_every_grid():
    coarse = gaussian_process(np.linspace(0, 1, 11), 4, 3)
    fine = gaussian_process(np.linspace(0, 1, 1001), 4, 3)
    np.testing.assert_allclose(fine[:, ::100], coarse, atol=1e-13)


def test_the_first_functions_do_not_depend_on_how_many_there_are():
    x = np.linspace(0, 1, 11)
    few, many = gaussian_process(x, 3, 8), gaussian_process(x, 50, 8)
    np.testing.assert_allclose(many[:3], few, atol=1e-13)
