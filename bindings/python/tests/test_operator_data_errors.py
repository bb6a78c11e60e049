"""Bad data of operator networks: every call refuses them, and says what is wrong."""

import numpy as np
import pytest

import rfgsnn
from rfgsnn import DtypeError, NotFiniteError, OutOfRangeError, ShapeError

RANDOM = np.random.default_rng(0)
FUNCTIONS = RANDOM.uniform(-1, 1, (4, 5))
POINTS = RANDOM.uniform(0, 1, (7, 2))
FIELDS = RANDOM.normal(size=(4, 7))
AXES = np.linspace(0, 1, 6), np.linspace(0, 1, 3)
GRID = RANDOM.normal(size=(4, 6, 3))
SMALL = {"hidden": (12,), "latent": 6, "time_steps": 8, "coordinates": 2}


def spoiled(array, index, value=np.nan):
    """The array with one number that is not finite."""
    array = np.array(array)
    array[index] = value
    return array


def make(architecture):
    return rfgsnn.Network(5, 1, architecture=architecture, **SMALL)


def good(architecture):
    if architecture == "deeponet":
        return (FUNCTIONS, POINTS), FIELDS
    return (FUNCTIONS, *AXES), GRID


def forward(network, x, y):
    trainer = rfgsnn.Trainer(network)
    trainer.forward(x)
    trainer.estimate_gradient(y)


def fit(network, x, y):
    trainer = rfgsnn.Trainer(network, steps=2, readout_solve="periodic")
    trainer.fit(x, y, progress=False)


# What takes inputs and targets.
CALLS = {
    "forward": forward,
    "fit": fit,
    "solve_readout": lambda network, x, y: network.solve_readout(x, y),
    "fit_scaling": lambda network, x, y: network.fit_scaling("standard", x, y),
}

BAD_INPUTS = [
    # Mismatched sensors
    ("deeponet", (FUNCTIONS[:, :4], POINTS), ShapeError,
     r"inputs\[0\]: shape \[4, 4\], expected \[functions, 5\]"),
    ("deeponet", (FUNCTIONS.T, POINTS), ShapeError,
     r"inputs\[0\]: shape \[5, 4\], expected \[functions, 5\]"),
    ("deeponet", (FUNCTIONS[0], POINTS), ShapeError,
     r"inputs\[0\]: shape \[5\], expected \[functions, 5\]"),
    ("deeponet", (POINTS, FUNCTIONS), ShapeError,
     r"inputs\[0\]: shape \[7, 2\], expected \[functions, 5\]"),
    # Points out of shape
    ("deeponet", (FUNCTIONS, POINTS[:, 0]), ShapeError,
     r"inputs\[1\]: shape \[7\], expected \[points, 2\] or \[4, points, 2\]"),
    ("deeponet", (FUNCTIONS, POINTS.T), ShapeError,
     r"inputs\[1\]: shape \[2, 7\], expected \[points, 2\] or \[4, points, 2\]"),
    ("deeponet", (FUNCTIONS, np.stack([POINTS] * 3)), ShapeError,
     r"inputs\[1\]: shape \[3, 7, 2\], expected .* or \[4, points, 2\]"),
    ("seponet", (FUNCTIONS, AXES[0], POINTS), ShapeError,
     r"inputs\[2\]: shape \[7, 2\], expected \[points, 1\] or \[points\]"),
    ("seponet", (FUNCTIONS, AXES[0]), ShapeError,
     "is 2, expected 3: a seponet takes the functions at its sensors, and one axis"),
    ("deeponet", (FUNCTIONS, *AXES), ShapeError,
     "is 3, expected 2: a deeponet takes the functions at its sensors, and the points"),
    ("deeponet", FUNCTIONS, ShapeError,
     "is 1, expected 2: a deeponet takes the functions at its sensors, and the points"),
    # Empty sets
    ("deeponet", (FUNCTIONS[:0], POINTS), ShapeError,
     r"inputs\[0\]: shape \[0, 5\].* without elements is not taken"),
    ("deeponet", (FUNCTIONS[:, :0], POINTS), ShapeError,
     r"inputs\[0\]: shape \[4, 0\].* without elements is not taken"),
    ("deeponet", (FUNCTIONS, POINTS[:0]), ShapeError,
     r"inputs\[1\]: shape \[0, 2\].* without elements is not taken"),
    ("seponet", (FUNCTIONS, AXES[0], []), ShapeError,
     r"inputs\[2\]: shape \[0\].* without elements is not taken"),
    # Numbers that are none
    ("deeponet", (spoiled(FUNCTIONS, (2, 3)), POINTS), NotFiniteError,
     r"inputs\[0\]: element \[2, 3\] is NaN"),
    ("deeponet", (FUNCTIONS, spoiled(POINTS, (6, 1), -np.inf)), NotFiniteError,
     r"inputs\[1\]: element \[6, 1\] is NaN, infinite"),
    ("deeponet", (FUNCTIONS, spoiled([POINTS] * 4, (3, 6, 1))), NotFiniteError,
     r"inputs\[1\]: element \[3, 6, 1\] is NaN"),
    ("seponet", (FUNCTIONS, AXES[0], spoiled(AXES[1], 2)), NotFiniteError,
     r"inputs\[2\]: element \[2\] is NaN"),
    ("deeponet", (FUNCTIONS, "everywhere"), DtypeError, r"inputs\[1\]: .* float64"),
]  # fmt: skip

BAD_TARGETS = [
    ("deeponet", FIELDS[:3], ShapeError, r"shape \[3, 7\], expected .*\[4, 7\]"),
    ("deeponet", FIELDS.T, ShapeError, r"shape \[7, 4\], expected .*\[4, 7\]"),
    ("deeponet", FIELDS.ravel(), ShapeError, r"shape \[28\], expected .*\[4, 7\]"),
    ("deeponet", FIELDS[:, :0], ShapeError, r"\[4, 0\].* without elements"),
    ("deeponet", spoiled(FIELDS, (1, 6)), NotFiniteError, r"element \[1, 6\] is NaN"),
    ("seponet", GRID.reshape(4, 18), ShapeError, r"\[4, 18\], .*\[4, 6, 3\]"),
    ("seponet", GRID.transpose(0, 2, 1), ShapeError, r"\[4, 3, 6\], .*\[4, 6, 3\]"),
    ("seponet", spoiled(GRID, (3, 4, 2)), NotFiniteError, r"element \[3, 4, 2\]"),
    ("seponet", spoiled(GRID.T, (1, 5, 0)).T, NotFiniteError, r"element \[0, 5, 1\]"),
]


@pytest.mark.parametrize(("architecture", "x", "error", "sentence"), BAD_INPUTS)
def test_every_call_refuses_bad_inputs(architecture, x, error, sentence):
    network, (right, y) = make(architecture), good(architecture)
    before = network.parameters.copy()
    for call in (network.predict, network.firing_rates):
        with pytest.raises(error, match=sentence):
            call(x)
    for call in CALLS.values():
        with pytest.raises(error, match=sentence):
            call(network, x, y)
    with pytest.raises(error, match=f"validation_({sentence}|.*{sentence})"):
        rfgsnn.Trainer(network).fit(right, y, validation=(x, y), progress=False)
    assert np.array_equal(network.parameters, before)


@pytest.mark.parametrize(("architecture", "y", "error", "sentence"), BAD_TARGETS)
def test_every_call_refuses_bad_targets(architecture, y, error, sentence):
    network, (x, right) = make(architecture), good(architecture)
    before = network.parameters.copy()
    for call in CALLS.values():
        with pytest.raises(error, match=f"^targets: .*{sentence}"):
            call(network, x, y)
    with pytest.raises(error, match=f"^validation_targets: .*{sentence}"):
        rfgsnn.Trainer(network).fit(x, right, validation=(x, y), progress=False)
    assert np.array_equal(network.parameters, before)


@pytest.mark.parametrize("architecture", ["deeponet", "seponet"])
@pytest.mark.parametrize("call", CALLS)
def test_one_function_at_one_point_is_a_data_set(architecture, call):
    network, (x, y) = make(architecture), good(architecture)
    x = tuple(array[:1] for array in x)
    y = y[:1, :1] if architecture == "deeponet" else y[:1, :1, :1]
    CALLS[call](network, x, y)
    outputs = network.predict(x)
    assert outputs.shape == y.shape
    assert np.all(np.isfinite(outputs))


def test_the_closed_form_learns_one_function():
    network, (x, y) = make("deeponet"), good("deeponet")
    x, y = (x[0][:1], x[1]), y[:1]
    loss = network.solve_readout(x, y).loss
    np.testing.assert_allclose(loss, np.mean((network.predict(x) - y) ** 2), atol=1e-6)
    assert loss < np.mean(y**2)


def test_points_of_each_function_have_no_closed_form():
    network, own = make("deeponet"), (FUNCTIONS, np.stack([POINTS] * 4))
    sentence = "points that all functions share"
    with pytest.raises(rfgsnn.UnsupportedError, match=f"^inputs: .*{sentence}"):
        network.solve_readout(own, FIELDS)
    with pytest.raises(rfgsnn.UnsupportedError, match=f"^readout_solve: .*{sentence}"):
        fit(network, own, FIELDS)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"inputs": 0}, "inputs: 0 is outside its range, 1 <= x"),
        ({"outputs": -1}, "outputs: -1 is outside its range, 1 <= x"),
        ({"coordinates": 0}, "coordinates: 0 is outside its range, 1 <= x <= 4"),
        ({"coordinates": 5}, "coordinates: 5 is outside its range, 1 <= x <= 4"),
        ({"latent": 0}, "latent: 0 is outside its range, 1 <= x"),
        ({"trunk_hidden": (8, 0)}, "trunk_hidden: a size is 0; give sizes from 1 on"),
        ({"trunk_gain": 0}, "trunk_gain: 0 is outside its range, 0 < x"),
        ({"architecture": "deeponets"}, 'architecture: .* did you mean "deeponet"'),
    ],
)
def test_networks_that_cannot_be_made(options, sentence):
    known = {"inputs": 5, "outputs": 1, "architecture": "deeponet"}
    with pytest.raises(OutOfRangeError, match=sentence):
        rfgsnn.Network(**{**known, **options})
