"""Turns, ratios, the choice of a form, and deadlines, with processes that are made up."""

import time
from pathlib import Path

import numpy as np
import pytest
from peers import choose as choosing
from peers.budget import Budget, share
from peers.choose import Exact, choose
from peers.client import PeerError
from peers.methods import PEERS
from peers.timing import Contestant, ratio, rounds_until


class FakeClient:
    """Takes as long as it is told, without doing anything; forms in `wrong` do another step."""

    def __init__(self, threads, seconds, wrong=(), broken=()):
        self.threads, self.seconds, self.wrong, self.broken, self.held = threads, seconds, wrong, broken, []
        self.calls = []

    def prepare(self, name, problem, reference, method, form, timeout):
        if form in self.broken:
            raise PeerError("it broke")
        self.held.append(name)
        return 1.0, np.ones(4) * (2 if form in self.wrong else 1)

    def run(self, name, steps, warm, timeout):
        self.calls.append((name, steps, warm))
        return self.seconds[name.split()[-1]]

    def drop(self, name):
        self.held.remove(name)


def test_contestants_take_turns():
    client = FakeClient(1, {"a": 0.02, "b": 2.0})
    contestants = [Contestant("a", client, "a", 0.02), Contestant("b", client, "b", 2.0)]
    times = rounds_until(contestants, time.perf_counter() - 1, most=9, least=3)
    assert times == {"a": [20.0] * 3, "b": [2000.0] * 3}
    # Short steps are repeated after a warm one, long ones are neither.
    assert client.calls == [("a", 2, 1), ("b", 1, 0)] * 3
    assert len(rounds_until(contestants, time.perf_counter() + 60, most=4)["a"]) == 4


def test_ratios_are_taken_round_by_round():
    found = ratio([1.0, 2.0, 4.0], [6.0, 8.0, 40.0])
    assert (found.median, found.least, found.most) == (6.0, 4.0, 10.0)
    assert (found.ours_ms, found.peer_ms, found.rounds) == (2.0, 8.0, 3)


@pytest.fixture
def pick(tiny, monkeypatch):
    monkeypatch.setattr(choosing, "ALL", 2)

    def run(clients, forms, deadline=60.0):
        failures = {}
        exact = Exact(1.0, np.ones(4), np.ones(4))
        until = time.perf_counter() + deadline
        table = lambda library, threads: clients[threads]  # noqa: E731
        return choose(table, PEERS["torch"], "bptt", forms, tiny, Path("none"), exact, until, failures), failures

    return run


def test_the_fastest_form_that_does_the_same_step_is_chosen(pick):
    seconds = {"slow": 0.3, "fast": 0.1, "wrong": 0.01}
    clients = {2: FakeClient(2, seconds, {"wrong"}, {"broken"}), 1: FakeClient(1, {"fast": 0.05})}
    best, failures = pick(clients, ("slow", "wrong", "broken", "fast"))
    assert (best.form, best.client.threads, best.seconds) == ("fast", 1, 0.05)
    assert best.tried == {"slow, 2 threads": 0.3, "fast, 2 threads": 0.1, "fast, 1 thread": 0.05}
    assert "does another step" in failures["PyTorch bptt on R1, wrong, 2 threads"]
    assert failures["PyTorch bptt on R1, broken, 2 threads"] == "it broke"
    assert clients[2].held == [] and len(clients[1].held) == 1


def test_after_the_deadline_only_one_form_is_tried_and_that_on_one_thread_too(pick):
    clients = {2: FakeClient(2, {"a": 0.1, "b": 0.01}), 1: FakeClient(1, {"a": 0.2})}
    best, failures = pick(clients, ("a", "b"), deadline=-1.0)
    assert best.form == "a" and list(best.tried) == ["a, 2 threads", "a, 1 thread"]
    assert failures == {"PyTorch bptt on R1, b, 2 threads": "not tried for want of time"}


def test_a_library_of_which_nothing_works_has_no_choice(pick):
    best, failures = pick({2: FakeClient(2, {}, (), {"a"})}, ("a",))
    assert best is None and len(failures) == 1


def test_a_budget_is_shared_by_weight(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    budget = Budget(60.0, {"a": 1.0, "b": 2.0})
    assert budget.begin("a") == pytest.approx(120.0)
    now[0] = 110.0  # The first part took half of its time, and the other one gets the rest.
    assert budget.begin("b") == pytest.approx(160.0)
    assert share(160.0, 5) == pytest.approx(120.0) and share(90.0, 5) == now[0]
    now[0] = 200.0
    assert budget.left == 0.0
