"""Arrays that operator networks refuse, and what `fit` makes of arrays."""

import numpy as np
import pytest
from operator_cases import SMALL

import rfgsnn


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
