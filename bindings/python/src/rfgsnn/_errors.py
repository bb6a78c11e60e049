"""The exceptions that stand for the library's error codes."""

from __future__ import annotations

from ._signatures import Status


class RfgsnnError(Exception):
    """A call was refused or failed; all exceptions of the library are of this class.

    Parameters
    ----------
    status : Status
        The library's error code.
    message : str
        Which argument, what was wrong, what would be right.
    """

    def __init__(self, status: Status, message: str) -> None:
        # Both, so that the exception can be pickled.
        super().__init__(status, message)
        self.status = status
        self.message = message

    def __str__(self) -> str:
        return self.message


class InvalidHandleError(RfgsnnError, ValueError):
    """The object was closed."""


class ShapeError(RfgsnnError, ValueError):
    """An array is of the wrong shape or length."""


class DtypeError(RfgsnnError, TypeError):
    """An array's elements or an option's value are of the wrong type."""


class NotFiniteError(RfgsnnError, ValueError):
    """A NaN or an infinity is in an argument, in a loss or in an update."""


class UnknownOptionError(RfgsnnError, TypeError):
    """There is no such option, or none in this place."""


class OutOfRangeError(RfgsnnError, ValueError):
    """A number is outside its range, or a word is not one of the choices."""


class OutOfMemoryError(RfgsnnError, MemoryError):
    """Memory could not be had, or option memory_limit would be exceeded."""


class BusyError(RfgsnnError, RuntimeError):
    """Another thread, or this thread's own callback, is inside a call on the object."""


class InUseError(RfgsnnError, RuntimeError):
    """A network was to be closed before its trainers and states."""


class WrongOrderError(RfgsnnError, RuntimeError):
    """Another call must come first."""


class UnsupportedError(RfgsnnError, RuntimeError):
    """The combination is not offered."""


class AbiError(RfgsnnError, ImportError):
    """The library that was found is not of the version that this package needs."""


class InternalError(RfgsnnError, RuntimeError):
    """A fault of the library; please report it."""


class CancelledError(RfgsnnError, RuntimeError):
    """The call was asked to stop before its end, by `request_stop`."""


_CLASSES: dict[Status, type[RfgsnnError]] = {
    Status.ERROR_INVALID_HANDLE: InvalidHandleError,
    Status.ERROR_SHAPE: ShapeError,
    Status.ERROR_DTYPE: DtypeError,
    Status.ERROR_NOT_FINITE: NotFiniteError,
    Status.ERROR_UNKNOWN_OPTION: UnknownOptionError,
    Status.ERROR_OUT_OF_RANGE: OutOfRangeError,
    Status.ERROR_OUT_OF_MEMORY: OutOfMemoryError,
    Status.ERROR_BUSY: BusyError,
    Status.ERROR_IN_USE: InUseError,
    Status.ERROR_WRONG_ORDER: WrongOrderError,
    Status.ERROR_UNSUPPORTED: UnsupportedError,
    Status.ERROR_ABI: AbiError,
    Status.ERROR_INTERNAL: InternalError,
    Status.ERROR_CANCELLED: CancelledError,
}


def error(status: Status, message: str) -> RfgsnnError:
    """Make the exception of the class that goes with a status."""
    return _CLASSES.get(status, RfgsnnError)(status, message)
