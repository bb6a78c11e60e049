"""Networks: sizes, parameters, scaling, inference, copies."""

import copy
import pickle

import numpy as np
import pytest

import rfgsnn


def test_sizes(network):
    assert (network.inputs, network.outputs, network.time_steps) == (2, 1, 16)
    assert (network.layers, network.neurons) == (2, 28)
    assert network.layer_sizes == (16, 12)
    assert repr(network) == "Network(2-16-12-1, time_steps=16)"


def test_a_spiking_readout_is_one_more_layer():
    network = rfgsnn.Network(inputs=2, outputs=3, hidden=(5,), readout="spiking")
    assert network.layer_sizes == (5, 3)
    assert "readout.weight" not in network.tensors
    assert repr(network) == "Network(2-5-3, time_steps=32)"


def test_the_instruction_set_is_the_one_asked_for():
    network = rfgsnn.Network(inputs=1, outputs=1, instruction_set="baseline")
    assert network.instruction_set == "baseline"
    network = rfgsnn.Network(inputs=1, outputs=1)
    assert network.instruction_set == rfgsnn.instruction_set()


def test_memory_counts_the_parameters(network):
    assert network.memory.peak >= network.memory.held >= network.parameters.nbytes


def test_parameters_are_a_view_of_the_networks_own_memory(network):
    first, second = network.parameters, network.parameters
    assert first.dtype == np.float32 and first.flags.writeable
    assert first.ctypes.data == second.ctypes.data
    first[:] = 0
    assert np.all(network.predict([[0.4, 0.3]]) == 0)


def test_tensors_are_shaped_views_that_cover_the_parameters(network):
    tensors = network.tensors
    assert {name: tensor.shape for name, tensor in tensors.items()} == {
        "layer0.weight": (2, 16),
        "layer0.bias": (16,),
        "layer1.weight": (16, 12),
        "layer1.bias": (12,),
        "readout.weight": (12, 1),
        "readout.bias": (1,),
    }
    flat = np.concatenate([tensor.ravel() for tensor in tensors.values()])
    assert np.array_equal(flat, network.parameters)
    before = network.predict([[0.0, 0.0]])
    tensors["readout.bias"][:] += 2
    np.testing.assert_allclose(network.predict([[0.0, 0.0]]), before + 2, rtol=1e-6)


def test_set_parameters_and_assignment(network):
    values = np.linspace(-1, 1, network.parameters.size)
    network.set_parameters(values)
    assert np.array_equal(network.parameters, values.astype(np.float32))
    network.parameters *= 2
    assert np.array_equal(network.parameters, 2 * values.astype(np.float32))
    network.parameters = values[::-1]
    assert np.array_equal(network.parameters, values[::-1].astype(np.float32))


def test_parameters_that_are_refused_change_nothing(network):
    before = network.parameters.copy()
    with pytest.raises(rfgsnn.ShapeError):
        network.set_parameters(before[1:])
    with pytest.raises(rfgsnn.ShapeError, match="values: .*rank 1"):
        network.set_parameters(before[None])
    for bad in (np.nan, 1e300):
        values = before.astype(np.float64)
        values[3] = bad
        with pytest.raises(rfgsnn.NotFiniteError, match="values: element 3"):
            network.set_parameters(values)
    assert np.array_equal(network.parameters, before)


def test_a_parameter_that_is_not_finite_is_told_when_it_is_used(network):
    network.parameters[5] = np.nan
    with pytest.raises(rfgsnn.NotFiniteError):
        network.predict([[0.0, 0.0]])


def test_scaling_from_data(network, data):
    x, y = 10 + 5 * data[0], 100 + 3 * data[1]
    network.fit_scaling("minmax", x, y)
    for scaling, values in ((network.input_scaling, x), (network.output_scaling, y)):
        inside = (values - scaling.shift) / scaling.scale
        np.testing.assert_allclose(inside.min(axis=0), -1)
        np.testing.assert_allclose(inside.max(axis=0), 1)
    network.fit_scaling("standard", x)
    np.testing.assert_allclose(network.input_scaling.shift, x.mean(axis=0))
    np.testing.assert_allclose(network.input_scaling.scale, x.std(axis=0))
    np.testing.assert_allclose(
        network.output_scaling.shift, (y.min() + y.max()) / 2, err_msg="y was not given"
    )
    network.fit_scaling("none", x, y)
    assert np.all(network.input_scaling.shift == 0)
    assert np.all(network.output_scaling.scale == 1)


def test_scaling_is_what_it_says(network, data):
    x, _ = data
    plain = network.predict(x)
    network.input_scaling = (10, [5, 2])
    network.output_scaling = (100, 3)
    np.testing.assert_allclose(network.input_scaling.scale, [5, 2])
    scaled = network.predict(10 + x * [5, 2])
    np.testing.assert_allclose(scaled, 100 + 3 * plain, atol=1e-5)


@pytest.mark.parametrize(
    ("scaling", "error"),
    [
        ((0, 0), rfgsnn.OutOfRangeError),
        ((np.nan, 1), rfgsnn.NotFiniteError),
        ((0, [1, 2, 3]), rfgsnn.ShapeError),
        (7, rfgsnn.ShapeError),
    ],
)
def test_wrong_scaling(scaling, error, network):
    with pytest.raises(error, match="input_s"):
        network.input_scaling = scaling
    assert np.all(network.input_scaling.scale == 1)


def test_a_kind_of_scaling_that_there_is_not(network, data):
    with pytest.raises(rfgsnn.OutOfRangeError, match="minmax"):
        network.fit_scaling("minimax", data[0])


def test_firing_rates_count_the_spikes_of_a_state(network, data):
    x, _ = data
    counts = np.zeros(2)
    state = network.state(len(x))
    for _ in range(network.time_steps):
        state.step(x)
        counts += [np.abs(state.spikes(layer)).sum() for layer in range(2)]
    rates = network.firing_rates(x)
    np.testing.assert_allclose(rates * [16, 12] * 16 * len(x), counts)
    np.testing.assert_allclose(network.spikes_per_inference(x), counts.sum() / len(x))


def test_solve_readout_gives_the_least_squares_error(network, data):
    x, y = data
    loss, lambda_ = network.solve_readout(x, y)
    assert 1e-9 <= lambda_ <= 1e-2
    np.testing.assert_allclose(loss, np.mean((network.predict(x) - y) ** 2), rtol=1e-3)
    assert loss < 0.3 * np.var(y)


def test_solve_readout_needs_a_linear_readout(data):
    network = rfgsnn.Network(inputs=2, outputs=1, readout="spiking")
    with pytest.raises(rfgsnn.UnsupportedError, match="readout"):
        network.solve_readout(*data)


def copies(network):
    yield "clone", network.clone()
    yield "copy", copy.copy(network)
    yield "deepcopy", copy.deepcopy([network])[0]
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        yield "pickle", pickle.loads(pickle.dumps(network, protocol))


def test_copies_predict_the_same_and_are_apart(data):
    x, y = data
    network = rfgsnn.Network(inputs=2, outputs=1, hidden=(9, 7), leak=0.9, seed=5)
    network.fit_scaling("standard", x, y)
    network.parameters += np.float32(0.01)
    expected = network.predict(x)
    for name, other in copies(network):
        assert type(other) is rfgsnn.Network, name
        assert other.options == network.options, name
        assert np.array_equal(other.predict(x), expected), name
        other.parameters[:] = 0
        assert np.array_equal(network.predict(x), expected), name


def test_trainers_and_states_are_not_pickled(network):
    for thing in (rfgsnn.Trainer(network), network.state(3)):
        with pytest.raises(TypeError, match="cannot be pickled or copied"):
            pickle.dumps(thing)


def test_predict_is_also_a_function(network, data):
    assert np.array_equal(rfgsnn.predict(network, data[0]), network.predict(data[0]))
