"""Many tridiagonal systems at once."""

from __future__ import annotations

import numpy as np

from .operator_data import FloatArray


def solve_tridiagonal(
    diagonal: FloatArray, beside: float, right: FloatArray
) -> FloatArray:
    """Solve tridiagonal systems by elimination without pivots (Thomas algorithm).

    Stable where each matrix is diagonally dominant. The systems lie along the last
    axis, so that each step of the recurrence works on a contiguous row.

    Parameters
    ----------
    diagonal : ndarray
        The diagonals; [unknowns, systems] or [unknowns, 1] for one that all share.
    beside : float
        The value of all elements beside the diagonal.
    right : ndarray
        Right-hand sides; [unknowns, systems].

    Returns
    -------
    ndarray
        The solutions; [unknowns, systems].
    """
    pivots = np.empty_like(diagonal)
    solution = np.empty_like(right)
    pivots[0] = diagonal[0]
    solution[0] = right[0]
    for row in range(1, len(right)):
        factor = beside / pivots[row - 1]
        pivots[row] = diagonal[row] - factor * beside
        solution[row] = right[row] - factor * solution[row - 1]
    solution[-1] /= pivots[-1]
    for row in range(len(right) - 2, -1, -1):
        solution[row] -= beside * solution[row + 1]
        solution[row] /= pivots[row]
    return solution
