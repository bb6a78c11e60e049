"""Reaction-diffusion: orders of convergence, another solver, maximum principles."""

import numpy as np
import pytest

from rfgsnn.data import (
    allen_cahn,
    gaussian_process,
    reaction_diffusion,
    solve_reaction_diffusion,
)


def quadratic(u):
    return 0.01 * u**2, 0.02 * u


def bistable(u):
    return 5 * (u - u * u * u), 5 - 15 * u * u


def orders(errors):
    return np.log2(np.divide(errors[:-1], errors[1:]))


def manufactured_error(points, steps, diffusion, eigenvalue):
    """Solve for u = sin(2 t) sin(pi x), given the eigenvalue of -d^2/dx^2."""
    x = np.linspace(0, 1, points)

    def exact(t):
        return np.sin(2 * t) * np.sin(np.pi * x)

    def source(t):
        velocity = 2 * np.cos(2 * t) * np.sin(np.pi * x)
        f = velocity + diffusion * eigenvalue * exact(t) - bistable(exact(t))[0]
        return f[None]

    u = solve_reaction_diffusion(
        source, bistable, diffusion=diffusion, times=5, substeps=steps // 4
    )
    truth = np.stack([exact(t) for t in np.linspace(0, 1, 5)], axis=-1)
    return np.abs(u[0] - truth).max()


def test_second_order_in_time():
    # The eigenvalue of the stencil instead of pi^2: no error in space is left.
    points = 17
    h = 1 / (points - 1)
    stencil = (2 - 2 * np.cos(np.pi * h)) / h**2
    errors = [manufactured_error(points, n, 0.01, stencil) for n in (64, 128, 256, 512)]
    np.testing.assert_allclose(orders(errors), 2, atol=0.1)
    assert errors[-1] < 2e-5


def test_second_order_in_space():
    errors = [manufactured_error(n, 400, 1.0, np.pi**2) for n in (9, 17, 33)]
    np.testing.assert_allclose(orders(errors), 2, atol=0.1)


@pytest.mark.parametrize(
    "generator, reaction", [(reaction_diffusion, quadratic), (allen_cahn, bistable)]
)
def test_the_data_agree_with_an_explicit_solver(generator, reaction):
    data = generator(6, 3)
    f, h, substeps = data.inputs, 1 / 127, 4
    step = h / substeps

    def velocity(u):
        change = np.zeros_like(u)
        change[:, 1:-1] = 0.01 * (u[:, 2:] - 2 * u[:, 1:-1] + u[:, :-2]) / h**2
        change[:, 1:-1] += (reaction(u)[0] + f)[:, 1:-1]
        return change

    u = np.zeros_like(f)
    field = [u]
    for _ in range(127):
        for _ in range(substeps):
            first = velocity(u)
            second = velocity(u + step / 2 * first)
            third = velocity(u + step / 2 * second)
            fourth = velocity(u + step * third)
            u = u + step / 6 * (first + 2 * second + 2 * third + fourth)
        field.append(u)
    truth = np.stack(field, axis=-1)
    error = np.linalg.norm(data.targets - truth) / np.linalg.norm(truth)
    assert error < 5e-5


@pytest.mark.parametrize("generator", [reaction_diffusion, allen_cahn])
def test_a_finer_grid_gives_the_same_functions_and_nearly_the_same_solutions(generator):
    coarse, fine = generator(4, 1), generator(4, 1, points=255, times=255)
    np.testing.assert_allclose(fine.inputs[:, ::2], coarse.inputs, atol=1e-12)
    difference = fine.targets[:, ::2, ::2] - coarse.targets
    assert np.linalg.norm(difference) < 4e-4 * np.linalg.norm(coarse.targets)


def test_few_points_and_times_do_not_coarsen_the_solver():
    coarse, fine = allen_cahn(4, 1, points=5, times=3), allen_cahn(4, 1, 129, 255)
    np.testing.assert_allclose(coarse.targets, fine.targets[:, ::32, ::127], atol=1e-12)


def test_initial_and_boundary_values_are_zero():
    u = allen_cahn(3, 1).targets
    assert np.all(u[:, :, 0] == 0)
    assert np.all(u[:, [0, -1]] == 0)


def test_heat_stays_between_zero_and_what_the_source_gave():
    f = np.abs(gaussian_process(np.linspace(0, 1, 65), 10, 2))
    u = solve_reaction_diffusion(
        lambda t: f, lambda u: (0 * u, 0 * u), diffusion=0.01, times=65, substeps=2
    )
    assert np.all(u >= 0)
    bound = f.max(axis=1)[:, None, None] * np.linspace(0, 1, 65)
    assert np.all(u <= bound + 1e-12)


def test_allen_cahn_stays_within_the_equilibrium_of_the_largest_source():
    data = allen_cahn(50, 2)
    bound = np.abs(data.targets).max(axis=(1, 2))
    largest = np.abs(gaussian_process(np.linspace(0, 1, 1001), 50, 2)).max(axis=1)
    # u cannot pass the root above 1 of 5 (u^3 - u) = max |f|.
    assert np.all(5 * (bound**3 - bound) <= largest)
