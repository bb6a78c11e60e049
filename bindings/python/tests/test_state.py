"""Inference one time step at a time."""

import numpy as np
import pytest

import rfgsnn


def test_the_steps_add_up_to_a_prediction(network, data):
    x, _ = data
    state = network.state(len(x))
    for _ in range(network.time_steps):
        output = state.step(x)
    assert np.array_equal(output, network.predict(x))
    state.reset()
    assert np.all(state.spikes(0) == 0)
    for _ in range(network.time_steps):
        output = state.step(x)
    assert np.array_equal(output, network.predict(x))


def test_spikes_and_membranes_follow_the_neuron_model(network):
    x = np.array([[0.7, -0.4], [0.2, 0.9]])
    tensors = network.tensors
    current = x @ tensors["layer0.weight"] + tensors["layer0.bias"]
    state = network.state(2)
    membrane = np.zeros((2, 16))
    for _ in range(10):
        state.step(x)
        membrane += current
        spikes = np.sign(membrane) * (np.abs(membrane) >= 1)
        membrane -= spikes
        assert np.array_equal(state.spikes(0), spikes)
        np.testing.assert_allclose(state.membrane(0), membrane, atol=1e-5)
    assert state.spikes(1).shape == (2, 12)


def test_wrong_calls(network):
    state = network.state(2)
    for layer in (-1, 2, 2**31 - 1):
        with pytest.raises(rfgsnn.OutOfRangeError, match="layer"):
            state.spikes(layer)
    with pytest.raises(rfgsnn.OutOfRangeError, match="layer"):
        state.membrane(2**32)
    with pytest.raises(rfgsnn.ShapeError, match=r"input: shape \[3, 2\]"):
        state.step(np.zeros((3, 2)))
    with pytest.raises(rfgsnn.OutOfRangeError, match="samples"):
        network.state(0)
    with pytest.raises(TypeError):
        network.state(2.0)
