"""The runs that are done, one line of JSON for each, appended: an interrupted table goes on where it stopped."""

from __future__ import annotations

import json
import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: What the numbers depend on; a change anywhere else leaves finished runs valid.
CODE = (
    "Sources", "api/option-keys.json", "bindings/python/src",
    *(f"benchmarks/paper/{name}.py" for name in ("baselines", "problem", "training", "multiply_adds")),
)  # fmt: skip


@dataclass(frozen=True)
class Key:
    """What names a run."""

    benchmark: str
    network: str
    method: str
    seed: int
    settings: str
    commit: str


@dataclass
class Record:
    """A finished run, or one that the library refused and why (`refused`)."""

    key: Key
    values: dict[str, float] = field(default_factory=dict)
    curve: list[list[float]] = field(default_factory=list)
    refused: str = ""
    #: Seconds that it took with everything around it, for the time left.
    wall: float = 0.0


class Records:
    """A file of records."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._records: dict[Key, Record] = {}
        if file.exists():
            for line in file.read_text().splitlines():
                record = _parse(line)
                if record is not None:
                    self._records[record.key] = record

    def __contains__(self, key: Key) -> bool:
        return key in self._records

    def __getitem__(self, key: Key) -> Record:
        return self._records[key]

    def append(self, record: Record) -> None:
        """Keep a record, in one write."""
        self._records[record.key] = record
        self._file.parent.mkdir(parents=True, exist_ok=True)
        # A line that an interrupted run left without its end must not swallow this one.
        torn = self._file.exists() and not self._file.read_bytes().endswith(b"\n")
        with self._file.open("a") as stream:
            stream.write("\n" * torn + json.dumps(asdict(record)) + "\n")

    def wall_seconds(self, benchmark: str, method: str) -> float | None:
        """Mean time of the runs of a method on a benchmark, of any settings and commit; None if there are none."""
        walls = [r.wall for r in self._records.values() if (r.key.benchmark, r.key.method) == (benchmark, method)]
        return sum(walls) / len(walls) if walls else None


def _parse(line: str) -> Record | None:
    """Read a line; None for one that an interrupted run left incomplete."""
    try:
        fields = json.loads(line)
        return Record(**{**fields, "key": Key(**fields["key"])})
    except (json.JSONDecodeError, TypeError, KeyError):
        return None


def code_version() -> str:
    """Name the commit that last changed what the numbers depend on; with a + if it was changed since."""
    commit = _git("log", "-1", "--format=%h", "--", *CODE)
    return (commit or "unknown") + ("+" if _git("status", "--porcelain", "--", *CODE) else "")


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()
