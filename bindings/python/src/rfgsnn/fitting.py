"""From data to a trained network in one call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy.typing as npt

from . import _arrays
from ._options import NETWORK_KEYS, TRAINER_KEYS, FitOptions
from .network import Network
from .progress import ProgressChoice
from .trainer import Trainer

if TYPE_CHECKING:
    from typing_extensions import Unpack


def fit(
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    scaling: Literal["minmax", "standard", "none"] = "minmax",
    validation: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    progress: ProgressChoice = None,
    **options: Unpack[FitOptions],
) -> Network:
    """Make a network for data and train it.

    Parameters
    ----------
    x : array_like
        Inputs, in your units: of shape (samples, inputs), (samples,) for one input,
        or (time_steps, samples, inputs).
    y : array_like
        Targets, in your units: of shape (samples, outputs), or (samples,) for one
        output.
    scaling : str
        How each input and each output is scaled inside the network, computed from the
        data: "minmax" to [-1, 1], which a spiking readout can reach; "standard" to
        mean 0 and standard deviation 1, which outliers do not squeeze; or "none".
    validation : pair of array_like, optional
        Inputs and targets of a validation set; the network then gets the parameters
        that were best on it.
    progress : bool or callable, optional
        As for `Trainer.fit`.
    **options
        Any option of networks and trainers; `rfgsnn.options` lists them. Option seed
        is that of both.

    Returns
    -------
    Network
        Trained. For the history of the training use a `Trainer`.

    Examples
    --------
    >>> import numpy as np, rfgsnn
    >>> x = np.linspace(0, 10, 200)
    >>> y = np.sin(x)
    >>> network = rfgsnn.fit(x, y, steps=300, readout_solve="end")
    >>> bool(np.mean((network.predict(x)[:, 0] - y) ** 2) < 0.05)
    True
    """
    inputs, targets = _arrays.to_floats(x, "inputs"), _arrays.to_floats(y, "targets")
    given: dict[str, Any] = dict(options)
    if inputs.ndim == 3:
        given.setdefault("time_steps", inputs.shape[0])
    # Keys that nobody knows go to both, and the first tells.
    for_network = _without(given, TRAINER_KEYS - NETWORK_KEYS)
    for_trainer = _without(given, NETWORK_KEYS - TRAINER_KEYS)
    network = Network(_features(inputs), _features(targets), **for_network)
    network.fit_scaling(scaling, inputs, targets)
    with Trainer(network, **for_trainer) as trainer:
        trainer.fit(inputs, targets, validation=validation, progress=progress)
    return network


def _features(array: _arrays.FloatArray) -> int:
    return array.shape[-1] if array.ndim > 1 else 1


def _without(options: Mapping[str, Any], keys: frozenset[str]) -> dict[str, Any]:
    return {key: value for key, value in options.items() if key not in keys}
