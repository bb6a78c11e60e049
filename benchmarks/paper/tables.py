"""The two CSV files: all runs, and how the validation error fell with the cost. Everything in print comes from them."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from .intervals import mean_and_spread
from .records import Record

RESULTS, CURVES = "results.csv", "results-curves.csv"
COLUMNS = (
    "benchmark", "network", "method", "seed", "error_global", "error_mean", "steps", "directions", "seconds",
    "multiply_adds", "commit",
)  # fmt: skip
CURVE_COLUMNS = ("benchmark", "method", "seed", "step", "multiply_adds", "seconds", "validation_error")


def write(folder: Path, records: list[Record]) -> None:
    """Write the files of the runs that have a result."""
    folder.mkdir(parents=True, exist_ok=True)
    done = [record for record in records if not record.refused]
    rows = [[_value(record, column) for column in COLUMNS] for record in done]
    _write(folder / RESULTS, COLUMNS, rows)
    curves = [
        [record.key.benchmark, record.key.method, record.key.seed, point[0], *(f"{value:.6g}" for value in point[1:])]
        for record in done
        for point in record.curve
    ]
    _write(folder / CURVES, CURVE_COLUMNS, curves)


def _value(record: Record, column: str) -> object:
    value = record.values.get(column, getattr(record.key, column, None))
    return f"{value:.6g}" if isinstance(value, float) else value


def _write(file: Path, columns: tuple[str, ...], rows: list[list]) -> None:
    with file.open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


@dataclass
class Runs:
    """The runs of one method on one benchmark, by seed."""

    network: str = ""
    errors: dict[int, dict[str, float]] = field(default_factory=dict)
    steps: dict[int, float] = field(default_factory=dict)
    directions: int = 0
    seconds: dict[int, float] = field(default_factory=dict)
    multiply_adds: dict[int, float] = field(default_factory=dict)
    #: By seed: (step, multiply-adds, seconds, validation error).
    curves: dict[int, list[tuple[float, ...]]] = field(default_factory=dict)

    def error(self, metric: str) -> dict[int, float]:
        """By seed, in a metric: "global" or "mean"."""
        return {seed: both[metric] for seed, both in self.errors.items()}

    @property
    def validation_error(self) -> float:
        """Least of each run, mean over the seeds: what methods are chosen by. It is the global one."""
        return mean_and_spread([min(point[3] for point in curve) for curve in self.curves.values()])[0]


#: By benchmark and method.
Table = dict[str, dict[str, Runs]]


def read(folder: Path) -> tuple[Table, list[str]]:
    """Read the files; also gives the commits that are in them."""
    table: Table = defaultdict(lambda: defaultdict(Runs))
    commits = set()
    for row in _read(folder / RESULTS):
        runs, seed = table[row["benchmark"]][row["method"]], int(row["seed"])
        runs.network, runs.directions = row["network"], int(row["directions"])
        runs.errors[seed] = {"global": float(row["error_global"]), "mean": float(row["error_mean"])}
        runs.steps[seed], runs.seconds[seed] = int(row["steps"]), float(row["seconds"])
        runs.multiply_adds[seed] = float(row["multiply_adds"])
        commits.add(row["commit"])
    for row in _read(folder / CURVES):
        curve = table[row["benchmark"]][row["method"]].curves.setdefault(int(row["seed"]), [])
        curve.append(tuple(float(row[column]) for column in CURVE_COLUMNS[3:]))
    return {name: dict(methods) for name, methods in table.items()}, sorted(commits)


def _read(file: Path) -> list[dict[str, str]]:
    with file.open(newline="") as stream:
        return list(csv.DictReader(stream))
