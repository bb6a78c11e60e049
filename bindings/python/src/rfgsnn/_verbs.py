"""The verbs of a training step: perturb, forward, estimate, update."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_float, c_int64, c_void_p, cast

import numpy as np
import numpy.typing as npt

from . import _arrays
from ._arguments import integer
from ._arrays import Inputs
from ._attributes import KnownAttributes, OptionValues
from ._conversion import FloatArray
from ._handles import Handle
from ._interrupts import long_call
from ._library import check, library
from .network import Network


class Verbs(KnownAttributes):
    """What a trainer does in one step, each part by itself."""

    __slots__ = ("_handle", "_network", "_options")

    _network: Network
    _options: OptionValues
    _handle: Handle

    def perturb(self, draw: int | None = None) -> None:
        """Choose the directions of the coming pass, and clear the state.

        `forward` and `step` do it themselves if it was not called since the last
        estimate.

        Parameters
        ----------
        draw : int, optional
            Names the directions, at least 0: the same seed and draw give the same
            directions. None is the trainer's own count of updates; with an optimiser
            of your own, which does not call `update`, give a count of your own.
        """
        number = -1 if draw is None else integer(draw, "draw")
        long_call(library.rfgsnn_perturb, self._handle, number)

    def step(self, x: Inputs) -> FloatArray:
        """Advance the network and its tangents by one time step.

        Parameters
        ----------
        x : array_like, shape (samples, inputs)
            The inputs of this time step, in your units. The first step of a pass fixes
            the number of samples.

        Returns
        -------
        ndarray, shape (samples, outputs)
            The readout of the mean spike train so far, in your units.
        """
        inputs = self._network._view_inputs(x, "input")
        outputs = inputs.empty_outputs(self._network.outputs)
        long_call(
            library.rfgsnn_step,
            self._handle,
            inputs.pointer,
            byref(outputs),
            repeatable=False,
        )
        return outputs.array

    def forward(self, x: Inputs) -> FloatArray:
        """Run the network and its tangents over all time steps.

        Parameters
        ----------
        x : array_like, or tuple of array_like
            The inputs, in your units, as for `Network.predict`.

        Returns
        -------
        ndarray, shape (samples, outputs)
            The outputs, in your units; of an operator network in the shape of
            `Network.predict`.
        """
        inputs = self._network._view_inputs(x)
        outputs = inputs.empty_outputs(self._network.outputs)
        long_call(
            library.rfgsnn_forward,
            self._handle,
            inputs.pointer,
            inputs.count,
            byref(outputs),
        )
        return outputs.array

    def estimate_gradient(self, y: npt.ArrayLike) -> float:
        """Estimate the gradient of option loss for the pass that was run.

        Parameters
        ----------
        y : array_like, shape (samples, outputs)
            The targets of the samples of the pass, in your units; of an operator
            network (functions, points..., outputs).

        Returns
        -------
        float
            The loss of the pass, in your units.
        """
        targets = _arrays.view(y, "targets")
        loss = c_double()
        long_call(
            library.rfgsnn_estimate_gradient, self._handle, byref(targets), byref(loss)
        )
        return loss.value

    def estimate_gradient_from_output_gradient(self, g: npt.ArrayLike) -> None:
        """Estimate the gradient of a loss of your own for the pass that was run.

        Parameters
        ----------
        g : array_like, shape (samples, outputs)
            Derivative of the loss by each output of the pass, in your units; of an
            operator network (functions, points..., outputs).
        """
        derivative = _arrays.view(g, "output_gradient")
        long_call(
            library.rfgsnn_estimate_gradient_from_output_gradient,
            self._handle,
            byref(derivative),
        )

    @property
    def perturbations(self) -> int:
        """Perturbed copies of the parameters per draw: two for each direction."""
        directions = self._options["directions"]
        assert isinstance(directions, int)
        return 2 * directions

    def perturbed_parameters(self, index: int) -> npt.NDArray[np.float32]:
        """Ask for perturbed parameters, to find their loss yourself (black box, ask).

        Parameters
        ----------
        index : int
            From 0 to `perturbations` - 1: 2k is theta + sigma v and 2k + 1 is
            theta - sigma v for direction k, where sigma is option black_box_sigma.

        Returns
        -------
        ndarray of float32, shape (parameters,)
            A new array; the network's own parameters stay as they are.
        """
        values = np.empty_like(self._network.parameters)
        check(
            library.rfgsnn_perturbed_parameters(
                self._handle.pointer,
                integer(index, "index"),
                _arrays.floats(values),
                values.size,
            )
        )
        return values

    def estimate_gradient_from_losses(self, losses: npt.ArrayLike) -> None:
        """Estimate the gradient from the losses that you found (black box, tell).

        Parameters
        ----------
        losses : array_like, shape (perturbations,)
            The loss at each of the perturbed parameters, in the order of their index.
        """
        numbers = _arrays.to_vector(losses, "losses", np.float64)
        long_call(
            library.rfgsnn_estimate_gradient_from_losses,
            self._handle,
            _arrays.doubles(numbers),
            numbers.size,
        )

    @property
    def gradient(self) -> npt.NDArray[np.float32]:
        """The last estimate, a read-only view of shape (parameters,).

        Derivative of the loss by each parameter; with option accumulate the mean of
        those since the last update. The next estimate overwrites it, and `update`
        clips it in place: copy what you want to keep.
        """
        address, count = POINTER(c_float)(), c_int64()
        check(
            library.rfgsnn_gradient(self._handle.pointer, byref(address), byref(count))
        )
        place = cast(address, c_void_p).value or 0
        return self._handle.view(place, count.value, writable=False)

    def update(self) -> None:
        """Update the parameters with the last estimate: clip, schedule, optimiser."""
        check(library.rfgsnn_update(self._handle.pointer))
