"""The Poisson equation: closed forms, order of convergence, maximum principle."""

import numpy as np
import pytest

from rfgsnn.data import poisson, poisson_polynomial, solve_poisson


def grid(points):
    return np.linspace(-1, 1, points)


def test_the_stencil_is_exact_for_linear_sources():
    x = grid(51)
    exact = np.stack([(1 - x**2) / 2, (x - x**3) / 6])
    found = solve_poisson(np.stack([np.ones_like(x), x]))
    np.testing.assert_allclose(found, exact, atol=1e-14)


def test_the_stencil_is_of_second_order_and_within_its_bound():
    errors = []
    for points in (17, 33, 65, 129):
        x = grid(points)
        exact = np.sin(np.pi * x) + np.cos(np.pi * x / 2)
        source = np.pi**2 * (np.sin(np.pi * x) + np.cos(np.pi * x / 2) / 4)
        error = np.abs(solve_poisson(source[None])[0] - exact).max()
        curvature = np.pi**4 * (1 + 1 / 16)
        assert error <= (2 / (points - 1)) ** 2 * curvature / 24
        errors.append(error)
    orders = np.log2(np.divide(errors[:-1], errors[1:]))
    np.testing.assert_allclose(orders, 2, atol=0.05)


def test_the_solution_satisfies_the_discrete_equation():
    data = poisson(20, 1)
    u, h = data.targets, 0.04
    residual = (u[:, 2:] - 2 * u[:, 1:-1] + u[:, :-2]) / h**2 + data.inputs[:, 1:-1]
    assert np.abs(residual).max() < 1e-11
    assert np.all(u[:, [0, -1]] == 0)


def test_a_positive_source_gives_a_positive_solution():
    source = np.abs(poisson(20, 2).inputs)
    assert np.all(solve_poisson(source)[:, 1:-1] > 0)


def test_the_data_have_the_published_size():
    # Root mean square 0.330 and range [-1.77, 1.76] in 2000 published functions.
    targets = poisson(2000, 3).targets
    assert np.sqrt(np.mean(targets**2)) == pytest.approx(0.330, rel=0.05)
    assert 1.3 < np.abs(targets).max() < 2.3


@pytest.mark.parametrize("degree", [0, 1])
def test_polynomial_truth_is_that_of_the_stencil_where_the_stencil_is_exact(degree):
    data = poisson_polynomial(10, 4, degree=degree)
    found = solve_poisson(data.inputs)
    np.testing.assert_allclose(found, data.targets, atol=1e-13)


@pytest.mark.parametrize("degree", [2, 5, 8])
def test_polynomial_truth_is_the_limit_of_the_stencil(degree):
    errors = []
    for points in (33, 65, 129):
        data = poisson_polynomial(10, 4, points, degree=degree)
        assert np.abs(data.targets[:, [0, -1]]).max() < 1e-14
        errors.append(np.abs(solve_poisson(data.inputs) - data.targets).max())
    np.testing.assert_allclose(np.log2(np.divide(errors[:-1], errors[1:])), 2, atol=0.1)
