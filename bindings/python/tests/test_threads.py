"""One thread at a time on an object, different objects in parallel."""

import threading

import numpy as np
import pytest

import rfgsnn


def test_a_second_thread_is_told_that_the_object_is_busy(network, data):
    inside, go_on = threading.Event(), threading.Event()
    trainer = rfgsnn.Trainer(network, steps=3, report_interval=3)
    results = []

    def wait(report):
        inside.set()
        assert go_on.wait(60)

    def train():
        results.append(trainer.fit(*data, progress=wait))

    thread = threading.Thread(target=train)
    thread.start()
    try:
        assert inside.wait(60)
        for call in (
            lambda: network.predict(data[0]),
            lambda: trainer.update(),
            lambda: trainer.close(),
            lambda: network.close(),
            lambda: network.parameters,
        ):
            with pytest.raises(rfgsnn.BusyError, match="thread") as caught:
                call()
            assert isinstance(caught.value, RuntimeError)
    finally:
        go_on.set()
        thread.join()
    assert results[0].reason is rfgsnn.StopReason.STEPS
    assert network.predict(data[0]).shape == (500, 1)


def test_clones_work_in_parallel(network, data):
    x, y = data
    expected = network.predict(x)
    wrong = []

    def work(own):
        for _ in range(20):
            if not np.array_equal(own.predict(x), expected):
                wrong.append(own)

    threads = [threading.Thread(target=work, args=(network.clone(),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_the_sentence_is_that_of_the_own_thread(network):
    """Errors of many threads at once, each with a number of its own in the sentence."""
    wrong = []

    def work(features, own):
        for _ in range(200):
            try:
                own.predict(np.zeros((1, features)))
            except rfgsnn.ShapeError as error:
                if f"[1, {features}]" not in str(error):
                    wrong.append(str(error))
            else:
                wrong.append("no error")

    threads = [
        threading.Thread(target=work, args=(features, network.clone()))
        for features in (3, 4, 5, 6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
