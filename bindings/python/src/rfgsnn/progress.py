"""Progress of a training: what is reported, and the bar that shows it."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Callable, NamedTuple, TextIO, Union


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
    """Give the function that is to be called with each report, for a with block."""
    if choice is None:
        choice = sys.stderr is not None and sys.stderr.isatty()
    if not isinstance(choice, bool):
        if not callable(choice):
            raise TypeError("progress: expected True, False, None or a function")
        yield choice
    elif choice:
        bar = _make_bar()
        try:
            yield bar.show
        finally:
            bar.close()
    else:
        yield None


def _make_bar() -> _TqdmBar | _PlainBar:
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return _PlainBar(sys.stderr)
    return _TqdmBar(tqdm)


def _losses(report: Progress) -> str:
    text = f"loss {report.loss:.3g}"
    if not math.isnan(report.validation_loss):
        text += f", validation {report.validation_loss:.3g}"
    return text


class _TqdmBar:
    def __init__(self, tqdm: Any) -> None:
        self._bar = tqdm(unit="step", file=sys.stderr)

    def show(self, report: Progress) -> None:
        self._bar.total = report.steps
        self._bar.set_postfix_str(_losses(report), refresh=False)
        self._bar.update(report.step - self._bar.n)

    def close(self) -> None:
        self._bar.close()


class _PlainBar:
    """One line that is written over; lines of their own, ten in all, in a log file."""

    def __init__(self, stream: TextIO) -> None:
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
