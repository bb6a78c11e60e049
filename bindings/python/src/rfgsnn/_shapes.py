"""What arrays of a wrong shape were probably meant to be, and how to make them that."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ._conversion import FloatArray
from ._errors import ShapeError
from ._signatures import Status


def require_series(array: FloatArray, time_steps: int, name: str) -> None:
    """Refuse inputs that change in time and have their samples first."""
    if array.ndim == 3 and array.shape[1] == time_steps != array.shape[0]:
        raise samples_first(array, name)


def samples_first(array: FloatArray, name: str) -> ShapeError:
    """Say that time comes first."""
    return _wrong(
        array,
        name,
        "[samples, inputs] or [time_steps, samples, inputs]",
        f"np.swapaxes({name}, 0, 1) puts time first",
    )


def require_functions(functions: FloatArray, sensors: int | None, name: str) -> None:
    """Refuse fields, and one function by itself, where functions are taken."""
    expected = f"[functions, {'sensors' if sensors is None else sensors}]"
    count = functions.shape[0] if functions.ndim else 0
    if functions.ndim > 2:
        size = math.prod(functions.shape[1:])
        remedy = f"a sensor for each number: {name}.reshape({count}, {size})"
    elif functions.ndim == 1 and sensors in (None, count):
        remedy = f"{name}[None, :] is one function"
    else:
        return
    raise _wrong(functions, name, expected, remedy)


def require_fields(
    inputs: Sequence[FloatArray], targets: FloatArray, outputs: int, name: str
) -> None:
    """Refuse targets of an operator network that are laid out in another way.

    Parameters
    ----------
    inputs : sequence of ndarray
        The functions, and one list of points or the axes of a grid.
    targets : ndarray
        The targets.
    outputs : int
        The network's outputs.
    name : str
        Of the targets, for sentences.
    """
    functions = inputs[0].shape[0] if inputs[0].ndim else 0
    if len(inputs) < 2 or not targets.ndim or targets.shape[0] != functions:
        return
    fields = () if outputs == 1 else (outputs,)
    if len(inputs) > 2:
        shape = (functions, *(axis.shape[0] for axis in inputs[1:] if axis.ndim))
        remedy = "the points are those of the grid that the axes span"
    elif inputs[1].ndim in (1, 2):
        points = inputs[1].shape[0]
        shape = (functions, points)
        remedy = "the points are a list"
        if functions == points > 1 and targets.size == functions * outputs:
            own = ":, None" + (", :" if inputs[1].ndim == 2 else ", None")
            raise _wrong(
                targets,
                name,
                list(shape + fields),
                "if each function has one point of its own, give "
                f"points[{own}] and {name}.reshape{(functions, 1, *fields)}",
            )
    else:
        return
    shape += fields
    fits = targets.shape in (shape, (*shape, 1)[: len(shape) + (outputs == 1)])
    if not fits and targets.size == math.prod(shape):
        raise _wrong(
            targets, name, list(shape), f"{remedy}: {name}.reshape{shape} is that"
        )


def _wrong(
    array: FloatArray, name: str, expected: str | list[int], remedy: str
) -> ShapeError:
    return ShapeError(
        Status.ERROR_SHAPE,
        f"{name}: shape {list(array.shape)}, expected {expected}; {remedy}",
    )
