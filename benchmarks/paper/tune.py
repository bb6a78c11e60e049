"""Chooses the settings of every method on every benchmark, on validation data, and writes them to settings.json.

usage: python -m paper.tune [--benchmarks A,B] [--methods A,B] [--again]

Every trained method gets the same trials, with one seed that the table does not use and 0.4 of the steps: the learning
rates about the benchmark's. Trunks are trained once for all of them. An untrained network has only its size to choose,
where that is free. Variants take the setting of the method that they vary. In the end the budgets of all benchmarks are
cut by one factor so that the table fits into its time.
"""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import replace

import rfgsnn

from . import training
from .benchmarks import BENCHMARKS, SEEDS, Benchmark
from .methods import METHODS, Method, known_options, missing
from .problem import Problem, load
from .run import TARGET, UNTRAINED, choose, expected_seconds, plan
from .settings import Setting, Settings, untuned

#: Part of the steps; where seconds are given, of those.
SEED, SHARE, FREE_SHARE = 1000, 0.4, 0.25
#: Times the benchmark's.
LEARNING_RATES = (1.0, 0.5, 2.0, 4.0)


def trials(benchmark: Benchmark, method: Method) -> list[Setting]:
    """The settings to try."""
    first = untuned(benchmark, method)
    if method.is_trained:
        return [replace(first, learning_rate=factor * first.learning_rate) for factor in LEARNING_RATES]
    # The last network is the one that is trained, if there is a choice.
    networks = list(benchmark.networks)
    return [replace(first, network=network) for network in networks[:-1] or networks]


def tune(
    benchmark: Benchmark, method: Method, problem: Problem
) -> tuple[Setting | None, list[tuple[Setting, float]]]:
    """Run the trials; gives the best setting, None if all diverge, and all trials with their errors."""
    relative = _relative_seconds(benchmark, method, problem)
    share = SHARE if benchmark.is_fixed else FREE_SHARE
    best, best_error, tried, trunks, seconds = None, math.inf, [], [], 0.0
    for setting in trials(benchmark, method):
        setting = replace(setting, relative_seconds=relative)
        try:
            outcome = training.run(
                benchmark, method, SEED, setting, problem, share=share if method.is_trained else 1.0, trunks=trunks
            )
            error = outcome.validation_error if math.isfinite(outcome.validation_error) else math.inf
            seconds = max(seconds, outcome.seconds)
        except rfgsnn.NotFiniteError:
            error = math.inf
        tried.append((setting, error))
        if error < best_error:
            best, best_error = setting, error
    if best is not None and benchmark.is_fixed and method.is_trained:
        best = replace(best, seconds=round(seconds / share, 1))
    return best, tried


def _relative_seconds(benchmark: Benchmark, method: Method, problem: Problem) -> float:
    """Seconds of a step over those of back-propagation, the least of several turns of both; 0 where there is no use."""
    if not (benchmark.is_fixed and method.is_trained) or method.name == "bptt":
        return 0.0
    setting = untuned(benchmark, method)
    turns = [
        [training.seconds_per_step(benchmark, each, setting, problem) for each in (method, METHODS["bptt"])]
        for _ in range(2)
    ]
    mine, reference = (min(column) for column in zip(*turns))
    return float(f"{mine / reference:.2g}")


def main(arguments: list[str] | None = None) -> None:
    """Tune what is not tuned yet."""
    parser = argparse.ArgumentParser(prog="paper.tune", description=__doc__.splitlines()[0])
    parser.add_argument("--benchmarks", help="names with commas between them")
    parser.add_argument("--methods", help="names with commas between them")
    parser.add_argument("--again", action="store_true", help="also what is tuned already")
    given = parser.parse_args(arguments)
    known, settings = known_options(), Settings()
    pairs = [
        (benchmark, method)
        for benchmark in choose(given.benchmarks, BENCHMARKS, "benchmarks")
        for method in choose(given.methods, METHODS, "methods")
        if method.name != "linear" and not method.tuned_as and not missing(method, known) and method.is_for(benchmark)
        and (given.again or not settings.is_tuned(benchmark, method))
    ]  # fmt: skip
    expected = [_expected_seconds(*pair) for pair in pairs]
    print(f"{len(pairs)} methods to tune, about {sum(expected) / 60:.0f} minutes", flush=True)
    for index, (benchmark, method) in enumerate(pairs):
        began = time.perf_counter()
        try:
            best, tried = tune(benchmark, method, load(benchmark))
        except (rfgsnn.RfgsnnError, ValueError) as error:
            print(f"{benchmark.name}, {method.name}: left out: {error}", flush=True)
            continue
        if best is not None:
            settings.choose(benchmark, method, best)
        errors = " ".join(f"{error:.4f}" for _, error in tried)
        print(
            f"{benchmark.name}, {method.name}: {best} of {errors}; {time.perf_counter() - began:.0f} s "
            f"(about {sum(expected[index + 1 :]) / 60:.0f} minutes left)",
            flush=True,
        )


    settings.budget = budget(settings)
    print(f"the table takes {settings.budget:g} of the budgets", flush=True)


def budget(settings: Settings) -> float:
    """The factor on all budgets with which the full table takes the seconds it is to take; at most 1."""
    free = variable = 0.0
    for run in plan(list(BENCHMARKS.values()), list(METHODS.values()), SEEDS, settings, ""):
        whole = expected_seconds(replace(run, setting=replace(run.setting, budget=1.0)))
        none = expected_seconds(replace(run, setting=replace(run.setting, budget=0.0)))
        free, variable = free + none, variable + whole - none
    return min(1.0, max(0.1, math.floor(100 * (TARGET - free) / variable) / 100))


def _expected_seconds(benchmark: Benchmark, method: Method) -> float:
    count = len(trials(benchmark, method))
    if not method.is_trained:
        return UNTRAINED * count
    if not benchmark.is_fixed:
        return count * FREE_SHARE * benchmark.seconds
    branch, trunks = 1 - benchmark.trunk_share, benchmark.trunk_share
    return (count * branch + trunks) * SHARE * benchmark.seconds


if __name__ == "__main__":
    main()
