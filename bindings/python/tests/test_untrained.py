"""`fit` returns nothing worse on held-out data than the untrained closed form."""

import warnings

import numpy as np
import pytest
from operator_cases import POINTS, quadratics

import rfgsnn

SIZES = {"hidden": (32,), "latent": 16, "time_steps": 16}
# Steps of a size that leaves no hidden layer as it was.
SPOILED = {"steps": 3, "learning_rate": 1000.0}


def data_of(functions, seed):
    v, u = quadratics(functions, seed)
    return (v, POINTS), u


def closed_form(x, y, **options):
    options["readout"] = "tapered"
    if isinstance(x, tuple):
        inputs, options["architecture"] = x[0].shape[-1], "deeponet"
    else:
        inputs = x.shape[-1] if x.ndim > 1 else 1
        if x.ndim == 3:
            options["readout"] = "linear"
    # Products that the targets do not need keep the readouts that they began with.
    network = rfgsnn.Network(inputs, 1, readout_gain=0.1, **options)
    network.fit_scaling("minmax", x, y)
    network.calibrate(x)
    network.solve_readout(x, y)
    return network


@pytest.fixture
def no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize("held", [None, data_of(50, 2)])
def test_a_short_training_of_an_operator_that_ends_worse(held):
    x, y = data_of(200, 1)
    options = {"steps": 100, "validation": held, "progress": False, **SIZES}
    trained = rfgsnn.fit(x, y, restore_best=False, **options)
    with pytest.warns(UserWarning, match="100 steps.*branch_start='solved'") as record:
        network = rfgsnn.fit(x, y, **options)
    assert record[0].filename == __file__
    assert np.array_equal(network.parameters, closed_form(x, y, **SIZES).parameters)
    x_test, y_test = data_of(100, 3)
    error, before = (
        np.linalg.norm(each.predict(x_test) - y_test) for each in (network, trained)
    )
    assert error < before / 2


@pytest.mark.parametrize("held", [False, True])
def test_a_training_that_wins_is_left_as_it_is(no_warning, held):
    x = np.random.default_rng(0).uniform(-1, 1, (300, 2))
    y = np.sin(3 * x[:, :1]) * x[:, 1:]
    validation = (x[250:], y[250:]) if held else None
    x, y = x[:250], y[:250]
    options = {
        "readout_gain": 0.1,
        "readout": "tapered",
        "hidden": (16, 16),
        "seed": 3,
    }
    network = rfgsnn.Network(2, 1, **options)
    network.fit_scaling("minmax", x, y)
    network.calibrate(x)
    trainer = rfgsnn.Trainer(
        network, estimator="weight_mirror", learning_rate=0.01, readout_solve="end",
        steps=150, seed=3,
    )  # fmt: skip
    trainer.fit(x, y, validation=validation, progress=False)
    fitted = rfgsnn.fit(
        x, y, steps=150, validation=validation, progress=False, **options
    )
    assert np.array_equal(fitted.parameters, network.parameters)


def test_a_training_of_an_operator_that_wins_is_left_as_it_is(no_warning):
    x, y = data_of(200, 1)
    options = {"steps": 200, "branch_start": "solved", "progress": False, **SIZES}
    trained = rfgsnn.fit(x, y, restore_best=False, **options)
    assert np.array_equal(rfgsnn.fit(x, y, **options).parameters, trained.parameters)


@pytest.mark.parametrize("solve", ["start", "end", "both", "periodic"])
@pytest.mark.parametrize("shape", [(40,), (40, 2), (8, 40, 2)])
def test_samples_are_held_out_of_inputs_of_every_shape(shape, solve):
    x = np.random.default_rng(0).uniform(-1, 1, shape)
    vector = x if x.ndim == 1 else x[..., 0].reshape(-1, 40)[0]
    options = {"hidden": (16,), "time_steps": 8}
    with pytest.warns(UserWarning, match="More steps would help"):
        network = rfgsnn.fit(
            x, vector**2, readout_solve=solve, progress=False, **options, **SPOILED
        )
    expected = closed_form(x, vector**2, **options)
    assert np.array_equal(network.parameters, expected.parameters)


def test_a_training_that_is_stopped_is_judged_as_it_is():
    x, y = data_of(60, 1)
    with pytest.warns(UserWarning, match="after 1 steps"):
        network = rfgsnn.fit(
            x, y, report_interval=1, progress=lambda report: True, **SIZES
        )
    assert np.array_equal(network.parameters, closed_form(x, y, **SIZES).parameters)


@pytest.mark.parametrize("given", [{"readout_solve": "none"}, {"restore_best": False}])
def test_nothing_is_compared_where_that_is_not_wanted(no_warning, data, given):
    network = rfgsnn.fit(*data, hidden=8, progress=False, **SPOILED, **given)
    assert np.max(np.abs(network.parameters)) > 10


def test_nothing_is_compared_where_no_sample_can_be_held_out(no_warning):
    x = np.linspace(0, 1, 4)
    network = rfgsnn.fit(x, x**2, hidden=8, progress=False, **SPOILED)
    assert np.max(np.abs(network.parameters)) > 10
