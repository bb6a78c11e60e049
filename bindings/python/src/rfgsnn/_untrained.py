"""What a training has to beat: the same network, untrained, its readout solved for."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

from ._arguments import distinct
from ._arrays import Inputs
from ._conversion import FloatArray, to_floats
from .fit_result import StopReason
from .network import Network
from .trainer import Trainer

#: Of so many samples one is held out, as when the library chooses a ridge.
_ONE_OF = 5


def keep_better(
    untrained: Network,
    trainer: Trainer,
    reason: StopReason,
    inputs: FloatArray | list[FloatArray],
    targets: FloatArray,
    validation: tuple[Inputs, npt.ArrayLike] | None,
) -> Network:
    """Compare a trained network with its untrained closed form, on held-out data.

    Nothing is compared if the readout is not to be solved for, if option restore_best
    is off, or if there are too few samples to hold one out.

    Parameters
    ----------
    untrained : Network
        A clone of the network from before the training.
    trainer : Trainer
        That of the trained network.
    reason : StopReason
        Why the training ended.
    inputs, targets, validation
        What the training was given. Without a validation set a fifth of the samples is
        held out from the readouts of both networks, and only from them: the training
        of the hidden layers has seen it.

    Returns
    -------
    Network
        The trained network; or the untrained one with its readout solved for on all
        training data, and a warning.
    """
    trained = trainer.network
    options: dict[str, Any] = dict(trainer.options)
    if options["readout_solve"] == "none" or options["restore_best"] == "no":
        return trained

    def solve(network: Network, x: Inputs, y: npt.ArrayLike) -> Network:
        network.solve_readout(x, y, options["readout_lambda"])
        return network

    if validation is not None:
        error = _mean_square(trained, *validation)
        rival = _mean_square(solve(untrained, inputs, targets), *validation)
        if error <= rival:
            return trained
    else:
        count = len(targets) // _ONE_OF
        if not count:
            return trained
        order = np.random.default_rng(options["seed"]).permutation(len(targets))
        held = _take(inputs, order[:count]), targets[order[:count]]
        rest = _take(inputs, order[count:]), targets[order[count:]]
        # A readout that the training solved for at its end has seen all samples.
        stopped = reason in (StopReason.CALLBACK, StopReason.REQUEST)
        is_solved = options["readout_solve"] != "start" and not stopped
        judged = solve(trained.clone(), *rest) if is_solved else trained
        error = _mean_square(judged, *held)
        rival = _mean_square(solve(untrained.clone(), *rest), *held)
        if error <= rival:
            return trained
        solve(untrained, inputs, targets)
    _warn(error, rival, trainer)
    return untrained


def _take(inputs: FloatArray | list[FloatArray], samples: npt.NDArray[Any]) -> Inputs:
    """Take some of the samples, or of an operator network's functions."""
    if isinstance(inputs, list):
        functions, *points = inputs
        return [functions[samples], *points]
    return inputs[:, samples] if inputs.ndim == 3 else inputs[samples]


def _mean_square(network: Network, x: Inputs, y: npt.ArrayLike) -> float:
    """Find the mean squared error; both built-in losses rank networks by it."""
    outputs = network.predict(x)
    targets = to_floats(y, "targets").reshape(outputs.shape)
    return float(np.mean(np.square(outputs - targets), dtype=np.float64))


def _warn(error: float, rival: float, trainer: Trainer) -> None:
    remedy = "More steps"
    if trainer.options["branch_start"] == "kept":
        remedy += " or branch_start='solved'"
    found, better = distinct(error**0.5, rival**0.5)
    warnings.warn(
        f"fit: after {trainer.updates} steps the network is worse than untrained with "
        f"its readout solved in closed form: root mean square error {found}, "
        f"not {better}, on held-out data. The untrained one is returned. "
        f"{remedy} would help; restore_best=False returns the trained one",
        stacklevel=4,
    )
