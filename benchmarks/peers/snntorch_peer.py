"""Training steps in snnTorch: its Leaky neuron with beta = 1, which subtracts the threshold at the next time step."""

from __future__ import annotations

import snntorch
import torch

from .problem import Problem
from .references import Reference
from .torch_steps import BackPropagation, Fire, mean_squared_error, parameters_of


def version() -> str:
    """The library's version."""
    return snntorch.__version__


class Carried(snntorch.Leaky):
    """Its reset with a derivative, as rfgsnn has it; by itself snnTorch leaves that out."""

    def mem_reset(self, mem: torch.Tensor) -> torch.Tensor:
        """What is subtracted."""
        return self.spike_grad(mem - self.threshold)


def prepare(problem: Problem, reference: Reference, method: str, form: str, threads: int) -> BackPropagation:
    """Make a step: with the reset's derivative carried or cut, and perhaps compiled."""
    reset, _, compiled = form.partition(" ")
    kind = Carried if reset == "carried" else snntorch.Leaky
    parameters, times = parameters_of(problem), problem.time_steps
    inputs, targets = [torch.tensor(part) for part in problem.inputs], torch.tensor(problem.targets)
    stacks = [
        (layers, readout, [kind(beta=1.0, spike_grad=Fire.apply, reset_mechanism="subtract") for _ in layers])
        for layers, readout in problem.stacks()
    ]

    def mean(layers, neurons, x):
        first = torch.addmm(parameters[layers[0][1]], x, parameters[layers[0][0]])
        membranes = [torch.zeros(len(x), len(parameters[bias])) for _, bias in layers]
        total = torch.zeros_like(membranes[-1])
        for _ in range(times):
            current = first
            for index, (weight, bias) in enumerate(layers):
                if index > 0:
                    current = torch.addmm(parameters[bias], spikes, parameters[weight])
                spikes, membranes[index] = neurons[index](current, membranes[index])
            total = total + spikes
        return total / times

    def loss():
        features = [
            torch.addmm(parameters[bias], mean(layers, neurons, x), parameters[weight])
            for (layers, (weight, bias), neurons), x in zip(stacks, inputs)
        ]
        return mean_squared_error(features, targets)

    return BackPropagation(parameters, torch.compile(loss) if compiled else loss)
