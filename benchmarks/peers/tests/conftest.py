"""A small step, and the results of a run that never was."""

import pytest
from peers.references import REFERENCES, quick
from peers.results import Checked, Point, Results, Row


@pytest.fixture
def tiny():
    return quick(REFERENCES["R1"])


@pytest.fixture
def tiny_operator():
    return quick(REFERENCES["R2"])


@pytest.fixture
def results():
    results = Results("abc1234", "2 processors (none)", "baseline", 2, titles={"R1": "perceptron"})
    results.versions = {"rfgsnn": "0.1.0", "JAX": "9.9"}
    results.rates = {"R1": [0.3, 0.31]}

    def row(method, peer, peer_method, ratio):
        return Row("R1", method, peer, "9.9", peer_method, ratio, 0.9 * ratio, 1.1 * ratio, 2.0, 2.0 * ratio, 5)

    results.rows = [
        row("rate", "JAX", "bptt: steps/16, 2 threads", 7.0), row("full", "JAX", "bptt: steps/16, 2 threads", 2.0),
        row("rate", "rfgsnn", "rate16", 2.5), row("rate", "rfgsnn", "bptt", 4.0),
    ]  # fmt: skip
    results.checked = [
        Checked("R1", "JAX", "bptt", "steps/16", 2, 1e-7, 2e-6, {"steps/16, 2 threads": 0.014}),
        Checked("R1", "JAX", "jvp16", "steps/16/map", 2, 1e-7, float("nan"), {}),
    ]
    results.scaling = [Point("batch", value, "rfgsnn", "rate", value / 100) for value in (64, 256)]
    results.memory = [
        Point("time steps", count, library, method, amount)
        for count in (16, 1024) for library, method, amount in (("rfgsnn", "rate", 3.0), ("JAX", "bptt", 3.0 * count))
    ]  # fmt: skip
    results.latency = {"stepwise": (12.0, 13.0)}
    results.left_out = {"snnTorch": "it is not here"}
    return results
