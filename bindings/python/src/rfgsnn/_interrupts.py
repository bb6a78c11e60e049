"""Ctrl-C ends a call of the library at once, though Python does not run meanwhile.

Python runs signal handlers between two instructions of its own, and a call of the
library is a single one. But C's handler writes the signal's number to a file descriptor
as soon as it comes (`signal.set_wakeup_fd`). So while the main thread is in a call, a
thread reads from there and asks the library to stop; the call returns, and Python runs
its handlers.
"""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from contextlib import suppress
from ctypes import c_void_p
from threading import get_ident
from typing import Any, Callable

from ._handles import Handle
from ._library import check, library
from ._signatures import Status

#: Seconds between two requests to a call that has not begun yet.
_PAUSE = 0.01


def long_call(
    function: Callable[..., int],
    handle: Handle,
    *arguments: Any,
    repeatable: bool = True,
) -> int:
    """Call a function of the library that may take long, and check its status.

    Parameters
    ----------
    function : callable
        The library's function; its first argument is the handle.
    handle : Handle
        Of a network, a trainer or a state.
    *arguments
        Its other arguments.
    repeatable : bool
        Whether a call that was stopped has changed nothing. It is then stopped for
        handlers of the host's own too, and made again if they do not raise.
    """
    pointer = handle.pointer
    if not _is_main_thread():
        return check(function(pointer, *arguments))
    while True:
        call = StoppableCall(handle, None if repeatable else _is_default)
        try:
            call.begin()
            status = function(pointer, *arguments)
            is_to_be_repeated = status == Status.ERROR_CANCELLED and call.was_requested
            if not is_to_be_repeated:
                check(status)
            call.end()
        except BaseException:
            # Of a signal, as a rule: also while `end` was at work.
            call.end(drain=True)
            raise
        if not is_to_be_repeated:
            return status


def _is_main_thread() -> bool:
    """Whether this is the thread on which Python runs signal handlers."""
    return get_ident() == threading.main_thread().ident


def _is_default() -> bool:
    return signal.getsignal(signal.SIGINT) is signal.default_int_handler


class StoppableCall:
    """A call that is asked to stop when Ctrl-C comes, if it is the main thread's.

    Parameters
    ----------
    handle : Handle
        Of a network, a trainer or a state.
    may_stop : callable, optional
        Asked before, from another thread.
    """

    __slots__ = (
        "_is_outermost",
        "_network",
        "_outer",
        "may_stop",
        "was_requested",
    )

    def __init__(
        self, handle: Handle, may_stop: Callable[[], bool] | None = None
    ) -> None:
        self._network: c_void_p = (handle.uses or handle).pointer
        self._is_outermost = False
        self._outer: StoppableCall | None = None
        self.may_stop = may_stop
        self.was_requested = False

    def begin(self) -> None:
        """Listen from now on until `end`; on other threads this does nothing."""
        if not _is_main_thread():
            return
        self._outer = _listener.call
        _listener.call = self
        if self._outer is None:
            self._is_outermost = True
            _listener.open()

    def end(self, *, drain: bool = False) -> None:
        """Stop listening; a second time this does nothing.

        Parameters
        ----------
        drain : bool
            Whether a signal may have come, of which the listener is not to hear later.
        """
        with _listener.lock:
            if _listener.call is self:
                _listener.call = self._outer
        if self._is_outermost:
            _listener.close()
            self._is_outermost = False
        if drain:
            _listener.hear()
        if self.was_requested:
            # A request that came too late would stop the next call: one that fails for
            # want of inputs takes it.
            library.rfgsnn_network_predict(self._network, None, 0, None)

    def request_stop(self) -> None:
        """Ask the library, which may know nothing of the call yet, or no more."""
        self.was_requested = True
        library.rfgsnn_network_request_stop(self._network)


class _Listener:
    """The thread that hears of signals while the main thread cannot run handlers."""

    def __init__(self) -> None:
        #: The call that the main thread is in.
        self.call: StoppableCall | None = None
        #: Held while that call is asked to stop. A signal handler may call the library
        #: while its thread holds it.
        self.lock = threading.RLock()
        self._ends: tuple[int, int] | None = None
        #: The file descriptor that the host set.
        self._host = -1

    # Little is caught in the two: signal handlers of the host may raise in them.

    def open(self) -> None:
        """Begin to hear; whom the host lets hear of signals is told of them."""
        if self._ends is None:
            # There may be no descriptor or no thread to be had.
            with suppress(OSError, RuntimeError):
                self._start()
        if self._ends is not None:
            # Only the main interpreter may.
            with suppress(ValueError):
                self._host = signal.set_wakeup_fd(
                    self._ends[1], warn_on_full_buffer=False
                )

    def close(self) -> None:
        """Let the host hear again."""
        host, self._host = self._host, -1
        if host >= 0:
            # It may have been closed meanwhile.
            with suppress(OSError, ValueError):
                signal.set_wakeup_fd(host)
                return
        with suppress(ValueError):
            signal.set_wakeup_fd(-1)

    def _start(self) -> None:
        ends = os.pipe()
        for end in ends:
            os.set_blocking(end, False)
        threading.Thread(
            target=self._listen, args=ends[:1], name="rfgsnn-signals", daemon=True
        ).start()
        self._ends = ends

    def _listen(self, end: int) -> None:
        signals = select.poll()
        signals.register(end, select.POLLIN)
        while True:
            signals.poll()
            call = self.hear()
            if call is not None and (call.may_stop is None or call.may_stop()):
                self._stop(call)

    def hear(self) -> StoppableCall | None:
        """Read what was written, and give the call that Ctrl-C was meant for."""
        with self.lock:
            if self._ends is None:
                return None
            try:
                numbers = os.read(self._ends[0], 4096)
            except BlockingIOError:
                return None
            if self._host >= 0:
                with suppress(OSError):
                    os.write(self._host, numbers)
            return self.call if signal.SIGINT in numbers else None

    def _stop(self, call: StoppableCall) -> None:
        while True:
            with self.lock:
                if self.call is not call:
                    return
                call.request_stop()
            time.sleep(_PAUSE)


_listener = _Listener()


def _start_anew() -> None:
    """In the child of a fork, where the thread is gone and the pipe is the parent's."""
    global _listener
    if _listener.call is not None:
        with suppress(ValueError):
            signal.set_wakeup_fd(-1)
    _listener = _Listener()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_anew)
