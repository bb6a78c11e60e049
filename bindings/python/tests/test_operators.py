"""Operator networks: what they take and give, their scaling, copies."""

import copy
import pickle

import numpy as np
import pytest
from operator_cases import POINTS, SMALL

import rfgsnn

# Sizes and shapes


def test_sizes_of_a_deeponet(deeponet):
    assert (deeponet.inputs, deeponet.outputs) == (5, 1)
    assert deeponet.layer_sizes == (12, 10, 9)
    assert (deeponet.layers, deeponet.neurons) == (3, 31)
    shapes = {name: tensor.shape for name, tensor in deeponet.tensors.items()}
    assert shapes["branch.layer0.weight"] == (5, 12)
    assert shapes["trunk.layer0.weight"] == (2, 10)
    assert shapes["trunk.readout.bias"] == (6,)
    assert repr(deeponet) == (
        "Network(deeponet: branch 5-12-6, trunk 2-10-9-6, time_steps=8)"
    )


def test_sizes_of_a_seponet(seponet):
    assert seponet.layer_sizes == (12, 10, 9, 10, 9)
    assert repr(seponet) == (
        "Network(seponet: branch 5-12-6, trunk0 1-10-9-6, trunk1 1-10-9-6, "
        "time_steps=8)"
    )


def test_a_trunk_has_the_hidden_layers_of_the_branch_unless_told():
    network = rfgsnn.Network(5, 1, architecture="deeponet", hidden=(8, 7))
    assert network.layer_sizes == (8, 7, 8, 7)


def test_trunk_gain_and_bias_spread_scale_the_first_layer_of_the_trunk():
    def tensors(**options):
        return rfgsnn.Network(5, 1, architecture="deeponet", **options).tensors

    one, other = tensors(), tensors(trunk_gain=8, trunk_bias_spread=6)
    for name, factor in (
        ("branch.layer0.weight", 1),
        ("trunk.layer0.weight", 2),
        ("trunk.layer0.bias", 3),
    ):
        np.testing.assert_allclose(other[name], factor * one[name], rtol=1e-6)


def test_outputs_of_a_deeponet(deeponet, functions, points):
    assert deeponet.predict((functions, points)).shape == (4, 7)
    assert deeponet.predict([functions, points]).dtype == np.float64
    single = functions.astype(np.float32), points.astype(np.float32)
    assert deeponet.predict(single).dtype == np.float32
    of_its_own = np.stack([points] * 4)
    assert rfgsnn.predict(deeponet, (functions, of_its_own)).shape == (4, 7)


def test_points_of_one_coordinate_may_be_a_vector(functions):
    network = rfgsnn.Network(5, 1, architecture="deeponet", **SMALL)
    vector = network.predict((functions, POINTS))
    assert vector.shape == (4, 30)
    assert np.array_equal(vector, network.predict((functions, POINTS[:, None])))


def test_outputs_of_a_seponet_are_on_the_grid_of_its_axes(seponet, functions):
    first, second = np.linspace(0, 1, 6), np.linspace(0, 2, 3)
    grid = seponet.predict((functions, first, second[:, None]))
    assert grid.shape == (4, 6, 3)
    alone = seponet.predict((functions, first[4:5], second[2:]))
    np.testing.assert_allclose(grid[:, 4:5, 2:], alone, rtol=1e-5, atol=1e-6)


def test_two_fields_have_a_dimension_of_their_own(functions, points):
    kinds = {"outputs": 2, "coordinates": 2, **SMALL}
    deeponet = rfgsnn.Network(5, architecture="deeponet", **kinds)
    assert deeponet.predict((functions, points)).shape == (4, 7, 2)
    seponet = rfgsnn.Network(5, architecture="seponet", **kinds)
    axes = points[:, 0], points[:3, 1]
    assert seponet.predict((functions, *axes)).shape == (4, 7, 3, 2)
    assert seponet.output_scaling.shift.shape == (2,)


def test_shared_points_are_as_points_of_each_function_that_repeat_them(
    deeponet, functions, points
):
    targets = np.sin(functions[:, :1] + points[:, 0])
    shared, own = (functions, points), (functions, np.stack([points] * 4))
    np.testing.assert_allclose(
        deeponet.predict(shared), deeponet.predict(own), rtol=1e-5, atol=1e-6
    )
    gradients = []
    for x in shared, own:
        trainer = rfgsnn.Trainer(deeponet, estimator="exact_forward")
        trainer.forward(x)
        trainer.estimate_gradient(targets)
        gradients.append(trainer.gradient.copy())
    np.testing.assert_allclose(*gradients, rtol=1e-3, atol=1e-5)


def test_firing_rates_cover_all_stacks(deeponet, functions, points):
    rates = deeponet.firing_rates((functions, points))
    assert rates.shape == (3,) and np.all((rates >= 0) & (rates <= 1)) and rates.any()
    spikes = deeponet.spikes_per_inference((functions, points))
    np.testing.assert_allclose(spikes, 8 * (rates @ [12, 10, 9]))


# Scaling


def test_input_scaling_covers_the_sensors_and_then_the_coordinates(
    deeponet, functions, points
):
    targets = functions[:, :1] * points[:, 0]
    deeponet.fit_scaling("minmax", (functions, points), targets)
    both = [*functions.T, *points.T]
    shift = [(column.max() + column.min()) / 2 for column in both]
    scale = [(column.max() - column.min()) / 2 for column in both]
    np.testing.assert_allclose(deeponet.input_scaling.shift, shift)
    np.testing.assert_allclose(deeponet.input_scaling.scale, scale)
    width = (targets.max() - targets.min()) / 2
    np.testing.assert_allclose(deeponet.output_scaling.scale, [width])
    deeponet.input_scaling = np.arange(7), 2
    assert np.array_equal(deeponet.input_scaling.shift, np.arange(7))
    with pytest.raises(rfgsnn.ShapeError, match=r"input_scaling: .*\[7\]"):
        deeponet.input_scaling = np.zeros(5), 1


def test_scaling_of_a_seponet_takes_targets_on_the_grid(seponet, functions):
    axes = np.linspace(0, 4, 6), np.linspace(-1, 1, 3)
    targets = np.random.default_rng(2).normal(size=(4, 6, 3))
    seponet.fit_scaling("standard", (functions, *axes), targets)
    np.testing.assert_allclose(seponet.input_scaling.shift[5:], [2, 0], atol=1e-12)
    np.testing.assert_allclose(seponet.output_scaling.shift, [targets.mean()])
    np.testing.assert_allclose(seponet.output_scaling.scale, [targets.std()])


# Copies


def test_pickles_and_copies_give_the_same_outputs(seponet, functions):
    x = functions, np.linspace(0, 1, 6), np.linspace(0, 1, 5)
    seponet.fit_scaling("standard", x, np.random.default_rng(5).normal(size=(4, 6, 5)))
    expected = seponet.predict(x)
    for other in (
        pickle.loads(pickle.dumps(seponet)),
        copy.deepcopy(seponet),
        seponet.clone(),
    ):
        assert np.array_equal(other.predict(x), expected)
        assert other.options == seponet.options
