"""The antiderivative operator against quadrature."""

import numpy as np

from rfgsnn.data import antiderivative


def test_the_targets_are_the_integrals_of_the_inputs():
    fine = antiderivative(10, 1, points=1001)
    v, h = fine.inputs, 0.001
    simpson = h / 3 * (v[:, :-2:2] + 4 * v[:, 1:-1:2] + v[:, 2::2])
    integral = np.cumsum(simpson, axis=1)
    np.testing.assert_allclose(fine.targets[:, 2::2], integral, atol=1e-10)
    assert np.all(fine.targets[:, 0] == 0)


def test_the_grid_does_not_change_the_functions():
    coarse, fine = antiderivative(5, 2, points=101), antiderivative(5, 2, points=1001)
    np.testing.assert_allclose(fine.inputs[:, ::10], coarse.inputs, atol=1e-13)
    np.testing.assert_allclose(fine.targets[:, ::10], coarse.targets, atol=1e-13)


def test_inputs_have_unit_variance():
    assert abs(np.var(antiderivative(2000, 3).inputs) - 1) < 0.05
