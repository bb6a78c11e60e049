"""The Poisson equation on an interval: from the source to the solution."""

from __future__ import annotations

from typing import SupportsFloat, SupportsIndex

import numpy as np
import numpy.typing as npt

from ._arguments import array, count
from ._tridiagonal import solve_tridiagonal
from .gaussian_process import gaussian_process
from .operator_data import FloatArray, OperatorData
from .random_numbers import standard_normal


def solve_poisson(source: npt.ArrayLike) -> FloatArray:
    """Solve -u'' = f on [-1, 1] with u(-1) = u(1) = 0 by the 3-point stencil.

    The error is h^2 max |f''| / 24 or less, h = 2 / (points - 1); none where f is
    linear.

    Parameters
    ----------
    source : array_like
        f on a uniform grid that includes both ends; [functions, points].

    Returns
    -------
    ndarray
        u on the same grid; [functions, points].
    """
    f = array(source, "source", "functions, points", 3)
    h = 2 / (f.shape[1] - 1)
    u = np.zeros_like(f)
    diagonal = np.full((f.shape[1] - 2, 1), 2.0)
    u[:, 1:-1] = solve_tridiagonal(diagonal, -1.0, h**2 * f[:, 1:-1].T).T
    return u


def poisson(
    samples: SupportsIndex,
    seed: SupportsIndex,
    points: SupportsIndex = 51,
    *,
    length: SupportsFloat = 1.0,
) -> OperatorData:
    """Make data of the operator f -> u with -u'' = f on [-1, 1], u(-1) = u(1) = 0.

    f is a Gaussian process with the RBF kernel and variance 1; u is the solution of
    the 3-point stencil on the sensors.

    Parameters
    ----------
    samples : int
        Number of functions.
    seed : int
        0 or above.
    points : int
        Number of sensors, ends included; u is given at the sensors.
    length : float
        Length scale of the kernel.

    Returns
    -------
    OperatorData
        inputs and targets [samples, points], one axis.

    References
    ----------
    The benchmark of Wan, Karniadakis and Stinis, "From LIF to QIF", arXiv 2511.06614.
    """
    x = np.linspace(-1, 1, count(points, "points", 3))
    f = gaussian_process(x, samples, seed, length=length)
    return OperatorData(
        name="poisson",
        description=(
            "-u'' = f on [-1, 1], u(-1) = u(1) = 0; f a Gaussian process, RBF kernel, "
            f"length {float(length):g}, variance 1; 3-point stencil on {len(x)} points"
        ),
        inputs=f,
        sensors=x,
        targets=solve_poisson(f),
        axes=(x,),
    )


def poisson_polynomial(
    samples: SupportsIndex,
    seed: SupportsIndex,
    points: SupportsIndex = 51,
    *,
    degree: SupportsIndex = 4,
) -> OperatorData:
    """Make data of the operator f -> u of `poisson`, with polynomials f and exact u.

    f = sum_k c_k x^k with c_k ~ N(0, 1), k = 0 ... degree. The part of u that belongs
    to x^k, with n = k + 2, is (1 - x^n) / (n (n - 1)) for even n and (x - x^n) /
    (n (n - 1)) for odd n.

    Parameters
    ----------
    samples : int
        Number of functions.
    seed : int
        0 or above.
    points : int
        Number of sensors, ends included; u is given at the sensors.
    degree : int
        Degree of the polynomials, 0 or above.

    Returns
    -------
    OperatorData
        inputs and targets [samples, points], one axis.
    """
    x = np.linspace(-1, 1, count(points, "points", 2))
    k = np.arange(count(degree, "degree", 0) + 1)[:, None]
    n = k + 2
    solutions = (np.where(n % 2, x, 1.0) - x**n) / (n * (n - 1))
    coefficients = standard_normal(samples, len(k), seed)
    return OperatorData(
        name="poisson_polynomial",
        description=(
            "-u'' = f on [-1, 1], u(-1) = u(1) = 0; f a polynomial of degree "
            f"{len(k) - 1} with coefficients from N(0, 1); closed form"
        ),
        inputs=coefficients @ x**k,
        sensors=x,
        targets=coefficients @ solutions,
        axes=(x,),
    )
