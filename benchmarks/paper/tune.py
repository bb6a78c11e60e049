"""Chooses the settings of every method on every benchmark, on validation data, and writes them to settings.json.

usage: python -m paper.tune [--benchmarks A,B] [--methods A,B] [--again]

Every method gets the same trials, with one seed that the table does not use and half the steps. One setting is varied
at a time, from the best so far: the network where it is free, the gains of the first layers, the learning rate, the
readout trained or held between its solves. An untrained network has less to choose and tries all combinations.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import rfgsnn

from . import training
from .benchmarks import BENCHMARKS, CALIBRATED, Benchmark
from .methods import METHODS, Method, known_options, missing
from .problem import Problem, load
from .run import UNTRAINED, choose
from .settings import Setting, Settings, untuned

SEED, SHARE = 1000, 0.5
LEARNING_RATES = (0.003, 0.001, 0.01, 0.0003, 0.03)
BETWEEN_SOLVES = ("held", "trained")


def grid(benchmark: Benchmark, known: dict[str, str]) -> dict[str, tuple]:
    """What is varied, in this order, with the values; the first value of each is the start."""
    can_calibrate = hasattr(rfgsnn.Network, "calibrate")
    gains = tuple(each for each in benchmark.gains if each != CALIBRATED or can_calibrate)
    values: dict[str, tuple] = {"network": tuple(benchmark.networks), "gains": gains}
    values["learning_rate"] = LEARNING_RATES
    if "readout_between_solves" in known:
        values["between_solves"] = BETWEEN_SOLVES
    return values


def trials(benchmark: Benchmark, method: Method, known: dict[str, str]) -> Iterator[Setting]:
    """Yield settings to try; takes back by `send` whether the last one is the best so far."""
    values = grid(benchmark, known)
    best = untuned(benchmark)
    if not method.is_trained:
        for network, gains in product(values["network"], values["gains"]):
            yield Setting(network, gains)
        return
    is_best = yield best
    for name, options in values.items():
        start = getattr(best, name)
        for value in options:
            if value == start:
                continue
            candidate = replace(best, **{name: value})
            is_best = yield candidate
            if is_best:
                best = candidate


def tune(
    benchmark: Benchmark, method: Method, problem: Problem, known: dict[str, str]
) -> tuple[Setting | None, list[tuple[Setting, float]]]:
    """Run the trials; gives the best setting, None if all diverge, and all trials with their errors."""
    relative = _relative_seconds(benchmark, method, problem, known)
    best, best_error, tried = None, math.inf, []
    source = trials(benchmark, method, known)
    setting = next(source, None)
    while setting is not None:
        try:
            outcome = training.run(
                benchmark, method, SEED, replace(setting, relative_seconds=relative), problem, known, share=SHARE
            )
            error = outcome.validation_error if math.isfinite(outcome.validation_error) else math.inf
        except rfgsnn.NotFiniteError:
            error = math.inf
        tried.append((setting, error))
        if better := error < best_error:
            best, best_error = replace(setting, relative_seconds=relative), error
        try:
            setting = source.send(better)
        except StopIteration:
            break
    return best, tried


def _relative_seconds(benchmark: Benchmark, method: Method, problem: Problem, known: dict[str, str]) -> float:
    """Seconds of a step over those of back-propagation, the least of several turns of both; 0 where there is no use."""
    if not (benchmark.is_fixed and method.is_trained) or method.name == "bptt":
        return 0.0
    setting = untuned(benchmark)
    turns = [
        [training.seconds_per_step(benchmark, each, setting, problem, known) for each in (method, METHODS["bptt"])]
        for _ in range(3)
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
        if method.name != "linear" and not missing(method, known)
        and (not benchmark.methods or method.name in benchmark.methods)
        and (given.again or not settings.is_tuned(benchmark, method))
    ]  # fmt: skip
    expected = [_expected_seconds(*pair, known) for pair in pairs]
    print(f"{len(pairs)} methods to tune, about {sum(expected) / 60:.0f} minutes", flush=True)
    for index, (benchmark, method) in enumerate(pairs):
        began = time.perf_counter()
        try:
            best, tried = tune(benchmark, method, load(benchmark), known)
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


def _expected_seconds(benchmark: Benchmark, method: Method, known: dict[str, str]) -> float:
    values = grid(benchmark, known).values()
    if not method.is_trained:
        return UNTRAINED * len(benchmark.networks) * len(benchmark.gains)
    return (1 + sum(len(each) - 1 for each in values)) * SHARE * benchmark.seconds


if __name__ == "__main__":
    main()
