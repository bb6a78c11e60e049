"""What keeps what alive, and when memory is given back."""

import gc
import os
import subprocess
import sys
import weakref

import numpy as np
import pytest

import rfgsnn


def test_a_trainer_keeps_its_network_alive(data):
    trainer = rfgsnn.Trainer(rfgsnn.Network(inputs=2, outputs=1, hidden=8), steps=5)
    state = rfgsnn.Network(inputs=2, outputs=1, hidden=8).state(500)
    gc.collect()
    trainer.fit(*data)
    assert trainer.network.predict(data[0]).shape == (500, 1)
    assert state.step(data[0]).shape == (500, 1)


def test_views_keep_the_memory_alive():
    values = np.arange(33, dtype=np.float32)
    network = rfgsnn.Network(inputs=2, outputs=1, hidden=8)
    network.set_parameters(values)
    view, weight = network.parameters, network.tensors["layer0.weight"].T
    reference = weakref.ref(network)
    del network
    gc.collect()
    assert reference() is None
    others = [rfgsnn.Network(inputs=2, outputs=1, hidden=8) for _ in range(50)]
    assert np.array_equal(view, values) and weight[0, 1] == 8
    del others


def test_a_closed_network_keeps_the_memory_of_its_views():
    held = rfgsnn.memory_held()
    network = rfgsnn.Network(inputs=2, outputs=1, hidden=8)
    view = network.parameters
    values = view.copy()
    network.close()
    with pytest.raises(rfgsnn.InvalidHandleError, match="network: was closed"):
        network.predict([[0.0, 0.0]])
    assert np.array_equal(view, values)
    assert rfgsnn.memory_held() > held
    del view
    assert rfgsnn.memory_held() == held


def test_memory_comes_back(data):
    gc.collect()
    held = rfgsnn.memory_held()
    network = rfgsnn.Network(inputs=2, outputs=1, hidden=(32, 32))
    trainer = rfgsnn.Trainer(network, steps=3)
    trainer.fit(*data)
    state = network.state(100)
    view = network.parameters
    assert rfgsnn.memory_held() > held
    del network, trainer, state, view
    assert rfgsnn.memory_held() == held


class Cyclic(rfgsnn.Network):
    """It can have attributes of its own, which a plain network cannot."""


def test_memory_comes_back_from_cycles(data):
    gc.collect()
    held = rfgsnn.memory_held()
    for _ in range(20):
        network = Cyclic(inputs=2, outputs=1, hidden=8)
        network.users = [rfgsnn.Trainer(network), network.state(5)]
    del network
    gc.collect()
    assert rfgsnn.memory_held() == held


def test_a_network_in_use_is_not_closed(network, data):
    trainer, state = rfgsnn.Trainer(network), network.state(3)
    view = network.parameters
    values = view.copy()
    for user in (trainer, state):
        with pytest.raises(rfgsnn.InUseError, match="uses? it|use it") as caught:
            network.close()
        assert isinstance(caught.value, RuntimeError)
        assert network.predict(data[0]).shape == (500, 1)
        user.close()
    network.close()
    network.close()
    others = [rfgsnn.Network(2, 1, hidden=(16, 12)) for _ in range(20)]
    assert np.array_equal(view, values)
    del others
    with pytest.raises(rfgsnn.InvalidHandleError):
        network.predict(data[0])


def test_closed_objects_say_so(network, data):
    trainer, state = rfgsnn.Trainer(network), network.state(3)
    trainer.close(), state.close()
    with pytest.raises(rfgsnn.InvalidHandleError, match="trainer: was closed"):
        trainer.fit(*data)
    with pytest.raises(rfgsnn.InvalidHandleError, match="state: was closed"):
        state.reset()


def test_with_blocks(data):
    with rfgsnn.Network(2, 1) as network, rfgsnn.Trainer(network, steps=2) as trainer:
        trainer.fit(*data)
    with pytest.raises(rfgsnn.InvalidHandleError):
        network.predict(data[0])
    with pytest.raises(ZeroDivisionError), rfgsnn.Network(2, 1) as network:
        trainer = rfgsnn.Trainer(network)
        raise ZeroDivisionError
    with pytest.raises(rfgsnn.InUseError), rfgsnn.Network(2, 1) as network:
        trainer = rfgsnn.Trainer(network)
    del trainer


def run(program):
    return subprocess.run(
        [sys.executable, "-X", "dev", "-c", program],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def test_the_interpreter_ends_quietly_in_any_state():
    done = run(
        """
import atexit, threading
import numpy as np
# Registered first, so it runs last: views are still good then.
atexit.register(lambda: print("sum", float(np.sum(view * 0 + 1))))
import rfgsnn
class Cyclic(rfgsnn.Network): pass
network = Cyclic(inputs=2, outputs=1, hidden=8)
view = network.parameters
trainer = rfgsnn.Trainer(network, steps=10**9, batch_size=20)
state = network.state(3)
network.cycle = [trainer, state]
x = np.zeros((100, 2))
other = rfgsnn.Trainer(rfgsnn.Network(inputs=2, outputs=1), steps=10**9)
threading.Thread(target=lambda: other.fit(x, x[:, :1]), daemon=True).start()
"""
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "sum 33.0\n", "")


@pytest.mark.skipif(sys.platform != "linux", reason="fork")
def test_fork(network, data):
    x, y = data
    expected = network.predict(x)
    child = os.fork()
    if child == 0:
        same = np.array_equal(network.predict(x), expected)
        rfgsnn.Trainer(network, steps=3).fit(x, y)
        os._exit(0 if same else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert np.array_equal(network.predict(x), expected)


def test_a_gradient_keeps_its_memory_alive(network, data):
    trainer = rfgsnn.Trainer(network)
    trainer.forward(data[0])
    trainer.estimate_gradient(data[1])
    gradient = trainer.gradient
    values = gradient.copy()
    trainer.close()
    others = [rfgsnn.Trainer(network) for _ in range(20)]
    assert np.array_equal(gradient, values)
    with pytest.raises(rfgsnn.InUseError):
        network.close()
    del others, gradient
    network.close()
