"""Assignments that would do nothing are refused, with what would do it."""

from __future__ import annotations

import difflib
from typing import Any, NoReturn

from ._options import NETWORK_KEYS, TRAINER_KEYS, Value


class KnownAttributes:
    """Objects on which only attributes can be set that they know.

    Its classes have `__slots__`; a class that is derived from them without can have
    attributes of its own.
    """

    __slots__ = ()

    def __setattr__(self, name: str, value: Any) -> None:
        try:
            super().__setattr__(name, value)
        except AttributeError:
            raise AttributeError(_why_not(type(self), name)) from None


def _why_not(kind: type, name: str) -> str:
    place = "Trainer" if name in TRAINER_KEYS - NETWORK_KEYS else "Network"
    if name in NETWORK_KEYS | TRAINER_KEYS:
        return (
            f"{name}: is an option, which stays as it was when the object was made; "
            f"make a new one with rfgsnn.{place}(..., {name}=...)"
        )
    if hasattr(kind, name):
        return f"{name}: can be read but not set"
    known = [each for each in dir(kind) if not each.startswith("_")]
    near = nearest(name, [*known, *NETWORK_KEYS, *TRAINER_KEYS])
    return f"{name}: there is no such attribute of {kind.__name__}{near}"


def nearest(name: str, known: list[str]) -> str:
    """Propose one of the names that are known, for the end of a sentence."""
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""


class OptionValues(dict[str, Value]):
    """The values of options, which stay as they were when their object was made.

    A dictionary, so that it can be stored as one; ``dict(values)`` can be changed.
    """

    __slots__ = ()

    def _refuse(self, *arguments: Any, **values: Any) -> NoReturn:
        raise TypeError(
            "options: stay as they were when the object was made; make a new one with "
            "others, or change a copy: dict(options)"
        )

    __setitem__ = __delitem__ = __ior__ = _refuse
    update = setdefault = pop = popitem = clear = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)

    def __copy__(self) -> dict[str, Value]:
        return dict(self)
