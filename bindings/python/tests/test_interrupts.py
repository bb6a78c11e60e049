"""Ctrl-C during any long call: it ends at once, and nothing has changed."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import rfgsnn

# Prints when a signal may come, and the time at which the call ended.
PROGRAM = """
import os, signal, sys, threading, time
import numpy as np, rfgsnn

signal.signal(signal.SIGINT, signal.default_int_handler)
wide = np.broadcast_to(np.float32(0.3), (3_000_000, 2))
x = np.random.default_rng(0).uniform(-1, 1, (1000, 2))
y = x[:, :1]
network = rfgsnn.Network(inputs=2, outputs=1, hidden=(200, 200))
trainer = rfgsnn.Trainer(network, steps=10**9, batch_size=1000)
before = network.parameters.copy(), network.surrogate_widths, network.input_scaling

def unchanged():
    after = network.parameters, network.surrogate_widths, network.input_scaling
    return all(map(np.array_equal, before, after))

def ready():
    print("ready", flush=True)
"""

CALLS = {
    "predict": "network.predict(wide)",
    "firing_rates": "network.firing_rates(wide)",
    "activity": "network.activity(wide)",
    "solve_readout": "network.solve_readout(wide[:500_000], wide[:500_000, :1])",
    "diagnose": "trainer.diagnose(x, y, draws=1024)",
    "forward": "trainer.forward(wide)",
    "a step of a trainer": "[large_trainer.step(many) for _ in range(1000)]",
    "a step of a state": "[state.step(many) for _ in range(1000)]",
    "a long validation": "rfgsnn.Trainer(network, steps=1, learning_rate=1e-30)"
    ".fit(x, y, validation=(wide, wide[:, :1]))",
}


def interrupted(program, signals=1, delay=0.3):
    """Run a program, send it signals, and give what it prints and how long it took."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM + program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        assert process.stdout.readline() == "ready\n", process.communicate()
        for _ in range(signals):
            time.sleep(delay)
            sent = time.monotonic()
            process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 0, errors
    *lines, ended = out.splitlines()
    return lines, float(ended) - sent


STEPS = """
many = wide[:10_000]
large = rfgsnn.Network(inputs=2, outputs=1, hidden=(2000, 2000))
state, large_trainer = large.state(len(many)), rfgsnn.Trainer(large)
"""


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_long_call(call):
    program = f"""
{STEPS if "many" in call else ""}
ready()
try:
    {call}
except KeyboardInterrupt:
    ended = time.monotonic()
print(unchanged(), signal.getsignal(signal.SIGINT) is signal.default_int_handler)
print(signal.set_wakeup_fd(-1), network.predict(x).shape)
print(ended)
"""
    lines, seconds = interrupted(program)
    assert lines == ["True True", "-1 (1000, 1)"]
    # 0.2 s, with some room for a machine that does other things.
    assert seconds < 1


def test_a_training_is_whole_after_it():
    program = """
ready()
try:
    trainer.fit(x, y)
except KeyboardInterrupt:
    ended = time.monotonic()
print(trainer.updates > 0, rfgsnn.Trainer(network, steps=3).fit(x, y).reason.name)
print(ended)
"""
    lines, seconds = interrupted(program)
    assert lines == ["True STEPS"]
    assert seconds < 1


def test_a_handler_of_the_hosts_own_runs_and_may_raise():
    program = """
class HostError(Exception):
    pass

def handle(number, frame):
    raise HostError

signal.signal(signal.SIGINT, handle)
ready()
try:
    network.predict(wide)
except HostError:
    ended = time.monotonic()
print(signal.getsignal(signal.SIGINT) is handle)
print(ended)
"""
    lines, seconds = interrupted(program)
    assert lines == ["True"] and seconds < 1


def test_a_handler_that_does_not_raise_loses_no_work():
    program = """
times = []
signal.signal(signal.SIGINT, lambda number, frame: times.append(time.monotonic()))
some = np.random.default_rng(1).uniform(-1, 1, (20_000, 2))
expected = network.predict(some)
state = network.state(len(some))
ready()
began = time.monotonic()
while len(times) < 2:
    assert np.array_equal(network.predict(some), expected)
print("done")
print(times[1])
"""
    lines, seconds = interrupted(program, signals=2)
    assert lines == ["done"] and seconds < 1


def test_signals_at_any_moment_of_short_calls(network, data):
    """No request is left over for a later call, and none is lost."""
    x, y = data[0][:50], data[1][:50]
    trainer, state = rfgsnn.Trainer(network), network.state(50)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    main = threading.main_thread().ident
    try:
        for attempt in range(100):
            delay = 0.00013 * attempt
            with pytest.raises(KeyboardInterrupt):
                threading.Timer(
                    delay, signal.pthread_kill, (main, signal.SIGINT)
                ).start()
                for _ in range(100_000):
                    network.predict(x)
                    state.step(x)
                    trainer.forward(x)
                    trainer.estimate_gradient(y)
            for _ in range(3):
                network.predict(x)
                trainer.forward(x)
    finally:
        signal.signal(signal.SIGINT, before)
    assert signal.set_wakeup_fd(-1) == -1


def test_calls_on_other_threads_go_on():
    program = """
some = np.random.default_rng(1).uniform(-1, 1, (20_000, 2))
results = []
thread = threading.Thread(target=lambda: results.append(network.predict(some)))
thread.start()
ready()
try:
    time.sleep(60)
except KeyboardInterrupt:
    ended = time.monotonic()
thread.join()
print(results[0].shape)
print(ended)
"""
    lines, seconds = interrupted(program)
    assert lines == ["(20000, 1)"] and seconds < 1


def test_who_listened_for_signals_before_still_hears_of_them(network, data):
    """Such as the loop of asyncio, on whose thread a network may be run."""

    async def main():
        heard = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, heard.set)
        trainer = rfgsnn.Trainer(network, steps=10**9)
        main = threading.main_thread().ident
        tell = threading.Timer(0.2, signal.pthread_kill, (main, signal.SIGUSR1))
        stop = threading.Timer(0.4, trainer.request_stop)
        tell.start(), stop.start()
        trainer.fit(*data)
        await asyncio.wait_for(heard.wait(), 30)
        network.predict(data[0])
        heard.clear()
        signal.raise_signal(signal.SIGUSR1)
        await asyncio.wait_for(heard.wait(), 30)

    asyncio.run(main())


@pytest.mark.skipif(sys.platform != "linux", reason="fork")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_child_hears_its_own_signals(network, data):
    network.predict(data[0])
    child = os.fork()
    if child == 0:
        signal.alarm(30)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
        started = time.monotonic()
        try:
            network.predict(np.broadcast_to(0.3, (30_000_000, 2)))
        except KeyboardInterrupt:
            os._exit(0 if time.monotonic() - started < 2 else 1)
        os._exit(2)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
