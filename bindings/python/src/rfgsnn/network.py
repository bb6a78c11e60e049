"""Spiking networks."""

from __future__ import annotations

from ctypes import (
    POINTER,
    byref,
    c_char_p,
    c_double,
    c_float,
    c_int32,
    c_int64,
    c_void_p,
    cast,
)
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from . import _arrays
from ._arrays import Inputs
from ._errors import InUseError, ShapeError
from ._handles import Handle
from ._library import check, library
from ._options import NetworkOptions, Value, native_options, resolve
from ._signatures import Status
from .diagnostics import Activity, read_activity
from .state import NetworkState

if TYPE_CHECKING:
    from typing_extensions import Unpack

FloatArray = npt.NDArray[np.floating[Any]]


class Scaling(NamedTuple):
    """Shift and scale of each input or output, in your units."""

    shift: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]


class Memory(NamedTuple):
    """Bytes that numeric buffers hold now, and the most that they ever held."""

    held: int
    peak: int


class Network:
    """Layers of leaky integrate-and-fire neurons and a readout of their spikes.

    Parameters
    ----------
    inputs : int
        Input values per sample; of an operator network: sensors of its functions.
    outputs : int
        Output values per sample; of an operator network: per function and point.
    **options
        Any option of scope network or both, such as ``hidden=(64, 64)``,
        ``time_steps=32`` or ``seed=0``; `rfgsnn.options` lists them.

    Notes
    -----
    Inputs have the shape (samples, inputs), held for all time steps, or
    (time_steps, samples, inputs); a network with one input also takes (samples,).
    Outputs always have the shape (samples, outputs), targets this shape or (samples,)
    if there is one output. Arrays of float32 and float64 are used without a copy,
    whatever their strides; other types are converted.

    An operator network, which maps functions to functions, takes a tuple or a list of
    arrays wherever inputs are taken:

    - ``architecture="deeponet"``: ``(functions, points)``, of shapes (functions,
      inputs) and (points, coordinates), or (points,) for one coordinate; points of
      shape (functions, points, coordinates) give each function its own.
    - ``architecture="seponet"``: ``(functions, axis_0, ..., axis_d-1)`` with an axis
      of shape (points_i,) for each of its d = ``coordinates``; the points are those of
      the grid that the axes span.

    Its outputs have the shape (functions, points, outputs) or (functions, points_0,
    ..., points_d-1, outputs), without the last dimension if there is one output; with
    one output targets may have it or not. It is run as a whole: `state` and
    `Trainer.step` raise `UnsupportedError`.

    One thread at a time may use a network with its trainers and states; a second one
    gets `BusyError`. Give each thread a `clone`.

    A network is freed when nothing refers to it any more, neither a trainer or state
    nor a view of its parameters. It can be pickled and copied with its options,
    parameters and scaling.

    Examples
    --------
    >>> import numpy as np, rfgsnn
    >>> network = rfgsnn.Network(inputs=2, outputs=1, hidden=(32, 32), seed=1)
    >>> network.predict(np.zeros((5, 2))).shape
    (5, 1)
    >>> list(network.tensors)[:2]
    ['layer0.weight', 'layer0.bias']
    >>> network.parameters *= 0.5    # a view: this changes the network

    An operator network, for functions given at 20 sensors:

    >>> operator = rfgsnn.Network(20, 1, architecture="deeponet", latent=16)
    >>> functions, points = np.zeros((5, 20)), np.linspace(0, 1, 30)
    >>> operator.predict((functions, points)).shape
    (5, 30)
    """

    def __init__(
        self, inputs: int, outputs: int, **options: Unpack[NetworkOptions]
    ) -> None:
        self._options = resolve(
            "network", {"inputs": inputs, "outputs": outputs, **options}
        )
        pointer = c_void_p()
        with native_options(self._options) as native:
            check(library.rfgsnn_network_create(native, byref(pointer)))
        self._own(pointer)

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

    # Running it

    def predict(self, x: Inputs) -> FloatArray:
        """Run the network over all time steps.

        Parameters
        ----------
        x : array_like, or tuple of array_like
            The inputs, in your units: of shape (samples, inputs) or (time_steps,
            samples, inputs). For an operator network ``(functions, points)`` or
            ``(functions, axis_0, ..., axis_d-1)``, of the shapes in the notes of
            `Network`.

        Returns
        -------
        ndarray, shape (samples, outputs)
            The outputs in your units: float32 if `x` is, float64 otherwise. Mind that
            subtracting targets of shape (samples,) would broadcast. For an operator
            network (functions, points) or (functions, points_0, ..., points_d-1), and
            a last dimension of outputs if there is more than one.
        """
        inputs = self._view_inputs(x)
        outputs = inputs.empty_outputs(self._outputs)
        check(
            library.rfgsnn_network_predict(
                self._handle.pointer, inputs.pointer, inputs.count, byref(outputs)
            )
        )
        return outputs.array

    def firing_rates(self, x: Inputs) -> npt.NDArray[np.float64]:
        """Run the network and read how often the neurons of each layer spike.

        Parameters
        ----------
        x : array_like, or tuple of array_like
            The inputs, in your units, as for `predict`.

        Returns
        -------
        ndarray, shape (layers,)
            Mean number of spikes, of either sign, per neuron, sample and time step;
            samples are the functions for the branch of an operator network, and the
            points for a trunk.
        """
        inputs = self._view_inputs(x)
        rates = np.empty(self._layers)
        check(
            library.rfgsnn_network_firing_rates(
                self._handle.pointer,
                inputs.pointer,
                inputs.count,
                _arrays.doubles(rates),
                self._layers,
            )
        )
        return rates

    def spikes_per_inference(self, x: Inputs) -> float:
        """Run the network and count its spikes.

        Parameters
        ----------
        x : array_like, or tuple of array_like
            The inputs, in your units, as for `predict`.

        Returns
        -------
        float
            Spikes of all neurons over all time steps, mean over the samples; of an
            operator network: for one function at one point.
        """
        return float(self.firing_rates(x) @ self.layer_sizes) * self._time_steps

    def calibrate(self, x: Inputs) -> None:
        """Fit the hidden layers' initial weights and biases to the inputs.

        Call it on a new network, after the scaling is set and before training; `fit`
        of the package does it by itself. Weights are scaled until the currents that
        they bring have the standard deviation of options first_current and
        hidden_current, and biases are drawn anew within bias_current.

        Parameters
        ----------
        x : array_like, or tuple of array_like
            The inputs, in your units, as for `predict`; 256 of them at even distances
            are looked at.
        """
        inputs = self._view_inputs(x)
        check(
            library.rfgsnn_network_calibrate(
                self._handle.pointer, inputs.pointer, inputs.count
            )
        )

    def solve_readout(
        self, x: Inputs, y: npt.ArrayLike, lambda_: float = 1e-6
    ) -> float:
        """Find the linear readout in closed form, by ridge regression.

        Parameters
        ----------
        x : array_like, or tuple of array_like
            The inputs, in your units, as for `predict`. An operator network takes
            points that all functions share, and the readouts of all its stacks are
            solved for.
        y : array_like
            The targets, in your units, of the shape of `predict`'s outputs.
        lambda_ : float
            Ridge relative to the mean diagonal of the normal equations, at least 0.

        Returns
        -------
        float
            Mean squared error of the new readout on these data, in your units.
        """
        inputs, targets = self._view_inputs(x), _arrays.view(y, "targets")
        loss = c_double()
        check(
            library.rfgsnn_network_solve_readout(
                self._handle.pointer,
                inputs.pointer,
                inputs.count,
                byref(targets),
                float(lambda_),
                byref(loss),
            )
        )
        return loss.value

    def state(self, samples: int) -> NetworkState:
        """Make a state, to run the network one time step at a time.

        Parameters
        ----------
        samples : int
            Samples that are advanced together, at least 1.
        """
        return NetworkState(self, samples)

    def activity(self, x: Inputs) -> Activity:
        """Run the network and see what the neurons of each layer do.

        Parameters
        ----------
        x : array_like, or tuple of array_like
            The inputs, in your units, as for `predict`.

        Returns
        -------
        Activity
            Arrays of shape (layers,): firing rates as of `firing_rates`, and the
            fractions of neurons that never spike (dead) and that spike at every time
            step of every sample (saturated).
        """
        return read_activity(self, x)

    # Copying and closing

    def clone(self) -> Network:
        """Copy the network: its options, parameters and scaling."""
        pointer = c_void_p()
        check(library.rfgsnn_network_clone(self._handle.pointer, byref(pointer)))
        clone = type(self).__new__(type(self))
        clone._options = dict(self._options)
        clone._own(pointer)
        return clone

    def __copy__(self) -> Network:
        return self.clone()

    def __deepcopy__(self, memo: dict[int, Any]) -> Network:
        return self.clone()

    def __reduce__(self) -> tuple[Any, ...]:
        contents = self._options, self.parameters.copy(), self._read_scaling()
        return _restore, (type(self), *contents)

    def close(self) -> None:
        """Free the network now instead of when nothing refers to it.

        Views of its parameters stay valid; the memory is then freed with the last one.

        Raises
        ------
        InUseError
            A trainer or a state uses it.
        """
        self._handle.close()

    def __enter__(self) -> Network:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self.close()
        except InUseError:
            # The error that ends the block is the one to see.
            if error is None:
                raise

    def __repr__(self) -> str:
        shapes = {name: shape for name, (_, shape) in self._tensor_table.items()}
        stacks: dict[str, str] = {}
        for name, shape in shapes.items():
            stack, _, part = f".{name}".rpartition(".")
            if part == "weight":
                stack = stack.strip(".").rpartition(".")[0]
                before = stacks.get(stack, str(shape[0]))
                stacks[stack] = f"{before}-{shape[1]}"
        sizes = ", ".join(f"{name} {text}".strip() for name, text in stacks.items())
        kind = f"{self._options['architecture']}: " if self._is_operator else ""
        return f"Network({kind}{sizes}, time_steps={self._time_steps})"


def predict(network: Network, x: Inputs) -> FloatArray:
    """Run a network over all time steps; see `Network.predict`."""
    return network.predict(x)


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


def _restore(
    kind: type[Network],
    options: dict[str, Any],
    parameters: npt.NDArray[np.float32],
    scaling: tuple[Scaling, Scaling],
) -> Network:
    network = kind(**options)
    network.set_parameters(parameters)
    network.input_scaling, network.output_scaling = scaling
    return network
