"""The progress bar."""

import io
import signal
import sys

import numpy as np
import pytest

import rfgsnn
from rfgsnn import progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(params=["tqdm", "plain"])
def bar(request, monkeypatch):
    if request.param == "tqdm":
        pytest.importorskip("tqdm")
    else:
        monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    return request.param


def errors_of(choice, stream, monkeypatch, network, data):
    monkeypatch.setattr(sys, "stderr", stream)
    rfgsnn.Trainer(network, steps=50).fit(*data, progress=choice)
    return stream.getvalue()


def test_silent_away_from_a_terminal(bar, monkeypatch, network, data):
    assert errors_of(None, io.StringIO(), monkeypatch, network, data) == ""


def test_silent_if_told(bar, monkeypatch, network, data):
    assert errors_of(False, Terminal(), monkeypatch, network, data) == ""


@pytest.mark.parametrize(
    ("choice", "stream"), [(None, Terminal), (True, Terminal), (True, io.StringIO)]
)
def test_a_bar(bar, choice, stream, monkeypatch, network, data):
    text = errors_of(choice, stream(), monkeypatch, network, data)
    assert "loss " in text
    assert ("50/50" if bar == "tqdm" else "step 50 of 50") in text
    assert text.endswith("\n")


def test_the_line_is_ended_after_an_error(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    monkeypatch.setattr(sys, "stderr", Terminal())
    with pytest.raises(ZeroDivisionError), progress.reporter(True) as report:
        report(rfgsnn.Progress(1, 100, 0.5, float("nan"), 75.0))
        raise ZeroDivisionError
    text = "\r[                    ] step 1 of 100, loss 0.5, 1:15 left\n"
    assert sys.stderr.getvalue() == text


def test_a_log_file_gets_ten_lines(monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with progress.reporter(True) as report:
        for step in range(1, 1001):
            report(rfgsnn.Progress(step, 1000, 0.5, 0.25, 1.0))
    lines = sys.stderr.getvalue().splitlines()
    assert len(lines) == 10 and "validation 0.25" in lines[0]


class Broken(io.StringIO):
    """A terminal of which one method does not work, or is not there."""

    def __init__(self, method, error):
        super().__init__()
        self._broken = method, error

    def __getattribute__(self, name):
        if name in ("_broken", "__class__"):
            return super().__getattribute__(name)
        method, error = super().__getattribute__("_broken")
        if name == method and error is AttributeError:
            raise AttributeError(name)
        if name == method:

            def fail(*arguments):
                raise error("broken")

            return fail
        return (lambda: True) if name == "isatty" else super().__getattribute__(name)


def closed():
    stream = io.StringIO()
    stream.close()
    return stream


STREAMS = {
    "none": lambda: None,
    "no stream": object,
    "closed": closed,
    "full disk": lambda: Broken("write", OSError),
    "write of another kind": lambda: Broken("write", RuntimeError),
    "no flush": lambda: Broken("flush", AttributeError),
    "flush fails": lambda: Broken("flush", ValueError),
    "no isatty": lambda: Broken("isatty", AttributeError),
    "isatty fails": lambda: Broken("isatty", ValueError),
    "no encoding": lambda: Broken("encoding", AttributeError),
    "no file descriptor": lambda: Broken("fileno", AttributeError),
    "ASCII": lambda: io.TextIOWrapper(io.BytesIO(), encoding="ascii"),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("choice", [None, True])
@pytest.mark.parametrize("kind", STREAMS)
def test_no_standard_error_ends_a_training(
    kind, choice, bar, monkeypatch, network, data
):
    ignored = []
    monkeypatch.setattr(sys, "unraisablehook", ignored.append)
    trainer = rfgsnn.Trainer(network, steps=3, report_interval=1)
    monkeypatch.setattr(sys, "stderr", STREAMS[kind]())
    result = trainer.fit(*data, progress=choice)
    monkeypatch.undo()
    assert result.reason is rfgsnn.StopReason.STEPS
    assert not ignored


def test_a_bar_that_does_not_work_does_not_end_a_training(monkeypatch, network, data):
    class Bar:
        def __init__(self, **options):
            self.n = 0

        def __getattr__(self, name):
            raise RuntimeError("can't start new thread")

    monkeypatch.setitem(sys.modules, "tqdm.auto", type("Module", (), {"tqdm": Bar}))
    result = rfgsnn.Trainer(network, steps=3).fit(*data, progress=True)
    assert result.reason is rfgsnn.StopReason.STEPS


def test_a_signal_while_the_bar_is_drawn_is_not_lost(monkeypatch, network, data):
    """What its handler raises ends the training, though failures of the bar do not."""

    class Alarming(Terminal):
        def write(self, text):
            signal.raise_signal(signal.SIGUSR1)
            return super().write(text)

    class HostError(Exception):
        pass

    def handle(number, frame):
        raise HostError

    monkeypatch.setitem(sys.modules, "tqdm.auto", None)
    monkeypatch.setattr(sys, "stderr", Alarming())
    before = signal.signal(signal.SIGUSR1, handle)
    try:
        with pytest.raises(HostError):
            rfgsnn.Trainer(network, steps=10**9, report_interval=1).fit(*data)
    finally:
        signal.signal(signal.SIGUSR1, before)


@pytest.mark.parametrize("choice", [np.True_, np.False_])
def test_booleans_of_numpy_are_booleans(choice, bar, monkeypatch, network, data):
    text = errors_of(choice, Terminal(), monkeypatch, network, data)
    assert bool(text) == choice


@pytest.mark.parametrize("choice", ["yes", 1, 0.5, []])
def test_what_is_no_choice_is_told(choice, network, data):
    with pytest.raises(rfgsnn.DtypeError, match="^progress: .*nor a function"):
        rfgsnn.Trainer(network, steps=2).fit(*data, progress=choice)


def test_a_process_without_standard_error(monkeypatch, network, data):
    monkeypatch.setattr(sys, "stderr", None)
    assert rfgsnn.Trainer(network, steps=2).fit(*data).history.step[-1] == 2
