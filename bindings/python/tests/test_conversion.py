"""Tables, exact numbers and other things that hold numbers are taken, or named."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import rfgsnn
from rfgsnn._conversion import to_floats

NUMBERS = [[1.0, -0.5], [0.25, 2.0], [3.0, 0.0]]


@pytest.mark.parametrize(
    "values",
    [
        [[Decimal(str(number)) for number in row] for row in NUMBERS],
        [[Fraction(number) for number in row] for row in NUMBERS],
        np.array(NUMBERS, dtype=object),
        [[np.array(number) for number in row] for row in NUMBERS],
        [[1, Decimal("-0.5")], [Fraction(1, 4), np.float32(2)], [True + 2, np.False_]],
    ],
    ids=["Decimal", "Fraction", "objects", "arrays of rank 0", "of all kinds"],
)
def test_exact_numbers_are_taken(values, network):
    assert np.array_equal(to_floats(values, "inputs"), NUMBERS)
    assert np.array_equal(network.predict(values), network.predict(NUMBERS))


@pytest.mark.parametrize("kind", ["Int64", "Float64", "Float32", "object", "UInt8"])
def test_columns_of_pandas_are_taken(kind, network):
    pandas = pytest.importorskip("pandas")
    values = [[3, 0], [1, 2]]
    frame = pandas.DataFrame(values, columns=["a", "b"]).astype(kind)
    assert np.array_equal(to_floats(frame, "inputs"), values)
    assert np.array_equal(to_floats(frame["a"], "targets"), [3, 1])
    assert np.array_equal(to_floats(frame["a"].array, "targets"), [3, 1])
    assert np.array_equal(network.predict(frame), network.predict(values))


def test_frames_of_mixed_columns_are_taken():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        {
            "plain": [0.5, 1.5],
            "whole": pandas.array([1, 2], dtype="Int64"),
            "yes": pandas.array([True, False], dtype="boolean"),
            "exact": [Decimal("0.25"), Fraction(1, 2)],
        },
        index=["first", "second"],
    )
    expected = [[0.5, 1, 1, 0.25], [1.5, 2, 0, 0.5]]
    assert np.array_equal(to_floats(frame, "inputs"), expected)
    network = rfgsnn.fit(frame, frame["whole"], steps=2, hidden=4, progress=False)
    assert network.predict(frame).shape == (2, 1)


def test_plain_frames_are_not_copied():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(np.array(NUMBERS, np.float32))
    assert np.shares_memory(to_floats(frame, "inputs"), frame.to_numpy())


def test_what_is_missing_in_a_table_is_named_with_its_place(network):
    pandas = pytest.importorskip("pandas")
    whole = pandas.array([1, 2, None], dtype="Int64")
    frame = pandas.DataFrame({"a": [1.0, 2, 3], "b c": whole})
    with pytest.raises(
        rfgsnn.NotFiniteError, match="^inputs: row 2 of column 'b c' is"
    ):
        network.predict(frame)
    with pytest.raises(rfgsnn.NotFiniteError, match="^targets: row 2 is missing"):
        network.solve_readout(frame[["a", "a"]], frame["b c"])
    with pytest.raises(rfgsnn.NotFiniteError, match=r"element \[1, 0\] is missing"):
        network.predict([[1, 2], [pandas.NA, 3]])


@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        (["x", "y"], "row 0 of column 'b' is 'x', which is no number"),
        ([1.0, None], "row 1 of column 'b' is None|"),
        ([1, "2"], "row 1 of column 'b' is '2', which is no number"),
        ([1j, 2], "row 0 of column 'b' is"),
    ],
)
def test_a_column_without_numbers_is_named(column, sentence, network):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(
        {"a": [1.0, 2.0], "b": pandas.Series(column, dtype=object)}
    )
    with pytest.raises(rfgsnn.DtypeError, match=f"^inputs: {sentence}"):
        network.predict(frame)


@pytest.mark.parametrize("kind", ["category", "datetime64[ns]", "string"])
def test_a_column_of_another_type_is_named(kind, network):
    pandas = pytest.importorskip("pandas")
    days = pandas.Series(["2020-01-01", "2021-01-01"]).astype(kind)
    frame = pandas.DataFrame({"a": [1.0, 2.0], "when": days})
    with pytest.raises(rfgsnn.DtypeError, match="row 0 of column 'when' is"):
        network.predict(frame)


@pytest.mark.parametrize("kind", ["csr_matrix", "csr_array", "coo_array"])
def test_sparse_arrays_are_told_how_to_become_dense(kind, network):
    sparse = pytest.importorskip("scipy.sparse")
    values = getattr(sparse, kind)(np.eye(2))
    sentence = rf"^inputs: is sparse \({kind}\); give inputs.toarray\(\)"
    with pytest.raises(rfgsnn.DtypeError, match=sentence):
        network.predict(values)
    assert network.predict(values.toarray()).shape == (2, 1)


class Unconvertible:
    def __array__(self, dtype=None, copy=None):
        raise ValueError("is on the moon")


@pytest.mark.parametrize(
    ("values", "error", "sentence"),
    [
        (None, "Dtype", "expected an array of numbers, not an object of type NoneType"),
        ({"a": 1}, "Dtype", "expected an array of numbers, not an object of type dict"),
        ({1, 2}, "Dtype", "not an object of type set"),
        (object, "Dtype", "not an object of type type"),
        ((i for i in range(3)), "Dtype", "not an object of type generator"),
        ("0.5", "Dtype", "elements are of type <U3"),
        ([["a", "b"]], "Dtype", "elements are of type <U1"),
        ([[None, 1.0]], "Dtype", r"element \[0, 0\] is None, which is no number"),
        ([{"a": 1}], "Dtype", r"element \[0\] is {'a': 1}, which is no number"),
        (np.zeros(3, "M8[D]"), "Dtype", r"datetime64\[D\]; convert them to numbers"),
        (np.zeros(3, "m8[s]"), "Dtype", "divide them by a unit"),
        (np.zeros(3, [("a", "f4")]), "Dtype", "give one array of numbers"),
        (1j, "Dtype", "elements are of type complex128; convert"),
        (Unconvertible(), "Dtype", "is on the moon"),
        ([Unconvertible()], "Dtype", r"element \[0\] is .*, which is no number"),
        ([[1, 2], [3]], "Shape", r"inputs\[0\] is of shape \[2\], but inputs\[1\] of "),
        ([[1, 2], 3], "Shape", r"inputs\[0\] is of shape \[2\], but inputs\[1\] of "),
        ([[[1], [2, 3]], [[1], [2]]], "Shape", r"inputs\[0\]\[0\] is of shape \[1\]"),
        ([np.zeros((2, 2)), np.zeros(3)], "Shape", r"shape \[2, 2\], but .* \[3\]"),
        (np.array([[1], [2, 3]], object), "Shape", r"element \[0\] is itself an array"),
        ([10**400, 1], "NotFinite", "NaN, infinite"),
    ],
    ids=str,
)
def test_what_is_no_array_of_numbers(values, error, sentence):
    network = rfgsnn.Network(1, 1, hidden=4)
    with pytest.raises(
        getattr(rfgsnn, f"{error}Error"), match=f"^inputs: .*{sentence}"
    ):
        network.predict(values)
