"""Chosen settings: what tuning may choose, the file that keeps it, and a hash of all that a run depends on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from .benchmarks import Benchmark, Gains
from .methods import Method

FILE = Path(__file__).with_name("settings.json")


@dataclass(frozen=True)
class Setting:
    """What is tuned, for every method on the same grid."""

    network: str
    gains: Gains
    learning_rate: float = 0.003
    #: What becomes of the readout between its solves: "held" or "trained", where the library knows the option.
    between_solves: str = "held"
    #: Seconds of a training step in units of back-propagation's, measured, not chosen; 0 = not measured.
    relative_seconds: float = 0.0


def untuned(benchmark: Benchmark) -> Setting:
    """The setting where nothing was chosen: the first of each list."""
    return Setting(next(iter(benchmark.networks)), benchmark.gains[0])


class Settings:
    """The chosen settings by benchmark and method, kept in a JSON file."""

    def __init__(self, file: Path = FILE) -> None:
        self._file = file
        self._chosen: dict[str, dict[str, dict]] = json.loads(file.read_text()) if file.exists() else {}

    def is_tuned(self, benchmark: Benchmark, method: Method) -> bool:
        """Whether something was chosen for the method on the benchmark."""
        return method.name in self._chosen.get(benchmark.name, {})

    def get(self, benchmark: Benchmark, method: Method) -> Setting:
        """The chosen setting, or the untuned one."""
        if not self.is_tuned(benchmark, method):
            return untuned(benchmark)
        chosen = self._chosen[benchmark.name][method.name]
        return Setting(**{**chosen, "gains": tuple(chosen["gains"])})

    def choose(self, benchmark: Benchmark, method: Method, setting: Setting) -> None:
        """Write a choice to the file."""
        self._chosen.setdefault(benchmark.name, {})[method.name] = asdict(setting)
        # One line for each method, so that changes read well.
        parts = [
            f"{json.dumps(name)}: {{\n"
            + ",\n".join(f"  {json.dumps(each)}: {json.dumps(methods[each])}" for each in sorted(methods))
            + "\n}"
            for name, methods in sorted(self._chosen.items())
        ]
        self._file.write_text("{\n" + ",\n".join(parts) + "\n}\n")


def fingerprint(benchmark: Benchmark, method: Method, setting: Setting, known: dict[str, str]) -> str:
    """Hash the benchmark, the method, the setting and the options that the library offers to all methods."""
    from .methods import OPTIONAL

    definition = {key: value for key, value in asdict(benchmark).items() if key not in _IRRELEVANT}
    offered = [key for key in OPTIONAL if key in known]
    everything = [definition, asdict(method), asdict(setting), offered]
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()[:12]


#: Parts of a benchmark that change no run.
_IRRELEVANT = {"title", "goal", "aim", "published", "methods", "networks"}
