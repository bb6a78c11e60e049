"""The Ricker wavelet in two dimensions, also called the Mexican hat."""

from __future__ import annotations

from typing import SupportsIndex

import numpy as np
import numpy.typing as npt

from ._arguments import array, count
from .operator_data import FloatArray

#: The width s of the wavelet.
WIDTH = 0.8


def ricker_wavelet(points: npt.ArrayLike) -> FloatArray:
    """Evaluate the Ricker wavelet.

    f(x) = (1 - r^2 / (2 s^2)) exp(-r^2 / (2 s^2)) / (pi s^4), with r = |x|, s = 0.8.

    Parameters
    ----------
    points : array_like
        [points, 2].

    Returns
    -------
    ndarray
        [points, 1]; on [-1, 1]^2 from -0.0916 to 0.7771.
    """
    x = array(points, "points", "points, coordinates", 2)
    if x.shape[1] != 2:
        raise ValueError(f"points: {x.shape[1]} coordinates; give 2 for each point")
    ratio = np.sum(x**2, axis=1, keepdims=True) / (2 * WIDTH**2)
    wavelet: FloatArray = (1 - ratio) * np.exp(-ratio) / (np.pi * WIDTH**4)
    return wavelet


def ricker(points: SupportsIndex = 100) -> tuple[FloatArray, FloatArray]:
    """Make the regression data of the Ricker wavelet on [-1, 1]^2.

    The usual training grid has 100 points along each side, the test grid 300.

    Parameters
    ----------
    points : int
        Points along each side of a uniform grid.

    Returns
    -------
    inputs : ndarray
        The points, the second coordinate fastest; [points^2, 2].
    targets : ndarray
        The wavelet there; [points^2, 1].

    References
    ----------
    The benchmark of Wan, Karniadakis and Stinis, "From LIF to QIF", arXiv 2511.06614.
    """
    side = np.linspace(-1, 1, count(points, "points", 2))
    grid = np.meshgrid(side, side, indexing="ij")
    inputs = np.stack(grid, axis=-1).reshape(-1, 2)
    return inputs, ricker_wavelet(inputs)
