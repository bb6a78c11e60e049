"""What a network is: its sizes and parameters."""

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
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from . import _arrays
from ._arrays import Inputs
from ._attributes import KnownAttributes, OptionValues
from ._conversion import to_floats
from ._handles import Handle
from ._library import check, library
from ._shapes import require_fields, require_functions, require_series
from .tensors import Tensors


class Memory(NamedTuple):
    """Bytes that numeric buffers hold now, and the most that they ever held."""

    held: int
    peak: int


class NetworkContents(KnownAttributes):
    """The sizes and parameters of a network that the library holds."""

    __slots__ = (
        "__weakref__",
        "_handle",
        "_inputs",
        "_is_operator",
        "_layers",
        "_neurons",
        "_options",
        "_outputs",
        "_scaled_inputs",
        "_tensor_table",
        "_time_steps",
    )

    _options: OptionValues

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
        views = _arrays.InputViews(x, name, several=self._is_operator)
        if self._is_operator:
            require_functions(views.arrays[0], self._inputs, f"{name}[0]")
        else:
            require_series(views.arrays[0], self._time_steps, name)
        return views

    def _view_targets(
        self, inputs: _arrays.InputViews, y: npt.ArrayLike, name: str = "targets"
    ) -> _arrays.ArrayView:
        view = _arrays.view(y, name)
        if self._is_operator:
            require_fields(inputs.arrays, view.array, self._outputs, name)
        return view

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
    def options(self) -> OptionValues:
        """The value of every option of the network; they stay as they are."""
        return self._options

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
    def tensors(self) -> Tensors:
        """The parameters by name, each a view in its own shape.

        "layer0.weight" has the shape (inputs, neurons), "layer0.bias" (neurons,),
        "layer1.weight" (neurons of layer 0, neurons of layer 1), ...,
        "readout.weight" (neurons, outputs) and "readout.bias" (outputs,). A spiking
        readout is one more layer. The names of an operator network begin with the
        stack, "branch." and "trunk." or "trunk0.", "trunk1.", ..., and each stack has
        latent * outputs features in place of outputs.

        Assigning to a name copies numbers into the network: an array of that shape, or
        one number for all.
        """
        return Tensors(self.parameters, self._tensor_table)

    @property
    def surrogate_widths(self) -> npt.NDArray[np.float64]:
        """Width of each layer's surrogate, of shape (layers,), branch first.

        In units of membrane potential; all begin at `surrogate_width`. Gradients depend
        on them, outputs do not. The array is a copy, and read-only; assigning to the
        property sets them, and a number stands for all layers.
        """
        widths = np.empty(self._layers)
        check(
            library.rfgsnn_network_surrogate_widths(
                self._handle.pointer, _arrays.doubles(widths), self._layers
            )
        )
        return _arrays.freeze(widths)

    @surrogate_widths.setter
    def surrogate_widths(self, widths: npt.ArrayLike) -> None:
        given = to_floats(widths, "surrogate_widths")
        numbers = np.full(self._layers, given) if given.ndim == 0 else given
        values = _arrays.to_vector(numbers, "surrogate_widths", np.float64)
        check(
            library.rfgsnn_network_set_surrogate_widths(
                self._handle.pointer, _arrays.doubles(values), values.size
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
