"""Training steps of rfgsnn, as an adapter like those of the other libraries."""

from __future__ import annotations

import numpy as np
import rfgsnn

from .methods import OURS
from .problem import LEARNING_RATE, Problem
from .references import Reference


def version() -> str:
    """The library's version."""
    return rfgsnn.__version__


class Step:
    """One trainer; `form` says how a step goes: forward, or stepwise with one call for each time step."""

    def __init__(
        self, problem: Problem, reference: Reference, method: str, form: str, threads: int, cut: bool = False
    ) -> None:
        options = reference.network_options() | {"threads": threads}
        self._network = rfgsnn.Network(**options)
        self._network.set_parameters(np.concatenate([values.ravel() for values in problem.tensors.values()]))
        # A number behind the method is that of its directions.
        name, _, directions = method.partition(" ")
        chosen = OURS[name] | ({"directions": int(directions)} if directions else {})
        chosen = chosen | ({"reset_derivative": "cut"} if cut else {})
        self._trainer = rfgsnn.Trainer(self._network, learning_rate=LEARNING_RATE, schedule="constant", **chosen)
        self._x = problem.inputs if reference.is_operator else problem.inputs[0]
        self._y = problem.targets
        self._times = problem.time_steps if form == "stepwise" else 0

    def gradient(self) -> tuple[float, np.ndarray]:
        """Loss, and the estimate of the gradient at the parameters as they are."""
        loss = self._estimate()
        return loss, self._trainer.gradient.copy()

    def run(self) -> float:
        """A whole training step."""
        loss = self._estimate()
        self._trainer.update()
        return loss

    def _estimate(self) -> float:
        trainer = self._trainer
        trainer.perturb()
        if self._times:
            for _ in range(self._times):
                trainer.step(self._x)
        else:
            trainer.forward(self._x)
        return trainer.estimate_gradient(self._y)

    def held(self) -> int:
        """Bytes that stay allocated between steps: all numeric buffers."""
        return self._trainer.memory.held + self._network.memory.held


def prepare(problem: Problem, reference: Reference, method: str, form: str, threads: int) -> Step:
    """Make a step."""
    return Step(problem, reference, method, form, threads, cut=form == "cut")
