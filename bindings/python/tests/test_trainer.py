"""The verbs of training, one by one."""

import numpy as np
import pytest

import rfgsnn


def test_the_verbs_lower_the_loss(network, data):
    x, y = data
    trainer = rfgsnn.Trainer(network, steps=200, learning_rate=0.01)
    losses = []
    for _ in range(200):
        trainer.forward(x)
        losses.append(trainer.estimate_gradient(y))
        trainer.update()
    assert trainer.updates == 200
    assert losses[-1] < 0.5 * losses[0]


@pytest.mark.parametrize(
    "options",
    [
        {"estimator": "fdfa", "feedback_momentum": 0.9},
        {"estimator": "opzo", "opzo_sigma": 0.1},
        {"estimator": "opzo", "opzo_baseline": "running_mean", "opzo_sigma": 0.02},
        {"estimator": "random_feedback"},
        {"guide": "feedback"},
        {"guide": "feedback", "guide_rule": False, "tangent": "full"},
    ],
)
def test_direct_feedback_lowers_the_loss(network, data, options):
    x, y = data
    trainer = rfgsnn.Trainer(network, steps=200, learning_rate=0.01, **options)
    losses = []
    for _ in range(200):
        trainer.forward(x)
        losses.append(trainer.estimate_gradient(y))
        trainer.update()
    assert losses[-1] < 0.5 * losses[0]


def test_a_guide_goes_with_activity_perturbation(network):
    with pytest.raises(rfgsnn.UnsupportedError, match="guide: .*rfg_activity"):
        rfgsnn.Trainer(network, estimator="fdfa", guide="feedback")


def test_steps_are_a_forward_pass(network, data):
    x, y = data
    trainer = rfgsnn.Trainer(network)
    trainer.perturb(7)
    expected = trainer.forward(x)
    loss = trainer.estimate_gradient(y)
    gradient = trainer.gradient.copy()
    trainer.perturb(7)
    for _ in range(network.time_steps):
        output = trainer.step(x)
    assert np.array_equal(output, expected)
    assert np.array_equal(output, network.predict(x))
    assert trainer.estimate_gradient(y) == loss
    assert np.array_equal(trainer.gradient, gradient)


def test_the_outputs_gradient_gives_the_gradient_of_the_loss(network, data):
    x, y = data
    trainer = rfgsnn.Trainer(network, estimator="bptt")
    output = trainer.forward(x)
    trainer.estimate_gradient(y)
    expected = trainer.gradient.copy()
    trainer.forward(x)
    trainer.estimate_gradient_from_output_gradient(2 * (output - y) / y.size)
    np.testing.assert_allclose(trainer.gradient, expected, rtol=1e-4, atol=1e-7)


def test_an_optimiser_of_ones_own(network, data):
    x, y = data
    trainer = rfgsnn.Trainer(network, directions=4)
    losses = []
    for update in range(200):
        trainer.perturb(update)
        trainer.forward(x)
        losses.append(trainer.estimate_gradient(y))
        network.parameters -= 0.05 * trainer.gradient
    assert losses[-1] < 0.5 * losses[0]
    assert trainer.updates == 0


def test_the_gradient_is_a_view_that_cannot_be_written(network, data):
    trainer = rfgsnn.Trainer(network)
    trainer.forward(data[0])
    trainer.estimate_gradient(data[1])
    assert trainer.gradient.shape == network.parameters.shape
    assert trainer.gradient.ctypes.data == trainer.gradient.ctypes.data
    with pytest.raises(ValueError, match="read-only"):
        trainer.gradient[0] = 1


def test_ask_and_tell_lower_a_loss_that_only_the_host_knows(network, data):
    x, y = data
    trainer = rfgsnn.Trainer(
        network, estimator="black_box", directions=4, steps=150, learning_rate=0.02
    )
    probe = network.clone()

    def loss(parameters):
        probe.set_parameters(parameters)
        return np.abs(probe.predict(x) - y).mean()

    before = loss(network.parameters)
    for _ in range(150):
        asked = [trainer.perturbed_parameters(i) for i in range(trainer.perturbations)]
        trainer.estimate_gradient_from_losses([loss(values) for values in asked])
        trainer.update()
    assert loss(network.parameters) < 0.7 * before


def test_perturbed_parameters_lie_on_both_sides(network):
    trainer = rfgsnn.Trainer(network, estimator="black_box", black_box_sigma=0.1)
    trainer.perturb(3)
    above, below = (trainer.perturbed_parameters(index) for index in (0, 1))
    np.testing.assert_allclose((above + below) / 2, network.parameters, atol=1e-6)
    np.testing.assert_allclose(np.abs(above - below), 0.2, rtol=1e-4)


@pytest.mark.parametrize(
    "words",
    [
        {"estimator": "rfg_tensorwise", "direction_law": "sphere"},
        {"estimator": "rfg_global", "direction_law": "low_rank", "direction_rank": 2},
        {"estimator": "rfg_layerwise", "direction_law": "hadamard", "guide": "momentum"},
        {"estimator": "rfg_activity", "direction_mask": 0.3},
        {"estimator": "rfg_global", "aggregation": "projection", "guide_rule": False},
        {"estimator": "black_box", "black_box_sigma": 0.1, "black_box_sigma_final": 0.2},
    ],
)
def test_directions_of_every_law_and_what_is_made_of_them(network, data, words):
    x, y = data
    before = np.mean((network.predict(x) - y) ** 2)
    options = {"directions": 8, "learning_rate": 0.02, "steps": 150, "batch_size": 50}
    rfgsnn.Trainer(network, **options, **words).fit(x, y)
    assert np.mean((network.predict(x) - y) ** 2) < 0.6 * before


def test_directions_that_make_no_sense_are_refused(network):
    with pytest.raises(rfgsnn.UnsupportedError, match="aggregation: .*rfg_global"):
        rfgsnn.Trainer(network, aggregation="projection")
    with pytest.raises(rfgsnn.UnsupportedError, match="direction_law: low_rank"):
        rfgsnn.Trainer(network, direction_law="low_rank")


def test_accumulated_gradients_are_a_mean(network, data):
    x, y = data
    single = rfgsnn.Trainer(network)
    both = rfgsnn.Trainer(network, accumulate=2)
    gradients = []
    for draw in (0, 1):
        for trainer in (single, both):
            trainer.perturb(draw)
            trainer.forward(x)
            trainer.estimate_gradient(y)
        gradients.append(single.gradient.copy())
        if draw == 0:
            with pytest.raises(rfgsnn.WrongOrderError, match="accumulate"):
                both.update()
    np.testing.assert_allclose(both.gradient, np.mean(gradients, axis=0), atol=1e-7)


def test_calls_in_the_wrong_order(network, data):
    trainer = rfgsnn.Trainer(network)
    with pytest.raises(rfgsnn.WrongOrderError, match="forward") as caught:
        trainer.estimate_gradient(data[1])
    assert isinstance(caught.value, RuntimeError)
    with pytest.raises(rfgsnn.WrongOrderError):
        trainer.update()
    with pytest.raises(rfgsnn.WrongOrderError):
        _ = trainer.gradient


@pytest.mark.parametrize(
    "given",
    [
        {"estimator": "rfg_per_step"},
        {"layer_estimators": "rfg_activity,rfg_per_step"},
        {"layer_estimators": "rfg_global, bptt"},
        {"layer_estimators": "black_box,rfg_activity", "black_box_sigma": 0.1},
    ],
)
def test_per_step_and_hybrid_estimators_train(network, data, given):
    x, y = data
    trainer = rfgsnn.Trainer(network, **given, steps=200, learning_rate=0.01)
    losses = []
    for _ in range(200):
        trainer.forward(x)
        losses.append(trainer.estimate_gradient(y))
        trainer.update()
    assert np.mean(losses[-10:]) < 0.5 * losses[0]


def test_a_hybrid_takes_each_layer_from_its_estimator(network, data):
    x, y = data
    gradients = {}
    for words in "bptt", "rfg_global", "rfg_global,bptt":
        trainer = rfgsnn.Trainer(network, layer_estimators=words, seed=3)
        trainer.forward(x)
        trainer.estimate_gradient(y)
        gradients[words] = trainer.gradient.copy()
    first = 2 * network.layer_sizes[0] + network.layer_sizes[0]
    hybrid = gradients["rfg_global,bptt"]
    assert np.array_equal(hybrid[:first], gradients["rfg_global"][:first])
    assert np.array_equal(hybrid[first:], gradients["bptt"][first:])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("rfg_activity,rfg_perstep", "rfg_per_step"),
        ("rfg_activity,", "layer_estimators"),
        ("bptt," * 9 + "bptt", "layer_estimators: 10 words"),
    ],
)
def test_layer_estimators_that_mean_nothing(network, words, says):
    with pytest.raises(rfgsnn.OutOfRangeError, match=says):
        rfgsnn.Trainer(network, layer_estimators=words)


def test_what_an_estimator_does_not_offer(network):
    with pytest.raises(rfgsnn.UnsupportedError, match="black_box"):
        rfgsnn.Trainer(network).perturbed_parameters(0)


def test_wrong_arguments(network, data):
    x, y = data
    trainer = rfgsnn.Trainer(network)
    with pytest.raises(rfgsnn.OutOfRangeError, match="draw"):
        trainer.perturb(-2)
    with pytest.raises(rfgsnn.OutOfRangeError, match="draw"):
        trainer.perturb(2**63)
    with pytest.raises(TypeError):
        trainer.perturb(0.5)
    trainer.forward(x)
    with pytest.raises(rfgsnn.ShapeError, match=r"targets: shape \[499, 1\]"):
        trainer.estimate_gradient(y[1:])
    with pytest.raises(rfgsnn.NotFiniteError, match=r"targets: element \[3, 0\]"):
        trainer.estimate_gradient(np.where(np.arange(500)[:, None] == 3, np.nan, y))
    black_box = rfgsnn.Trainer(network, estimator="black_box")
    with pytest.raises(rfgsnn.OutOfRangeError, match="index"):
        black_box.perturbed_parameters(2)
    black_box.perturb()
    with pytest.raises(rfgsnn.ShapeError, match="count|losses"):
        black_box.estimate_gradient_from_losses([1.0])
    with pytest.raises(rfgsnn.NotFiniteError, match="losses: element 1"):
        black_box.estimate_gradient_from_losses([1.0, np.inf])
