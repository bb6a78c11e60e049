"""What anybody may call an array of numbers becomes one of NumPy's, or a sentence."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from decimal import Decimal
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from ._arguments import short
from ._errors import DtypeError, NotFiniteError, OutOfMemoryError, ShapeError
from ._signatures import Status

FloatArray = npt.NDArray[np.floating[Any]]

_DOUBLE = np.dtype(np.float64)
_SINGLE = np.dtype(np.float32)


def to_floats(values: Any, name: str) -> FloatArray:
    """Give an array of float32 or float64, the same memory if it is of one of them.

    Parameters
    ----------
    values : array_like
        An array of NumPy, an object with ``__array_interface__`` or ``__dlpack__``, or
        anything that NumPy makes an array of. Integers, booleans, decimals and
        fractions become float64, half precision becomes float32, columns of pandas
        may be of its own types; strides may be any.
    name : str
        The argument's name, for sentences.
    """
    array = _to_numpy(values, name)
    if array.dtype not in (_SINGLE, _DOUBLE):
        if array.dtype.kind == "O":
            return _from_objects(array, name)
        if array.dtype.kind not in "biuf":
            raise _wrong_type(array.dtype, name)
        real = array.dtype.kind == "f"
        # A number that is too large becomes infinite, which the library tells.
        with np.errstate(over="ignore"):
            return array.astype(_SINGLE if real and array.itemsize <= 4 else _DOUBLE)
    in_elements = all(step % array.itemsize == 0 for step in array.strides)
    # Fields of structured arrays may lie between the places where numbers can be.
    return array if in_elements and array.flags.aligned else array.copy()


def _to_numpy(values: Any, name: str) -> npt.NDArray[Any]:
    if type(values) is np.ndarray:
        return values
    _require_dense(values, name)
    if _is_of("pandas", values) and hasattr(values, "isna"):
        return _from_pandas(values, name)
    try:
        if not hasattr(values, "__array_interface__") and hasattr(values, "__dlpack__"):
            try:
                return np.from_dlpack(values)
            except (AttributeError, BufferError, RuntimeError, TypeError):
                # Not in CPU memory, or not to be exported: its own conversion, or its
                # own sentence.
                pass
        return np.asarray(values)
    except MemoryError as failure:
        raise OutOfMemoryError(
            Status.ERROR_OUT_OF_MEMORY, f"{name}: there is no memory for a copy of it"
        ) from failure
    except Exception as failure:
        if isinstance(values, Sequence):
            raise _ragged(values, name) from None
        # The sentence of another library.
        raise DtypeError(Status.ERROR_DTYPE, f"{name}: {failure}") from failure


def _is_of(package: str, values: Any) -> bool:
    return type(values).__module__.partition(".")[0] == package


def _require_dense(values: Any, name: str) -> None:
    """Refuse what would become an array of something else than its numbers."""
    masked = sys.modules.get("numpy.ma")
    if masked is not None and isinstance(values, masked.MaskedArray):
        if masked.is_masked(values):
            raise DtypeError(
                Status.ERROR_DTYPE,
                f"{name}: elements are masked; remove such samples, or fill them",
            )
    elif hasattr(values, "toarray") and not hasattr(values, "__array__"):
        raise DtypeError(
            Status.ERROR_DTYPE,
            f"{name}: is sparse ({type(values).__name__}); give {name}.toarray()",
        )


def _wrong_type(dtype: np.dtype[Any], name: str) -> DtypeError:
    remedy = {
        "c": "convert them to float32 or float64, such as real and imaginary parts as "
        "two features",
        "M": "convert them to numbers, such as days since the first",
        "m": "divide them by a unit, such as np.timedelta64(1, 's')",
        "V": "give one array of numbers, such as of numpy.lib.recfunctions."
        "structured_to_unstructured",
    }.get(dtype.kind, "convert them to float32 or float64")
    return DtypeError(
        Status.ERROR_DTYPE, f"{name}: elements are of type {dtype}; {remedy}"
    )


def _from_objects(array: npt.NDArray[Any], name: str) -> FloatArray:
    """Convert an array of Python objects, each of which must be a number."""
    if not array.ndim:
        kind = type(array.item()).__name__
        raise DtypeError(
            Status.ERROR_DTYPE,
            f"{name}: expected an array of numbers, not an object of type {kind}",
        )
    numbers = np.empty(array.shape)
    for index, element in np.ndenumerate(array):
        try:
            numbers[index] = _number(element)
        except (TypeError, ValueError):
            raise _no_number(element, list(index), name) from None
        except OverflowError:
            numbers[index] = np.inf
    return numbers


def _number(element: Any) -> float:
    # Text that stands for a number is not one: "1,5" and "1.5" would be two cases.
    if isinstance(element, (Real, Decimal, np.bool_)):
        return float(element)
    if isinstance(element, np.ndarray) and not element.ndim:
        return _number(element[()])
    raise TypeError


def _no_number(
    element: Any, index: list[int], name: str
) -> DtypeError | NotFiniteError | ShapeError:
    if _is_missing(element):
        return _missing(name, f"element {index}", element)
    if isinstance(element, (np.ndarray, list, tuple)):
        return ShapeError(
            Status.ERROR_SHAPE,
            f"{name}: element {index} is itself an array of shape "
            f"{_shape_text(element)}; give one array of numbers, with as many in each "
            "row (np.stack makes one of equal rows)",
        )
    return DtypeError(
        Status.ERROR_DTYPE,
        f"{name}: element {index} is {short(element)}, which is no number; give "
        "numbers only",
    )


def _is_missing(element: Any) -> bool:
    """Whether it is pandas' own mark of what is missing."""
    return type(element).__name__ in ("NAType", "NaTType")


def _missing(name: str, place: str, element: Any) -> NotFiniteError:
    return NotFiniteError(
        Status.ERROR_NOT_FINITE,
        f"{name}: {place} is missing ({element!r}); leave such samples out, or fill "
        "them",
    )


# pandas


def _from_pandas(values: Any, name: str) -> npt.NDArray[Any]:
    """Convert a series or an index, or a frame, column by column if it must be."""
    if not hasattr(values, "columns"):
        return _from_column(values, name, "")
    if all(
        isinstance(dtype, np.dtype) and dtype.kind in "biuf" for dtype in values.dtypes
    ):
        return np.asarray(values)
    return np.stack(
        [
            _from_column(values.iloc[:, place], name, f" of column {label!r}")
            for place, label in enumerate(values.columns)
        ],
        axis=-1,
    )


def _from_column(column: Any, name: str, of_column: str) -> npt.NDArray[Any]:
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "biuf":
        return np.asarray(column)
    # Types of pandas' own tell which of NumPy's they stand for.
    if getattr(column.dtype, "kind", "O") in "biuf" and not column.isna().any():
        return column.to_numpy(dtype=np.float64)  # type: ignore[no-any-return]
    elements = column.to_numpy(dtype=object)
    numbers = np.empty(len(elements))
    for row, element in enumerate(elements):
        try:
            numbers[row] = _number(element)
        except OverflowError:
            numbers[row] = np.inf
        except (TypeError, ValueError):
            place = f"row {row}{of_column}"
            if _is_missing(element):
                raise _missing(name, place, element) from None
            raise DtypeError(
                Status.ERROR_DTYPE,
                f"{name}: {place} is {short(element)}, which is no number; give "
                f"numbers only (its type is {column.dtype})",
            ) from None
    return numbers


# Nested lists


def _ragged(
    values: Sequence[Any], name: str, place: str = ""
) -> ShapeError | DtypeError:
    """Say where nested lists are of unequal lengths."""
    place = place or name
    shapes = [np.shape(each) if _has_shape(each) else None for each in values]
    for index, shape in enumerate(shapes):
        if shape is None:
            inner = values[index]
            return (
                _ragged(inner, name, f"{place}[{index}]")
                if isinstance(inner, Sequence) and not isinstance(inner, str)
                else DtypeError(
                    Status.ERROR_DTYPE,
                    f"{name}: element [{index}] is {short(inner)}, which is no number",
                )
            )
        if shape != shapes[0]:
            return ShapeError(
                Status.ERROR_SHAPE,
                f"{name}: {place}[0] is of shape {list(shapes[0] or ())}, but "
                f"{place}[{index}] of shape {list(shape)}; give as many in each",
            )
    return DtypeError(
        Status.ERROR_DTYPE, f"{name}: is no array of numbers; give one, or nested lists"
    )


def _has_shape(values: Any) -> bool:
    try:
        np.shape(values)
    except Exception:
        return False
    return True


def _shape_text(values: Any) -> str:
    return str(list(np.shape(values))) if _has_shape(values) else "unequal rows"
