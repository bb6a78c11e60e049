"""From data to a trained network in one call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

import numpy.typing as npt

from . import _arrays
from ._arguments import boolean
from ._arrays import Inputs
from ._conversion import FloatArray, to_floats
from ._defaults import choose_options
from ._errors import DtypeError, ShapeError
from ._options import NETWORK_KEYS, TRAINER_KEYS, FitOptions, converted
from ._shapes import require_fields, require_functions, samples_first
from ._signatures import Status
from ._untrained import keep_better
from .network import Network
from .progress import ProgressChoice
from .trainer import Trainer

if TYPE_CHECKING:
    from typing_extensions import Unpack


#: Options of the initial weights and biases that a calibration replaces.
_GAINS = frozenset({"input_gain", "bias_spread", "trunk_gain", "trunk_bias_spread"})


def fit(
    x: Inputs,
    y: npt.ArrayLike,
    *,
    scaling: Literal["minmax", "standard", "none"] = "minmax",
    calibrate: bool | None = None,
    validation: tuple[Inputs, npt.ArrayLike] | None = None,
    progress: ProgressChoice = None,
    **options: Unpack[FitOptions],
) -> Network:
    """Make a network for data and train it.

    Options that are not given are chosen for the data: the estimator, the learning
    rate, when readouts are solved for, and for operator networks how branch and
    trunks are trained. docs/training.md tells the rules and what they are worth.

    Parameters
    ----------
    x : array_like, or tuple of array_like
        Inputs, in your units: of shape (samples, inputs), (samples,) for one input,
        or (time_steps, samples, inputs). Two arrays ``(functions, points)``, the
        first of shape (functions, sensors) and the second of another shape, make a
        DeepONet. Other operator networks need option architecture; `Network` tells
        what they take.
    y : array_like
        Targets, in your units: of shape (samples, outputs), or (samples,) for one
        output; for an operator network (functions, points..., outputs), or
        (functions, points...) for one output.
    scaling : str
        How each input and each output is scaled inside the network, computed from the
        data: "minmax" to [-1, 1], which a spiking readout can reach; "standard" to
        mean 0 and standard deviation 1, which outliers do not squeeze; or "none".
    calibrate : bool, optional
        Whether the initial weights and biases are fitted to the inputs, as
        `Network.calibrate` does; by default unless one of the options that it makes
        void is given: input_gain, bias_spread, trunk_gain, trunk_bias_spread.
    validation : pair, optional
        Inputs and targets of a validation set, as `x` and `y`; the network then gets
        the parameters that were best on it.
    progress : bool or callable, optional
        As for `Trainer.fit`.
    **options
        Any option of networks and trainers, `rfgsnn.options` lists them; what is given
        here is never changed. Option seed is that of both.

    Returns
    -------
    Network
        Trained; for the history of the training use a `Trainer`. Or, with a warning,
        the untrained network with its readout solved in closed form, if that is
        better on held-out data, as it may be after few steps.

    Notes
    -----
    The two are compared if readouts are solved for (option readout_solve) and option
    restore_best is on: on the validation set, or else on a fifth of the samples, drawn
    from the seed, with readouts that are solved for on the others. Training sees all
    samples as ever. That costs one solve, or else two of four fifths of the samples.

    Examples
    --------
    >>> import numpy as np, rfgsnn
    >>> x = np.linspace(0, 10, 200)
    >>> y = np.sin(x)
    >>> network = rfgsnn.fit(x, y, steps=300)
    >>> bool(np.mean((network.predict(x)[:, 0] - y) ** 2) < 0.05)
    True
    """
    given = converted(options)
    if calibrate is not None:
        calibrate = boolean(calibrate, "calibrate")
    if "architecture" not in given and _are_functions_and_points(x):
        given["architecture"] = "deeponet"
    is_operator = given.get("architecture", "mlp") != "mlp"
    arrays = _arrays.to_arrays(x, "inputs", several=is_operator)
    targets = to_floats(y, "targets")
    outputs = _features(targets)
    if is_operator:
        separable = given["architecture"] == "seponet"
        points = arrays[1:]
        # Without points the library tells what it takes.
        if points:
            require_functions(arrays[0], None, "inputs[0]")
            coordinates = len(points) if separable else _features(points[0])
            given.setdefault("coordinates", coordinates)
        if targets.ndim <= (1 + len(points) if separable else 2):
            outputs = 1
        require_fields(arrays, targets, 1 if targets.ndim < 4 else outputs, "targets")
    elif arrays[0].ndim == 3:
        steps, samples, _ = arrays[0].shape
        if targets.ndim and targets.shape[0] == steps != samples:
            raise samples_first(arrays[0], "inputs")
        given.setdefault("time_steps", steps)
    own_points = is_operator and len(arrays) == 2 and arrays[1].ndim == 3
    chosen = choose_options(
        given,
        inputs=_features(arrays[0]),
        own_points=own_points,
        varies_in_time=arrays[0].ndim == 3,
    )
    inputs = arrays if is_operator else arrays[0]
    for_network = _without(chosen, TRAINER_KEYS - NETWORK_KEYS)
    for_trainer = _without(chosen, NETWORK_KEYS - TRAINER_KEYS)
    network = Network(_features(arrays[0]), outputs, **for_network)
    network.fit_scaling(scaling, inputs, targets)
    if _GAINS.isdisjoint(given) if calibrate is None else calibrate:
        network.calibrate(inputs)
    untrained = network.clone()
    with Trainer(network, **for_trainer) as trainer:
        result = trainer.fit(inputs, targets, validation=validation, progress=progress)
        return keep_better(
            untrained, trainer, result.reason, inputs, targets, validation
        )


def _features(array: FloatArray) -> int:
    return array.shape[-1] if array.ndim > 1 else 1


def _are_functions_and_points(x: Inputs) -> bool:
    """Tell a pair of arrays from one array that is written as nested lists."""
    if not isinstance(x, (tuple, list)) or len(x) < 2:
        return False
    if len(x) > 2 and getattr(x[0], "ndim", 0) < 2:
        return False
    try:
        arrays = _arrays.to_arrays(x, "inputs", several=True)
    except (DtypeError, ShapeError):
        return False
    if arrays[0].ndim < 2 or len({array.shape for array in arrays}) == 1:
        return False
    if len(arrays) > 2:
        shapes = ", ".join(str(list(array.shape)) for array in arrays)
        raise ShapeError(
            Status.ERROR_SHAPE,
            f"inputs: {len(arrays)} arrays of shapes {shapes}, expected one, or the "
            "functions and the points of an operator; functions and one axis for each "
            'coordinate are taken with architecture="seponet"',
        )
    return True


def _without(options: Mapping[str, Any], keys: frozenset[str]) -> dict[str, Any]:
    return {key: value for key, value in options.items() if key not in keys}
