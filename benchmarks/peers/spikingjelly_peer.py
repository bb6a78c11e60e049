"""Training steps in SpikingJelly: integrate-and-fire nodes with soft reset, all time steps at once or one by one."""

from __future__ import annotations

import math
from importlib.metadata import version as installed

import torch
from spikingjelly.activation_based import functional, neuron, surrogate

from .problem import Problem
from .references import Reference
from .torch_steps import WIDTH, BackPropagation, mean_squared_error, parameters_of


def version() -> str:
    """The library's version."""
    return installed("spikingjelly")


def prepare(problem: Problem, reference: Reference, method: str, form: str, threads: int) -> BackPropagation:
    """Make a step: multi or single, and perhaps compiled."""
    mode, _, compiled = form.partition(" ")
    parameters, times = parameters_of(problem), problem.time_steps
    inputs, targets = [torch.tensor(part) for part in problem.inputs], torch.tensor(problem.targets)
    # The derivative of this error function is the Gaussian surrogate.
    spike = surrogate.Erf(alpha=1 / (WIDTH * math.sqrt(2)))
    stacks = [
        (layers, readout, torch.nn.ModuleList(
            neuron.IFNode(v_reset=None, surrogate_function=spike, step_mode=mode[0]) for _ in layers
        ))
        for layers, readout in problem.stacks()
    ]  # fmt: skip

    def mean_of_all(layers, nodes, x):
        trains = None
        for (weight, bias), node in zip(layers, nodes):
            if trains is None:
                currents = torch.addmm(parameters[bias], x, parameters[weight]).expand(times, -1, -1)
            else:
                flat = torch.addmm(parameters[bias], trains.flatten(0, 1), parameters[weight])
                currents = flat.unflatten(0, (times, len(x)))
            trains = node(currents)
        return trains.mean(0)

    def mean_one_by_one(layers, nodes, x):
        first, total = torch.addmm(parameters[layers[0][1]], x, parameters[layers[0][0]]), 0.0
        for _ in range(times):
            spikes = nodes[0](first)
            for (weight, bias), node in zip(layers[1:], nodes[1:]):
                spikes = node(torch.addmm(parameters[bias], spikes, parameters[weight]))
            total = total + spikes
        return total / times

    mean = mean_of_all if mode == "multi" else mean_one_by_one

    def loss():
        features = []
        for (layers, (weight, bias), nodes), x in zip(stacks, inputs):
            functional.reset_net(nodes)
            features.append(torch.addmm(parameters[bias], mean(layers, nodes, x), parameters[weight]))
        return mean_squared_error(features, targets)

    return BackPropagation(parameters, torch.compile(loss) if compiled else loss)
