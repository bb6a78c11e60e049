"""Who frees the library's objects, and when."""

from __future__ import annotations

import weakref
from ctypes import c_void_p
from typing import Any, Callable

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
        uses: Handle | None = None,
    ) -> None:
        #: What must outlive it.
        self.uses = uses
        self._kind = kind
        self._pointer = pointer
        self._free = free
        # None after close.
        self._owner: _Owner | None = _Owner()
        self._users: weakref.WeakSet[_Owner] = weakref.WeakSet()
        self._views: weakref.WeakSet[_Memory] = weakref.WeakSet()
        used = None
        if uses is not None:
            used = uses._owner
            uses._users.add(self._owner)
        # The finalizer holds what must outlive this object, so that the two are freed
        # in order even by the garbage collector. At exit nothing is freed: the
        # operating system does that, and views may still be in use.
        self._finalizer = weakref.finalize(self._owner, _release, free, pointer, used)
        self._finalizer.atexit = False

    @property
    def pointer(self) -> c_void_p:
        """The library's handle, for the length of a call."""
        if self._owner is None:
            raise InvalidHandleError(
                Status.ERROR_INVALID_HANDLE,
                f"{self._kind}: was closed; make a new one",
            )
        return self._pointer

    def view(self, address: int, count: int, writable: bool) -> np.ndarray[Any, Any]:
        """Show memory of the library as an array, which keeps that memory alive."""
        memory = _Memory(self._owner, address, count, writable)
        self._views.add(memory)
        return np.asarray(memory)

    def close(self) -> None:
        """Free the object now, or as soon as no view of its memory is left."""
        if self._owner is None:
            return
        # If something uses the object, the library says so.
        if self._users or not self._views:
            check(self._free(self._pointer))
            self._finalizer.detach()
        self._owner = None


class _Owner:
    """Held by all who need an object of the library; it is freed with the last."""

    __slots__ = ("__weakref__",)


class _Memory:
    """The owner of the library's memory, as NumPy knows it."""

    def __init__(
        self, owner: _Owner | None, address: int, count: int, writable: bool
    ) -> None:
        self.owner = owner
        self.__array_interface__ = {
            "version": 3,
            "typestr": np.dtype(np.float32).str,
            "shape": (count,),
            "data": (address, not writable),
        }


def _release(
    free: Callable[[c_void_p], int], pointer: c_void_p, _uses: _Owner | None
) -> None:
    free(pointer)
