"""What a network makes of inputs."""

from __future__ import annotations

from ctypes import byref

import numpy as np
import numpy.typing as npt

from . import _arrays
from ._arrays import Inputs
from ._conversion import FloatArray
from ._interrupts import long_call
from ._library import library
from .diagnostics import Activity, read_activity
from .scaling import ScaledNetwork


class RunnableNetwork(ScaledNetwork):
    """A network that can be run."""

    __slots__ = ()

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
        long_call(
            library.rfgsnn_network_predict,
            self._handle,
            inputs.pointer,
            inputs.count,
            byref(outputs),
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
        long_call(
            library.rfgsnn_network_firing_rates,
            self._handle,
            inputs.pointer,
            inputs.count,
            _arrays.doubles(rates),
            self._layers,
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
