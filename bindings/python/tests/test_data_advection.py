"""Advection moves the initial value and does nothing else."""

import numpy as np
import pytest

from rfgsnn.data import advection
from rfgsnn.data.random_numbers import standard_normal


@pytest.mark.parametrize("speed, steps", [(1.0, 1), (-1.0, -1), (3.0, 3)])
def test_each_time_step_moves_the_values_by_whole_cells(speed, steps):
    data = advection(5, 1, points=64, times=65, speed=speed)
    for time in range(65):
        moved = np.roll(data.inputs, steps * time, axis=1)
        np.testing.assert_allclose(data.targets[:, :, time], moved, atol=1e-12)


def test_a_fraction_of_a_cell_moves_to_the_values_of_a_finer_grid():
    coarse = advection(5, 2, points=32, times=3, speed=1 / 64)
    fine = advection(5, 2, points=128, times=2)
    moved = np.roll(fine.inputs, 1, axis=1)[:, ::4]
    np.testing.assert_allclose(coarse.targets[:, :, 1], moved, atol=1e-12)


def test_the_initial_law_has_the_wrapped_kernel_exactly():
    # The functions are linear in the normal numbers of 11 modes.
    inputs = advection(64, 3, points=16, times=2).inputs
    linear_map = np.linalg.lstsq(standard_normal(64, 22, 3), inputs, rcond=None)[0]
    lags = (np.arange(16)[:, None] - np.arange(16)) / 16
    kernel = sum(np.exp(-((lags + n) ** 2) / (2 * 0.2**2)) for n in range(-4, 5))
    np.testing.assert_allclose(linear_map.T @ linear_map, kernel, atol=1e-12)
