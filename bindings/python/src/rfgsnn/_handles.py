"""Who frees the library's objects, and when."""

from __future__ import annotations

import weakref
from ctypes import c_void_p
from typing import Any, Callable, Optional

import numpy as np

from ._errors import InvalidHandleError
from ._library import check
from ._signatures import Status


class Handle:
    """Owns an object of the library, and frees it when nothing refers to it any more.

    Parameters
    ----------
    kind : str
        What it is, for sentences.
    pointer : c_void_p
        The library's handle.
    free : callable
        The library's function that frees it.
    uses : Handle, optional
        What must outlive it: the network of a trainer or a state.
    """

    def __init__(
        self,
        kind: str,
        pointer: c_void_p,
        free: Callable[[c_void_p], int],
        uses: Optional[Handle] = None,
    ) -> None:
        self._kind = kind
        self._pointer = pointer
        self._free = free
        self._closed = False
        self._users: weakref.WeakSet[Handle] = weakref.WeakSet()
        self._views: weakref.WeakSet[_Memory] = weakref.WeakSet()
        if uses is not None:
            uses._users.add(self)
        # The finalizer holds what must outlive this handle, so that the two are
        # freed in order even by the garbage collector. At exit nothing is freed: the
        # operating system does that, and views may still be in use.
        self._finalizer = weakref.finalize(self, _release, free, pointer, uses)
        self._finalizer.atexit = False

    @property
    def pointer(self) -> c_void_p:
        """The library's handle, for the length of a call."""
        if self._closed:
            raise InvalidHandleError(
                Status.ERROR_INVALID_HANDLE,
                f"{self._kind}: was closed; make a new one",
            )
        return self._pointer

    def view(self, address: int, count: int, writable: bool) -> np.ndarray[Any, Any]:
        """Show memory of the library as an array, which keeps this handle alive."""
        memory = _Memory(self, address, count, writable)
        self._views.add(memory)
        return np.asarray(memory)

    def close(self) -> None:
        """Free the object now, or as soon as no view of its memory is left."""
        if self._closed:
            return
        # If something uses it the library says so.
        if not self._views or self._users:
            check(self._free(self._pointer))
            self._finalizer.detach()
        self._closed = True


class _Memory:
    """The owner of the library's memory, as NumPy knows it."""

    def __init__(self, handle: Handle, address: int, count: int, writable: bool):
        self.handle = handle
        self.__array_interface__ = {
            "version": 3,
            "typestr": np.dtype(np.float32).str,
            "shape": (count,),
            "data": (address, not writable),
        }


def _release(
    free: Callable[[c_void_p], int], pointer: c_void_p, _uses: Optional[Handle]
) -> None:
    free(pointer)
