"""How a network scales inputs and outputs."""

from __future__ import annotations

from ctypes import byref
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from . import _arrays
from ._arguments import pair, word
from ._arrays import Inputs
from ._conversion import to_floats
from ._errors import ShapeError
from ._interrupts import long_call
from ._library import check, library
from ._network_contents import NetworkContents
from ._signatures import Status


class Scaling(NamedTuple):
    """Shift and scale of each input or output, in your units."""

    shift: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]


class ScaledNetwork(NetworkContents):
    """A network and its scaling."""

    __slots__ = ()

    @property
    def input_scaling(self) -> Scaling:
        """Shift and scale of the inputs: the network sees (x - shift) / scale.

        The arrays are copies, and read-only. A pair of numbers or of arrays of shape
        (inputs,) can be assigned. For an operator network it is (inputs +
        coordinates,): the sensors and then the coordinates of the points.
        """
        return self._read_scaling()[0]

    @input_scaling.setter
    def input_scaling(self, scaling: tuple[npt.ArrayLike, npt.ArrayLike]) -> None:
        shift, scale = _scaling_arrays(scaling, self._scaled_inputs, "input_scaling")
        check(
            library.rfgsnn_network_set_scaling(
                self._handle.pointer,
                _arrays.doubles(shift),
                _arrays.doubles(scale),
                self._scaled_inputs,
                None,
                None,
                0,
            )
        )

    @property
    def output_scaling(self) -> Scaling:
        """Shift and scale of the outputs: y = shift + scale * readout.

        The arrays are copies, and read-only. A pair of numbers or of arrays of shape
        (outputs,) can be assigned.
        """
        return self._read_scaling()[1]

    @output_scaling.setter
    def output_scaling(self, scaling: tuple[npt.ArrayLike, npt.ArrayLike]) -> None:
        shift, scale = _scaling_arrays(scaling, self._outputs, "output_scaling")
        check(
            library.rfgsnn_network_set_scaling(
                self._handle.pointer,
                None,
                None,
                0,
                _arrays.doubles(shift),
                _arrays.doubles(scale),
                self._outputs,
            )
        )

    def _read_scaling(self) -> tuple[Scaling, Scaling]:
        count = self._scaled_inputs
        inputs = Scaling(np.empty(count), np.empty(count))
        outputs = Scaling(np.empty(self._outputs), np.empty(self._outputs))
        check(
            library.rfgsnn_network_scaling(
                self._handle.pointer,
                *map(_arrays.doubles, inputs),
                count,
                *map(_arrays.doubles, outputs),
                self._outputs,
            )
        )
        for array in (*inputs, *outputs):
            _arrays.freeze(array)
        return inputs, outputs

    def fit_scaling(
        self,
        kind: Literal["none", "minmax", "standard"],
        x: Inputs,
        y: npt.ArrayLike | None = None,
    ) -> None:
        """Compute the scaling from data, for each input and output by itself.

        Parameters
        ----------
        kind : str
            "minmax": the data fill [-1, 1]; "standard": mean 0, standard deviation 1;
            "none": no scaling.
        x : array_like, or tuple of array_like
            The inputs, in your units, as for `predict`.
        y : array_like, optional
            The targets; without them the scaling of the outputs stays as it is.
        """
        inputs = self._view_inputs(x)
        targets = None if y is None else self._view_targets(inputs, y)
        long_call(
            library.rfgsnn_network_fit_scaling,
            self._handle,
            word(kind, "kind"),
            inputs.pointer,
            inputs.count,
            None if targets is None else byref(targets),
        )


def _scaling_arrays(
    scaling: Scaling | tuple[npt.ArrayLike, npt.ArrayLike], count: int, name: str
) -> Scaling:
    if isinstance(scaling, np.ndarray):
        scaling = tuple(scaling)
    parts = []
    for part in pair(scaling, name, "(shift, scale)"):
        array = to_floats(part, name)
        if array.shape not in ((), (1,), (count,)):
            raise ShapeError(
                Status.ERROR_SHAPE,
                f"{name}: shape {list(array.shape)}, expected a number or [{count}]",
            )
        parts.append(np.array(np.broadcast_to(array, count), np.float64))
    return Scaling(*parts)
