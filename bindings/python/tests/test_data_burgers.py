"""Burgers: exact solutions, orders of convergence, what the equation conserves."""

import numpy as np

from rfgsnn.data import burgers, solve_burgers
from rfgsnn.data.random_numbers import standard_normal

VISCOSITY = 0.01


def exact(x, t, mean):
    """Give -2 nu phi_x / phi for a solution phi of the heat equation, moved by a mean.

    phi = 1 + 0.8 exp(-nu (2 pi)^2 t) cos 2 pi x + 0.15 exp(-nu (4 pi)^2 t) sin 4 pi x.
    """
    y = 2 * np.pi * (x - mean * t)
    first = 0.8 * np.exp(-VISCOSITY * (2 * np.pi) ** 2 * t)
    second = 0.15 * np.exp(-VISCOSITY * (4 * np.pi) ** 2 * t)
    phi = 1 + first * np.cos(y) + second * np.sin(2 * y)
    slope = 2 * np.pi * (-first * np.sin(y) + 2 * second * np.cos(2 * y))
    return mean - 2 * VISCOSITY * slope / phi


def error(points, steps):
    x = np.arange(points) / points
    means = (0.0, 0.7, -1.3)
    initial = np.stack([exact(x, 0, mean) for mean in means])
    final = np.stack([exact(x, 1, mean) for mean in means])
    found = solve_burgers(initial, viscosity=VISCOSITY, time=1, steps=steps)
    return np.abs(found - final).max()


def cole_hopf(initial, x):
    """Solve for t = 1 by quadrature of the Cole-Hopf integral; [points]."""
    mean = initial.mean()
    spectrum = np.fft.rfft(initial - mean) / len(initial)
    modes = np.arange(1, len(spectrum))
    cells = 2048
    integral = np.zeros(cells // 2 + 1, complex)
    integral[modes] = spectrum[1:] / (2j * np.pi * modes)
    potential = np.fft.irfft(integral, cells) * cells
    y = np.arange(-3 * cells, 4 * cells) / cells
    distance = (x - mean)[:, None] % 1 - y
    exponent = -(distance**2) / (4 * VISCOSITY) - np.tile(potential, 7) / (
        2 * VISCOSITY
    )
    weights = np.exp(exponent - exponent.max(axis=1, keepdims=True))
    return mean + np.sum(distance * weights, axis=1) / np.sum(weights, axis=1)


def test_fourth_order_in_time():
    errors = [error(128, steps) for steps in (40, 80, 160, 320)]
    orders = np.log2(np.divide(errors[:-1], errors[1:]))
    np.testing.assert_allclose(orders, 4, atol=0.15)
    assert errors[-1] < 1e-11


def test_spectral_convergence_in_space():
    errors = [error(points, 400) for points in (16, 32, 64)]
    # Faster than any power: the order itself grows from one refinement to the next.
    orders = np.log2(np.divide(errors[:-1], errors[1:]))
    assert orders[0] > 6 and orders[1] > orders[0] + 6
    assert errors[-1] < 1e-11


def test_the_data_agree_with_cole_hopf():
    data = burgers(12, 1)
    for initial, final in zip(data.inputs, data.targets):
        truth = cole_hopf(initial, data.sensors)
        np.testing.assert_allclose(final, truth, atol=1e-8)


def test_the_initial_law_has_the_covariance_of_its_spectrum_exactly():
    # The functions are linear in the normal numbers of 40 modes.
    inputs = burgers(160, 2).inputs
    linear_map = np.linalg.lstsq(standard_normal(160, 80, 2), inputs, rcond=None)[0]
    lags = (np.arange(128)[:, None] - np.arange(128)) / 128
    covariance = np.zeros((128, 128))
    for k in range(40):
        s = 625 / ((2 * np.pi * k) ** 2 + 25) ** 2
        covariance += s**2 / 2 * np.cos(2 * np.pi * k * lags)
    np.testing.assert_allclose(linear_map.T @ linear_map, covariance, atol=1e-12)


def test_the_mean_is_conserved():
    data = burgers(50, 3)
    drift = data.targets.mean(axis=1) - data.inputs.mean(axis=1)
    assert np.abs(drift).max() < 1e-13


def test_maximum_principle_and_decay_of_energy():
    data = burgers(200, 4)
    assert np.all(data.targets.max(axis=1) <= data.inputs.max(axis=1))
    assert np.all(data.targets.min(axis=1) >= data.inputs.min(axis=1))
    assert np.all(np.var(data.targets, axis=1) < np.var(data.inputs, axis=1))


def test_moving_the_initial_value_around_the_circle_moves_the_solution():
    data = burgers(10, 5)
    moved = solve_burgers(
        np.roll(data.inputs, 37, axis=1), viscosity=VISCOSITY, time=1, steps=200
    )
    np.testing.assert_allclose(moved, np.roll(data.targets, 37, axis=1), atol=1e-12)


def test_another_frame_of_reference_gives_the_same_solution():
    data = burgers(10, 6)
    # In time 1 a frame of velocity 2 moves by two periods.
    faster = solve_burgers(data.inputs + 2, viscosity=VISCOSITY, time=1, steps=200)
    np.testing.assert_allclose(faster, data.targets + 2, atol=1e-11)


def test_any_number_of_points_gives_the_same_solution():
    fine = burgers(5, 7, points=256)
    for points in (8, 64, 128):
        coarse = burgers(5, 7, points=points)
        every = 256 // points
        np.testing.assert_allclose(coarse.inputs, fine.inputs[:, ::every], atol=1e-12)
        np.testing.assert_allclose(coarse.targets, fine.targets[:, ::every], atol=1e-9)
