"""Operator networks: what they take and give, learning, errors, copies, same bits."""

import copy
import pickle

import numpy as np
import pytest
from quadratics import POINTS, quadratics

import rfgsnn
import rfgsnn.data

SMALL = {"hidden": (12,), "trunk_hidden": (10, 9), "latent": 6, "time_steps": 8}
# The least cosine between an estimate along 64 directions and the exact gradient; over
# seeds 0 to 3 they were at least 0.99, 0.34, 0.67, 0.33, 1 and 1.
COSINES = {
    "rfg_activity": 0.95,
    "rfg_per_step": 0.5,
    "rfg_global": 0.2,
    "rfg_layerwise": 0.5,
    "black_box": 0.2,
    "exact_forward": 0.999,
    "opzo": 0.5,
    "fdfa": 0.5,
    "bptt": 0.999,
}


def relative_error(network, x, y):
    return np.linalg.norm(network.predict(x) - y) / np.linalg.norm(y)


@pytest.fixture
def functions():
    return np.random.default_rng(0).uniform(-1, 1, (4, 5))


@pytest.fixture
def points():
    return np.random.default_rng(1).uniform(0, 1, (7, 2))


@pytest.fixture
def deeponet():
    return rfgsnn.Network(5, 1, architecture="deeponet", coordinates=2, **SMALL)


@pytest.fixture
def seponet():
    return rfgsnn.Network(5, 1, architecture="seponet", coordinates=2, **SMALL)


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
    with pytest.raises(rfgsnn.ShapeError, match=r"input_scaling: .*\(7,\)"):
        deeponet.input_scaling = np.zeros(5), 1


def test_scaling_of_a_seponet_takes_targets_on_the_grid(seponet, functions):
    axes = np.linspace(0, 4, 6), np.linspace(-1, 1, 3)
    targets = np.random.default_rng(2).normal(size=(4, 6, 3))
    seponet.fit_scaling("standard", (functions, *axes), targets)
    np.testing.assert_allclose(seponet.input_scaling.shift[5:], [2, 0], atol=1e-12)
    np.testing.assert_allclose(seponet.output_scaling.shift, [targets.mean()])
    np.testing.assert_allclose(seponet.output_scaling.scale, [targets.std()])


# Learning


def test_a_deeponet_learns_the_antiderivative_of_quadratics():
    (v, u), (v_test, u_test) = quadratics(200, 1), quadratics(100, 2)
    settings = {"hidden": (32,), "latent": 16, "batch_size": 100, "steps": 300}
    settings["branch_start"] = "solved"  # the operator is linear
    network = rfgsnn.fit((v, POINTS), u, progress=False, **settings)
    assert network.options["architecture"] == "deeponet"
    assert (network.inputs, network.outputs) == (15, 1)
    # 0.013 to 0.021 for seeds 0, 1, 2; 1 is a network that says 0.
    assert relative_error(network, (v_test, POINTS), u_test) < 0.03


def test_a_seponet_learns_products_on_a_grid():
    random = np.random.default_rng(3)
    c = random.uniform(-1, 1, (150, 2))
    first, second = np.linspace(0, 1, 12), np.linspace(-1, 1, 9)
    x = c @ np.stack([first, 1 - first]), first, second
    y = c[:, 0, None, None] * first[:, None] * second + c[:, 1, None, None] * second**2
    network = rfgsnn.fit(
        x, y, architecture="seponet", hidden=(32,), latent=16, batch_size=50,
        steps=300, branch_start="solved", progress=False,
    )  # fmt: skip
    assert network.options["coordinates"] == 2
    # 0.009 to 0.011 for seeds 0 to 3; 1 is a network that says 0.
    assert relative_error(network, x, y) < 0.02


def test_two_fields_learn_with_a_validation_set():
    (v, u), (v_held, u_held) = quadratics(100, 1), quadratics(50, 2)
    x, held = (v, POINTS[:, None]), (v_held, POINTS[:, None])
    y, y_held = np.stack([u, 3 - u], axis=-1), np.stack([u_held, 3 - u_held], axis=-1)
    network = rfgsnn.Network(15, 2, architecture="deeponet", hidden=(32,), latent=8)
    network.fit_scaling("minmax", x, y)
    trainer = rfgsnn.Trainer(network, steps=200, batch_size=50)
    result = trainer.fit(x, y, validation=(held, y_held), progress=False)
    mse = np.mean((network.predict(held) - y_held) ** 2)
    np.testing.assert_allclose(result.validation_loss, mse, rtol=1e-4)
    assert mse < result.history.validation_loss[0] / 2


def test_data_sets_of_operators_are_taken_as_they_are():
    for make in rfgsnn.data.antiderivative, rfgsnn.data.poisson:
        data = make(60, 0, 25)
        x = data.inputs, *data.axes
        network = rfgsnn.fit(
            x, data.targets, hidden=(32,), latent=16, steps=50, batch_size=30,
            readout_solve="end", restore_best=False, progress=False,
        )  # fmt: skip
        # 0.010 to 0.015 for seeds 0 to 3.
        assert relative_error(network, x, data.targets) < 0.03


def test_solve_readout_returns_the_error_of_its_readout(seponet, functions):
    x = functions, np.linspace(0, 1, 6), np.linspace(0, 1, 5)
    y = np.random.default_rng(4).normal(size=(4, 6, 5))
    before = np.mean((seponet.predict(x) - y) ** 2)
    loss = seponet.solve_readout(x, y, 1e-6).loss
    np.testing.assert_allclose(loss, np.mean((seponet.predict(x) - y) ** 2), rtol=1e-4)
    assert loss < before


@pytest.mark.parametrize("estimator", COSINES)
def test_a_step_of_every_estimator(deeponet, functions, points, estimator):
    targets = np.sin(functions[:, :1] + points[:, 0])
    trainer = rfgsnn.Trainer(deeponet, estimator=estimator, directions=64)
    outputs = trainer.forward((functions, points))
    np.testing.assert_allclose(
        outputs, deeponet.predict((functions, points)), rtol=1e-5, atol=1e-6
    )
    loss = trainer.estimate_gradient(targets)
    np.testing.assert_allclose(loss, np.mean((outputs - targets) ** 2), rtol=1e-5)
    estimate = trainer.gradient.copy()
    reference = rfgsnn.Trainer(deeponet, estimator="bptt")
    outputs = reference.forward((functions, points))
    reference.estimate_gradient_from_output_gradient(2 * (outputs - targets) / 28)
    exact = reference.gradient
    cosine = estimate @ exact / np.linalg.norm(estimate) / np.linalg.norm(exact)
    assert cosine > COSINES[estimator]
    before = deeponet.parameters.copy()
    trainer.update()
    assert not np.array_equal(before, deeponet.parameters)


# Errors


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        (lambda f, p: (f[:, :4], p), rfgsnn.ShapeError, r"inputs\[0\]: .*functions, 5"),
        (lambda f, p: (f, p[:, :1]), rfgsnn.ShapeError, r"inputs\[1\]: .*points, 2"),
        (
            lambda f, p: (f, np.stack([p] * 3)),
            rfgsnn.ShapeError,
            r"inputs\[1\]: .*\[4,",
        ),
        (lambda f, p: (f,), rfgsnn.ShapeError, "is 1, expected 2: a deeponet takes"),
        (lambda f, p: (f, p, p), rfgsnn.ShapeError, "is 3, expected 2: a deeponet"),
        (lambda f, p: f, rfgsnn.ShapeError, "is 1, expected 2: a deeponet takes"),
        (lambda f, p: (), rfgsnn.ShapeError, "expected 2: a deeponet takes"),
        (lambda f, p: (f * np.nan, p), rfgsnn.NotFiniteError, r"inputs\[0\]: .*NaN"),
        (lambda f, p: (f, p * np.inf), rfgsnn.NotFiniteError, r"inputs\[1\]: .*inf"),
        (lambda f, p: (f, p + 1j), rfgsnn.DtypeError, r"inputs\[1\]: .*complex"),
    ],
)
def test_inputs_that_are_refused(deeponet, functions, points, change, error, sentence):
    x = change(functions, points)
    trainer = rfgsnn.Trainer(deeponet)
    for call in deeponet.predict, deeponet.firing_rates, trainer.forward:
        with pytest.raises(error, match=sentence):
            call(x)
    with pytest.raises(error, match=sentence):
        trainer.fit(x, np.zeros((4, 7)), progress=False)


def test_targets_that_are_refused(deeponet, seponet, functions, points):
    good = functions, points
    with pytest.raises(rfgsnn.ShapeError, match=r"targets: .*\[4, 7"):
        deeponet.solve_readout(good, np.zeros((4, 6)))
    trainer = rfgsnn.Trainer(deeponet)
    held = good, np.zeros((3, 7))
    with pytest.raises(rfgsnn.ShapeError, match="validation_targets: "):
        trainer.fit(good, np.zeros((4, 7)), validation=held, progress=False)
    grid = functions, points[:, 0], points[:3, 1]
    with pytest.raises(rfgsnn.ShapeError, match=r"targets: .*\[4, 7, 3"):
        seponet.fit_scaling("minmax", grid, np.zeros((4, 3, 7)))
    with pytest.raises(rfgsnn.ShapeError, match="expected 3: a seponet takes"):
        seponet.predict(good)
    with pytest.raises(rfgsnn.ShapeError, match=r"inputs\[2\]: "):
        seponet.predict((functions, points[:, 0], points))


@pytest.mark.parametrize("length", [100_000, 10_000_000])
def test_a_grid_that_no_memory_holds(functions, length):
    network = rfgsnn.Network(5, 1, architecture="seponet", coordinates=3, **SMALL)
    axis = np.linspace(0, 1, length)
    with pytest.raises(rfgsnn.OutOfMemoryError, match="outputs: shape "):
        network.predict((functions, axis, axis, axis))


def test_what_operator_networks_do_not_offer(deeponet, functions, points):
    with pytest.raises(rfgsnn.UnsupportedError, match="operator network"):
        deeponet.state(4)
    for x in functions, (functions, points):
        with pytest.raises(rfgsnn.UnsupportedError, match="operator network"):
            rfgsnn.Trainer(deeponet).step(x)
    own = functions, np.stack([points] * 4)
    with pytest.raises(
        rfgsnn.UnsupportedError, match="points that all functions share"
    ):
        deeponet.solve_readout(own, np.zeros((4, 7)))


def test_fit_tells_what_an_architecture_takes(functions, points):
    for x in functions, (), (functions,), (functions, points, points):
        with pytest.raises(rfgsnn.ShapeError, match="a deeponet takes"):
            rfgsnn.fit(x, np.zeros((4, 7)), architecture="deeponet", progress=False)
    with pytest.raises(rfgsnn.ShapeError, match="a seponet takes"):
        rfgsnn.fit(functions, np.zeros((4, 7)), architecture="seponet", progress=False)
    with pytest.raises(rfgsnn.OutOfRangeError, match="architecture: "):
        rfgsnn.fit((functions, points), np.zeros((4, 7)), architecture="cnn")


def test_fit_finds_sizes_of_fields_and_of_points_of_each_function(functions, points):
    own = functions, np.stack([points] * 4)
    options = {"steps": 2, "progress": False, **SMALL}
    network = rfgsnn.fit(own, np.ones((4, 7, 3)), **options)
    assert network.options["coordinates"] == 2
    assert network.outputs == 3
    grid = functions, points[:, 0], points[:3, 1]
    targets = np.ones((4, 7, 3, 2))
    network = rfgsnn.fit(grid, targets, architecture="seponet", **options)
    assert network.predict(grid).shape == targets.shape


def test_nested_lists_and_pairs_of_one_shape_are_still_one_array():
    options = {"steps": 2, "progress": False, "hidden": (4,)}
    network = rfgsnn.fit([[0, 1], [2, 3]], [0, 1], **options)
    assert network.options["architecture"] == "mlp"
    two_time_steps = np.zeros((3, 2)), np.ones((3, 2))
    network = rfgsnn.fit(two_time_steps, [0, 1, 2], **options)
    assert (network.options["architecture"], network.time_steps) == ("mlp", 2)


# Trunks that are held


def test_a_calibration_leaves_readouts_and_is_part_of_fit(deeponet, functions, points):
    before = {name: tensor.copy() for name, tensor in deeponet.tensors.items()}
    deeponet.calibrate((functions, points))
    for name, tensor in deeponet.tensors.items():
        assert np.array_equal(tensor, before[name]) == ("readout" in name), name
    with pytest.raises(rfgsnn.ShapeError, match="n_inputs|inputs"):
        deeponet.calibrate(functions)
    x, y = (functions, points), np.ones((4, 7))
    options = {"steps": 1, "learning_rate": 1e-30, "progress": False, **SMALL}
    plain, fitted = (
        rfgsnn.fit(x, y, scaling="none", calibrate=calibrate, **options)
        for calibrate in (False, True)
    )
    deeponet = rfgsnn.Network(5, 1, architecture="deeponet", coordinates=2, **SMALL)
    weights = "trunk.layer0.weight"
    assert np.array_equal(plain.tensors[weights], deeponet.tensors[weights])
    deeponet.calibrate(x)
    assert np.array_equal(fitted.tensors[weights], deeponet.tensors[weights])


@pytest.mark.parametrize("estimator", ["weight_mirror", "rfg_activity", "black_box"])
def test_held_trunks_stay_and_the_branch_learns(estimator):
    v, u = quadratics(60, 1)
    network = rfgsnn.Network(15, 1, architecture="deeponet", **SMALL)
    network.calibrate((v, POINTS))
    network.solve_readout((v, POINTS), u, 1e-2)
    before = {name: tensor.copy() for name, tensor in network.tensors.items()}
    error = relative_error(network, (v, POINTS), u)
    trainer = rfgsnn.Trainer(
        network, estimator=estimator, trunks="held", steps=300, directions=8
    )
    trainer.fit((v, POINTS), u, progress=False)
    for name, tensor in network.tensors.items():
        assert np.array_equal(tensor, before[name]) == name.startswith("trunk"), name
    assert relative_error(network, (v, POINTS), u) < error
    if estimator == "black_box":
        asked = trainer.perturbed_parameters(0)
        assert asked.shape == network.parameters.shape
        changed = asked != network.parameters
        assert changed.sum() == sum(
            tensor.size for name, tensor in before.items() if name.startswith("branch")
        )
    else:
        assert trainer.diagnose((v, POINTS), u, draws=4).cosine > 0.5


def test_a_kept_branch_start_keeps_the_branchs_readout():
    v, u = quadratics(60, 1)
    for start in "kept", "solved":
        network = rfgsnn.Network(15, 1, architecture="deeponet", **SMALL)
        before = {name: tensor.copy() for name, tensor in network.tensors.items()}
        trainer = rfgsnn.Trainer(
            network, trunks="held", readout_solve="start", branch_start=start,
            steps=1, learning_rate=1e-30,
        )  # fmt: skip
        trainer.fit((v, POINTS), u, progress=False)
        name = "branch.readout.weight"
        assert np.array_equal(network.tensors[name], before[name]) == (start == "kept")
        name = "trunk.readout.weight"
        assert not np.array_equal(network.tensors[name], before[name])


# Copies and bits


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


@pytest.mark.parametrize("own_points", [False, True])
def test_the_same_seed_gives_the_same_bits_with_any_number_of_threads(own_points):
    v, u = quadratics(60, 1)
    x = v, np.tile(POINTS[:, None], (60, 1, 1)) if own_points else POINTS
    one, two, again, other = (
        rfgsnn.fit(
            x, u, hidden=(24,), latent=8, steps=20, batch_size=32, progress=False,
            restore_best=False, threads=threads, seed=seed,
        ).parameters
        for threads, seed in ((1, 7), (2, 7), (2, 7), (1, 8))
    )  # fmt: skip
    assert np.array_equal(one, two)
    assert np.array_equal(two, again)
    assert not np.array_equal(one, other)
