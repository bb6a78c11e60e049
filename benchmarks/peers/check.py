"""Whether two libraries do the same step: their losses and gradients at the same parameters and batch."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

#: Relative errors that are let pass. Sums of another order move potentials by rounding, and now and then a spike to
#: the next time step.
LOSS, GRADIENT, SLOPE = 1e-4, 1e-3, 1e-2


@dataclass(frozen=True)
class Check:
    """Relative differences; that of the gradient is NaN where it is noise of many directions."""

    loss: float
    gradient: float
    passed: bool


def compare(
    method: str, loss: float, gradient: np.ndarray, exact_loss: float, exact_gradient: np.ndarray
) -> Check:
    """Compare a step's first loss and gradient with those of rfgsnn's back-propagation.

    A forward gradient along one direction v of n entries +-1 is (g . v) v, whose inner product with g is its squared
    norm over n: that shows whether the derivative along v is right.
    """
    loss_error = abs(loss - exact_loss) / abs(exact_loss)
    found, exact = gradient.astype(np.float64), exact_gradient.astype(np.float64)
    if found.size != exact.size:
        raise ValueError(f"a gradient of {found.size} numbers instead of {exact.size}")
    error, bound = math.nan, math.inf
    if method == "bptt":
        error, bound = float(np.linalg.norm(found - exact) / np.linalg.norm(exact)), GRADIENT
    elif method == "jvp":
        error, bound = abs(float(found @ exact / (found @ found)) * found.size - 1), SLOPE
    # A NaN loss or error passes no comparison.
    passed = loss_error <= LOSS and (method == "jvp16" or error <= bound)
    return Check(loss_error, error, passed and bool(np.isfinite(found).all()))
