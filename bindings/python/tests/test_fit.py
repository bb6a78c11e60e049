"""The loop over a data set, and the call that does all."""

import numpy as np
import pytest

import rfgsnn
import rfgsnn.data
from rfgsnn import StopReason
from rfgsnn._defaults import choose_options

FUNCTIONS, POINTS = np.zeros((20, 8)), np.linspace(0, 1, 6)


def test_the_error_falls(network, data):
    x, y = data
    trainer = rfgsnn.Trainer(network, steps=400, learning_rate=0.01)
    result = trainer.fit(x, y)
    assert result.reason is StopReason.STEPS
    assert trainer.updates == 400
    assert len(result.history.step) == 100
    assert result.history.step[-1] == 400
    assert result.loss == result.history.loss[-1] < 0.1 * result.history.loss[0]
    assert np.isnan(result.validation_loss)
    assert np.mean((network.predict(x) - y) ** 2) < 0.1 * np.var(y)


def test_every_fit_returns_its_own_records(network, data):
    trainer = rfgsnn.Trainer(network, steps=20, report_interval=10)
    for updates in (20, 40):
        result = trainer.fit(*data)
        assert list(result.history.step) == [updates - 10, updates]
    assert list(trainer.history.step) == [10, 20, 30, 40]


def test_the_best_parameters_are_restored(network, data):
    x, y = data
    held = x[400:], y[400:]
    trainer = rfgsnn.Trainer(network, steps=100, learning_rate=0.2, schedule="constant")
    result = trainer.fit(x[:400], y[:400], validation=held)
    assert result.validation_loss == result.history.validation_loss.min()
    loss = np.mean((network.predict(held[0]) - held[1]) ** 2)
    np.testing.assert_allclose(loss, result.validation_loss, rtol=1e-4)


def test_reasons_to_stop(network, data):
    trainer = rfgsnn.Trainer(network, steps=50, loss_target=10.0)
    assert trainer.fit(*data).reason is StopReason.TARGET
    trainer = rfgsnn.Trainer(
        network, steps=5000, learning_rate=1e-12, patience=3, report_interval=1
    )
    assert trainer.fit(*data, validation=data).reason is StopReason.EARLY


def test_wrong_data(network, data):
    x, y = data
    before = network.parameters.copy()
    trainer = rfgsnn.Trainer(network, steps=5)
    with pytest.raises(rfgsnn.ShapeError, match=r"targets: shape \[499, 1\]"):
        trainer.fit(x, y[1:])
    with pytest.raises(rfgsnn.NotFiniteError, match="targets"):
        trainer.fit(x, y + np.nan)
    with pytest.raises(rfgsnn.ShapeError, match="validation_inputs"):
        trainer.fit(x, y, validation=(x[:, :1], y))
    with pytest.raises(TypeError, match="progress"):
        trainer.fit(x, y, progress="yes")
    assert np.array_equal(network.parameters, before)
    assert trainer.updates == 0


@pytest.fixture
def made(monkeypatch):
    """The options that `fit` made its network and its trainer with, by name."""
    options = {}

    def network(inputs, outputs, **given):
        options.update(given)
        return rfgsnn.Network(inputs, outputs, **given)

    def trainer(network, **given):
        options.update(given)
        return rfgsnn.Trainer(network, **given)

    monkeypatch.setattr(rfgsnn.fitting, "Network", network)
    monkeypatch.setattr(rfgsnn.fitting, "Trainer", trainer)
    return options


EVERY = {"estimator": "weight_mirror", "readout_gain": 0.1, "readout": "tapered"}
OPERATOR = {
    **EVERY,
    "learning_rate": 0.003,
    "readout_solve": "both",
    "trunks": "held",
    "branch_start": "kept",
}


@pytest.mark.parametrize(
    ("x", "y", "given", "chosen"),
    [
        (
            np.zeros((20, 4)),
            np.zeros(20),
            {},
            {**EVERY, "learning_rate": 0.01, "readout_solve": "end"},
        ),
        (
            np.zeros((20, 5)),
            np.zeros(20),
            {},
            {**EVERY, "learning_rate": 0.003, "readout_solve": "end"},
        ),
        (
            np.zeros((20, 5)),
            np.zeros(20),
            {"readout": "spiking"},
            {**EVERY, "learning_rate": 0.003},
        ),
        ((FUNCTIONS, POINTS), np.zeros((20, 6)), {}, OPERATOR),
        (
            (FUNCTIONS, np.zeros((6, 2))),
            np.zeros((20, 6)),
            {"trunk_steps": 3},
            {**OPERATOR, "trunk_steps": 3},
        ),
        (
            (FUNCTIONS, POINTS, POINTS),
            np.zeros((20, 6, 6)),
            {"architecture": "seponet"},
            OPERATOR,
        ),
        (
            (FUNCTIONS, np.zeros((20, 6, 2))),
            np.zeros((20, 6)),
            {"architecture": "deeponet"},
            {**EVERY, "learning_rate": 0.003},
        ),
        (
            (FUNCTIONS, POINTS),
            np.zeros((20, 6)),
            {"trunks": "trained"},
            {**EVERY, "learning_rate": 0.003, "readout_solve": "end"},
        ),
        (
            (FUNCTIONS, POINTS),
            np.zeros((20, 6)),
            {"readout_solve": "none"},
            {**EVERY, "learning_rate": 0.003},
        ),
    ],
)
def test_options_are_chosen_for_the_data(made, x, y, given, chosen):
    x = tuple(part + 1.0 for part in x) if isinstance(x, tuple) else x + 1.0
    rfgsnn.fit(x, y, steps=1, hidden=4, time_steps=2, scaling="none", **given)
    sizes = {"steps", "hidden", "time_steps", "architecture", "coordinates"}
    wanted = {**chosen, **given}
    assert {key: made[key] for key in made.keys() - sizes} == {
        key: wanted[key] for key in wanted.keys() - sizes
    }


@pytest.mark.parametrize(
    ("given", "varies_in_time"), [({"leak": 0.9}, False), ({"reset": "hard"}, False), ({}, True)]
)
def test_readouts_taper_only_where_spikes_are_a_constant_current(given, varies_in_time):
    chosen = choose_options(given, inputs=2, own_points=False, varies_in_time=varies_in_time)
    assert "readout" not in chosen


def test_a_series_of_inputs_is_not_constant(made):
    rfgsnn.fit(np.ones((2, 20, 4)), np.ones(20), steps=1, hidden=4, scaling="none")
    assert "readout" not in made


def test_trunks_of_several_coordinates_are_trained_first():
    given = {"architecture": "deeponet", "coordinates": 2}
    assert choose_options(given, inputs=8, own_points=False)["trunk_steps"] == 1500
    given = {"architecture": "seponet", "coordinates": 2}
    assert "trunk_steps" not in choose_options(given, inputs=8, own_points=False)


@pytest.mark.parametrize("architecture", ["mlp", "deeponet"])
def test_every_choice_can_be_overridden(architecture):
    others = {
        "architecture": architecture,
        "coordinates": 2,
        "estimator": "bptt",
        "readout_gain": 1.0,
        "readout": "leaky",
        "learning_rate": 0.1,
        "readout_solve": "periodic",
        "trunks": "held",
        "branch_start": "solved",
        "trunk_steps": 0,
    }
    assert choose_options(others, inputs=2, own_points=False) == others
    for key in others.keys() - {"architecture", "coordinates"}:
        given = {"architecture": architecture, "coordinates": 2, key: others[key]}
        chosen = choose_options(given, inputs=2, own_points=False)
        assert chosen[key] == others[key]


def test_calibration_can_be_left_out(data):
    calls = []

    class Recorded(rfgsnn.Network):
        def calibrate(self, x):
            calls.append(x)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rfgsnn.fitting, "Network", Recorded)
        options = {"steps": 1, "hidden": 4, "restore_best": False}
        rfgsnn.fit(*data, **options)
        assert len(calls) == 1
        rfgsnn.fit(*data, calibrate=False, **options)
        rfgsnn.fit(*data, input_gain=2, **options)
        assert len(calls) == 1
        rfgsnn.fit(*data, input_gain=2, calibrate=True, **options)
        assert len(calls) == 2


def test_nothing_but_data_is_enough():
    x, y = rfgsnn.data.ricker(50)
    network = rfgsnn.fit(x, y)
    error = np.linalg.norm(network.predict(x) - y) / np.linalg.norm(y)
    assert error < 0.01


def test_an_operator_ends_below_its_untrained_closed_form():
    training = rfgsnn.data.burgers(300, 1, points=32)
    test = rfgsnn.data.burgers(100, 2, points=32)
    x, y = (training.inputs, *training.axes), training.targets
    sizes = {"hidden": (64, 64), "latent": 16, "time_steps": 16, "seed": 0}

    def error(network):
        difference = network.predict((test.inputs, *test.axes)) - test.targets
        return np.linalg.norm(difference) / np.linalg.norm(test.targets)

    untrained = rfgsnn.Network(32, 1, architecture="deeponet", **sizes)
    untrained.fit_scaling("minmax", x, y)
    untrained.calibrate(x)
    untrained.solve_readout(x, y)
    trained = rfgsnn.fit(x, y, steps=400, batch_size=100, **sizes)
    assert error(trained) < 0.9 * error(untrained)


def test_one_call_does_all(data):
    x, y = 300 + 20 * data[0], 5 + 1000 * data[1]
    network = rfgsnn.fit(x, y, hidden=(32, 32), steps=500, seed=1)
    assert (network.inputs, network.outputs) == (2, 1)
    error = np.linalg.norm(network.predict(x) - y) / np.linalg.norm(y - y.mean())
    assert error < 0.3


def test_one_call_takes_vectors():
    x = np.linspace(0, 1, 50)
    network = rfgsnn.fit(x, x**2, steps=5, hidden=8, restore_best=False)
    assert (network.inputs, network.outputs) == (1, 1)


def test_one_call_takes_inputs_that_change_in_time(data):
    x, y = data
    changing = np.broadcast_to(x, (12, *x.shape))
    network = rfgsnn.fit(changing, y, steps=5, hidden=8)
    assert (network.time_steps, network.inputs) == (12, 2)


def test_one_call_may_leave_units_as_they_are(data):
    options = {"steps": 5, "hidden": 8, "restore_best": False}
    network = rfgsnn.fit(*data, scaling="none", **options)
    assert np.all(network.input_scaling.scale == 1)


def test_one_call_refuses_what_is_no_data_set(data):
    with pytest.raises(rfgsnn.ShapeError, match="targets"):
        rfgsnn.fit(data[0], data[1][1:], steps=5)
    with pytest.raises(rfgsnn.ShapeError, match="inputs"):
        rfgsnn.fit(0.5, 0.5, steps=5)


def test_history_is_drawn(network, data):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    trainer = rfgsnn.Trainer(network, steps=20, report_interval=10)
    result = trainer.fit(*data, validation=data)
    axes = rfgsnn.plot_history(result.history)
    drawn = [line.get_ydata() for line in axes.get_lines()]
    assert np.array_equal(drawn, [result.history.loss, result.history.validation_loss])
    assert rfgsnn.plot_history(result.history, ax=axes) is axes
