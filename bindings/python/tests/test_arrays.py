"""What may be passed as an array, and that it is not copied."""

import array

import numpy as np
import pytest

import rfgsnn
from rfgsnn import _arrays


class OnlyDLPack:
    def __init__(self, values):
        self.values = values

    def __dlpack__(self, **options):
        return self.values.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.values.__dlpack_device__()


class OnlyArrayInterface:
    def __init__(self, values):
        self.values = values
        self.__array_interface__ = values.__array_interface__


class OnAnotherDevice:
    def __dlpack_device__(self):
        return (2, 0)

    def __dlpack__(self, **options):
        raise BufferError("is in GPU memory")

    def __array__(self, dtype=None, copy=None):
        raise TypeError("can't convert cuda:0 device type tensor to numpy")


def strided(x):
    """Views of the same numbers, each with other strides."""
    wide = np.zeros((len(x), 5), x.dtype)
    wide[:, 1:4:2] = x
    yield "C order", x
    yield "Fortran order", np.asfortranarray(x)
    yield "reversed samples", x[::-1].copy()[::-1]
    yield "reversed features", x[:, ::-1].copy()[:, ::-1]
    yield "every other feature", wide[:, 1:4:2]
    yield "every other sample", np.repeat(x, 2, axis=0)[::2]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_of_any_strides_are_passed_without_a_copy(dtype):
    x = np.arange(12, dtype=dtype).reshape(6, 2)
    for name, values in strided(x):
        view = _arrays.view(values, "inputs")
        assert view.data == values.ctypes.data, name
        steps = [view.strides[axis] * values.itemsize for axis in range(2)]
        assert tuple(steps) == values.strides, name


@pytest.mark.parametrize("wrap", [OnlyDLPack, OnlyArrayInterface, memoryview])
def test_arrays_of_other_libraries_are_passed_without_a_copy(wrap, network):
    x = np.linspace(-1, 1, 20).reshape(10, 2)
    assert _arrays.view(wrap(x), "inputs").data == x.ctypes.data
    assert np.array_equal(network.predict(wrap(x)), network.predict(x))


def test_the_view_keeps_the_array_alive():
    view = _arrays.view(np.full((3, 2), 7.0), "inputs")
    assert np.array_equal(view.array, np.full((3, 2), 7.0))
    assert view.data == view.array.ctypes.data


def test_any_strides_give_the_same_prediction(network):
    x = np.random.default_rng(1).normal(size=(40, 2))
    expected = network.predict(x)
    for name, values in strided(x):
        assert np.array_equal(network.predict(values), expected), name


def test_broadcast_inputs(network):
    one = np.array([[0.3, -0.2]])
    many = network.predict(np.broadcast_to(one, (7, 2)))
    assert np.array_equal(many, np.repeat(network.predict(one), 7, axis=0))


def test_predictions_have_the_precision_of_the_inputs(network):
    x = np.random.default_rng(1).normal(size=(40, 2)).astype(np.float32)
    single, double = network.predict(x), network.predict(x.astype(np.float64))
    assert single.dtype == np.float32 and double.dtype == np.float64
    np.testing.assert_allclose(single, double, rtol=1e-6)


@pytest.mark.parametrize(
    "values",
    [
        [[1, 0], [0, -1]],
        np.array([[1, 0], [0, -1]]),
        np.array([[1, 0], [0, -1]], np.int8),
        np.array([[1, 0], [0, -1]], np.float16),
        np.array([[1, 0], [0, -1]], ">f8"),
        np.array([[1, 0], [0, -1]], ">f4"),
        np.array([[1, 0], [0, -1]], np.longdouble),
        [array.array("d", [1, 0]), array.array("d", [0, -1])],
    ],
    ids=str,
)
def test_other_numbers_are_converted(values, network):
    expected = network.predict(np.array([[1.0, 0.0], [0.0, -1.0]]))
    np.testing.assert_allclose(network.predict(values), expected, rtol=1e-6)


def test_booleans_are_converted(network):
    x = np.array([[True, False]])
    assert np.array_equal(network.predict(x), network.predict([[1.0, 0.0]]))


def test_numbers_at_odd_addresses_are_copied(network):
    records = np.zeros(4, dtype=np.dtype([("tag", "u1"), ("x", "f8", 2)]))
    records["x"] = [[0.1, 0.2]] * 4
    expected = network.predict(np.full((4, 2), [0.1, 0.2]))
    assert np.array_equal(network.predict(records["x"]), expected)


def test_inputs_that_change_in_time(network):
    x = np.random.default_rng(1).normal(size=(5, 2))
    constant = np.broadcast_to(x, (network.time_steps, 5, 2))
    assert np.array_equal(network.predict(constant), network.predict(x))


def test_one_input_and_one_output_take_rank_1():
    network = rfgsnn.Network(inputs=1, outputs=1, hidden=8)
    x = np.linspace(-1, 1, 9)
    assert np.array_equal(network.predict(x), network.predict(x[:, None]))
    assert network.solve_readout(x, x) == network.solve_readout(x, x[:, None])


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (np.zeros((4, 3)), r"inputs: shape \[4, 3\], expected \[samples, 2\]"),
        (np.zeros(4), r"inputs: shape \[4\], expected \[samples, 2\]"),
        (np.zeros((15, 4, 2)), r"inputs: shape \[15, 4, 2\], .* \[16, samples, 2\]"),
        (np.zeros((2, 2, 2, 2)), r"inputs: shape \[2, 2, 2, 2\], expected"),
        (np.zeros((0, 2)), r"inputs: shape \[0, 2\]"),
        (0.5, r"inputs: rank 0"),
        ([[1.0, 2.0], [3.0]], r"inputs: "),
    ],
    ids=["features", "rank 1", "time steps", "rank 4", "empty", "number", "ragged"],
)
def test_wrong_shapes(values, sentence, network):
    with pytest.raises(rfgsnn.ShapeError, match=sentence) as caught:
        network.predict(values)
    assert isinstance(caught.value, ValueError)
    assert caught.value.status == rfgsnn.Status.ERROR_SHAPE


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (np.zeros((4, 2), complex), "elements are of type complex128; convert"),
        ([["a", "b"]], "elements are of type <U1; convert"),
        ([[None, 1.0]], r"element \[0, 0\] is None, which is no number"),
        (OnAnotherDevice(), "can't convert cuda:0"),
        (np.ma.masked_invalid([[np.nan, 1.0]]), "elements are masked"),
    ],
    ids=["complex", "text", "object", "device", "masked"],
)
def test_wrong_types(values, sentence, network):
    with pytest.raises(rfgsnn.DtypeError, match="inputs: " + sentence) as caught:
        network.predict(values)
    assert isinstance(caught.value, TypeError)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite(bad, network):
    x = np.zeros((4, 2))
    x[2, 1] = bad
    sentence = r"inputs: element \[2, 1\] is NaN"
    with pytest.raises(rfgsnn.NotFiniteError, match=sentence) as caught:
        network.predict(x)
    assert isinstance(caught.value, ValueError)
