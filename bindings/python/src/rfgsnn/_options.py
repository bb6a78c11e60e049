"""The list of options, and how keyword arguments become an options object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from ctypes import byref, c_char_p, c_int, c_int64, c_void_p
from functools import cache
from typing import Any, Literal, NamedTuple, TypedDict, Union

from . import _errors
from ._arguments import integer, is_boolean, real, short, word
from ._library import check, library
from ._signatures import OptionType, Status

Value = Union[int, float, str, "tuple[int, ...]"]
Scope = Literal["network", "trainer", "both"]


class SharedOptions(TypedDict, total=False):
    """Options of networks and of trainers."""

    seed: int
    memory_limit: int


class NetworkOptions(SharedOptions, total=False):
    """Options of networks, but for the numbers of inputs and outputs."""

    architecture: Literal["mlp", "deeponet", "seponet"]
    coordinates: int
    latent: int
    hidden: int | Iterable[int]
    trunk_hidden: int | Iterable[int]
    time_steps: int
    leak: float
    threshold: float
    initial_membrane: float
    reset: Literal["soft", "hard", "none"]
    spikes: Literal["binary", "ternary"]
    surrogate: Literal[
        "gaussian", "fast_sigmoid", "arctangent", "sigmoid", "triangle", "boxcar"
    ]
    surrogate_width: float
    readout: Literal["linear", "spiking", "leaky", "tapered"]
    readout_leak: float
    initialization: Literal["uniform_fan_in", "kaiming_normal"]
    input_gain: float
    bias_spread: float
    trunk_gain: float
    trunk_bias_spread: float
    readout_gain: float
    first_current: float
    hidden_current: float
    bias_current: float
    threads: int
    instruction_set: Literal["auto", "baseline", "x86-64-v3", "x86-64-v4"]


class TrainerOptions(SharedOptions, total=False):
    """Options of trainers."""

    estimator: Literal[
        "rfg_activity",
        "rfg_per_step",
        "rfg_global",
        "rfg_layerwise",
        "rfg_tensorwise",
        "black_box",
        "exact_forward",
        "weight_mirror",
        "opzo",
        "fdfa",
        "random_feedback",
        "spatial_bp",
        "bptt",
    ]
    layer_estimators: str
    tangent: Literal["rate", "full"]
    directions: int
    direction_law: Literal["rademacher", "gaussian", "sphere", "hadamard", "low_rank"]
    direction_rank: int
    direction_mask: float
    aggregation: Literal["mean", "projection", "gauss_newton"]
    gauss_newton_damping: float
    projection_scale: Literal["expected_norm", "unbiased", "none"]
    guide: Literal["none", "momentum", "feedback"]
    guide_rule: bool | Literal["yes", "no"]
    feedback_momentum: float
    opzo_sigma: float
    opzo_baseline: Literal["clean_pass", "running_mean"]
    black_box_sigma: float
    black_box_sigma_final: float
    activity_top: Literal["local", "perturbed"]
    activity_layers: Literal["together", "one_by_one"]
    stein_pairs: int
    surrogate_mask: float
    reset_derivative: Literal["carried", "cut"]
    surrogate_adaptation: Literal["none", "statistic", "gradient"]
    surrogate_statistic: float
    surrogate_rate: float
    bias_shift: float
    loss: Literal["mse", "relative_l2"]
    optimizer: Literal["adam", "adabelief", "sgd"]
    learning_rate: float
    momentum: float
    adam_beta1: float
    adam_beta2: float
    adam_epsilon: float
    schedule: Literal["cosine", "exponential", "constant"]
    final_fraction: float
    steps: int
    batch_size: int
    points_per_batch: int
    clip_norm: float
    accumulate: int
    readout_solve: Literal["none", "start", "end", "both", "periodic"]
    trunks: Literal["trained", "held"]
    branch_start: Literal["solved", "kept"]
    trunk_steps: int
    readout_interval: int
    readout_lambda: float
    readout_between_solves: Literal["trained", "held"]
    report_interval: int
    patience: int
    restore_best: bool | Literal["yes", "no"]
    loss_target: float


class FitOptions(NetworkOptions, TrainerOptions, total=False):
    """Options of networks and of trainers together."""


#: Keys that networks read, and keys that trainers read.
NETWORK_KEYS = frozenset(NetworkOptions.__annotations__) | {"inputs", "outputs"}
TRAINER_KEYS = frozenset(TrainerOptions.__annotations__)


class Option(NamedTuple):
    """One option: what it is called, what it takes, and what it does."""

    #: The keyword.
    key: str
    #: Who reads it.
    scope: Scope
    #: int, float, str, or tuple for a list of integers.
    type: type
    #: The value that it has if it is not given; None if it must be given.
    default: Value | None
    #: The values that it takes, as text.
    range: str
    #: What it does.
    doc: str


def options() -> tuple[Option, ...]:
    """List all options of networks and trainers.

    Returns
    -------
    tuple of Option
        In the order of the library's table.

    Examples
    --------
    >>> import rfgsnn
    >>> for option in rfgsnn.options():
    ...     if option.key == "leak":
    ...         print(option.type.__name__, option.default, option.range)
    float 1.0 0 < x <= 1
    """
    return tuple(_table().values())


@cache
def _table() -> dict[str, Option]:
    return {
        option.key: option
        for option in map(_describe, range(library.rfgsnn_option_count()))
    }


def _describe(index: int) -> Option:
    texts = [c_char_p() for _ in range(4)]
    kind = c_int()
    at_key, *at_others = (byref(text) for text in texts)
    check(library.rfgsnn_option_describe(index, at_key, byref(kind), *at_others))
    key, default, limits, doc = ((text.value or b"").decode() for text in texts)
    type_ = _TYPES[kind.value]
    return Option(key, _scope(key), type_, _parse(default, type_), limits, doc)


_TYPES: dict[int, type] = {
    OptionType.INT: int,
    OptionType.FLOAT: float,
    OptionType.STRING: str,
    OptionType.INTS: tuple,
}


def _parse(default: str, type_: type) -> Value | None:
    if not default:
        return "" if type_ is str else None
    if type_ is tuple:
        return tuple(int(number) for number in default.split())
    value: Value = type_(default)
    return value


def _scope(key: str) -> Scope:
    if key not in TRAINER_KEYS:
        return "network"
    return "both" if key in NETWORK_KEYS else "trainer"


def resolve(
    scope: Literal["network", "trainer"], given: Mapping[str, Any]
) -> dict[str, Any]:
    """Check keyword arguments and complete them with the defaults.

    Parameters
    ----------
    scope : str
        Whose options they are to be.
    given : mapping
        Values by key.

    Returns
    -------
    dict
        A value of its proper type for every key of the scope.
    """
    given = converted(given)
    for key in given:
        if _table()[key].scope not in (scope, "both"):
            place = "Network" if scope == "trainer" else "Trainer"
            raise _errors.UnknownOptionError(
                Status.ERROR_UNKNOWN_OPTION,
                f"{key}: is an option of rfgsnn.{place}, not of this call",
            )
    return {
        key: given[key] if key in given else option.default
        for key, option in _table().items()
        if option.scope in (scope, "both")
    }


def converted(given: Mapping[str, Any]) -> dict[str, Any]:
    """Give the values of keyword arguments the types of their options."""
    for key in given:
        if key not in _table():
            _raise_unknown(key)
    return {key: _convert(_table()[key], value) for key, value in given.items()}


def _convert(option: Option, value: Any) -> Value:
    """Give a value the option's type; its range is checked by the library."""
    try:
        if option.type is str:
            if is_boolean(value) and option.range == "yes | no":
                return "yes" if value else "no"
            return word(value, option.key).decode()
        if option.type is int:
            return integer(value, option.key)
        if option.type is float:
            return real(value, option.key)
        if not isinstance(value, (str, bytes, Mapping, Set)):
            several = isinstance(value, Iterable)
            return tuple(
                integer(each, option.key) for each in (value if several else [value])
            )
    except TypeError:
        pass
    kind = {int: "an int", float: "a float", str: "a str", tuple: "ints"}[option.type]
    raise _errors.DtypeError(
        Status.ERROR_DTYPE,
        f"{option.key}: {short(value)} is not {kind} ({option.range})",
    )


@contextmanager
def native_options(values: Mapping[str, Value]) -> Iterator[c_void_p]:
    """Make an options object of the library, for the length of a with block."""
    native = c_void_p()
    check(library.rfgsnn_options_create(byref(native)))
    try:
        for key, value in values.items():
            check(_set(native, key.encode(), value))
        yield native
    finally:
        check(library.rfgsnn_options_free(native))


def _set(native: c_void_p, key: bytes, value: Value) -> int:
    status: int
    if isinstance(value, str):
        status = library.rfgsnn_options_set_string(native, key, value.encode())
    elif isinstance(value, tuple):
        numbers = (c_int64 * len(value))(*value)
        status = library.rfgsnn_options_set_ints(native, key, numbers, len(value))
    elif isinstance(value, int):
        status = library.rfgsnn_options_set_int(native, key, value)
    else:
        status = library.rfgsnn_options_set_float(native, key, value)
    return status


def _raise_unknown(key: str) -> None:
    """Raise the library's own error, which names the nearest key."""
    with native_options({key.encode(errors="replace").decode(): 0}):
        pass
