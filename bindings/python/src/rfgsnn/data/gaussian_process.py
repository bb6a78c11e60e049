"""Smooth random functions: a Gaussian process with the RBF kernel."""

from __future__ import annotations

import math
from typing import SupportsFloat, SupportsIndex

import numpy as np
import numpy.typing as npt

from ._arguments import array, positive
from .operator_data import FloatArray
from .random_numbers import standard_normal

#: Spacing of the white noise, and its reach beyond the points, in length scales: with
#: these the covariance has an error of 2e-19 and 2e-22 of the variance.
SPACING = 1 / 3
REACH = 5


def gaussian_process(
    points: npt.ArrayLike,
    samples: SupportsIndex,
    seed: SupportsIndex,
    *,
    length: SupportsFloat = 0.2,
    variance: SupportsFloat = 1.0,
) -> FloatArray:
    """Draw functions from a Gaussian process with mean 0 and the RBF kernel.

    The covariance is k(x, x') = variance exp(-(x - x')^2 / (2 length^2)).

    The kernel is the convolution of a Gaussian of length scale length / sqrt(2) with
    itself, so the process is white noise smoothed by that Gaussian:

        f(x) = sqrt(variance sqrt(2 / pi) h / length) sum_j z_j exp(-((x - j h) / length)^2)

    with z_j ~ N(0, 1) and h = length / 3. The sum stands for an integral, which the
    trapezoidal rule gives to rounding (2 exp(-pi^2 length^2 / (2 h^2)) = 1e-19).

    This replaces the usual Cholesky factor of the kernel matrix, whose condition number
    is above 1e16: with a jitter of 1e-10 two linear algebra libraries give samples that
    differ by 1e-6, so a seed would not fix the data. Here it does, there is no jitter,
    and a sample is a function: the same seed at other points between the same ends
    gives the same functions there.

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
        Variance of f(x) at every point.

    Returns
    -------
    ndarray
        [samples, points]. Costs samples x points x (3 range / length + 30)
        multiply-adds.
    """  # noqa: E501
    x = array(points, "points", "points")
    scale = positive(length, "length")
    height = positive(variance, "variance")
    spacing = SPACING * scale
    first = math.floor((x.min() - REACH * scale) / spacing)
    last = math.ceil((x.max() + REACH * scale) / spacing)
    centres = spacing * np.arange(first, last + 1)
    bumps = np.exp(-(((x - centres[:, None]) / scale) ** 2))
    factor = math.sqrt(height * math.sqrt(2 / math.pi) * SPACING)
    return standard_normal(samples, len(centres), seed) @ (factor * bumps)
