"""The antiderivative operator."""

from __future__ import annotations

import math
from typing import SupportsFloat, SupportsIndex

import numpy as np

from ._arguments import count
from .gaussian_process import random_weights
from .operator_data import OperatorData

_error_function = np.vectorize(math.erf, otypes=[np.float64])


def antiderivative(
    samples: SupportsIndex,
    seed: SupportsIndex,
    points: SupportsIndex = 100,
    *,
    length: SupportsFloat = 0.2,
) -> OperatorData:
    """Make data of the operator v -> u with u' = v on [0, 1], u(0) = 0.

    v is a Gaussian process with the RBF kernel and variance 1. It is a sum of Gaussians
    (see `gaussian_process`), so u is a sum of error functions: a closed form.

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
    The first example of Lu, Jin, Pang, Zhang and Karniadakis, "Learning nonlinear
    operators via DeepONet", Nature Machine Intelligence 3 (2021).
    """
    x = np.linspace(0, 1, count(points, "points", 2))
    weights, centres = random_weights(0.0, 1.0, samples, seed, length)
    scale = float(length)
    distances = (x - centres[:, None]) / scale
    integrals = _error_function(distances) - _error_function(distances[:, :1])
    return OperatorData(
        name="antiderivative",
        description=(
            "u' = v on [0, 1], u(0) = 0; v a Gaussian process, RBF kernel, length "
            f"{scale:g}, variance 1; closed form"
        ),
        inputs=weights @ np.exp(-(distances**2)),
        sensors=x,
        targets=weights @ (scale * math.sqrt(math.pi) / 2 * integrals),
        axes=(x,),
    )
