"""Random functions of period 1 as Fourier series, known at every point."""

from __future__ import annotations

from typing import SupportsIndex

import numpy as np

from .operator_data import FloatArray
from .random_numbers import standard_normal


def random_coefficients(
    amplitudes: FloatArray, samples: SupportsIndex, seed: SupportsIndex
) -> FloatArray:
    """Draw the coefficients of sum_k s_k (a_k cos 2 pi k x + b_k sin 2 pi k x).

    Parameters
    ----------
    amplitudes : ndarray
        The standard deviations s_k of the modes k = 0, 1, ...; [modes].
    samples : int
        Number of functions; the first ones do not depend on it.
    seed : int
        0 or above; see `random_numbers.standard_normal`.

    Returns
    -------
    ndarray
        s_k a_k and s_k b_k with a_k, b_k ~ N(0, 1); [samples, 2, modes].
    """
    modes = len(amplitudes)
    normal = standard_normal(samples, 2 * modes, seed)
    return normal.reshape(-1, 2, modes) * amplitudes


def evaluate(coefficients: FloatArray, x: FloatArray) -> FloatArray:
    """Evaluate Fourier series.

    Parameters
    ----------
    coefficients : ndarray
        Of the cosines and of the sines; [functions, 2, modes].
    x : ndarray
        Coordinates; [points].

    Returns
    -------
    ndarray
        [functions, points].
    """
    phases = 2 * np.pi * np.outer(np.arange(coefficients.shape[2]), x)
    waves = np.concatenate([np.cos(phases), np.sin(phases)])
    values: FloatArray = coefficients.reshape(len(coefficients), -1) @ waves
    return values
