"""The progress bar."""

import io
import sys

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


def test_a_process_without_standard_error(monkeypatch, network, data):
    monkeypatch.setattr(sys, "stderr", None)
    assert rfgsnn.Trainer(network, steps=2).fit(*data).history.step[-1] == 2
