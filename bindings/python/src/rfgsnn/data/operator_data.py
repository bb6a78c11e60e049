"""The data set of an operator: input functions, coordinates, output functions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class OperatorData:
    """Input functions at sensors, and output functions on a grid of points.

    All functions share the sensors and the points (aligned data).

    Attributes
    ----------
    name : str
        Short name of the operator, such as "burgers".
    description : str
        The equation, the law of the input functions and the solver, with all numbers.
    inputs : ndarray of float64
        The input functions at the sensors; [functions, sensors].
    sensors : ndarray of float64
        Coordinates of the sensors; [sensors].
    targets : ndarray of float64
        The output functions on the grid, one axis per coordinate; [functions, n_1, ...,
        n_d].
    axes : tuple of ndarray of float64
        Coordinates along each axis of the grid; d arrays [n_j].
    """

    name: str
    description: str
    inputs: FloatArray
    sensors: FloatArray
    targets: FloatArray
    axes: tuple[FloatArray, ...]

    @property
    def points(self) -> FloatArray:
        """All points of the grid, the last coordinate fastest; [n_1 ... n_d, d].

        Row p belongs to column p of ``targets.reshape(len(inputs), -1)``.
        """
        grids = np.meshgrid(*self.axes, indexing="ij")
        return np.stack([grid.ravel() for grid in grids], axis=-1)
