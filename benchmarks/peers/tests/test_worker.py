"""The processes of the libraries, with rfgsnn in them."""

import numpy as np
import pytest
from peers import ours, problem
from peers.client import Client, Clients, PeerError


@pytest.fixture
def client(tmp_path):
    client = Client("rfgsnn", 1, tmp_path)
    yield client
    client.close()


def test_a_step_in_another_process(client, tiny, tmp_path):
    made, _ = problem.make(tiny)
    file = tmp_path / "problem.npz"
    made.save(file)
    loss, gradient = client.prepare("step", file, tiny, "rate", "forward", 60)
    exact = ours.prepare(made, tiny, "rate", "forward", 1).gradient()
    assert loss == exact[0] and np.array_equal(gradient, exact[1])
    assert 0 < client.run("step", 3, 1, 60) < 1
    assert client.memory("step", 60) > 1000
    client.drop("step")
    with pytest.raises(PeerError, match="KeyError: 'step'"):
        client.run("step", 1, 0, 60)
    assert client.is_alive


def test_a_library_that_is_not_there_is_said_once(tmp_path):
    clients = Clients(tmp_path)
    for _ in range(2):
        with pytest.raises(PeerError, match="ModuleNotFoundError: No module named 'peers.nothing_peer'"):
            clients("nothing", 1)
    clients.close()


def test_a_process_that_takes_too_long_is_ended_and_started_again(tiny, tmp_path):
    problem.make(tiny)[0].save(tmp_path / "problem.npz")
    clients = Clients(tmp_path)
    first = clients("rfgsnn", 1)
    first.prepare("step", tmp_path / "problem.npz", tiny, "rate", "forward", 60)
    with pytest.raises(PeerError, match="took more than 1 s to run"):
        first.run("step", 10**9, 0, 1)
    first.close()
    second = clients("rfgsnn", 1)
    assert second is not first and second.is_alive
    clients.close()
    assert not second.is_alive
