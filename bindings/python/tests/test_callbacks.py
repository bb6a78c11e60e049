"""Progress functions: what they may do, and that no exception or signal is lost."""

import os
import signal
import subprocess
import sys
import threading
import time
import traceback

import numpy as np
import pytest

import rfgsnn
from rfgsnn import StopReason
from rfgsnn._callback import ProgressCall


class HostError(Exception):
    pass


@pytest.fixture(autouse=True)
def _interrupts_are_heard():
    """A shell makes programs in its background deaf to SIGINT; here they listen."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_reports(network, data):
    reports = []
    trainer = rfgsnn.Trainer(network, steps=40, report_interval=10)
    trainer.fit(*data, validation=data, progress=reports.append)
    regular = [report for report in reports if report.step % 10 == 0]
    assert [report.step for report in regular] == [10, 20, 30, 40]
    assert np.array_equal([report.loss for report in regular], trainer.history.loss)
    for report in regular:
        assert report.steps == 40 and report.seconds_left >= 0
        assert np.isfinite(report.validation_loss)
    assert regular[-1].seconds_left == 0


def test_a_true_answer_stops(network, data):
    trainer = rfgsnn.Trainer(network, steps=1000, report_interval=1)
    result = trainer.fit(*data, progress=lambda report: report.step >= 5)
    assert result.reason is StopReason.CALLBACK
    assert trainer.updates == 5


def test_request_stop(network, data):
    trainer = rfgsnn.Trainer(network, steps=1000, report_interval=1)
    result = trainer.fit(*data, progress=lambda report: trainer.request_stop())
    assert result.reason is StopReason.REQUEST
    assert trainer.updates == 1


def test_request_stop_from_another_thread(long_trainer, data):
    timer = threading.Timer(0.1, long_trainer.request_stop)
    timer.start()
    result = long_trainer.fit(*data)
    timer.join()
    assert result.reason is StopReason.REQUEST


def test_a_networks_request_stop_ends_its_trainers_fit(network, data):
    trainer = rfgsnn.Trainer(network, steps=1000, report_interval=1)
    result = trainer.fit(*data, progress=lambda report: network.request_stop())
    assert result.reason is StopReason.REQUEST
    assert trainer.updates == 1


def test_a_request_to_stop_cancels_the_next_call_and_only_that_one(network, data):
    network.request_stop()
    with pytest.raises(rfgsnn.CancelledError, match="stopped"):
        network.predict(data[0])
    assert network.predict(data[0]).shape == np.shape(data[1])


def test_an_exception_comes_through_with_its_traceback(network, data):
    def explode(report):
        raise HostError("boom")

    trainer = rfgsnn.Trainer(network, steps=1000, report_interval=1)
    with pytest.raises(HostError, match="boom") as caught:
        trainer.fit(*data, progress=explode)
    frames = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert frames[0] == "test_an_exception_comes_through_with_its_traceback"
    assert frames[-1] == "explode"


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_exceptions_that_are_no_errors_come_through(error, network, data):
    def leave(report):
        raise error

    with pytest.raises(error):
        rfgsnn.Trainer(network, steps=10).fit(*data, progress=leave)


def test_the_trainer_is_whole_after_an_exception(data):
    """Stopped by an exception and gone on, or stopped by request: the same bits."""

    def stop(trainer, answer):
        def report(progress):
            if progress.step == 7:
                return answer()

        trainer.fit(*data, progress=report)

    def explode():
        raise HostError

    def train(answer):
        network = rfgsnn.Network(inputs=2, outputs=1, hidden=8, time_steps=8)
        trainer = rfgsnn.Trainer(network, steps=20, report_interval=1, batch_size=100)
        try:
            stop(trainer, answer)
        except HostError:
            pass
        assert trainer.updates == 7
        trainer.fit(*data)
        return network.parameters.copy()

    assert np.array_equal(train(explode), train(lambda: True))


def test_reading_inside_the_progress_function(network, data):
    seen = []

    def look(report):
        seen.append((trainer.history.step.size, trainer.updates, trainer.memory.held))
        assert np.all(np.isfinite(network.parameters))
        assert network.tensors["readout.bias"].shape == (1,)
        assert np.all(network.input_scaling.scale == 1)
        assert network.memory.held > 0

    trainer = rfgsnn.Trainer(network, steps=3, report_interval=1)
    trainer.fit(*data, progress=look)
    assert [(records, updates) for records, updates, _ in seen] == [
        (1, 1),
        (2, 2),
        (3, 3),
    ]


@pytest.mark.parametrize(
    "call",
    [
        lambda trainer, x, y: trainer.network.predict(x),
        lambda trainer, x, y: trainer.fit(x, y),
        lambda trainer, x, y: trainer.update(),
        lambda trainer, x, y: trainer.close(),
        lambda trainer, x, y: trainer.network.close(),
    ],
    ids=["predict", "fit", "update", "close", "close network"],
)
def test_running_inside_the_progress_function_is_refused(call, network, data):
    trainer = rfgsnn.Trainer(network, steps=3)
    with pytest.raises(rfgsnn.BusyError):
        trainer.fit(*data, progress=lambda report: call(trainer, *data))
    assert network.predict(data[0]).shape == (500, 1)


def test_training_another_network_inside_the_progress_function(network, data):
    def train(report):
        losses.append(rfgsnn.Trainer(network.__class__(2, 1), steps=2).fit(*data).loss)

    losses = []
    rfgsnn.Trainer(network, steps=3, report_interval=1).fit(*data, progress=train)
    assert len(losses) == 3 and np.all(np.isfinite(losses))


def interrupt_after(seconds):
    main = threading.main_thread().ident
    timer = threading.Timer(seconds, signal.pthread_kill, (main, signal.SIGINT))
    timer.start()


@pytest.mark.parametrize("progress", [False, lambda report: None])
def test_ctrl_c(progress, long_trainer, data):
    handler = signal.getsignal(signal.SIGINT)
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        interrupt_after(0.2)
        long_trainer.fit(*data, progress=progress)
    assert time.monotonic() - started < 5
    assert signal.getsignal(signal.SIGINT) is handler
    assert np.all(np.isfinite(long_trainer.network.predict(data[0])))


def test_ctrl_c_ends_a_program():
    program = """
import numpy as np, rfgsnn
x = np.linspace(-1, 1, 100)
network = rfgsnn.Network(inputs=1, outputs=1, hidden=8)
trainer = rfgsnn.Trainer(network, steps=10**9)
trainer.fit(x, x, progress=lambda report: print("training", flush=True))
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout.readline() == "training\n"
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == -signal.SIGINT
    # No "Exception ignored", but a traceback that begins at the call of fit.
    assert errors.startswith("Traceback")
    assert errors.splitlines()[1].strip() == 'File "<string>", line 6, in <module>'
    assert errors.endswith("KeyboardInterrupt\n")


def test_no_ctrl_c_is_lost(data):
    """At whatever moment of a step, a report or a progress function it comes."""
    network = rfgsnn.Network(inputs=2, outputs=1, hidden=4, time_steps=2)
    trainer = rfgsnn.Trainer(network, steps=10**9, batch_size=10, report_interval=1)
    stop = threading.Timer(60, trainer.request_stop)
    stop.start()
    for attempt in range(100):

        def report(progress, delay=0.00013 * attempt):
            if progress.step == 1:
                interrupt_after(delay)

        with pytest.raises(KeyboardInterrupt):
            trainer.fit(*data, progress=report)
    stop.cancel()


def test_ctrl_c_while_the_progress_function_works(long_trainer, data):
    def work(report):
        interrupt_after(0.1)
        time.sleep(60)

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        long_trainer.fit(*data, progress=work)
    assert time.monotonic() - started < 30


def test_ctrl_c_after_the_last_report_is_raised_too():
    with pytest.raises(KeyboardInterrupt), ProgressCall(None):
        signal.raise_signal(signal.SIGINT)
        # The library returns here.
        returned = True
    assert returned


def test_other_signals_come_through(long_trainer, data):
    def alarm(number, frame):
        raise HostError("time is up")

    before = signal.signal(signal.SIGALRM, alarm)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(HostError, match="time is up"):
            long_trainer.fit(*data, progress=False)
        assert signal.getsignal(signal.SIGALRM) is alarm
    finally:
        signal.signal(signal.SIGALRM, before)


def test_signals_that_do_not_raise_do_not_stop(long_trainer, data):
    count = []
    before = signal.signal(signal.SIGUSR1, lambda number, frame: count.append(number))
    try:
        main = threading.main_thread().ident
        tell = threading.Timer(0.1, signal.pthread_kill, (main, signal.SIGUSR1))
        stop = threading.Timer(0.8, long_trainer.request_stop)
        tell.start(), stop.start()
        assert long_trainer.fit(*data).reason is StopReason.REQUEST
        tell.join(), stop.join()
        assert count == [signal.SIGUSR1]
    finally:
        signal.signal(signal.SIGUSR1, before)
