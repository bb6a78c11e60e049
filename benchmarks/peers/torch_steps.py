"""What the libraries on PyTorch share: the spike, the loss and the training step."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch

from .problem import LEARNING_RATE, Problem

WIDTH = 0.5

torch.set_flush_denormal(True)


def psi(u: torch.Tensor) -> torch.Tensor:
    """The Gaussian surrogate."""
    return torch.exp(u * u * (-0.5 / WIDTH**2)) * (1 / (WIDTH * math.sqrt(2 * math.pi)))


class Fire(torch.autograd.Function):
    """A spike where u is not negative, with the surrogate for its derivative in back-propagation."""

    @staticmethod
    def forward(context, u):
        context.save_for_backward(u)
        return (u >= 0).to(u.dtype)

    @staticmethod
    def backward(context, gradient):
        (u,) = context.saved_tensors
        return gradient * psi(u)


def parameters_of(problem: Problem) -> dict[str, torch.Tensor]:
    """The parameters as leaves."""
    return {name: torch.tensor(values, requires_grad=True) for name, values in problem.tensors.items()}


def mean_squared_error(features: list[torch.Tensor], targets: torch.Tensor) -> torch.Tensor:
    """The loss of a perceptron's outputs, or of the products of branch and trunk."""
    outputs = features[0] @ features[1].T if len(features) == 2 else features[0]
    return torch.mean((outputs - targets) ** 2)


class BackPropagation:
    """A training step by autograd, around a function that computes the loss from the parameters."""

    def __init__(self, parameters: dict[str, torch.Tensor], loss: Callable[[], torch.Tensor]) -> None:
        self._parameters, self._loss = parameters, loss
        self._optimizer = torch.optim.Adam(parameters.values(), lr=LEARNING_RATE, fused=True)

    def gradient(self) -> tuple[float, np.ndarray]:
        """Loss and gradient at the parameters as they are."""
        loss = self._back()
        flat = np.concatenate([each.grad.numpy().ravel() for each in self._parameters.values()])
        return loss, flat

    def run(self) -> float:
        """A whole training step."""
        loss = self._back()
        self._optimizer.step()
        return loss

    def _back(self) -> float:
        self._optimizer.zero_grad(set_to_none=True)
        loss = self._loss()
        loss.backward()
        return loss.item()

    def held(self) -> int:
        """Bytes that stay between steps: parameters, gradient and the optimiser's two means."""
        return 4 * sum(each.nbytes for each in self._parameters.values())
