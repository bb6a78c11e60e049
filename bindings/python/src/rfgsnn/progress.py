"""Progress of a training: what is reported, and the bar that shows it."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Callable, NamedTuple, Union

import numpy as np

from ._errors import DtypeError
from ._signatures import Status


class Progress(NamedTuple):
    """What a training reports."""

    #: Steps that are done, from 1.
    step: int
    #: All steps that are to be done.
    steps: int
    #: Mean training loss since the last report.
    loss: float
    #: Validation loss at the last report; NaN if there is none.
    validation_loss: float
    #: Estimate of the time to the last step, in seconds.
    seconds_left: float


#: None: a bar if standard error is a terminal; True: a bar; False: nothing; or a
#: function that is called with each report and stops the training by a true answer.
ProgressChoice = Union[None, bool, Callable[[Progress], object]]


@contextmanager
def reporter(choice: ProgressChoice) -> Iterator[Callable[[Progress], object] | None]:
    """Give the function that is to be called with each report, for a with block.

    It is a `Bar` or the caller's own.
    """
    stream = _HarmlessStream(sys.stderr)
    if choice is None:
        choice = stream.isatty()
    if not isinstance(choice, (bool, np.bool_)):
        if not callable(choice):
            raise DtypeError(
                Status.ERROR_DTYPE,
                f"progress: {choice!r} is neither True, False, None nor a function",
            )
        yield choice
    elif choice:
        bar = Bar(stream)
        try:
            yield bar
        finally:
            bar.close()
    else:
        yield None


class Bar:
    """Shows reports on a stream; whatever fails there, it is not felt."""

    def __init__(self, stream: _HarmlessStream) -> None:
        self._bar: _TqdmBar | _PlainBar
        try:
            from tqdm.auto import tqdm

            self._bar = _TqdmBar(tqdm, stream)
        except Exception:
            # It is not installed, or does not work here.
            self._bar = _PlainBar(stream)

    def __call__(self, report: Progress) -> None:
        """Show a report."""
        with suppress(Exception):
            self._bar.show(report)

    def close(self) -> None:
        """End the line."""
        with suppress(Exception):
            self._bar.close()


class _HarmlessStream:
    """A stream whose failures are not felt.

    A bar is not worth a training; and standard error may be any object, or None.
    """

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def _call(self, method: str, *arguments: str) -> Any:
        try:
            return getattr(self._stream, method)(*arguments)
        except Exception:
            return None

    def write(self, text: str) -> None:
        self._call("write", text)

    def flush(self) -> None:
        self._call("flush")

    def isatty(self) -> bool:
        return bool(self._call("isatty"))

    # What tqdm asks: it draws in ASCII if there is no encoding, and takes 80 columns
    # if there is no file descriptor.

    @property
    def encoding(self) -> Any:
        return getattr(self._stream, "encoding", None)

    def fileno(self) -> int:
        descriptor = self._call("fileno")
        if not isinstance(descriptor, int):
            raise OSError("no file descriptor")
        return descriptor


def _losses(report: Progress) -> str:
    text = f"loss {report.loss:.3g}"
    if not math.isnan(report.validation_loss):
        text += f", validation {report.validation_loss:.3g}"
    return text


class _TqdmBar:
    def __init__(self, tqdm: Any, stream: _HarmlessStream) -> None:
        self._bar = tqdm(unit="step", file=stream)

    def show(self, report: Progress) -> None:
        self._bar.total = report.steps
        self._bar.set_postfix_str(_losses(report), refresh=False)
        self._bar.update(report.step - self._bar.n)

    def close(self) -> None:
        self._bar.close()


class _PlainBar:
    """One line that is written over; lines of their own, ten in all, in a log file."""

    def __init__(self, stream: _HarmlessStream) -> None:
        self._stream = stream
        self._overwrites = stream.isatty()
        self._shown_at = -math.inf
        self._shown_tenths = 0
        self._width = 0

    def show(self, report: Progress) -> None:
        now = time.monotonic()
        last = report.step == report.steps
        tenths = 10 * report.step // report.steps
        if self._overwrites:
            due = last or now - self._shown_at >= 0.1
        else:
            due = tenths > self._shown_tenths
        if not due:
            return
        self._shown_at, self._shown_tenths = now, tenths
        filled = "#" * (2 * tenths)
        minutes, seconds = divmod(round(report.seconds_left), 60)
        text = (
            f"[{filled:<20}] step {report.step} of {report.steps}, "
            f"{_losses(report)}, {minutes}:{seconds:02d} left"
        )
        if self._overwrites:
            self._stream.write(f"\r{text:<{self._width}}")
            self._width = len(text)
        else:
            self._stream.write(text + "\n")
        self._stream.flush()

    def close(self) -> None:
        if self._width:
            self._stream.write("\n")
            self._stream.flush()
