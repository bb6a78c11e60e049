"""Spiking networks."""

from __future__ import annotations

from ctypes import byref, c_double, c_void_p
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from . import _arrays
from ._arrays import Inputs
from ._errors import InUseError
from ._library import check, library
from ._network_contents import NetworkContents, Scaling
from ._options import NetworkOptions, native_options, resolve
from .diagnostics import Activity, read_activity
from .state import NetworkState

if TYPE_CHECKING:
    from typing_extensions import Unpack

FloatArray = npt.NDArray[np.floating[Any]]


class ReadoutSolution(NamedTuple):
    """What a closed-form solve of the readouts found."""

    #: Mean squared error on the data, in your units.
    loss: float
    #: The ridge, relative to the mean diagonal of the normal equations.
    lambda_: float


class Network(NetworkContents):
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
    parameters, scaling and surrogate widths.

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
        self, x: Inputs, y: npt.ArrayLike, lambda_: float = 0.0
    ) -> ReadoutSolution:
        """Find the linear readout in closed form, by ridge regression.

        The hidden layers stay as they are. It makes a good model in seconds, and a
        good start for training.

        Parameters
        ----------
        x : array_like, or tuple of array_like
            The inputs, in your units, as for `predict`. An operator network takes
            points that all functions share, and the readouts of all its stacks are
            solved for.
        y : array_like
            The targets, in your units, of the shape of `predict`'s outputs.
        lambda_ : float
            Ridge relative to the mean diagonal of the normal equations (of an operator
            network, of its branch). 0: the one of 1e-9, 1e-8, ... 1e-2 with the least
            error on a held-out fifth of the samples, drawn from the network's seed;
            with it all samples are then solved for.

        Returns
        -------
        ReadoutSolution
            Mean squared error of the new readout on these data, in your units, and the
            ridge.
        """
        inputs, targets = self._view_inputs(x), _arrays.view(y, "targets")
        loss, chosen = c_double(), c_double()
        check(
            library.rfgsnn_network_solve_readout(
                self._handle.pointer,
                inputs.pointer,
                inputs.count,
                byref(targets),
                float(lambda_),
                byref(loss),
                byref(chosen),
            )
        )
        return ReadoutSolution(loss.value, chosen.value)

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
        """Copy the network: its options, parameters, scaling and surrogate widths."""
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
        return _restore, (type(self), *contents, self.surrogate_widths)

    def request_stop(self) -> None:
        """Ask the call that the network is in to stop; from any thread at any time.

        That is a call on the network, or on one of its trainers and states; if none
        runs, the next one that takes long by its nature, such as `predict`. Within
        about 0.2 s it raises `CancelledError` and has changed nothing; `Trainer.fit`
        returns as for `Trainer.request_stop`.
        """
        check(library.rfgsnn_network_request_stop(self._handle.pointer))

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


def _restore(
    kind: type[Network],
    options: dict[str, Any],
    parameters: npt.NDArray[np.float32],
    scaling: tuple[Scaling, Scaling],
    surrogate_widths: npt.NDArray[np.float64],
) -> Network:
    network = kind(**options)
    network.set_parameters(parameters)
    network.input_scaling, network.output_scaling = scaling
    network.surrogate_widths = surrogate_widths
    return network
