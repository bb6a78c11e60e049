"""Options: their list, the keywords, and what is refused."""

import typing

import numpy as np
import pytest

import rfgsnn
from rfgsnn import _options


def test_every_option_has_a_keyword_in_one_of_the_typed_lists():
    listed = {option.key for option in rfgsnn.options()}
    assert listed == _options.NETWORK_KEYS | _options.TRAINER_KEYS


@pytest.mark.parametrize("kind", ["NetworkOptions", "TrainerOptions"])
def test_the_type_hints_are_those_of_the_library(kind):
    table = {option.key: option for option in rfgsnn.options()}
    words = {int: "int", float: "float"}
    namespace = {**vars(typing), **vars(_options)}
    for key, hint in getattr(_options, kind).__annotations__.items():
        text = getattr(hint, "__forward_arg__", hint)
        if table[key].type in words:
            assert text == words[table[key].type], key
        elif text == "str":
            assert table[key].range.endswith("with commas between"), key
        elif table[key].type is str:
            choices = typing.get_args(eval(text.replace("bool | ", ""), namespace))
            assert " | ".join(choices) in (
                table[key].range,
                " | ".join(reversed(table[key].range.split(" | "))),
            ), key


def test_the_defaults_are_those_of_the_library():
    network = rfgsnn.Network(inputs=2, outputs=1)
    trainer = rfgsnn.Trainer(network)
    for option in rfgsnn.options():
        for given in (network.options, trainer.options):
            if option.key in given and option.default is not None:
                assert given[option.key] == option.default


def test_options_are_documented():
    for option in rfgsnn.options():
        assert (
            option.doc
            and option.range
            and option.scope
            in (
                "network",
                "trainer",
                "both",
            )
        )


def test_values_of_every_type_arrive():
    network = rfgsnn.Network(
        inputs=np.int64(3),
        outputs=2,
        hidden=np.array([5, 4]),
        time_steps=np.int32(7),
        leak=np.float32(0.5),
        reset="hard",
    )
    assert (network.inputs, network.outputs, network.time_steps) == (3, 2, 7)
    assert network.layer_sizes == (5, 4)
    assert network.options["leak"] == 0.5 and network.options["reset"] == "hard"


def test_one_hidden_layer_may_be_a_number():
    assert rfgsnn.Network(inputs=1, outputs=1, hidden=9).layer_sizes == (9,)


def test_yes_and_no_may_be_booleans(network):
    assert rfgsnn.Trainer(network, restore_best=False).options["restore_best"] == "no"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("hiden", "hidden"), ("time_step", "time_steps"), ("surogate", "surrogate")],
)
def test_an_unknown_option_names_the_nearest(wrong, right):
    with pytest.raises(rfgsnn.UnknownOptionError, match=right) as caught:
        rfgsnn.Network(inputs=1, outputs=1, **{wrong: 3})
    assert wrong in str(caught.value)
    assert isinstance(caught.value, TypeError)


def test_an_option_in_the_wrong_place(network):
    with pytest.raises(rfgsnn.UnknownOptionError, match=r"learning_rate.*Trainer"):
        rfgsnn.Network(inputs=1, outputs=1, learning_rate=0.1)
    with pytest.raises(rfgsnn.UnknownOptionError, match=r"hidden.*Network"):
        rfgsnn.Trainer(network, hidden=(3,))


def test_an_unknown_option_of_fit_names_the_nearest():
    with pytest.raises(rfgsnn.UnknownOptionError, match="learning_rate"):
        rfgsnn.fit([0.0, 1.0], [0.0, 1.0], learning_rat=0.1)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (dict(leak=1.5), "leak: 1.5 is outside its range, 0 < x <= 1"),
        (dict(time_steps=0), "time_steps: 0 is outside its range"),
        (dict(hidden=()), "hidden"),
        (dict(hidden=(3, 0)), "hidden: 0 is outside its range"),
        (dict(seed=-1), "seed: -1 is outside its range"),
        (dict(seed=2**63), "seed: 9223372036854775808"),
        (dict(spikes="ternery"), "spikes: .*did you mean .?ternary"),
    ],
    ids=str,
)
def test_values_outside_their_range(options, sentence):
    with pytest.raises(rfgsnn.OutOfRangeError, match=sentence) as caught:
        rfgsnn.Network(inputs=1, outputs=1, **options)
    assert isinstance(caught.value, ValueError)


def test_a_float_that_is_not_finite():
    with pytest.raises(rfgsnn.NotFiniteError, match="leak: nan"):
        rfgsnn.Network(inputs=1, outputs=1, leak=float("nan"))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (dict(time_steps=32.0), "time_steps: 32.0 is not an int"),
        (dict(time_steps=True), "time_steps: True is not an int"),
        (dict(leak="high"), "leak: 'high' is not a float"),
        (dict(leak=None), "leak: None is not a float"),
        (dict(hidden=(3.5,)), r"hidden: \(3.5,\) is not ints"),
        (dict(reset=1), "reset: 1 is not a str"),
        (dict(reset="soft\0"), "reset: 'soft.x00' is not a str"),
    ],
    ids=str,
)
def test_values_of_the_wrong_type(options, sentence):
    with pytest.raises(rfgsnn.DtypeError, match=sentence) as caught:
        rfgsnn.Network(inputs=1, outputs=1, **options)
    assert isinstance(caught.value, TypeError)


def test_a_memory_limit_that_is_too_small():
    with pytest.raises(rfgsnn.OutOfMemoryError, match="memory_limit") as caught:
        rfgsnn.Network(inputs=1000, outputs=1, hidden=1000, memory_limit=1000)
    assert isinstance(caught.value, MemoryError)
