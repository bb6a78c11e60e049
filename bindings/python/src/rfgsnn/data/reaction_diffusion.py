"""Reaction-diffusion equations from a source to the field over space and time."""

from __future__ import annotations

from typing import Callable, SupportsFloat, SupportsIndex

import numpy as np

from ._arguments import count, positive
from ._tridiagonal import solve_tridiagonal
from .gaussian_process import gaussian_process
from .operator_data import FloatArray, OperatorData

#: Gives a reaction R(u) and its derivative R'(u), both of the shape of u.
Reaction = Callable[[FloatArray], "tuple[FloatArray, FloatArray]"]


def solve_reaction_diffusion(
    source: Callable[[float], FloatArray],
    reaction: Reaction,
    *,
    diffusion: float,
    times: int,
    substeps: int,
) -> FloatArray:
    """Solve u_t = diffusion u_xx + R(u) + f(x, t) on [0, 1]^2, zero at x = 0, 1, t = 0."""
    f = source(0.0)
    functions, points = f.shape
    h, dt = 1 / (points - 1), 1 / ((times - 1) * substeps)
    rate = diffusion / h**2
    beside = -dt / 2 * rate
    u = np.zeros((points, functions))
    field = np.zeros((functions, points, times))
    for step in range((times - 1) * substeps):
        inside = u[1:-1]
        value, slope = reaction(inside)
        change = rate * (u[2:] - 2 * inside + u[:-2])
        change += value + source((step + 0.5) * dt).T[1:-1]
        diagonal = (1 - 2 * beside) - dt / 2 * slope
        u[1:-1] += dt * solve_tridiagonal(diagonal, beside, change)
        if (step + 1) % substeps == 0:
            field[:, :, (step + 1) // substeps] = u.T
    return field
