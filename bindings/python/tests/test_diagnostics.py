"""What estimates are worth, what neurons do, and advice."""

import dataclasses
import pickle

import numpy as np
import pytest

import rfgsnn


def test_a_diagnosis_compares_draws_with_the_exact_gradient(network, data):
    x, y = data
    trainer = rfgsnn.Trainer(network, estimator="rfg_layerwise", directions=2)
    diagnosis = trainer.diagnose(x, y, draws=6)
    exact = rfgsnn.Trainer(network, estimator="bptt")
    exact.forward(x)
    exact.estimate_gradient(y)
    spiking = slice(0, -(network.tensors["readout.weight"].size + 1))
    reference = exact.gradient[spiking].astype(float)
    cosines = []
    for draw in range(6):
        trainer.perturb(draw)
        trainer.forward(x)
        trainer.estimate_gradient(y)
        g = trainer.gradient[spiking].astype(float)
        cosines.append(g @ reference / np.linalg.norm(g) / np.linalg.norm(reference))
    assert diagnosis.reference == "bptt"
    assert diagnosis.cosine == pytest.approx(np.mean(cosines), abs=1e-4)
    assert diagnosis.variance * diagnosis.signal_to_noise == pytest.approx(1)
    assert any("raise directions" in each for each in diagnosis.advice)


def test_it_leaves_the_training_as_it_is(network, data):
    x, y = data
    twin = network.clone()
    ends = []
    for each, is_diagnosed in (network, True), (twin, False):
        trainer = rfgsnn.Trainer(each, steps=5)
        for _ in range(5):
            if is_diagnosed:
                trainer.diagnose(x, y, draws=3)
            trainer.forward(x)
            trainer.estimate_gradient(y)
            trainer.update()
        ends.append(each.parameters.copy())
    assert np.array_equal(*ends)


def test_it_can_be_read(network, data):
    diagnosis = rfgsnn.Trainer(network).diagnose(*data)
    text = repr(diagnosis)
    assert f"cosine={diagnosis.cosine:.3g}" in text
    assert all(sentence in text for sentence in diagnosis.advice)
    assert diagnosis.advice and all(each.endswith(".") for each in diagnosis.advice)
    with pytest.raises(dataclasses.FrozenInstanceError):
        diagnosis.cosine = 1
    assert repr(pickle.loads(pickle.dumps(diagnosis))) == text


def test_activity_is_that_of_the_spikes(network, data):
    x = data[0][:40]
    parameters = network.tensors
    parameters["layer0.bias"][:4] = 50
    parameters["layer1.weight"][:, :3] = 0
    parameters["layer1.bias"][:3] = 0
    spiked, silent = np.zeros((2, 16), bool), np.zeros((2, 16), bool)
    state = network.state(len(x))
    for _ in range(network.time_steps):
        state.step(x)
        for layer, neurons in enumerate(network.layer_sizes):
            spikes = state.spikes(layer) != 0
            spiked[layer, :neurons] |= spikes.any(axis=0)
            silent[layer, :neurons] |= ~spikes.all(axis=0)
    activity = network.activity(x)
    sizes = network.layer_sizes
    dead = [1 - spiked[i, :n].mean() for i, n in enumerate(sizes)]
    saturated = [1 - silent[i, :n].mean() for i, n in enumerate(sizes)]
    np.testing.assert_allclose(activity.dead, dead, atol=1e-12)
    np.testing.assert_allclose(activity.saturated, saturated, atol=1e-12)
    assert activity.dead[1] >= 3 / 12 and activity.saturated[0] >= 4 / 16
    np.testing.assert_array_equal(activity.rates, network.firing_rates(x))


def test_a_dead_network_is_advised_to_calibrate(network, data):
    network.parameters[:] = 0
    diagnosis = rfgsnn.Trainer(network).diagnose(*data, draws=3)
    assert list(diagnosis.dead) == [1, 1]
    assert np.isnan(diagnosis.cosine)
    assert "calibrate" in diagnosis.advice[0]


def test_operator_networks_have_diagnoses_too():
    generator = np.random.default_rng(1)
    functions, points = generator.normal(size=(12, 6)), generator.uniform(size=(9, 1))
    network = rfgsnn.Network(
        6, 1, architecture="deeponet", hidden=(10, 8), trunk_hidden=(9,), latent=4
    )
    trainer = rfgsnn.Trainer(network, estimator="spatial_bp")
    diagnosis = trainer.diagnose(
        (functions, points), generator.normal(size=(12, 9)), draws=3
    )
    assert diagnosis.rates.shape == (3,)
    assert diagnosis.cosine > 0.8 and diagnosis.signal_to_noise == np.inf


def test_wrong_arguments_are_named(network, data):
    x, y = data
    trainer = rfgsnn.Trainer(network)
    with pytest.raises(rfgsnn.OutOfRangeError, match="draws"):
        trainer.diagnose(x, y, draws=1)
    with pytest.raises(rfgsnn.ShapeError, match="targets"):
        trainer.diagnose(x, y[:3])
    with pytest.raises(rfgsnn.ShapeError, match="inputs"):
        network.activity(x[:, :1])
