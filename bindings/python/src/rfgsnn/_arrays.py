"""Arrays as the C interface takes them."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import POINTER, c_double, c_float, c_int64, c_void_p
from typing import Any, TypeVar, Union

import numpy as np
import numpy.typing as npt

from . import _signatures
from ._conversion import FloatArray, to_floats
from ._errors import OutOfMemoryError, ShapeError
from ._signatures import Status

Float = TypeVar("Float", np.float32, np.float64)
#: One array of inputs, or the functions and the points of an operator network.
Inputs = Union[npt.ArrayLike, Sequence[npt.ArrayLike]]


class ArrayView(_signatures.Array):
    """A view of an array, which it keeps alive.

    Parameters
    ----------
    array : ndarray
        As `to_floats` returns it.
    """

    def __init__(self, array: FloatArray) -> None:
        extents = c_int64 * array.ndim
        super().__init__(
            data=c_void_p(array.ctypes.data),
            device=_signatures.Device(1, 0),
            ndim=array.ndim,
            dtype=_signatures.Dtype(2, 8 * array.itemsize, 1),
            shape=extents(*array.shape),
            strides=extents(*(step // array.itemsize for step in array.strides)),
            byte_offset=0,
        )
        self.array = array


def view(values: Any, name: str) -> ArrayView:
    """View an array of the caller's."""
    return ArrayView(to_floats(values, name))


def to_arrays(values: Inputs, name: str, *, several: bool) -> list[FloatArray]:
    """Give the arrays of a tuple or a list if there may be several, or the one."""
    if several and isinstance(values, (tuple, list)) and values:
        return [to_floats(each, f"{name}[{i}]") for i, each in enumerate(values)]
    return [to_floats(values, name)]


class InputViews:
    """Views of the arrays of inputs, side by side as the library takes them.

    Parameters
    ----------
    values : array_like or sequence of array_like
        One array, or for an operator network a tuple or list of its functions and
        points. Their number and shapes are checked by the library.
    name : str
        The argument's name, for sentences.
    several : bool
        Whether the network is an operator network.
    """

    def __init__(self, values: Inputs, name: str, *, several: bool) -> None:
        self._views = list(map(ArrayView, to_arrays(values, name, several=several)))
        self._several = several
        #: What they show.
        self.arrays = [each.array for each in self._views]
        #: Number of arrays.
        self.count = len(self._views)
        #: The arrays, one after the other.
        self.pointer = (_signatures.Array * self.count)(*self._views)

    def empty_outputs(self, outputs: int) -> ArrayView:
        """Make an array for the outputs of these inputs, of their type."""
        shape = tuple(map(_rows, self.arrays))
        if not self._several or outputs > 1:
            shape += (outputs,)
        try:
            return ArrayView(np.empty(shape, np.result_type(np.float32, *self.arrays)))
        except (MemoryError, ValueError) as failure:
            # Three axes span a grid quickly.
            raise OutOfMemoryError(
                Status.ERROR_OUT_OF_MEMORY, f"outputs: shape {list(shape)}: {failure}"
            ) from failure


def _rows(array: FloatArray) -> int:
    """Count the samples or points, if the rank is one that the library takes."""
    shape: tuple[int, ...] = array.shape
    if not shape:
        return 1
    return shape[-2] if len(shape) > 1 else shape[0]


def to_vector(values: Any, name: str, dtype: type[Float]) -> npt.NDArray[Float]:
    """Give a contiguous copy of rank 1, for arguments that are plain pointers in C."""
    array = to_floats(values, name)
    if array.ndim != 1:
        raise ShapeError(
            Status.ERROR_SHAPE, f"{name}: shape {list(array.shape)}, expected rank 1"
        )
    # A number too large for single precision becomes infinite, which is told.
    with np.errstate(over="ignore"):
        return np.array(array, dtype=dtype, order="C")


def freeze(array: npt.NDArray[Float]) -> npt.NDArray[Float]:
    """Make a copy of the library's numbers read-only: writing would do nothing."""
    array.flags.writeable = False
    return array


def doubles(array: npt.NDArray[np.float64]) -> Any:
    """Point to the numbers of a contiguous array."""
    return array.ctypes.data_as(POINTER(c_double))


def floats(array: npt.NDArray[np.float32]) -> Any:
    """Point to the numbers of a contiguous array."""
    return array.ctypes.data_as(POINTER(c_float))


def integers(array: npt.NDArray[np.int64]) -> Any:
    """Point to the numbers of a contiguous array."""
    return array.ctypes.data_as(POINTER(c_int64))
