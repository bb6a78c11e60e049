"""Smooth random functions: a Gaussian process with the RBF kernel.

The kernel k(x, x') = variance exp(-(x - x')^2 / (2 length^2)) is the convolution of a
Gaussian with itself, so the process is white noise that a Gaussian smooths:

    f(x) = sum_j w_j exp(-((x - j h) / length)^2),   w_j ~ N(0, w^2),
    w^2 = variance sqrt(2 / pi) h / length,          h = length / 3.

The sum stands for an integral, which the trapezoidal rule gives to rounding.

This replaces the usual Cholesky factor of the kernel matrix, whose condition number is
above 1e16: even with a jitter of 1e-10, rounding in the last bit of the kernel changes
the samples by 1e-6 (51 points, length 1) or 6e-6 (128 points, length 0.2), so a seed
would not fix the data. Here it does, no jitter is needed, and a sample is a function
that is known at every point.
"""

from __future__ import annotations

import math
from typing import SupportsFloat, SupportsIndex

import numpy as np
import numpy.typing as npt

from ._arguments import array, positive
from .operator_data import FloatArray
from .random_numbers import standard_normal

#: Spacing of the white noise, and how far it reaches beyond the points, in length
#: scales. They leave out 2 exp(-pi^2 / (2 SPACING^2)) = 1e-19 and exp(-2 REACH^2) =
#: 2e-22 of the variance.
SPACING = 1 / 3
REACH = 5


def random_weights(
    low: float,
    high: float,
    samples: SupportsIndex,
    seed: SupportsIndex,
    length: SupportsFloat,
    variance: SupportsFloat = 1.0,
) -> tuple[FloatArray, FloatArray]:
    """Draw the weights w_j of functions between two ends.

    Parameters
    ----------
    low, high : float
        The ends; they decide how many weights there are.
    samples, seed, length, variance
        As for `gaussian_process`.

    Returns
    -------
    weights : ndarray
        The w_j of each function; [samples, centres].
    centres : ndarray
        The places j h; [centres], about 3 (high - low) / length + 30 of them.
    """
    scale = positive(length, "length")
    spacing = SPACING * scale
    first = math.floor((low - REACH * scale) / spacing)
    last = math.ceil((high + REACH * scale) / spacing)
    centres = np.arange(first, last + 1, dtype=np.float64) * spacing
    power = positive(variance, "variance") * math.sqrt(2 / math.pi) * SPACING
    return math.sqrt(power) * standard_normal(samples, len(centres), seed), centres


def gaussian_process(
    points: npt.ArrayLike,
    samples: SupportsIndex,
    seed: SupportsIndex,
    *,
    length: SupportsFloat = 0.2,
    variance: SupportsFloat = 1.0,
) -> FloatArray:
    """Draw functions from a Gaussian process with mean 0 and the RBF kernel.

    The same seed at other points between the same ends gives the same functions there.

    Parameters
    ----------
    points : array_like
        Coordinates, in any order and spacing; [points].
    samples : int
        Number of functions; the first ones do not depend on it.
    seed : int
        0 or above; see `random_numbers.standard_normal`.
    length : float
        Length scale of the kernel, in the unit of the points.
    variance : float
        Variance at every point.

    Returns
    -------
    ndarray
        The functions at the points; [samples, points].
    """
    x = array(points, "points", "points")
    ends = float(x.min()), float(x.max())
    weights, centres = random_weights(*ends, samples, seed, length, variance)
    return weights @ np.exp(-(((x - centres[:, None]) / float(length)) ** 2))
