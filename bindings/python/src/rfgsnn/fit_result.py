"""What a call of `Trainer.fit` came to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ._signatures import Status


class StopReason(IntEnum):
    """Why `Trainer.fit` ended."""

    #: All steps are done.
    STEPS = Status.STOPPED_STEPS
    #: The validation loss did not improve for option patience reports.
    EARLY = Status.STOPPED_EARLY
    #: The loss reached option loss_target.
    TARGET = Status.STOPPED_TARGET
    #: The progress function answered with a true value.
    CALLBACK = Status.STOPPED_CALLBACK
    #: `Trainer.request_stop` was called.
    REQUEST = Status.STOPPED_REQUEST


class History(NamedTuple):
    """The records that `Trainer.fit` keeps at its reports, read-only."""

    #: Updates that the trainer had done.
    step: npt.NDArray[np.int64]
    #: Mean training loss since the record before.
    loss: npt.NDArray[np.float64]
    #: Validation loss; NaN without a validation set.
    validation_loss: npt.NDArray[np.float64]


@dataclass(frozen=True)
class FitResult:
    """What one call of `Trainer.fit` came to.

    A readout solve at the end (option readout_solve) adds a record of its own, whose
    training loss is that of the whole data set after the solve.
    """

    #: Why it ended.
    reason: StopReason
    #: Training loss of the last record; NaN if it ended before the first.
    loss: float
    #: Validation loss of the records: the least with option restore_best, whose
    #: parameters are then in place, the last one without; NaN if there is none.
    validation_loss: float
    #: The records of this call.
    history: History

    def __repr__(self) -> str:
        return (
            f"FitResult(reason={self.reason.name}, loss={self.loss:.6g}, "
            f"validation_loss={self.validation_loss:.6g}, "
            f"history of {len(self.history.step)} reports)"
        )
