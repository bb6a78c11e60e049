"""The way of progress reports to Python, and of exceptions and signals back."""

from __future__ import annotations

import signal
import threading
from functools import partial
from types import FrameType, TracebackType
from typing import Any, Callable

from . import _signatures
from ._exit import CallingBack
from ._handles import Handle
from ._interrupts import StoppableCall
from ._library import library
from .progress import Bar, Progress

Report = Callable[[Progress], object]


class ProgressCall:
    """Gives rfgsnn_fit a progress callback from which no exception is lost.

    ctypes prints an exception that leaves a callback, and goes on. So it is kept here,
    the library is told to stop, and `finish` raises it after rfgsnn_fit has returned.

    Parameters
    ----------
    report : callable or None
        Called with a `Progress`; a true answer stops the training. Even without one
        the library must call, so that Ctrl-C is seen.
    trainer : Handle
        Of the trainer that is to be fitted.
    """

    def __init__(self, report: Report | None, trainer: Handle) -> None:
        self._report = report
        self._error: BaseException | None = None
        self._signals = _HeldSignals()
        self._calling_back = CallingBack(
            partial(library.rfgsnn_request_stop, trainer.pointer)
        )
        self._stoppable = StoppableCall(trainer, self._signals.is_interrupt_default)
        self._function = _signatures.Progress(self._call)

    @property
    def function(self) -> Any:
        """What rfgsnn_fit is given, in the with block; none if Python is ending."""
        is_over = self._calling_back.is_over
        return _signatures.Progress() if is_over else self._function

    def _call(self, _context: Any, *values: Any) -> int:
        self._calling_back.in_python = True
        self._stoppable.end(drain=True)
        stop: object = False
        try:
            self._signals.let_through()
            try:
                # What a signal handler raises would be lost in a bar.
                if isinstance(self._report, Bar):
                    self._signals.hold()
                if self._report is not None:
                    stop = self._report(Progress(*values))
            finally:
                self._signals.hold()
        except BaseException as error:
            self._error = error
            return -1
        finally:
            self._stoppable.begin()
            self._calling_back.in_python = False
        return 1 if stop or self._calling_back.is_over else 0

    def __enter__(self) -> ProgressCall:
        self._calling_back.__enter__()
        self._signals.install()
        self._stoppable.begin()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stoppable.end(drain=True)
        self._calling_back.__exit__(kind, error, traceback)
        self._signals.restore()

    def finish(self) -> None:
        """Raise what the callback raised."""
        if self._error is not None:
            try:
                raise self._error
            finally:
                # The traceback refers to this frame, and so to this object.
                self._error = None


class _HeldSignals:
    """Holds signals back while the library runs, until a callback can raise for them.

    Python runs its handlers at the first bytecode after C, and that is the entry of the
    callback, outside of any try: the KeyboardInterrupt would be lost. Only the main
    thread runs handlers, so in others there is nothing to do.
    """

    def __init__(self) -> None:
        self._handlers: dict[int, Callable[[int, FrameType | None], Any]] = {}
        self._pending: list[tuple[int, FrameType | None]] = []
        self._holding = True

    def install(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            return
        for number in signal.valid_signals():
            handler = signal.getsignal(number)
            if callable(handler):
                self._handlers[number] = handler
                signal.signal(number, self._handle)

    def is_interrupt_default(self) -> bool:
        """Whether the host's handler of Ctrl-C is Python's, which raises for sure."""
        return self._handlers.get(signal.SIGINT) is signal.default_int_handler

    def restore(self) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        self._run_pending()

    def let_through(self) -> None:
        self._holding = False
        self._run_pending()

    def hold(self) -> None:
        self._holding = True

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self._holding:
            self._pending.append((number, frame))
        else:
            self._handlers[number](number, frame)

    def _run_pending(self) -> None:
        while self._pending:
            number, frame = self._pending.pop(0)
            self._handlers[number](number, frame)
