"""The data of a benchmark as the network takes them, and the two errors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Union

import numpy as np
from rfgsnn import data

from .benchmarks import TEST_FUNCTIONS, TEST_SEED, TRAINING_SEED, VALIDATION_FUNCTIONS, VALIDATION_SEED, Benchmark

Inputs = Union[np.ndarray, "tuple[np.ndarray, ...]"]
Pair = "tuple[Inputs, np.ndarray]"

#: Points along each side of the Ricker wavelet's grids. Those of validation lie between those of training.
RICKER_SIDES = {"training": 100, "validation": 97, "test": 300}


@dataclass(frozen=True, eq=False)
class Problem:
    """Inputs and targets. `plain_...` are for the linear baseline: functions (or points) to values at all points."""

    training: Any
    validation: Any
    test: Any
    plain_training: Any
    plain_validation: Any
    plain_test: Any

    @property
    def inputs(self) -> int:
        """Inputs of the network: coordinates, or sensors of the input functions."""
        return self.plain_training[0].shape[1]


def load(benchmark: Benchmark) -> Problem:
    """Generate the data of a benchmark, some seconds; those of the last two benchmarks are kept."""
    architecture = next(iter(benchmark.networks.values())).get("architecture", "mlp")
    return _load(benchmark.data, benchmark.samples, architecture, benchmark.grid)


@lru_cache(maxsize=2)
def _load(name: str, samples: int, architecture: str, grid: int) -> Problem:
    if architecture == "mlp":
        parts = {part: data.ricker(side) for part, side in RICKER_SIDES.items()}
        pairs = parts["training"], parts["validation"], parts["test"]
        return Problem(*pairs, *pairs)
    make = getattr(data, name)
    parts = [
        make(count, seed)
        for count, seed in (
            (samples, TRAINING_SEED), (VALIDATION_FUNCTIONS, VALIDATION_SEED), (TEST_FUNCTIONS, TEST_SEED)
        )
    ]  # fmt: skip
    training, validation, test = parts
    plain = [(part.inputs, part.targets.reshape(len(part.inputs), -1).astype(np.float32)) for part in parts]
    return Problem(
        _arrange(training, architecture, grid, 0.0), _arrange(validation, architecture, grid, 0.5),
        _arrange(test, architecture, 0, 0.0), *plain,
    )  # fmt: skip


def _arrange(part: data.OperatorData, architecture: str, grid: int, shift: float) -> Any:
    """Inputs and targets at every point, or at about equally spaced ones, `grid` along each axis.

    With a `shift` of 0.5 they are the points in the middle between those.
    """
    chosen = []
    for axis in part.axes:
        places = np.linspace(0, len(axis) - 1, grid) if grid else np.arange(len(axis))
        between = places[:-1] + shift * np.diff(places) if grid and shift else places
        chosen.append(np.round(between).astype(int))
    axes = [axis[indices] for axis, indices in zip(part.axes, chosen)]
    targets = part.targets[np.ix_(np.arange(len(part.inputs)), *chosen)].astype(np.float32)
    if architecture == "seponet":
        return (part.inputs, *axes), targets
    points = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=-1)
    return (part.inputs, points), targets.reshape(len(targets), -1)


def errors(prediction: np.ndarray, truth: np.ndarray, one_function: bool) -> tuple[float, float]:
    """Relative L2 error over everything, and the mean over the functions of theirs.

    With `one_function`, the samples are points of one function and the two are the same.
    """
    rows = 1 if one_function else len(truth)
    difference, truth = (prediction - truth).reshape(rows, -1), truth.reshape(rows, -1)
    each = np.linalg.norm(difference, axis=1) / np.linalg.norm(truth, axis=1)
    if one_function:
        return float(each[0]), float(each[0])
    return float(np.linalg.norm(difference) / np.linalg.norm(truth)), float(each.mean())
