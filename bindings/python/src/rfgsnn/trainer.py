"""Training: the loop over a data set, on top of the verbs of a step."""

from __future__ import annotations

from ctypes import byref, c_int64, c_void_p
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from . import _arrays
from ._arrays import Inputs
from ._callback import ProgressCall
from ._handles import Handle
from ._library import check, library
from ._network_contents import Memory
from ._options import TrainerOptions, Value, native_options, resolve
from ._verbs import Verbs
from .diagnostics import Diagnosis, diagnose
from .fit_result import FitResult, History, StopReason
from .network import Network
from .progress import ProgressChoice, reporter

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Trainer(Verbs):
    """Estimates gradients of a network, and updates its parameters.

    Parameters
    ----------
    network : Network
        The network to train; it stays alive as long as the trainer.
    **options
        Any option of scope trainer or both, such as ``estimator="rfg_activity"``,
        ``steps=4000`` or ``seed=0``; `rfgsnn.options` lists them.

    Notes
    -----
    `fit` trains on a data set. Or call the verbs yourself for each update: `perturb`
    (optional), `forward` or a number of `step`, one of the ``estimate_gradient``
    functions, and `update`, or your own optimiser on `gradient` and
    `Network.parameters`.

    Examples
    --------
    With a loss of your own:

    >>> import numpy as np, rfgsnn
    >>> x = np.random.default_rng(0).uniform(-1, 1, (100, 2))
    >>> y = x[:, :1] * x[:, 1:]
    >>> network = rfgsnn.Network(inputs=2, outputs=1)
    >>> trainer = rfgsnn.Trainer(network, steps=20)
    >>> for _ in range(20):
    ...     output = trainer.forward(x)
    ...     trainer.estimate_gradient_from_output_gradient(np.sign(output - y) / 100)
    ...     trainer.update()
    >>> trainer.updates
    20

    With a loss that only you can compute, and no derivative:

    >>> trainer = rfgsnn.Trainer(network, estimator="black_box", directions=2)
    >>> probe = network.clone()
    >>> losses = []
    >>> for index in range(trainer.perturbations):
    ...     probe.set_parameters(trainer.perturbed_parameters(index))
    ...     losses.append(np.abs(probe.predict(x) - y).mean())
    >>> trainer.estimate_gradient_from_losses(losses)
    >>> trainer.update()
    """

    def __init__(self, network: Network, **options: Unpack[TrainerOptions]) -> None:
        self._network = network
        self._options = resolve("trainer", options)
        pointer = c_void_p()
        with native_options(self._options) as native:
            check(
                library.rfgsnn_trainer_create(
                    network._handle.pointer, native, byref(pointer)
                )
            )
        self._handle = Handle(
            "trainer", pointer, library.rfgsnn_trainer_free, network._handle
        )

    # What it is

    @property
    def network(self) -> Network:
        """The network that is trained."""
        return self._network

    @property
    def options(self) -> dict[str, Value]:
        """The value of every option of the trainer, a copy."""
        return dict(self._options)

    @property
    def updates(self) -> int:
        """Updates done so far, by `update` and `fit` together."""
        updates = c_int64()
        check(library.rfgsnn_trainer_updates(self._handle.pointer, byref(updates)))
        return updates.value

    @property
    def history(self) -> History:
        """All records that `fit` kept; also to be read inside its progress function."""
        return self._read_history(0)

    def _read_history(self, first: int) -> History:
        count = c_int64()
        pointer = self._handle.pointer
        check(
            library.rfgsnn_trainer_history(
                pointer, 0, 0, None, None, None, byref(count)
            )
        )
        length = count.value - first
        history = History(
            np.empty(length, np.int64), np.empty(length), np.empty(length)
        )
        check(
            library.rfgsnn_trainer_history(
                pointer,
                first,
                length,
                _arrays.integers(history.step),
                _arrays.doubles(history.loss),
                _arrays.doubles(history.validation_loss),
                None,
            )
        )
        return history

    @property
    def memory(self) -> Memory:
        """Bytes that its own numeric buffers hold now, and the most they ever held."""
        held, peak = c_int64(), c_int64()
        check(
            library.rfgsnn_trainer_memory(
                self._handle.pointer, byref(held), byref(peak)
            )
        )
        return Memory(held.value, peak.value)

    # The loop

    def fit(
        self,
        x: Inputs,
        y: npt.ArrayLike,
        *,
        validation: tuple[Inputs, npt.ArrayLike] | None = None,
        progress: ProgressChoice = None,
    ) -> FitResult:
        """Train on a data set: option steps updates, on batches of batch_size samples.

        Parameters
        ----------
        x : array_like, or tuple of array_like
            Inputs of all samples, in your units, as for `Network.predict`; not to be
            changed by other threads meanwhile.
        y : array_like
            Targets of all samples, in your units, of the shape of
            `Network.predict`'s outputs; not to be changed by other threads either.
        validation : pair, optional
            Inputs and targets of a validation set, as `x` and `y`, for options
            patience and restore_best.
        progress : bool or callable, optional
            None: a bar if standard error is a terminal. True: a bar, by tqdm if it is
            installed. False: nothing. A function is called with a `Progress` at each
            report (option report_interval) and about four times a second; if it
            answers with a true value, the training stops.

        Returns
        -------
        FitResult
            Why it ended, the losses and the history.

        Raises
        ------
        RfgsnnError
            An argument or a loss is wrong. The network then has the parameters of the
            last whole step.

        Notes
        -----
        An exception in the progress function, or Ctrl-C, ends the training after the
        step it is in and is then raised here. The network and the trainer can be used
        further. Inside the progress function, `Network.parameters`, `history` and
        other properties may be read, but nothing may be run.
        """
        inputs = self._network._view_inputs(x)
        targets = _arrays.view(y, "targets")
        held_inputs = held_targets = None
        if validation is not None:
            x_held, y_held = validation
            held_inputs = self._network._view_inputs(x_held, "validation_inputs")
            held_targets = _arrays.view(y_held, "validation_targets")
        first = len(self.history.step)
        with reporter(progress) as report:
            call = ProgressCall(report)
            with call:
                status = library.rfgsnn_fit(
                    self._handle.pointer,
                    inputs.pointer,
                    inputs.count,
                    byref(targets),
                    None if held_inputs is None else held_inputs.pointer,
                    0 if held_inputs is None else held_inputs.count,
                    None if held_targets is None else byref(held_targets),
                    call.function,
                    None,
                )
            call.finish()
            reason = StopReason(check(status))
        return self._result(reason, self._read_history(first))

    def _result(self, reason: StopReason, history: History) -> FitResult:
        loss = validation_loss = np.nan
        if len(history.step):
            loss, validation_loss = history.loss[-1], history.validation_loss[-1]
            if self._options["restore_best"] == "yes":
                validation_loss = history.validation_loss.min()
        return FitResult(reason, float(loss), float(validation_loss), history)

    def request_stop(self) -> None:
        """Ask the trainer's call to stop; from any thread at any time.

        If none runs, the next one does. Within about 0.2 s `fit` returns, with the
        parameters of the last whole step, or the best ones with ``restore_best``;
        any other call raises `CancelledError`.
        """
        check(library.rfgsnn_request_stop(self._handle.pointer))

    def diagnose(self, x: Inputs, y: npt.ArrayLike, draws: int = 16) -> Diagnosis:
        """Measure what the gradient estimates are worth on a batch, and get advice.

        An estimator of its own, like the trainer's, makes estimates at the present
        parameters; neither the network nor the trainer changes. To be called between
        two calls of `fit`, or between the verbs.

        Parameters
        ----------
        x : array_like, or tuple of array_like
            Inputs of the batch, in your units, as for `Network.predict`. Signal and
            noise depend on the number of samples: take as many as in training.
        y : array_like
            Targets of the batch, in your units.
        draws : int
            Estimates to make, 2 to 1024; more of them see smaller biases. Their memory
            is draws times that of the parameters.

        Returns
        -------
        Diagnosis
            Cosine with the exact gradient, bias, variance, signal-to-noise, what the
            neurons do, and advice.

        Examples
        --------
        >>> import numpy as np, rfgsnn
        >>> x = np.random.default_rng(0).uniform(-1, 1, (100, 2))
        >>> network = rfgsnn.Network(inputs=2, outputs=1)
        >>> trainer = rfgsnn.Trainer(network, estimator="weight_mirror")
        >>> diagnosis = trainer.diagnose(x, x[:, :1] * x[:, 1:])
        >>> diagnosis.reference, diagnosis.cosine > 0.9
        ('bptt', True)
        """
        return diagnose(self, x, y, draws)

    # Closing

    def close(self) -> None:
        """Free the trainer now instead of when nothing refers to it."""
        self._handle.close()

    def __enter__(self) -> Trainer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError(
            "a Trainer cannot be pickled or copied: the state of its optimiser stays "
            "in the library; pickle its network"
        )

    def __repr__(self) -> str:
        return f"Trainer({self._network!r}, estimator={self._options['estimator']!r})"
