"""What a network is: its sizes, parameters and scaling."""

from __future__ import annotations

from ctypes import (
    POINTER,
    byref,
    c_char_p,
    c_float,
    c_int32,
    c_int64,
    c_void_p,
    cast,
)
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from . import _arrays
from ._arrays import Inputs
from ._errors import ShapeError
from ._handles import Handle
from ._library import check, library
from ._options import Value
from ._signatures import Status


class Scaling(NamedTuple):
    """Shift and scale of each input or output, in your units."""

    shift: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]


class Memory(NamedTuple):
    """Bytes that numeric buffers hold now, and the most that they ever held."""

    held: int
    peak: int


class NetworkContents:
    """The sizes, parameters and scaling of a network that the library holds."""

    _options: dict[str, Value]

    def _own(self, pointer: c_void_p) -> None:
        self._handle = Handle("network", pointer, library.rfgsnn_network_free)
        sizes = c_int64(), c_int64(), c_int64(), c_int32(), c_int64()
        check(library.rfgsnn_network_shape(pointer, *map(byref, sizes)))
        self._inputs, self._outputs, self._time_steps, self._layers, self._neurons = (
            size.value for size in sizes
        )
        self._tensor_table = _read_tensor_table(pointer)
        self._is_operator = self._options["architecture"] != "mlp"
        coordinates = self._options["coordinates"] if self._is_operator else 0
        assert isinstance(coordinates, int)
        self._scaled_inputs = self._inputs + coordinates

    def _view_inputs(self, x: Inputs, name: str = "inputs") -> _arrays.InputViews:
        return _arrays.InputViews(x, name, several=self._is_operator)

    # What it is

    @property
    def inputs(self) -> int:
        """Input values per sample, or sensors of an operator network."""
        return self._inputs

    @property
    def outputs(self) -> int:
        """Output values per sample, or per function and point."""
        return self._outputs

    @property
    def time_steps(self) -> int:
        """Time steps per sample."""
        return self._time_steps

    @property
    def layers(self) -> int:
        """Layers of spiking neurons: the hidden ones and a spiking readout.

        Those of an operator network are in the order of its stacks, branch first.
        """
        return self._layers

    @property
    def layer_sizes(self) -> tuple[int, ...]:
        """Neurons of each layer of spiking neurons."""
        return tuple(
            shape[0]
            for name, (_, shape) in self._tensor_table.items()
            if name.endswith(".bias") and not name.endswith("readout.bias")
        )

    @property
    def neurons(self) -> int:
        """Spiking neurons of all layers together."""
        return self._neurons

    @property
    def options(self) -> dict[str, Value]:
        """The value of every option of the network, a copy."""
        return dict(self._options)

    @property
    def instruction_set(self) -> str:
        """The instruction set that its kernels use, such as "x86-64-v3"."""
        name = c_char_p()
        check(library.rfgsnn_network_instruction_set(self._handle.pointer, byref(name)))
        return (name.value or b"").decode()

    @property
    def memory(self) -> Memory:
        """Bytes that its numeric buffers hold now, and the most they ever held."""
        held, peak = c_int64(), c_int64()
        check(
            library.rfgsnn_network_memory(
                self._handle.pointer, byref(held), byref(peak)
            )
        )
        return Memory(held.value, peak.value)

    # Parameters

    @property
    def parameters(self) -> npt.NDArray[np.float32]:
        """All parameters, a view of shape (parameters,): writing to it changes them.

        It keeps the network alive. Numbers written through it are checked by the next
        call that uses them; assigning to the property is `set_parameters`.
        """
        address, count = POINTER(c_float)(), c_int64()
        check(
            library.rfgsnn_network_parameters(
                self._handle.pointer, byref(address), byref(count)
            )
        )
        place = cast(address, c_void_p).value or 0
        return self._handle.view(place, count.value, writable=True)

    @parameters.setter
    def parameters(self, values: npt.ArrayLike) -> None:
        self.set_parameters(values)

    def set_parameters(self, values: npt.ArrayLike) -> None:
        """Set all parameters; the numbers are copied and must be finite.

        Parameters
        ----------
        values : array_like, shape (parameters,)
            In the order of `tensors`.
        """
        numbers = _arrays.to_vector(values, "values", np.float32)
        check(
            library.rfgsnn_network_set_parameters(
                self._handle.pointer, _arrays.floats(numbers), numbers.size
            )
        )

    @property
    def tensors(self) -> dict[str, npt.NDArray[np.float32]]:
        """The parameters by name, each a view in its own shape.

        "layer0.weight" has the shape (inputs, neurons), "layer0.bias" (neurons,),
        "layer1.weight" (neurons of layer 0, neurons of layer 1), ...,
        "readout.weight" (neurons, outputs) and "readout.bias" (outputs,). A spiking
        readout is one more layer. The names of an operator network begin with the
        stack, "branch." and "trunk." or "trunk0.", "trunk1.", ..., and each stack has
        latent * outputs features in place of outputs.
        """
        parameters = self.parameters
        return {
            name: parameters[offset : offset + int(np.prod(shape))].reshape(shape)
            for name, (offset, shape) in self._tensor_table.items()
        }

    # Scaling

    @property
    def input_scaling(self) -> Scaling:
        """Shift and scale of the inputs: the network sees (x - shift) / scale.

        A pair of numbers or of arrays of shape (inputs,) can be assigned. For an
        operator network it is (inputs + coordinates,): the sensors and then the
        coordinates of the points.
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

        A pair of numbers or of arrays of shape (outputs,) can be assigned.
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
        targets = None if y is None else _arrays.view(y, "targets")
        check(
            library.rfgsnn_network_fit_scaling(
                self._handle.pointer,
                str(kind).encode(),
                inputs.pointer,
                inputs.count,
                None if targets is None else byref(targets),
            )
        )


def _read_tensor_table(pointer: c_void_p) -> dict[str, tuple[int, tuple[int, ...]]]:
    """Read the offset and the shape of each tensor by its name."""
    count = c_int32()
    check(library.rfgsnn_network_tensor_count(pointer, byref(count)))
    table = {}
    for index in range(count.value):
        name, rank, shape, offset = c_char_p(), c_int32(), (c_int64 * 4)(), c_int64()
        check(
            library.rfgsnn_network_tensor(
                pointer, index, byref(name), byref(rank), shape, byref(offset)
            )
        )
        extents = tuple(shape[: rank.value])
        table[(name.value or b"").decode()] = offset.value, extents
    return table


def _scaling_arrays(
    scaling: Scaling | tuple[npt.ArrayLike, npt.ArrayLike], count: int, name: str
) -> Scaling:
    try:
        shift, scale = (
            np.array(np.broadcast_to(_arrays.to_floats(part, name), count), float)
            for part in scaling
        )
    except (TypeError, ValueError) as failure:
        raise ShapeError(
            Status.ERROR_SHAPE,
            f"{name}: expected a pair (shift, scale), each a number or of shape "
            f"({count},)",
        ) from failure
    return Scaling(shift, scale)
