"""Means, spreads, and the paired 95 % interval of a ratio of errors."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: Student's t for a two-sided 95 % interval, by degrees of freedom from 1.
STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)


def mean_and_spread(values: Sequence[float]) -> tuple[float, float]:
    """Mean and standard deviation (n - 1); a NaN spread for one value."""
    spread = statistics.stdev(values) if len(values) > 1 else math.nan
    return statistics.fmean(values), spread


@dataclass(frozen=True)
class Ratio:
    """A ratio of errors with its interval; a NaN interval for one pair."""

    value: float
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """What the interval says of the first method: "better", "worse" or "no difference shown"."""
        if self.high < 1:
            return "better"
        return "worse" if self.low > 1 else "no difference shown"


def paired_ratio(errors: Mapping[int, float], reference: Mapping[int, float]) -> Ratio | None:
    """Compare the errors of the same seeds; None if there is none in common.

    Gives the geometric mean of the ratios; differences of logarithms are taken as normal, with Student's t.
    """
    seeds = sorted(errors.keys() & reference.keys())
    if not seeds:
        return None
    logs = [math.log(errors[seed] / reference[seed]) for seed in seeds]
    centre, spread = mean_and_spread(logs)
    if len(logs) == 1:
        return Ratio(math.exp(centre), math.nan, math.nan)
    half = STUDENT[min(len(logs) - 1, len(STUDENT)) - 1] * spread / math.sqrt(len(logs))
    return Ratio(math.exp(centre), math.exp(centre - half), math.exp(centre + half))
