"""Arguments that are no arrays: numbers, words, yes and no, pairs, objects."""

from __future__ import annotations

import operator
from decimal import Decimal
from numbers import Real
from typing import Any, NoReturn

import numpy as np

from ._errors import DtypeError, OutOfRangeError, ShapeError
from ._signatures import Status


def integer(value: Any, name: str, bits: int = 64) -> int:
    """Give the integer of any type that stands for one, where C has room for it."""
    try:
        if isinstance(value, (bool, np.bool_)):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        _refuse(value, name, "an int")
    if not -(2 ** (bits - 1)) <= number < 2 ** (bits - 1):
        raise OutOfRangeError(
            Status.ERROR_OUT_OF_RANGE,
            f"{name}: {number} is not an integer of {bits} bits",
        )
    return number


def real(value: Any, name: str) -> float:
    """Give the float of any type that stands for a real number."""
    if isinstance(value, np.ndarray) and not value.ndim:
        value = value[()]
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (Real, Decimal)):
        _refuse(value, name, "a float")
    try:
        return float(value)
    except (OverflowError, ValueError):
        raise OutOfRangeError(
            Status.ERROR_OUT_OF_RANGE, f"{name}: is too large for a float"
        ) from None


def word(value: Any, name: str) -> bytes:
    """Give a string as C takes it."""
    try:
        if isinstance(value, str) and "\0" not in value:
            return value.encode()
    except UnicodeEncodeError:
        pass
    _refuse(value, name, "a str")


def is_boolean(value: Any) -> bool:
    """Whether it is True or False, of Python or of NumPy."""
    return isinstance(value, (bool, np.bool_))


def boolean(value: Any, name: str) -> bool:
    """Give True or False."""
    if not is_boolean(value):
        _refuse(value, name, "True or False")
    return bool(value)


def pair(value: Any, name: str, parts: str) -> tuple[Any, Any]:
    """Give the two parts of a tuple or a list.

    Parameters
    ----------
    value
        The argument.
    name : str
        Its name.
    parts : str
        What it should be, such as "(inputs, targets)".
    """
    if isinstance(value, (tuple, list)) and len(value) == 2:
        return value[0], value[1]
    found = f"{len(value)} parts" if isinstance(value, (tuple, list)) else short(value)
    raise ShapeError(
        Status.ERROR_SHAPE, f"{name}: {found} given, expected a pair {parts}"
    )


def instance(value: Any, kind: type, name: str) -> Any:
    """Give an object of a class."""
    if not isinstance(value, kind):
        _refuse(value, name, f"an object of class {kind.__name__}")
    return value


def short(value: Any) -> str:
    """Write a value in a few words."""
    text = repr(value)
    if len(text) <= 60 and "\n" not in text:
        return text
    return f"an object of type {type(value).__name__}"


def distinct(first: float, second: float, digits: int = 3) -> tuple[str, str]:
    """Write two numbers with as many digits as it takes to tell them apart."""
    while True:
        texts = f"{first:.{digits}g}", f"{second:.{digits}g}"
        if texts[0] != texts[1] or digits == 17:
            return texts
        digits += 1


def _refuse(value: Any, name: str, expected: str) -> NoReturn:
    raise DtypeError(Status.ERROR_DTYPE, f"{name}: {short(value)} is not {expected}")
