"""No training calls back into an interpreter that has ended.

A daemon thread goes on while the interpreter ends, and ctypes would let rfgsnn_fit call
into what is left of it. So at exit those that run are stopped and waited for, and those
that begin later are not given a callback. Other calls never call back.
"""

from __future__ import annotations

import atexit
import os
import time
from threading import get_ident
from types import TracebackType
from typing import Callable

#: Seconds that progress functions which are at work at exit are waited for.
_GRACE = 2.0
#: Seconds between two looks at what still runs.
_PAUSE = 0.002


class CallingBack:
    """A call of rfgsnn_fit that calls back, for a with block around it.

    Parameters
    ----------
    request_stop : callable
        Asks the call to stop, from any thread.
    """

    __slots__ = ("_request_stop", "_thread", "in_python")

    def __init__(self, request_stop: Callable[[], object]) -> None:
        self._request_stop = request_stop
        self._thread = get_ident()
        #: Whether its callback is running.
        self.in_python = False

    @property
    def is_over(self) -> bool:
        """Whether it may not call back any more, since the interpreter is ending."""
        return _ender not in (None, self._thread)

    def __enter__(self) -> CallingBack:
        # In this order: either it sees the end, or the end sees it.
        _running.add(self)
        if self.is_over:
            _running.discard(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _running.discard(self)


_running: set[CallingBack] = set()
#: The thread that ends the interpreter, once it does.
_ender: int | None = None


def _others() -> list[CallingBack]:
    own = get_ident()
    return [call for call in list(_running) if call._thread != own]


@atexit.register
def _stop_all() -> None:
    """Stop all trainings of other threads: daemons, for Python has joined the rest."""
    global _ender
    _ender = get_ident()
    deadline = time.monotonic() + _GRACE
    while calls := _others():
        if time.monotonic() > deadline and all(call.in_python for call in calls):
            # They end when their progress functions return, if those ever do.
            return
        for call in calls:
            call._request_stop()
        time.sleep(_PAUSE)


def _forget_others() -> None:
    """In the child of a fork only the calling thread goes on."""
    _running.difference_update(_others())


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_others)
