"""What a run found, in one file: everything in print comes from it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class Row:
    """A method of rfgsnn and one of another library on a reference step: ratios are theirs over ours."""

    reference: str
    method: str
    peer: str
    peer_version: str
    peer_method: str
    ratio_median: float
    ratio_min: float
    ratio_max: float
    ours_ms: float
    peer_ms: float
    rounds: int


@dataclass
class Checked:
    """A method of another library: the best form, those that were tried, and how well it agrees with rfgsnn."""

    reference: str
    peer: str
    method: str
    form: str
    threads: int
    loss: float
    gradient: float
    tried: dict[str, float]


@dataclass
class Point:
    """A step of rfgsnn where one size was changed, or the memory of any library at a number of time steps."""

    axis: str
    value: float
    library: str
    method: str
    amount: float


@dataclass
class Results:
    """Everything."""

    commit: str
    machine: str
    instruction_set: str
    processors: int
    titles: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    #: By reference, of each layer.
    rates: dict[str, list[float]] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    checked: list[Checked] = field(default_factory=list)
    #: Milliseconds.
    scaling: list[Point] = field(default_factory=list)
    #: MiB.
    memory: list[Point] = field(default_factory=list)
    #: Microseconds, median and 90th percentile.
    latency: dict[str, tuple[float, float]] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def save(self, file: Path) -> None:
        """Write it."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(self), indent=1))

    @staticmethod
    def load(file: Path) -> Results:
        """Read it."""
        values = json.loads(file.read_text())
        kinds = {"rows": Row, "checked": Checked, "scaling": Point, "memory": Point}
        for key, kind in kinds.items():
            values[key] = [kind(**each) for each in values[key]]
        values["latency"] = {name: tuple(pair) for name, pair in values["latency"].items()}
        return Results(**values)
