"""An assignment does what it says, or is refused: none does nothing in silence."""

import copy
import json
import pickle

import numpy as np
import pytest

import rfgsnn


def weight(network):
    return network.tensors["layer0.weight"]


def test_a_tensor_that_is_assigned_is_that_of_the_network(network):
    values = np.arange(32.0).reshape(2, 16)
    network.tensors["layer0.weight"] = values
    assert np.array_equal(weight(network), values)
    assert np.array_equal(network.parameters[:32], values.ravel())
    network.tensors["layer0.weight"] += 1
    assert np.array_equal(weight(network), values + 1)
    network.tensors["readout.bias"] = 7
    assert network.parameters[-1] == 7
    network.tensors.update({"layer0.weight": values.T.copy().T, "readout.bias": [8]})
    assert np.array_equal(weight(network), values) and network.parameters[-1] == 8


@pytest.mark.parametrize(
    ("values", "error", "sentence"),
    [
        (np.zeros((16, 2)), rfgsnn.ShapeError, r"\[16, 2\], expected \[2, 16\] or"),
        (np.zeros(16), rfgsnn.ShapeError, r"shape \[16\], expected \[2, 16\]"),
        (np.zeros(0), rfgsnn.ShapeError, r"shape \[0\], expected \[2, 16\]"),
        (np.nan, rfgsnn.NotFiniteError, r"element \[\] is NaN"),
        (np.full((2, 16), 1e300), rfgsnn.NotFiniteError, r"element \[0, 0\] .*single"),
        ("0", rfgsnn.DtypeError, "of type <U1"),
        (1j, rfgsnn.DtypeError, "complex"),
    ],
)
def test_a_tensor_that_does_not_fit(values, error, sentence, network):
    before = network.parameters.copy()
    with pytest.raises(error, match=f"^layer0.weight: .*{sentence}"):
        network.tensors["layer0.weight"] = values
    assert np.array_equal(network.parameters, before)


def test_a_tensor_that_there_is_not(network):
    tensors = network.tensors
    with pytest.raises(rfgsnn.UnknownTensorError, match="did you mean layer0.weight"):
        tensors["layer0.weights"] = 1
    with pytest.raises(KeyError, match="layer9.weight: there is no such tensor"):
        tensors["layer9.weight"]
    with pytest.raises(TypeError, match="keeps its tensors"):
        del tensors["readout.bias"]
    assert "layer9.weight" not in tensors and tensors.get(3) is None


def test_copies_of_tensors_are_plain_dictionaries(network):
    tensors = network.tensors
    assert repr(tensors).startswith("Tensors(layer0.weight [2, 16], layer0.bias [16]")
    for other in (
        copy.copy(tensors),
        copy.deepcopy(tensors),
        pickle.loads(pickle.dumps(tensors)),
    ):
        assert type(other) is dict and list(other) == list(tensors)
        other["readout.bias"][:] = 9
        assert network.parameters[-1] != 9


@pytest.mark.parametrize(
    "read",
    [
        lambda network, trainer, state: network.surrogate_widths,
        lambda network, trainer, state: network.input_scaling.scale,
        lambda network, trainer, state: network.output_scaling.shift,
        lambda network, trainer, state: trainer.history.loss,
        lambda network, trainer, state: state.spikes(0),
        lambda network, trainer, state: state.membrane(1),
        lambda network, trainer, state: trainer.gradient,
    ],
)
def test_what_is_only_a_copy_is_read_only(read, network, data):
    trainer, state = rfgsnn.Trainer(network, steps=2), network.state(3)
    trainer.fit(*data)
    trainer.forward(data[0])
    trainer.estimate_gradient(data[1])
    with pytest.raises(ValueError, match="read-only"):
        read(network, trainer, state)[0] = 7


def test_what_a_call_computes_is_the_callers(network, data):
    network.predict(data[0])[:] = 0
    network.firing_rates(data[0])[:] = 0


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("learning_rate", r"is an option.*rfgsnn.Trainer\(..., learning_rate=...\)"),
        ("hidden", r"is an option.*rfgsnn.Network\(..., hidden=...\)"),
        ("seed", "is an option"),
        ("learning_rat", "no such attribute of .*; did you mean learning_rate?"),
        ("memory", "can be read but not set"),
        ("_anything", "no such attribute"),
        ("qqqq", "no such attribute of [A-Za-z]*$"),
    ],
)
def test_attributes_that_would_do_nothing(name, sentence, network):
    if name == "memory":
        things = network, rfgsnn.Trainer(network)
    else:
        things = network, rfgsnn.Trainer(network), network.state(2)
    for thing in things:
        with pytest.raises(AttributeError, match=f"^{name}: .*{sentence}"):
            setattr(thing, name, 0.1)


def test_an_attribute_that_is_nearly_one(network):
    with pytest.raises(AttributeError, match="did you mean surrogate_widths"):
        network.surogate_widths = 1
    with pytest.raises(AttributeError, match="did you mean parameters"):
        network.parameter = 0
    with pytest.raises(AttributeError, match="tensors: can be read but not set"):
        network.tensors = {}


@pytest.mark.parametrize(
    "thing",
    [
        lambda network, trainer, result: result,
        lambda network, trainer, result: result.history,
        lambda network, trainer, result: network.input_scaling,
        lambda network, trainer, result: network.memory,
        lambda network, trainer, result: rfgsnn.options()[0],
        lambda network, trainer, result: rfgsnn.Progress(1, 2, 0.5, 0.5, 3.0),
        lambda network, trainer, result: trainer.diagnose(
            np.zeros((2, 2)), np.ones((2, 1)), draws=2
        ),
        lambda network, trainer, result: network.activity(np.zeros((2, 2))),
    ],
)
def test_results_do_not_change(thing, network, data):
    trainer = rfgsnn.Trainer(network, steps=2)
    result = thing(network, trainer, trainer.fit(*data))
    for name in ("loss", "scale", "held", "default", "advice", "rates", "anything"):
        with pytest.raises(AttributeError):
            setattr(result, name, 1)


def test_options_stay_as_they_are(network):
    trainer = rfgsnn.Trainer(network, steps=5)
    for options in (network.options, trainer.options):
        before = dict(options)
        for change in (
            lambda options: options.update(seed=3),
            lambda options: options.__setitem__("seed", 3),
            lambda options: options.pop("seed"),
            lambda options: options.clear(),
        ):
            with pytest.raises(TypeError, match=r"make a new one.*dict\(options\)"):
                change(options)
        with pytest.raises(TypeError, match="options: stay"):
            options |= {"seed": 3}
        assert options == before
        for other in (copy.copy(options), pickle.loads(pickle.dumps(options))):
            other["seed"] = 3
        assert json.loads(json.dumps(options))["seed"] == options["seed"]
    same = rfgsnn.Trainer(network, **{**trainer.options, "steps": 7})
    assert same.options["steps"] == 7
