"""The interpreter ends while threads are inside the library: no crash, no hang."""

import os
import subprocess
import sys
import time

import pytest

# When Python is gone, exit handlers of C run, those of other libraries for example:
# here one sleeps for as many microseconds as the exit status says, 0.4 s.
PROGRAM = """
import atexit, ctypes, os, random, sys, threading, time, warnings
import numpy as np, rfgsnn

libc = ctypes.CDLL(None)
libc.on_exit(libc.usleep, None)
x = np.random.default_rng(0).uniform(-1, 1, (2000, 2))
y = x[:, :1]

def make():
    return rfgsnn.Network(inputs=2, outputs=1, hidden=(32, 32))

network = make()
trainer = rfgsnn.Trainer(network, steps=10**9, batch_size=2000, report_interval=1)
reports = []

def start(work, daemon=True):
    threading.Thread(target=work, daemon=daemon).start()

def end():
    while not reports:
        time.sleep(0.001)
    time.sleep(random.uniform(0, 0.05))
    sys.exit(400_000)
"""
QUIET = (400_000 & 0xFF, "", "")


def run(program, before=""):
    done = subprocess.run(
        [sys.executable, "-c", before + PROGRAM + program],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("repetition", range(5))
def test_a_training_in_a_daemon_thread(repetition):
    # A step that takes longer than Python takes to end.
    program = """
x = np.random.default_rng(0).uniform(-1, 1, (20_000, 2))
trainer = rfgsnn.Trainer(
    rfgsnn.Network(inputs=2, outputs=1, hidden=(64, 64)),
    steps=10**9, batch_size=len(x), report_interval=1,
)
start(lambda: trainer.fit(x, x[:, :1], progress=reports.append))
end()
"""
    assert run(program) == QUIET


def test_trainings_that_are_begun_again_and_again():
    program = """
def work():
    network = make()
    while True:
        trainer = rfgsnn.Trainer(network, steps=2, report_interval=1)
        trainer.fit(x, y, progress=reports.append)

for _ in range(3):
    start(work)
end()
"""
    assert run(program) == QUIET


@pytest.mark.parametrize("repetition", range(3))
def test_other_calls_in_daemon_threads(repetition):
    program = """
def again_and_again(call):
    network = make()
    trainer, state = rfgsnn.Trainer(network), network.state(len(x))

    def work():
        while True:
            call(network, trainer, state)
            reports.append(None)

    start(work)

def train(network, trainer, state):
    trainer.forward(x), trainer.estimate_gradient(y), trainer.update()

for call in (
    lambda network, trainer, state: network.predict(x),
    lambda network, trainer, state: network.activity(x),
    lambda network, trainer, state: network.solve_readout(x, y),
    lambda network, trainer, state: network.calibrate(x),
    lambda network, trainer, state: network.clone(),
    lambda network, trainer, state: state.step(x),
    lambda network, trainer, state: trainer.diagnose(x, y),
    train,
):
    again_and_again(call)
end()
"""
    assert run(program) == QUIET


def test_a_progress_function_is_waited_for():
    program = """
def report(progress):
    reports.append(progress)
    time.sleep(0.5)
    os.write(1, b"whole")

start(lambda: trainer.fit(x, y, progress=report))
end()
"""
    assert run(program) == (QUIET[0], "whole", "")


def test_a_progress_function_that_does_not_return_holds_nobody():
    program = """
def report(progress):
    reports.append(progress)
    threading.Event().wait()

start(lambda: trainer.fit(x, y, progress=report))
end()
"""
    started = time.monotonic()
    assert run(program) == QUIET
    assert time.monotonic() - started < 20


def test_a_thread_that_is_no_daemon_trains_to_its_end():
    program = """
def work():
    trainer = rfgsnn.Trainer(network, steps=30, report_interval=10)
    print(trainer.fit(x, y, progress=reports.append).reason.name)

start(work, daemon=False)
end()
"""
    assert run(program) == (QUIET[0], "STEPS\n", "")


def test_an_exit_handler_may_train():
    program = """
@atexit.register
def _():
    trainer = rfgsnn.Trainer(make(), steps=3, report_interval=1)
    print(trainer.fit(x, y, progress=reports.append).reason.name)

start(lambda: trainer.fit(x, y, progress=reports.append))
end()
"""
    # Also one that was registered before the package was imported, and so runs last.
    assert run(program) == (QUIET[0], "STEPS\n", "")
    early = "import atexit\nrun = []\natexit.register(lambda: run[0]())\n"
    last = program.replace("@atexit.register\n", "@run.append\n")
    assert run(last, early) == (QUIET[0], "STEPS\n", "")


@pytest.mark.skipif(sys.platform != "linux", reason="fork")
def test_a_child_does_not_wait_for_its_parents_threads():
    program = """
start(lambda: trainer.fit(x, y, progress=reports.append))
while not reports:
    time.sleep(0.001)
warnings.simplefilter("ignore", DeprecationWarning)
child = os.fork()
if child:
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 400_000 & 0xff
end()
"""
    assert run(program) == QUIET
