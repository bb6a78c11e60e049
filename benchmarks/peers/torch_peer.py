"""Training steps in plain PyTorch: back-propagation by autograd, and one direction by torch.func.jvp."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch

from .problem import LEARNING_RATE, Problem
from .references import Reference
from .torch_steps import WIDTH, BackPropagation, Fire, mean_squared_error, parameters_of, psi


def version() -> str:
    """The library's version."""
    return torch.__version__


class FireForward(torch.autograd.Function):
    """A spike whose derivative is the surrogate in forward mode."""

    @staticmethod
    def forward(u):
        return (u >= 0).to(u.dtype)

    @staticmethod
    def setup_context(context, inputs, output):
        context.save_for_forward(inputs[0])

    @staticmethod
    def jvp(context, du):
        (u,) = context.saved_tensors
        return du * psi(u)


def fire_smoothly(u: torch.Tensor) -> torch.Tensor:
    """The same spike from an error function that adds nothing: torch.compile leaves out a derivative of one's own."""
    smooth = 0.5 * torch.erf(u / (WIDTH * math.sqrt(2)))
    return (u >= 0).to(u.dtype) + (smooth - smooth.detach())


def _neuron(fire: Callable) -> Callable:
    def update(membrane, current):
        u = membrane + current
        spikes = fire(u - 1)
        return u - spikes, spikes

    return update


def _loss(problem: Problem, order: str, neuron: Callable) -> Callable[[dict], torch.Tensor]:
    stacks, times = problem.stacks(), problem.time_steps
    inputs, targets = [torch.tensor(part) for part in problem.inputs], torch.tensor(problem.targets)

    def by_steps(layers, x):
        first = torch.addmm(layers[0][1], x, layers[0][0])
        membranes = [torch.zeros(len(x), len(bias)) for _, bias in layers]
        total = torch.zeros_like(membranes[-1])
        for _ in range(times):
            current = first
            for index, (weight, bias) in enumerate(layers):
                if index > 0:
                    current = torch.addmm(bias, spikes, weight)
                membranes[index], spikes = neuron(membranes[index], current)
            total = total + spikes
        return total / times

    def by_layers(layers, x):
        trains = None
        for weight, bias in layers:
            if trains is None:
                currents = torch.addmm(bias, x, weight).expand(times, -1, -1)
            else:
                currents = torch.addmm(bias, trains.flatten(0, 1), weight).unflatten(0, (times, len(x)))
            membrane, spikes = torch.zeros(len(x), len(bias)), []
            for current in currents:
                membrane, spike = neuron(membrane, current)
                spikes.append(spike)
            trains = torch.stack(spikes)
        return trains.mean(0)

    mean = by_steps if order == "steps" else by_layers

    def loss(parameters):
        features = []
        for (layers, (weight, bias)), x in zip(stacks, inputs):
            pairs = [(parameters[w], parameters[b]) for w, b in layers]
            features.append(torch.addmm(parameters[bias], mean(pairs, x), parameters[weight]))
        return mean_squared_error(features, targets)

    return loss


class ForwardGradient:
    """A training step from the derivative along one random direction of all parameters."""

    def __init__(self, problem: Problem, loss: Callable[[dict], torch.Tensor], compiled: bool) -> None:
        self._parameters = {name: values.detach() for name, values in parameters_of(problem).items()}

        def along(parameters, direction):
            return torch.func.jvp(loss, (parameters,), (direction,))

        self._along = torch.compile(along) if compiled else along
        self._optimizer = torch.optim.Adam(self._parameters.values(), lr=LEARNING_RATE, fused=True)

    def gradient(self) -> tuple[float, np.ndarray]:
        """Loss, and an estimate of the gradient at the parameters as they are."""
        loss = self._estimate()
        return loss, np.concatenate([each.grad.numpy().ravel() for each in self._parameters.values()])

    def run(self) -> float:
        """A whole training step."""
        loss = self._estimate()
        self._optimizer.step()
        return loss

    def _estimate(self) -> float:
        with torch.no_grad():
            direction = {
                name: torch.randint(0, 2, values.shape, dtype=torch.float32).mul_(2).sub_(1)
                for name, values in self._parameters.items()
            }
            loss, slope = self._along(self._parameters, direction)
            for name, values in self._parameters.items():
                values.grad = slope * direction[name]
        return loss.item()

    def held(self) -> int:
        """Bytes that stay between steps: parameters, gradient and the optimiser's two means."""
        return 4 * sum(each.nbytes for each in self._parameters.values())


def prepare(
    problem: Problem, reference: Reference, method: str, form: str, threads: int
) -> BackPropagation | ForwardGradient:
    """Make a step: an order of layers and time steps, and perhaps what of it is compiled."""
    order, _, compiled = form.partition(" ")
    forward = fire_smoothly if compiled == "whole" else FireForward.apply
    neuron = _neuron(Fire.apply if method == "bptt" else forward)
    if compiled == "neuron":
        neuron = torch.compile(neuron)
    loss = _loss(problem, order, neuron)
    if method == "jvp":
        return ForwardGradient(problem, loss, compiled == "whole")
    parameters = parameters_of(problem)
    whole = torch.compile(loss) if compiled == "whole" else loss
    return BackPropagation(parameters, lambda: whole(parameters))
