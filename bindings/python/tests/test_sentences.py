"""Whatever is passed, the sentence is the library's: which argument, and what to do."""

import datetime
import warnings

import numpy as np
import pytest

import rfgsnn
from rfgsnn._arguments import distinct

X = np.random.default_rng(0).uniform(-1, 1, (12, 2))
Y = X[:, :1]
FUNCTIONS = np.random.default_rng(0).uniform(-1, 1, (4, 5))
POINTS = np.random.default_rng(1).uniform(0, 1, (6, 2))
AXES = np.linspace(0, 1, 3), np.linspace(0, 1, 2)
SMALL = {"hidden": 4, "time_steps": 8}
QUICK = {"steps": 2, "progress": False, "hidden": 4}


class Unconvertible:
    def __array__(self, dtype=None, copy=None):
        raise ValueError("setting an array element with a sequence")


# Of every kind, and none is right anywhere below.
WRONG = {
    "text": "abc",
    "not UTF-8": "\ud800",
    "bytes": b"ab",
    "dictionary": {1: 2},
    "set": {1, 2},
    "ragged": [[1, 2], [3], 4],
    "complex": np.zeros((12, 2), complex),
    "dates": np.zeros((12, 2), "M8[D]"),
    "date": datetime.date(2020, 1, 1),
    "masked": np.ma.masked_invalid([[np.nan, 1.0]]),
    "unconvertible": Unconvertible(),
    "empty": np.zeros((0, 2)),
    "object": object(),
    "class": int,
    "NaN": float("nan"),
    "huge": 10**400,
    "rank 7": np.zeros((1,) * 7),
}


def make():
    return rfgsnn.Network(2, 1, **SMALL)


def operator(architecture="deeponet"):
    return rfgsnn.Network(
        5, 1, architecture=architecture, coordinates=2, latent=3, **SMALL
    )


def trainer(**options):
    return rfgsnn.Trainer(make(), steps=2, **options)


def after_a_pass():
    trained = trainer()
    trained.forward(X)
    return trained


ARGUMENTS = {
    "predict": lambda wrong: make().predict(wrong),
    "predict function": lambda wrong: rfgsnn.predict(wrong, X),
    "predict functions": lambda wrong: operator().predict((wrong, POINTS)),
    "predict points": lambda wrong: operator().predict((FUNCTIONS, wrong)),
    "predict operator": lambda wrong: operator().predict(wrong),
    "predict axis": lambda wrong: operator("seponet").predict((FUNCTIONS, wrong, X)),
    "activity": lambda wrong: make().activity(wrong),
    "firing_rates": lambda wrong: make().firing_rates(wrong),
    "calibrate": lambda wrong: make().calibrate(wrong),
    "solve_readout x": lambda wrong: make().solve_readout(wrong, Y),
    "solve_readout y": lambda wrong: make().solve_readout(X, wrong),
    "solve_readout lambda": lambda wrong: make().solve_readout(X, Y, wrong),
    "fit_scaling kind": lambda wrong: make().fit_scaling(wrong, X),
    "fit_scaling x": lambda wrong: make().fit_scaling("minmax", wrong),
    "fit_scaling y": lambda wrong: make().fit_scaling("minmax", X, wrong),
    "input_scaling": lambda wrong: setattr(make(), "input_scaling", wrong),
    "input shift": lambda wrong: setattr(make(), "input_scaling", (wrong, 1)),
    "output scale": lambda wrong: setattr(make(), "output_scaling", (0, wrong)),
    "surrogate_widths": lambda wrong: setattr(make(), "surrogate_widths", wrong),
    "parameters": lambda wrong: setattr(make(), "parameters", wrong),
    "tensor": lambda wrong: make().tensors.update({"readout.bias": wrong}),
    "tensor name": lambda wrong: make().tensors[wrong],
    "inputs": lambda wrong: rfgsnn.Network(wrong, 1),
    "int option": lambda wrong: rfgsnn.Network(2, 1, time_steps=wrong),
    "float option": lambda wrong: rfgsnn.Network(2, 1, leak=wrong),
    "word option": lambda wrong: rfgsnn.Network(2, 1, reset=wrong),
    "ints option": lambda wrong: rfgsnn.Network(2, 1, hidden=wrong),
    "yes or no": lambda wrong: trainer(restore_best=wrong),
    "samples": lambda wrong: make().state(wrong),
    "state network": lambda wrong: rfgsnn.NetworkState(wrong, 1),
    "state step": lambda wrong: make().state(12).step(wrong),
    "layer": lambda wrong: make().state(12).spikes(wrong),
    "trainer network": lambda wrong: rfgsnn.Trainer(wrong),
    "draw": lambda wrong: trainer().perturb(wrong),
    "step": lambda wrong: trainer().step(wrong),
    "forward": lambda wrong: trainer().forward(wrong),
    "targets": lambda wrong: after_a_pass().estimate_gradient(wrong),
    "gradient": lambda wrong: after_a_pass().estimate_gradient_from_output_gradient(
        wrong
    ),
    "losses": lambda wrong: trainer(
        estimator="black_box"
    ).estimate_gradient_from_losses(wrong),
    "index": lambda wrong: trainer(estimator="black_box").perturbed_parameters(wrong),
    "diagnose x": lambda wrong: trainer().diagnose(wrong, Y),
    "diagnose draws": lambda wrong: trainer().diagnose(X, Y, wrong),
    "Trainer.fit x": lambda wrong: trainer().fit(wrong, Y),
    "Trainer.fit y": lambda wrong: trainer().fit(X, wrong),
    "validation": lambda wrong: trainer().fit(X, Y, validation=wrong),
    "validation x": lambda wrong: trainer().fit(X, Y, validation=(wrong, Y)),
    "fit x": lambda wrong: rfgsnn.fit(wrong, Y, **QUICK),
    "fit y": lambda wrong: rfgsnn.fit(X, wrong, **QUICK),
    "fit functions": lambda wrong: rfgsnn.fit(
        (wrong, POINTS), np.ones((4, 6)), **QUICK
    ),
    "fit points": lambda wrong: rfgsnn.fit(
        (FUNCTIONS, wrong), np.ones((4, 6)), architecture="deeponet", **QUICK
    ),
    "fit scaling": lambda wrong: rfgsnn.fit(X, Y, scaling=wrong, **QUICK),
    "fit calibrate": lambda wrong: rfgsnn.fit(X, Y, calibrate=wrong, **QUICK),
    "fit validation": lambda wrong: rfgsnn.fit(X, Y, validation=wrong, **QUICK),
    "architecture": lambda wrong: rfgsnn.fit(X, Y, architecture=wrong, **QUICK),
    "history": rfgsnn.plot_history,
}


@pytest.mark.parametrize("call", ARGUMENTS.values(), ids=ARGUMENTS)
def test_arguments_of_every_wrong_kind(call):
    for kind, wrong in WRONG.items():
        with warnings.catch_warnings(), pytest.raises(rfgsnn.RfgsnnError) as caught:
            warnings.simplefilter("error")
            call(wrong)
        sentence = str(caught.value)
        name, colon, rest = sentence.partition(": ")
        assert colon and rest, (kind, sentence)
        for words in ("inhomogeneous", "unpack", "could not convert", "sequence."):
            assert words not in sentence, (kind, sentence)


@pytest.mark.parametrize("call", ["solve_readout lambda", "float option"])
@pytest.mark.parametrize("value", [np.array(0.5), np.float32(0.5)])
def test_numbers_of_other_types_are_numbers(call, value):
    ARGUMENTS[call](value)


@pytest.mark.parametrize("value", [np.True_, np.False_])
def test_booleans_of_numpy_are_yes_and_no(value):
    assert trainer(restore_best=value).options["restore_best"] == (
        "yes" if value else "no"
    )
    rfgsnn.fit(X, Y, calibrate=value, **QUICK)


def operators(x, y, **options):
    return rfgsnn.fit(x, y, latent=3, **QUICK, **options)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: operators((FUNCTIONS, *AXES), np.ones((4, 3, 2))),
            r'inputs: 3 arrays of shapes .*architecture="seponet"',
        ),
        (
            lambda: operators((np.ones((4, 8, 8)), POINTS), np.ones((4, 6))),
            r"inputs\[0\]: shape \[4, 8, 8\], expected \[functions, sensors\]; "
            r".*inputs\[0\].reshape\(4, 64\)",
        ),
        (
            lambda: operator().predict((np.ones((4, 5, 1)), POINTS)),
            r"inputs\[0\]: .*expected \[functions, 5\]; .*reshape\(4, 5\)",
        ),
        (
            lambda: operator().predict((FUNCTIONS[0], POINTS)),
            r"inputs\[0\]: shape \[5\], expected .*; inputs\[0\]\[None, :\]",
        ),
        (
            lambda: rfgsnn.fit(np.ones((10, 8, 3)), np.ones((10, 1)), **QUICK),
            r"inputs: shape \[10, 8, 3\], expected .*\[time_steps, samples, inputs\]; "
            r"np.swapaxes\(inputs, 0, 1\) puts time first",
        ),
        (
            lambda: make().predict(np.ones((10, 8, 2))),
            r"inputs: .*\[time_steps, samples, inputs\]; np.swapaxes",
        ),
        (
            lambda: operators((np.ones((6, 5)), POINTS), np.ones(6)),
            r"targets: shape \[6\], expected \[6, 6\]; .*points\[:, None, :\] and "
            r"targets.reshape\(6, 1\)",
        ),
        (
            lambda: rfgsnn.Trainer(operator()).fit(
                (np.ones((6, 5)), POINTS), np.ones((6, 1)), progress=False
            ),
            r"targets: .*points\[:, None, :\]",
        ),
        (
            lambda: operators((FUNCTIONS, POINTS), np.ones((4, 3, 2))),
            r"targets: shape \[4, 3, 2\], expected \[4, 6\]; the points are a list: "
            r"targets.reshape\(4, 6\)",
        ),
        (
            lambda: operator().solve_readout((FUNCTIONS, POINTS), np.ones((4, 2, 3))),
            r"targets: .*the points are a list: targets.reshape\(4, 6\)",
        ),
        (
            lambda: operator("seponet").solve_readout(
                (FUNCTIONS, *AXES), np.ones((4, 6))
            ),
            r"targets: .*expected \[4, 3, 2\]; .*targets.reshape\(4, 3, 2\)",
        ),
        (
            lambda: rfgsnn.fit(X, Y, validation=0.2, **QUICK),
            r"validation: 0.2 given, expected a pair \(inputs, targets\) of samples",
        ),
        (
            lambda: trainer().fit(X, Y, validation=(X, Y, Y)),
            r"validation: 3 parts given, expected a pair \(inputs, targets\)",
        ),
    ],
)
def test_the_cure_is_said(call, sentence):
    with pytest.raises(rfgsnn.ShapeError, match=f"^{sentence}"):
        call()


def test_the_cures_are_cures():
    rows = np.ones((6, 5)) * np.arange(6)[:, None]
    network = operators((rows, POINTS[:, None, :]), np.arange(6.0)[:, None])
    assert network.options["coordinates"] == 2
    series = np.random.default_rng(0).uniform(-1, 1, (10, 8, 3))
    y = series[:, 0, :1]
    network = rfgsnn.fit(np.swapaxes(series, 0, 1), y, **QUICK)
    assert network.time_steps == 8
    # Fields of several outputs are no grids.
    network = operators((FUNCTIONS, POINTS), np.ones((4, 6, 3)))
    assert network.outputs == 3


@pytest.mark.parametrize(
    ("first", "second", "texts"),
    [
        (0.6541, 0.6536, ("0.6541", "0.6536")),
        (0.65, 0.2, ("0.65", "0.2")),
        (1.0, 1.0 + 2**-52, ("1", "1.0000000000000002")),
        (1e-9, 1.0001e-9, ("1e-09", "1.0001e-09")),
        (2.0, 2.0, ("2", "2")),
    ],
)
def test_two_numbers_that_are_compared_are_written_apart(first, second, texts):
    assert distinct(first, second) == texts


def test_a_warning_whose_numbers_are_close_tells_them_apart(monkeypatch):
    from rfgsnn import _untrained

    errors = iter([0.6541**2, 0.6536**2])
    monkeypatch.setattr(_untrained, "_mean_square", lambda *arguments: next(errors))
    with pytest.warns(UserWarning, match="error 0.6541, not 0.6536, on held-out"):
        rfgsnn.fit(X, Y, **QUICK)
