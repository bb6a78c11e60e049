"""Checks of arguments; the errors name the argument and say what would be right."""

from __future__ import annotations

import math
import operator
from typing import Any, SupportsFloat, SupportsIndex

import numpy as np

from .operator_data import FloatArray

#: Of what there is more, no array has room for.
_MOST = 2**31 - 1


def count(
    value: SupportsIndex, name: str, minimum: int = 1, maximum: int | None = _MOST
) -> int:
    """Give an integer that is between two others."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(
            f"{name}: {value!r} is not an integer; give one of at least {minimum}"
        ) from None
    if number < minimum:
        raise ValueError(f"{name}: {number} is too small; give at least {minimum}")
    if maximum is not None and number > maximum:
        raise ValueError(f"{name}: is too large; give at most {maximum}")
    return number


def finite(value: SupportsFloat, name: str) -> float:
    """Give a finite number."""
    try:
        if isinstance(value, (str, bytes)):
            raise TypeError
        number = float(value)
    except OverflowError:
        number = math.inf
    except (TypeError, ValueError):
        raise TypeError(f"{name}: {value!r} is not a number; give one") from None
    if not math.isfinite(number):
        raise ValueError(f"{name}: {number} is not finite; give a finite number")
    return number


def positive(value: SupportsFloat, name: str) -> float:
    """Give a finite number above zero."""
    number = finite(value, name)
    if number <= 0:
        raise ValueError(f"{name}: {number} is not positive; give a number above 0")
    return number


def function(value: Any, name: str) -> None:
    """Refuse what cannot be called."""
    if not callable(value):
        raise TypeError(f"{name}: {value!r} is not a function; give one")


def array(values: Any, name: str, dimensions: str, minimum: int = 1) -> FloatArray:
    """Give a finite array of doubles.

    Parameters
    ----------
    values : array_like
        The argument.
    name : str
        Its name.
    dimensions : str
        What each axis counts, such as "functions, points".
    minimum : int
        The least extent of the last axis.
    """
    try:
        numbers = np.asarray(values)
        if numbers.dtype.kind not in "biufO":
            raise TypeError
        numbers = numbers.astype(np.float64, copy=False)
    except (OverflowError, TypeError, ValueError):
        raise TypeError(
            f"{name}: not an array of numbers; give one of shape [{dimensions}]"
        ) from None
    if numbers.ndim != len(dimensions.split(", ")) or numbers.shape[-1] < minimum:
        raise ValueError(
            f"{name}: shape {numbers.shape} is wrong; give [{dimensions}], with a last "
            f"axis of at least {minimum}"
        )
    if not np.all(np.isfinite(numbers)):
        raise ValueError(f"{name}: holds a NaN or an infinity; give finite numbers")
    return numbers
