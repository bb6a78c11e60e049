"""Chosen settings: what tuning may choose, the file that keeps it, and a hash of all that a run depends on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from .benchmarks import Benchmark
from .methods import Method

FILE = Path(__file__).with_name("settings.json")


@dataclass(frozen=True)
class Setting:
    """What is tuned of a method on a benchmark, and what was measured with it."""

    network: str
    learning_rate: float
    #: Seconds of a training step in units of back-propagation's, measured, not chosen; 0 = not measured.
    relative_seconds: float = 0.0
    #: Seconds of a run at the whole budget, measured; 0 = not measured.
    seconds: float = 0.0
    #: Part of the benchmarks' budgets that the table takes, so that it fits into its time; the same for all runs.
    budget: float = 1.0


def untuned(benchmark: Benchmark, method: Method) -> Setting:
    """The setting where nothing was chosen."""
    networks = list(benchmark.networks)
    return Setting(networks[-1 if method.is_trained else 0], method.rate * benchmark.learning_rate)


class Settings:
    """The chosen settings by benchmark and method, kept in a JSON file."""

    def __init__(self, file: Path = FILE) -> None:
        self._file = file
        self._chosen: dict[str, dict[str, dict]] = json.loads(file.read_text()) if file.exists() else {}
        self._budget: float = self._chosen.pop("budget", 1.0)

    @property
    def budget(self) -> float:
        """See `Setting.budget`."""
        return self._budget

    @budget.setter
    def budget(self, value: float) -> None:
        self._budget = value
        self._write()

    def is_tuned(self, benchmark: Benchmark, method: Method) -> bool:
        """Whether something was chosen for the method, or the one it varies, on the benchmark."""
        return (method.tuned_as or method.name) in self._chosen.get(benchmark.name, {})

    def get(self, benchmark: Benchmark, method: Method) -> Setting:
        """The chosen setting, or the untuned one."""
        if not self.is_tuned(benchmark, method):
            return replace(untuned(benchmark, method), budget=self.budget)
        chosen = self._chosen[benchmark.name][method.tuned_as or method.name]
        return Setting(**chosen, budget=self.budget)

    def choose(self, benchmark: Benchmark, method: Method, setting: Setting) -> None:
        """Write a choice to the file."""
        chosen = asdict(setting)
        del chosen["budget"]
        self._chosen.setdefault(benchmark.name, {})[method.name] = chosen
        self._write()

    def _write(self) -> None:
        # One line for each method, so that changes read well.
        parts = [f'"budget": {self._budget}'] + [
            f"{json.dumps(name)}: {{\n"
            + ",\n".join(f"  {json.dumps(each)}: {json.dumps(methods[each])}" for each in sorted(methods))
            + "\n}"
            for name, methods in sorted(self._chosen.items())
        ]
        self._file.write_text("{\n" + ",\n".join(parts) + "\n}\n")


def fingerprint(benchmark: Benchmark, method: Method, setting: Setting) -> str:
    """Hash all of the benchmark, the method and the setting that a run depends on."""
    definition = {key: value for key, value in asdict(benchmark).items() if key not in _IRRELEVANT}
    chosen = {key: value for key, value in asdict(setting).items() if key != "seconds"}
    told = {key: value for key, value in asdict(method).items() if key not in ("label", "seeds", "benchmarks")}
    everything = [definition, benchmark.networks[setting.network], told, chosen]
    return hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()[:12]


#: Parts of a benchmark that change no run.
_IRRELEVANT = {"title", "goal", "aim", "published", "methods", "networks", "learning_rate", "seeds"}
