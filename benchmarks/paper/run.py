"""Runs the table: every benchmark by every method by every seed, resumable, with the time left.

usage: python -m paper.run [--quick] [--seeds N] [--benchmarks A,B] [--methods A,B] [--budget SECONDS] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import rfgsnn

from . import report, training
from .benchmarks import BENCHMARKS, FIXED, SEEDS, Benchmark
from .methods import METHODS, QUICK, Method, known_options, missing
from .problem import load
from .records import ROOT, Key, Record, Records, code_version
from .settings import Setting, Settings, fingerprint

#: Seconds around a run's training: data, test errors; and the length of a run that trains nothing.
AROUND, UNTRAINED = 1.5, 4.0
QUICK_BENCHMARKS = (*(benchmark.name for benchmark in FIXED), "ricker_any")
QUICK_SEEDS, QUICK_PART = 2, 0.5
#: Seconds after which no run begins.
BUDGET, QUICK_BUDGET = 4800.0, 560.0
#: Seconds that the full table is to take: tuning cuts the budgets to it.
TARGET = 3600.0


@dataclass(frozen=True)
class Run:
    """One line of the plan."""

    benchmark: Benchmark
    method: Method
    seed: int
    setting: Setting
    key: Key


def plan(
    benchmarks: list[Benchmark], methods: list[Method], seeds: tuple[int, ...], settings: Settings, commit: str,
    part: float = 1.0,
) -> list[Run]:
    """List the runs seed by seed with the methods in turn: an early end leaves whole comparisons of fewer seeds.

    `part` of the budgets is given.
    """  # fmt: skip
    runs = []
    for place, seed in enumerate(seeds):
        for benchmark in benchmarks:
            for method in methods:
                most = 1 if method.name == "linear" else min(method.seeds, benchmark.seeds)
                if place >= most or not method.is_for(benchmark):
                    continue
                setting = settings.get(benchmark, method)
                setting = replace(setting, budget=part * setting.budget)
                network = "none" if method.name == "linear" else setting.network
                key = Key(benchmark.name, network, method.name, seed, fingerprint(benchmark, method, setting), commit)
                runs.append(Run(benchmark, method, seed, setting, key))
    return runs


def expected_seconds(run: Run, records: Records | None = None) -> float:
    """How long a run will take: as tuning measured, as before, or what it may take."""
    if run.method.is_trained and not run.benchmark.is_fixed:
        return AROUND + run.benchmark.seconds
    if run.setting.seconds > 0:
        return AROUND + run.setting.budget * run.setting.seconds
    before = records.wall_seconds(run.benchmark.name, run.method.name) if records else None
    if before is not None:
        return before
    return AROUND + run.setting.budget * run.benchmark.seconds if run.method.is_trained else UNTRAINED


def describe(runs: list[Run]) -> str:
    """The plan in a line for each benchmark."""
    lines = []
    for name in dict.fromkeys(run.benchmark.name for run in runs):
        mine = [run for run in runs if run.benchmark.name == name]
        methods = len({run.method.name for run in mine})
        seconds = sum(expected_seconds(run) for run in mine)
        lines.append(f"  {name}: {len(mine)} runs of {methods} methods, {_minutes(seconds)}")
    return "\n".join(lines)


class Clock:
    """One line with the time left over all runs."""

    def __init__(self, total: float) -> None:
        self.total, self.done, self.began, self.shown = total, 0.0, time.perf_counter(), 0.0

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.began

    def pace(self, done: float) -> float:
        """Seconds that a second of what was expected really takes."""
        return self.elapsed / done if done > 0 else 1.0

    def left(self, done: float) -> float:
        """Seconds left, from what was expected and how long it really takes."""
        return max(0.0, self.total - done) * self.pace(done)

    def show(self, name: str, expected: float, share: float) -> None:
        """Write over the line, a few times a second and only on a terminal."""
        now = time.perf_counter()
        if sys.stderr.isatty() and now - self.shown > 0.2:
            self.shown = now
            text = f"{name}: {share:4.0%}; all runs: {_minutes(self.left(self.done + share * expected))} left"
            print(f"\r{text:<110}", end="", file=sys.stderr, flush=True)

    def finish(self, name: str, expected: float, result: str) -> None:
        """Write a line that stays."""
        self.done += expected
        if sys.stderr.isatty():
            print("\r" + " " * 110, end="\r", file=sys.stderr)
        print(f"{name}: {result} ({_minutes(self.left(self.done))} left)", flush=True)


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


def execute(runs: list[Run], records: Records, budget: float) -> bool:
    """Do what is not done yet, and tell whether all is done now; no run begins that would end after the budget."""
    left = [run for run in runs if run.key not in records]
    clock = Clock(sum(expected_seconds(run, records) for run in left))
    allowed = f", of which {_minutes(budget)} are allowed" if budget < clock.total else ""
    print(f"{len(runs) - len(left)} of {len(runs)} runs are done; the others are expected to take", end=" ")
    print(f"{_minutes(clock.total)} (minutes:seconds){allowed}", flush=True)
    skipped = 0
    for run in left:
        expected = expected_seconds(run, records)
        if clock.elapsed + expected * clock.pace(clock.done) > budget:
            skipped += 1
            continue
        name = f"{run.benchmark.name}, {run.method.name}, seed {run.seed}"
        began = time.perf_counter()
        record = Record(run.key)
        try:
            outcome = training.run(
                run.benchmark, run.method, run.seed, run.setting, load(run.benchmark),
                lambda share: clock.show(name, expected, share),
            )  # fmt: skip
        except (rfgsnn.RfgsnnError, ValueError) as error:
            record.refused = str(error)
            result = f"left out: {error}"
        else:
            record.values = {
                "error_global": outcome.error_global, "error_mean": outcome.error_mean,
                "validation_error": outcome.validation_error, "steps": outcome.steps,
                "directions": run.method.directions, "seconds": outcome.seconds,
                "multiply_adds": outcome.multiply_adds,
            }  # fmt: skip
            record.curve = [list(point) for point in outcome.curve]
            error = outcome.error_global if run.benchmark.metric == "global" else outcome.error_mean
            result = f"{error:.4f} after {outcome.steps} steps, {outcome.seconds:.1f} s"
        record.wall = time.perf_counter() - began
        records.append(record)
        clock.finish(name, expected, result)
    if skipped:
        print(f"{skipped} runs did not fit into {_minutes(budget)}; the same command does them", flush=True)
    return skipped == 0


def choose(names: str | None, table: dict, what: str) -> list:
    """Read a comma-separated list of names."""
    if names is None:
        return list(table.values())
    for name in names.split(","):
        if name not in table:
            raise SystemExit(f"{what}: there is no {name}; there are {', '.join(table)}")
    return [table[name] for name in names.split(",")]


def main(arguments: list[str] | None = None) -> None:
    """Run the table and write it."""
    parser = argparse.ArgumentParser(prog="paper.run", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="10 minutes: 2 seeds, 5 methods, half the budgets")
    parser.add_argument("--seeds", type=int, help="number of seeds, at most 5")
    parser.add_argument("--benchmarks", help="names with commas between them")
    parser.add_argument("--methods", help="names with commas between them")
    parser.add_argument("--budget", type=float, help="seconds after which no run begins; 4800, or 560")
    parser.add_argument("--folder", type=Path, help="where the table goes; docs, or build/paper-quick")
    given = parser.parse_args(arguments)
    quick = given.quick
    benchmarks = choose(given.benchmarks or (",".join(QUICK_BENCHMARKS) if quick else None), BENCHMARKS, "benchmarks")
    methods = choose(given.methods or (",".join(QUICK) if quick else None), METHODS, "methods")
    seeds = SEEDS[: given.seeds or (QUICK_SEEDS if quick else len(SEEDS))]
    budget = given.budget if given.budget is not None else QUICK_BUDGET if quick else BUDGET
    folder = given.folder or (ROOT / "build/paper-quick" if quick else ROOT / "docs")

    known = known_options()
    absent = {method.name: reason for method in methods if (reason := missing(method, known))}
    for name, reason in absent.items():
        print(f"{name} is unavailable: {reason}", flush=True)
    records = Records(ROOT / "build/paper/records.jsonl")
    available = [method for method in methods if method.name not in absent]
    settings = Settings()
    part = QUICK_PART if quick else 1.0
    runs = plan(benchmarks, available, seeds, settings, code_version(), part)
    print(describe(runs), flush=True)
    try:
        execute(runs, records, budget)
    except KeyboardInterrupt:
        print("\nstopped; the same command goes on from here", flush=True)
    done = [run for run in runs if run.key in records]
    untuned = [
        f"{run.method.name} on {run.benchmark.name}"
        for run in done
        if run.seed == seeds[0] and run.method.name != "linear" and not settings.is_tuned(run.benchmark, run.method)
    ]
    report.write(folder, [records[run.key] for run in done], absent, untuned, part * settings.budget)


if __name__ == "__main__":
    main()
