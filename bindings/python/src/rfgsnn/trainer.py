"""Training: the verbs one by one, and the loop over a data set."""

from __future__ import annotations

from ctypes import POINTER, byref, c_double, c_float, c_int64, c_void_p, cast
from dataclasses import dataclass
from enum import IntEnum
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from . import _arrays
from ._arrays import Inputs
from ._callback import ProgressCall
from ._handles import Handle
from ._library import check, integer, library
from ._network_contents import Memory
from ._options import TrainerOptions, Value, native_options, resolve
from ._signatures import Status
from .diagnostics import Diagnosis, diagnose
from .network import FloatArray, Network
from .progress import ProgressChoice, reporter

if TYPE_CHECKING:
    from typing_extensions import Unpack


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
    """The records that `Trainer.fit` keeps at its reports, one per element."""

    #: Updates that the trainer had done.
    step: npt.NDArray[np.int64]
    #: Mean training loss since the record before.
    loss: npt.NDArray[np.float64]
    #: Validation loss; NaN without a validation set.
    validation_loss: npt.NDArray[np.float64]


@dataclass(frozen=True)
class FitResult:
    """What one call of `Trainer.fit` came to.

    A readout solve at the end (option readout_solve) comes after the last report, so
    the losses here are those before it.
    """

    #: Why it ended.
    reason: StopReason
    #: Training loss of the last report; NaN if it ended before the first.
    loss: float
    #: Validation loss of the reports: the least with option restore_best, whose
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


class Trainer:
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

    # The verbs

    def perturb(self, draw: int | None = None) -> None:
        """Choose the directions of the coming pass, and clear the state.

        `forward` and `step` do it themselves if it was not called since the last
        estimate.

        Parameters
        ----------
        draw : int, optional
            Names the directions, at least 0: the same seed and draw give the same
            directions. None is the trainer's own count of updates; with an optimiser
            of your own, which does not call `update`, give a count of your own.
        """
        number = -1 if draw is None else integer(draw, "draw")
        check(library.rfgsnn_perturb(self._handle.pointer, number))

    def step(self, x: Inputs) -> FloatArray:
        """Advance the network and its tangents by one time step.

        Parameters
        ----------
        x : array_like, shape (samples, inputs)
            The inputs of this time step, in your units. The first step of a pass fixes
            the number of samples.

        Returns
        -------
        ndarray, shape (samples, outputs)
            The readout of the mean spike train so far, in your units.
        """
        inputs = self._network._view_inputs(x, "input")
        outputs = inputs.empty_outputs(self._network.outputs)
        check(library.rfgsnn_step(self._handle.pointer, inputs.pointer, byref(outputs)))
        return outputs.array

    def forward(self, x: Inputs) -> FloatArray:
        """Run the network and its tangents over all time steps.

        Parameters
        ----------
        x : array_like, or tuple of array_like
            The inputs, in your units, as for `Network.predict`.

        Returns
        -------
        ndarray, shape (samples, outputs)
            The outputs, in your units; of an operator network in the shape of
            `Network.predict`.
        """
        inputs = self._network._view_inputs(x)
        outputs = inputs.empty_outputs(self._network.outputs)
        check(
            library.rfgsnn_forward(
                self._handle.pointer, inputs.pointer, inputs.count, byref(outputs)
            )
        )
        return outputs.array

    def estimate_gradient(self, y: npt.ArrayLike) -> float:
        """Estimate the gradient of option loss for the pass that was run.

        Parameters
        ----------
        y : array_like, shape (samples, outputs)
            The targets of the samples of the pass, in your units; of an operator
            network (functions, points..., outputs).

        Returns
        -------
        float
            The loss of the pass, in your units.
        """
        targets = _arrays.view(y, "targets")
        loss = c_double()
        check(
            library.rfgsnn_estimate_gradient(
                self._handle.pointer, byref(targets), byref(loss)
            )
        )
        return loss.value

    def estimate_gradient_from_output_gradient(self, g: npt.ArrayLike) -> None:
        """Estimate the gradient of a loss of your own for the pass that was run.

        Parameters
        ----------
        g : array_like, shape (samples, outputs)
            Derivative of the loss by each output of the pass, in your units; of an
            operator network (functions, points..., outputs).
        """
        derivative = _arrays.view(g, "output_gradient")
        check(
            library.rfgsnn_estimate_gradient_from_output_gradient(
                self._handle.pointer, byref(derivative)
            )
        )

    @property
    def perturbations(self) -> int:
        """Perturbed copies of the parameters per draw: two for each direction."""
        directions = self._options["directions"]
        assert isinstance(directions, int)
        return 2 * directions

    def perturbed_parameters(self, index: int) -> npt.NDArray[np.float32]:
        """Ask for perturbed parameters, to find their loss yourself (black box, ask).

        Parameters
        ----------
        index : int
            From 0 to `perturbations` - 1: 2k is theta + sigma v and 2k + 1 is
            theta - sigma v for direction k, where sigma is option black_box_sigma.

        Returns
        -------
        ndarray of float32, shape (parameters,)
            A new array; the network's own parameters stay as they are.
        """
        values = np.empty_like(self._network.parameters)
        check(
            library.rfgsnn_perturbed_parameters(
                self._handle.pointer,
                integer(index, "index"),
                _arrays.floats(values),
                values.size,
            )
        )
        return values

    def estimate_gradient_from_losses(self, losses: npt.ArrayLike) -> None:
        """Estimate the gradient from the losses that you found (black box, tell).

        Parameters
        ----------
        losses : array_like, shape (perturbations,)
            The loss at each of the perturbed parameters, in the order of their index.
        """
        numbers = _arrays.to_vector(losses, "losses", np.float64)
        check(
            library.rfgsnn_estimate_gradient_from_losses(
                self._handle.pointer, _arrays.doubles(numbers), numbers.size
            )
        )

    @property
    def gradient(self) -> npt.NDArray[np.float32]:
        """The last estimate, a read-only view of shape (parameters,).

        Derivative of the loss by each parameter; with option accumulate the mean of
        those since the last update. The next estimate overwrites it, and `update`
        clips it in place: copy what you want to keep.
        """
        address, count = POINTER(c_float)(), c_int64()
        check(
            library.rfgsnn_gradient(self._handle.pointer, byref(address), byref(count))
        )
        place = cast(address, c_void_p).value or 0
        return self._handle.view(place, count.value, writable=False)

    def update(self) -> None:
        """Update the parameters with the last estimate: clip, schedule, optimiser."""
        check(library.rfgsnn_update(self._handle.pointer))

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
        """Ask `fit` to stop after the step it is in; from any thread at any time."""
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
