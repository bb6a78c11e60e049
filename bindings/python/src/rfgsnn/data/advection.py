"""Advection: from the initial value to its transport over space and time."""

from __future__ import annotations

import math
from typing import SupportsFloat, SupportsIndex

import numpy as np

from ._arguments import count, finite
from .fourier_series import evaluate, random_coefficients
from .operator_data import FloatArray, OperatorData

LENGTH = 0.2


def advection(
    samples: SupportsIndex,
    seed: SupportsIndex,
    points: SupportsIndex = 128,
    times: SupportsIndex = 128,
    *,
    speed: SupportsFloat = 1.0,
) -> OperatorData:
    """Make data of the operator u(x, 0) -> u(x, t), u_t + speed u_x = 0, period 1.

    The initial value g is a Gaussian process on the circle: its kernel is the RBF
    kernel of length 0.2 and variance 1, wrapped, sum_n exp(-(r + n)^2 / (2 length^2)).
    The solution is g(x - speed t), a closed form since g is a Fourier series.

    Parameters
    ----------
    samples : int
        Number of functions.
    seed : int
        0 or above.
    points : int
        Number of sensors, at 0, 1 / points, ...; u is given at the sensors.
    times : int
        Number of times, 0 and 1 included.
    speed : float
        Of either sign.

    Returns
    -------
    OperatorData
        inputs [samples, points]; targets [samples, points, times] (131 MB per 1000
        functions of 128 x 128); axes x and t.
    """
    x = np.arange(count(points, "points")) / count(points, "points")
    t = np.linspace(0, 1, count(times, "times", 2))
    velocity = finite(speed, "speed")
    coefficients = random_coefficients(_amplitudes(), samples, seed)
    feet = x[:, None] - velocity * t
    field = evaluate(coefficients, feet.ravel())
    return OperatorData(
        name="advection",
        description=(
            f"u_t + {velocity:g} u_x = 0, period 1, from u(x, 0) to u(x, t), t in "
            f"[0, 1]; u(x, 0) a Gaussian process, wrapped RBF kernel, length {LENGTH}, "
            "variance 1; closed form"
        ),
        inputs=evaluate(coefficients, x),
        sensors=x,
        targets=field.reshape(-1, *feet.shape),
        axes=(x, t),
    )


def _amplitudes() -> FloatArray:
    """Give the standard deviations of the modes: the kernel's Fourier coefficients."""
    # Modes above 2 / length are below rounding.
    modes = np.arange(math.ceil(2 / LENGTH) + 1)
    density = math.sqrt(2 * math.pi) * LENGTH
    power = density * np.exp(-((2 * np.pi * modes * LENGTH) ** 2) / 2)
    power[1:] *= 2
    return np.sqrt(power)
