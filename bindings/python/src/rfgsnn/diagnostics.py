"""What the neurons of a network do, and what the estimates of a trainer are worth."""

from __future__ import annotations

from ctypes import byref, c_char_p, c_double
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from . import _arrays
from ._arguments import integer
from ._arrays import Inputs
from ._interrupts import long_call
from ._library import check, library

if TYPE_CHECKING:
    from .scaling import ScaledNetwork
    from .trainer import Trainer


class Activity(NamedTuple):
    """What the neurons of each layer do on some inputs, one element per layer."""

    #: Mean number of spikes, of either sign, per neuron, sample and time step.
    rates: npt.NDArray[np.float64]
    #: Fraction of the neurons that never spike.
    dead: npt.NDArray[np.float64]
    #: Fraction of the neurons that spike at every time step of every sample.
    saturated: npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """What the gradient estimates of a trainer are worth on a batch.

    All figures are over the parameters of the spiking layers; the gradient of a linear
    readout is exact in most estimators. The mean of the estimates g is E g.
    """

    #: Mean over the draws of the cosine with the reference; NaN if that is 0.
    cosine: float
    #: |E g - reference| / |reference|, without the noise's part; 0 if it does not
    #: stand out by 2 standard errors, NaN if it cannot be known.
    bias: float
    #: E|g - E g|^2 / |E g|^2.
    variance: float
    #: The inverse of the variance.
    signal_to_noise: float
    #: What the estimates are compared with: "bptt", the exact surrogate gradient;
    #: "spatial_bp", that of the rate linearisation, where the history of the former
    #: would take too much memory; or "mean", the mean of the other draws.
    reference: str
    #: Mean number of spikes per neuron, sample and time step of each layer.
    rates: npt.NDArray[np.float64]
    #: Fraction of each layer's neurons that never spike.
    dead: npt.NDArray[np.float64]
    #: Fraction of each layer's neurons that spike at every time step.
    saturated: npt.NDArray[np.float64]
    #: What is wrong and which option helps, a sentence each.
    advice: tuple[str, ...]

    def __repr__(self) -> str:
        lines = [
            f"Diagnosis(cosine={self.cosine:.3g}, bias={self.bias:.3g}, "
            f"variance={self.variance:.3g}, "
            f"signal_to_noise={self.signal_to_noise:.3g}, "
            f"reference={self.reference!r},",
            f"  rates={_short(self.rates)}, dead={_short(self.dead)}, "
            f"saturated={_short(self.saturated)},",
            *(f"  - {sentence}" for sentence in self.advice),
        ]
        return "\n".join(lines) + ")"


def read_activity(network: ScaledNetwork, x: Inputs) -> Activity:
    """Run a network and see what its neurons do; see `Network.activity`."""
    inputs = network._view_inputs(x)
    layers = len(network.layer_sizes)
    activity = Activity(np.empty(layers), np.empty(layers), np.empty(layers))
    long_call(
        library.rfgsnn_network_activity,
        network._handle,
        inputs.pointer,
        inputs.count,
        *map(_arrays.doubles, activity),
        layers,
    )
    return activity


def diagnose(trainer: Trainer, x: Inputs, y: npt.ArrayLike, draws: int) -> Diagnosis:
    """Measure what a trainer's estimates are worth; see `Trainer.diagnose`."""
    inputs = trainer.network._view_inputs(x)
    targets = trainer.network._view_targets(inputs, y)
    reference, text = c_char_p(), c_char_p()
    cosine, bias = c_double(), c_double()
    variance, signal_to_noise = c_double(), c_double()
    long_call(
        library.rfgsnn_trainer_diagnose,
        trainer._handle,
        inputs.pointer,
        inputs.count,
        byref(targets),
        integer(draws, "draws"),
        byref(reference),
        byref(cosine),
        byref(bias),
        byref(variance),
        byref(signal_to_noise),
    )
    check(library.rfgsnn_trainer_advice(trainer._handle.pointer, byref(text)))
    activity = read_activity(trainer.network, x)
    return Diagnosis(
        cosine=cosine.value,
        bias=bias.value,
        variance=variance.value,
        signal_to_noise=signal_to_noise.value,
        reference=(reference.value or b"").decode(),
        rates=activity.rates,
        dead=activity.dead,
        saturated=activity.saturated,
        advice=tuple((text.value or b"").decode().splitlines()),
    )


def _short(numbers: npt.NDArray[np.float64]) -> str:
    return "[" + ", ".join(f"{number:.3g}" for number in numbers) + "]"
