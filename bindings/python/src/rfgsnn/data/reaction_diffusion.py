"""Reaction-diffusion equations: from the source to the field over space and time."""

from __future__ import annotations

from typing import Callable, SupportsFloat, SupportsIndex

import numpy as np

from ._arguments import array, count, function, positive
from ._tridiagonal import solve_tridiagonal
from .gaussian_process import gaussian_process
from .operator_data import FloatArray, OperatorData

#: Gives a reaction R(u) and its derivative R'(u), both in the shape of u.
Reaction = Callable[[FloatArray], "tuple[FloatArray, FloatArray]"]

DIFFUSION = 0.01
#: The least number of intervals of the solver along x and along t.
INTERVALS = 127
STEPS = 254


def solve_reaction_diffusion(
    source: Callable[[float], FloatArray],
    reaction: Reaction,
    *,
    diffusion: SupportsFloat,
    times: SupportsIndex,
    substeps: SupportsIndex = 1,
) -> FloatArray:
    """Solve u_t = diffusion u_xx + R(u) + f(x, t) on [0, 1]^2, zero at x = 0, 1, t = 0.

    The 3-point stencil in space, and in time the trapezoidal rule with R linearised
    about the last step (a Rosenbrock method, one tridiagonal solve per step): second
    order in both. A step must be shorter than 2 / R'(u).

    Parameters
    ----------
    source : callable
        Gives f at a time on a uniform grid that includes both ends; [functions,
        points].
    reaction : callable
        Takes u [points, functions]; returns R(u) and R'(u).
    diffusion : float
        Above 0.
    times : int
        Number of times of the result, 0 and 1 included.
    substeps : int
        Steps of the solver from one time to the next.

    Returns
    -------
    ndarray
        u; [functions, points, times].
    """
    function(source, "source")
    function(reaction, "reaction")
    width = positive(diffusion, "diffusion")
    intervals = count(times, "times", 2) - 1
    inner = count(substeps, "substeps")
    functions, points = array(source(0.0), "source", "functions, points", 3).shape
    step = 1 / (intervals * inner)
    rate = width * (points - 1) ** 2
    beside = -step / 2 * rate
    # Functions along the contiguous axis: see solve_tridiagonal.
    u = np.zeros((points, functions))
    inside = u[1:-1]
    field = np.zeros((functions, points, intervals + 1))
    for index in range(intervals * inner):
        value, slope = reaction(inside)
        velocity = rate * (u[2:] - 2 * inside + u[:-2]) + value
        velocity += np.asarray(source((index + 0.5) * step)).T[1:-1]
        diagonal = (1 - 2 * beside) - step / 2 * slope
        inside += step * solve_tridiagonal(diagonal, beside, velocity)
        if (index + 1) % inner == 0:
            field[:, :, (index + 1) // inner] = u.T
    return field


def reaction_diffusion(
    samples: SupportsIndex,
    seed: SupportsIndex,
    points: SupportsIndex = 128,
    times: SupportsIndex = 128,
) -> OperatorData:
    """Make data of the operator f -> u with u_t = 0.01 u_xx + 0.01 u^2 + f(x).

    On [0, 1]^2 with zero initial and boundary values; f is a Gaussian process with the
    RBF kernel, length 0.2 and variance 1. Nearly a linear operator: ridge regression on
    1000 functions has a relative L2 error of 0.0025; `allen_cahn` is a harder test.

    The solver's grid has at least 127 x 254 intervals; its relative L2 error there is
    1.5e-4 (mean of 20 functions, against 16 times as many in space, 32 in time).

    Parameters
    ----------
    samples : int
        Number of functions.
    seed : int
        0 or above.
    points : int
        Number of sensors, ends included; u is given at the sensors.
    times : int
        Number of times, 0 and 1 included.

    Returns
    -------
    OperatorData
        inputs [samples, points]; targets [samples, points, times] (131 MB per 1000
        functions of 128 x 128); axes x and t.

    References
    ----------
    The reaction-diffusion problem of "Separable operator networks", arXiv 2407.11253.
    """

    def reaction(u: FloatArray) -> tuple[FloatArray, FloatArray]:
        return 0.01 * u * u, 0.02 * u

    return _generate(
        "reaction_diffusion", "0.01 u^2", reaction, samples, seed, points, times
    )


def allen_cahn(
    samples: SupportsIndex,
    seed: SupportsIndex,
    points: SupportsIndex = 128,
    times: SupportsIndex = 128,
) -> OperatorData:
    """Make data of the operator f -> u with u_t = 0.01 u_xx + 5 (u - u^3) + f(x).

    Everything else is as in `reaction_diffusion`; the solver's relative L2 error is
    3.2e-4. The reaction drives u to -1 or 1: ridge regression has an error of 0.41.

    Parameters
    ----------
    samples : int
        Number of functions.
    seed : int
        0 or above.
    points : int
        Number of sensors, ends included; u is given at the sensors.
    times : int
        Number of times, 0 and 1 included.

    Returns
    -------
    OperatorData
        inputs [samples, points]; targets [samples, points, times]; axes x and t.
    """

    def reaction(u: FloatArray) -> tuple[FloatArray, FloatArray]:
        square = u * u
        return 5 * u * (1 - square), 5 - 15 * square

    return _generate(
        "allen_cahn", "5 (u - u^3)", reaction, samples, seed, points, times
    )


def _generate(
    name: str,
    term: str,
    reaction: Reaction,
    samples: SupportsIndex,
    seed: SupportsIndex,
    points: SupportsIndex,
    times: SupportsIndex,
) -> OperatorData:
    intervals = count(points, "points", 2) - 1
    later = count(times, "times", 2) - 1
    refinement = -(-INTERVALS // intervals)
    substeps = -(-STEPS // later)
    x = np.linspace(0, 1, intervals * refinement + 1)
    f = gaussian_process(x, samples, seed, length=0.2)
    u = solve_reaction_diffusion(
        lambda time: f,
        reaction,
        diffusion=DIFFUSION,
        times=later + 1,
        substeps=substeps,
    )
    sensors = np.linspace(0, 1, intervals + 1)
    return OperatorData(
        name=name,
        description=(
            f"u_t = {DIFFUSION:g} u_xx + {term} + f(x) on [0, 1]^2, zero initial and "
            "boundary values; f a Gaussian process, RBF kernel, length 0.2, variance "
            f"1; finite differences, {len(x) - 1} x {later * substeps} intervals"
        ),
        inputs=np.ascontiguousarray(f[:, ::refinement]),
        sensors=sensors,
        targets=np.ascontiguousarray(u[:, ::refinement]),
        axes=(sensors, np.linspace(0, 1, later + 1)),
    )
