"""What all libraries are given alike: parameters and a batch, in one file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rfgsnn

from .references import Reference

#: Samples on which firing rates are set.
SAMPLES = 256
#: Learning rate of all steps: so small that parameters, and with them firing rates, stay what they are.
LEARNING_RATE = 1e-8


@dataclass(frozen=True)
class Problem:
    """Parameters by their names in rfgsnn, inputs and targets; all float32."""

    tensors: dict[str, np.ndarray]
    inputs: tuple[np.ndarray, ...]
    targets: np.ndarray
    time_steps: int

    def save(self, file: Path) -> None:
        """Write it for the processes that run the libraries."""
        file.parent.mkdir(parents=True, exist_ok=True)
        arrays = {f"tensor:{name}": values for name, values in self.tensors.items()}
        arrays |= {f"input:{index}": values for index, values in enumerate(self.inputs)}
        np.savez(file, targets=self.targets, time_steps=self.time_steps, **arrays)

    @staticmethod
    def load(file: Path) -> Problem:
        """Read it; tensors keep their order, which is that of the flat parameters."""
        with np.load(file) as arrays:
            tensors = {name.removeprefix("tensor:"): arrays[name] for name in arrays if name.startswith("tensor:")}
            inputs = tuple(arrays[name] for name in arrays if name.startswith("input:"))
            return Problem(tensors, inputs, arrays["targets"], int(arrays["time_steps"]))

    def stacks(self) -> list[tuple[list[tuple[str, str]], tuple[str, str]]]:
        """Names of weight and bias of the spiking layers, and of the readout, of each stack."""
        weights: dict[str, list[str]] = {}
        for name in self.tensors:
            if name.endswith(".weight"):
                stem = name.removesuffix(".weight")
                weights.setdefault(stem.rpartition(".")[0], []).append(stem)
        pairs = [[(f"{stem}.weight", f"{stem}.bias") for stem in stems] for stems in weights.values()]
        return [(layers[:-1], layers[-1]) for layers in pairs]


def make(reference: Reference) -> tuple[Problem, list[float]]:
    """Draw the parameters, shift the biases, and measure the firing rate of each layer on the batch."""
    network = rfgsnn.Network(**reference.network_options())
    inputs, targets = reference.batch()
    few = tuple(part[:SAMPLES] for part in inputs)
    _shift_biases(network, few if reference.is_operator else few[0], reference.rate)
    tensors = {name: values.copy() for name, values in network.tensors.items()}
    rates = network.firing_rates(inputs if reference.is_operator else inputs[0])
    return Problem(tensors, inputs, targets, reference.time_steps), rates.tolist()


def _shift_biases(network: rfgsnn.Network, x: object, rate: float) -> None:
    """Add one number to the biases of each layer, from the bottom up, so that it spikes as often as it should."""
    tensors = network.tensors
    biases = [name for name in tensors if name.endswith(".bias") and not name.endswith("readout.bias")]
    for index, name in enumerate(biases):
        first = tensors[name].copy()
        low, high = -20.0, 20.0
        for _ in range(16):
            middle = (low + high) / 2
            tensors[name][:] = first + np.float32(middle)
            if network.firing_rates(x)[index] < rate:
                low = middle
            else:
                high = middle
