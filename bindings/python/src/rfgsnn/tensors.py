"""The parameters of a network by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from ._attributes import nearest
from ._conversion import to_floats
from ._errors import NotFiniteError, ShapeError, UnknownTensorError
from ._signatures import Status

#: Offset among the parameters, and shape, of each tensor by its name.
TensorTable = Mapping[str, "tuple[int, tuple[int, ...]]"]


class Tensors(MutableMapping[str, npt.NDArray[np.float32]]):
    """The parameters by name, each a view in its own shape; see `Network.tensors`.

    Assigning to a name copies the numbers into the network. They must be finite and of
    the tensor's shape, or one number for all.
    """

    __slots__ = ("_parameters", "_table")

    def __init__(self, parameters: npt.NDArray[np.float32], table: TensorTable) -> None:
        self._parameters = parameters
        self._table = table

    def __getitem__(self, name: str) -> npt.NDArray[np.float32]:
        if not isinstance(name, str) or name not in self._table:
            near = nearest(str(name), list(self._table))
            raise UnknownTensorError(
                Status.ERROR_OUT_OF_RANGE, f"{name}: there is no such tensor{near}"
            )
        offset, shape = self._table[name]
        return self._parameters[offset : offset + int(np.prod(shape))].reshape(shape)

    def __setitem__(self, name: str, values: npt.ArrayLike) -> None:
        tensor = self[name]
        array = to_floats(values, name)
        if array.shape not in ((), tensor.shape):
            raise ShapeError(
                Status.ERROR_SHAPE,
                f"{name}: shape {list(array.shape)}, expected {list(tensor.shape)} "
                "or a number",
            )
        with np.errstate(over="ignore"):
            numbers = array.astype(np.float32)
        wrong = np.argwhere(~np.isfinite(numbers))
        if len(wrong):
            raise NotFiniteError(
                Status.ERROR_NOT_FINITE,
                f"{name}: element {wrong[0].tolist()} is NaN, infinite or too large "
                "for single precision; give finite numbers",
            )
        tensor[...] = numbers

    def __delitem__(self, name: str) -> NoReturn:
        raise TypeError(f"{name}: a network keeps its tensors; set it to 0 instead")

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy has no network that it could write to.
        return dict, ({name: tensor.copy() for name, tensor in self.items()},)

    def __repr__(self) -> str:
        shapes = (f"{name} {list(shape)}" for name, (_, shape) in self._table.items())
        return f"Tensors({', '.join(shapes)})"
