"""One run: a method trains a network on a benchmark, and its errors and costs are measured."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Callable

import numpy as np
import rfgsnn

from . import baselines, multiply_adds
from .benchmarks import Benchmark
from .methods import METHODS, Method
from .problem import Problem, errors
from .settings import Setting

CURRENTS = ("first_current", "hidden_current", "bias_current")
#: Readouts that are trained begin small, so that hidden layers learn first.
READOUT_GAIN = 0.1
#: Shares of the allowed seconds where the network is free: what steps are planned for, and when training is broken off.
PLANNED_SHARE, LATEST_SHARE = 0.9, 0.95
#: A method whose steps are slow for their multiply-adds gets no more than this many times back-propagation's seconds.
SECONDS_CAP = 1.5
#: Ridge of all readout solves: chosen by the library on held-out samples, each time.
LAMBDA = 0.0
#: Steps by which the seconds of a step are measured, about so many points that are enough for it, and the reports of
#: a training.
PROBE_STEPS, PROBE_POINTS, REPORTS = 40, 1024, 6


@dataclass
class Outcome:
    """What a run came to. `curve` has (step, multiply-adds, seconds, relative L2 error of the validation data)."""

    error_global: float
    error_mean: float
    validation_error: float
    steps: int
    seconds: float
    multiply_adds: float
    curve: list[tuple[int, float, float, float]] = field(default_factory=list)


#: Told the share of the run that is done; a true answer ends it.
Progress = Callable[[float], object]


@dataclass
class Trunks:
    """Trained trunks and what they took, for trials that differ in nothing that concerns them."""

    tensors: dict[str, np.ndarray]
    steps: int
    seconds: float


def run(
    benchmark: Benchmark, method: Method, seed: int, setting: Setting, problem: Problem,
    progress: Progress = lambda share: None, share: float = 1.0, trunks: list[Trunks] | None = None,
) -> Outcome:
    """Run a method.

    `share` shortens the training, and `trunks` keeps them from trial to trial, for tuning. Seconds count from the
    making of the network to the end of its training, readout solves and validation included, data and test excluded.
    """  # fmt: skip
    if method.name == "linear":
        return _linear(benchmark, problem)
    session = _Session(benchmark, method, seed, setting, problem, progress, share)
    session.train(trunks if trunks is not None else [])
    return session.outcome()


def _linear(benchmark: Benchmark, problem: Problem) -> Outcome:
    began = time.perf_counter()
    weights, _ = baselines.ridge(problem.plain_training, problem.plain_validation)
    seconds = time.perf_counter() - began
    one_function = benchmark.metric == "global"
    both = errors(baselines.apply(weights, problem.plain_test[0]), problem.plain_test[1], one_function)
    held = errors(baselines.apply(weights, problem.plain_validation[0]), problem.plain_validation[1], one_function)
    x, y = problem.plain_training
    cost = multiply_adds.linear(len(x), x.shape[1], y.shape[1])
    return Outcome(*both, held[benchmark.metric == "mean"], 0, seconds, cost, [(0, cost, seconds, held[0])])


def seconds_per_step(benchmark: Benchmark, method: Method, setting: Setting, problem: Problem) -> float:
    """Measure the training step of a method on an untrained network; refuses one that the budget does not afford."""
    session = _Session(benchmark, method, 0, setting, problem, lambda share: None, 1.0)
    if benchmark.is_fixed:
        session.plan()
    return session.seconds_per_step()


def make_network(
    benchmark: Benchmark, method: Method, seed: int, shape: dict, problem: Problem
) -> rfgsnn.Network:  # fmt: skip
    """Make a network, calibrated: its branch to the benchmark's currents, its trunks by rule."""

    def make(**currents: float) -> rfgsnn.Network:
        options = {**shape, "readout_gain": READOUT_GAIN, **method.network, **currents}
        network = rfgsnn.Network(problem.inputs, 1, seed=seed, **options)
        network.fit_scaling("minmax", *problem.training)
        network.calibrate(problem.training[0])
        return network

    network = make(**dict(zip(CURRENTS, benchmark.currents)))
    if benchmark.currents:
        with make() as by_rule:
            _copy(_parts(by_rule, "trunk"), network)
    return network


def _parts(network: rfgsnn.Network, stack: str) -> dict[str, np.ndarray]:
    return {name: values.copy() for name, values in network.tensors.items() if name.startswith(stack)}


def _copy(tensors: dict[str, np.ndarray], network: rfgsnn.Network) -> None:
    places = network.tensors
    for name, values in tensors.items():
        places[name][...] = values


class _Session:
    """A network with its clock and its costs."""

    def __init__(
        self, benchmark: Benchmark, method: Method, seed: int, setting: Setting, problem: Problem,
        progress: Progress, share: float,
    ) -> None:  # fmt: skip
        self.benchmark, self.method, self.seed, self.setting = benchmark, method, seed, setting
        self.problem, self.progress, self.share = problem, progress, share
        self.began = time.perf_counter()
        self.earlier_seconds = 0.0
        self.shape = benchmark.networks[setting.network]
        self.network = make_network(benchmark, method, seed, self.shape, problem)
        self.steps = self.trunk_steps = 0
        self.cost = 0.0
        self.curve: list[tuple[int, float, float, float]] = []
        self.seconds = 0.0
        self._describe()

    def _describe(self) -> None:
        """What steps and solves multiply."""
        x, samples = self.problem.training[0], len(self.problem.training[1])
        points = tuple(len(axis) for axis in x[1:]) if isinstance(x, tuple) else ()
        self.batch = min(self.benchmark.batch_size, samples)
        self.branch = multiply_adds.branch_work(self.shape, self.problem.inputs, self.batch, bool(points))
        rows = tuple(min(self.batch, count) for count in points)
        self.trunks = multiply_adds.trunks_work(self.shape, rows) if points else None
        self.solve_cost = multiply_adds.solve(multiply_adds.work(self.shape, self.problem.inputs, samples, points))
        self.start_cost = 0.0
        if points:
            self.start_cost = self.solve_cost + multiply_adds.modes(self.shape["latent"], samples, points)

    def elapsed(self) -> float:
        return time.perf_counter() - self.began + self.earlier_seconds

    def options(self, steps: int) -> dict[str, Any]:
        """Options of the trainer: those of all methods, those of the benchmark and those of this method."""
        return {
            "steps": steps, "seed": self.seed, "batch_size": self.batch, "readout_lambda": LAMBDA,
            "learning_rate": self.setting.learning_rate, "report_interval": max(1, -(-steps // REPORTS)),
            **self.benchmark.options, **self.method.options,
        }  # fmt: skip

    def train(self, trunks: list[Trunks]) -> None:
        """Train for as many steps as the budget allows."""
        if self.method.is_trained:
            self.plan()
        if self.trunk_steps:
            self.train_trunks(trunks)
        if self.steps > 0:
            self.fit()
        else:
            self.network.solve_readout(*self.problem.training, lambda_=LAMBDA)
            self.cost += self.solve_cost
        self.seconds = self.elapsed()

    def plan(self) -> None:
        """Choose steps that fit into the budget: of multiply-adds and, loosely, of seconds; or of seconds alone."""
        if not self.benchmark.is_fixed:
            self.steps = self.steps_in_time()
            return
        total = self.benchmark.bptt_steps * self.setting.budget
        allowed = multiply_adds.budget(METHODS["bptt"], self.branch, self.trunks, total, self.benchmark.trunk_share)
        self.steps, self.trunk_steps = (
            self.affordable(pass_, steps) if steps else 0
            for pass_, steps in zip((self.branch, self.trunks), allowed)
        )

    def affordable(self, pass_: multiply_adds.Work, bptt_steps: float) -> int:
        steps = multiply_adds.affordable_steps(self.method, METHODS["bptt"], pass_, bptt_steps)
        if steps < 1:
            raise ValueError("a single step costs more than the whole budget")
        if self.setting.relative_seconds > 0:
            steps = min(steps, int(SECONDS_CAP * bptt_steps / self.setting.relative_seconds))
        return max(1, int(self.share * steps))

    def steps_in_time(self) -> int:
        per_step = self.seconds_per_step()
        began = time.perf_counter()
        with self.network.clone() as probe:
            probe.solve_readout(*self.problem.training, lambda_=LAMBDA)
        around = 3 * (time.perf_counter() - began)  # Two solves, modes and reports.
        allowed = self.share * PLANNED_SHARE * self.benchmark.seconds - self.elapsed() - around
        return max(0, int(allowed / per_step))

    def seconds_per_step(self) -> float:
        """Measure it on a copy of the network and one batch, less what comes once."""
        x, y = self.problem.training
        y = y[: self.batch]
        if isinstance(x, tuple):
            functions, *points = x
            if len(points[0]) > PROBE_POINTS:
                # With held trunks the number of points changes what comes once, and not the steps.
                every = len(points[0]) // PROBE_POINTS
                points, y = [points[0][::every]], y[:, ::every]
            x = (functions[: self.batch], *points)
        else:
            x = x[: self.batch]
        seconds = {1: [], 1 + PROBE_STEPS: []}
        with self.network.clone() as probe:
            for steps in (1, *seconds, *seconds):  # The first allocates, and then counts for nothing.
                began = time.perf_counter()
                with rfgsnn.Trainer(probe, **self.options(steps) | {"readout_solve": "none"}) as trainer:
                    trainer.fit(x, y, progress=False)
                seconds[steps].append(time.perf_counter() - began)
        short, long = (min(each) for each in seconds.values())
        # On a busy machine the difference of what comes once may be larger than what the steps take.
        return max((long - short) / PROBE_STEPS, 0.02 * long / PROBE_STEPS)

    def train_trunks(self, known: list[Trunks]) -> None:
        """Train the trunks alone to the modes of the targets, or take those of an earlier trial."""
        began = time.perf_counter()
        if known:
            _copy(known[0].tensors, self.network)
            self.earlier_seconds = known[0].seconds
        else:
            branch = _parts(self.network, "branch")
            options = self.options(1) | {
                "trunk_steps": self.trunk_steps, "learning_rate": self.benchmark.trunk_rate, "readout_solve": "none"
            }  # fmt: skip
            share = self.benchmark.trunk_share
            with rfgsnn.Trainer(self.network, **options) as trainer:
                trainer.fit(
                    *self.problem.training, progress=lambda now: self.progress(share * now.step / now.steps)
                )
            # The branch's only step serves nothing.
            _copy(branch, self.network)
            known.append(Trunks(_parts(self.network, "trunk"), self.trunk_steps, time.perf_counter() - began))
        self.cost += self.trunk_steps * multiply_adds.step(self.method, self.trunks)

    def fit(self) -> None:
        """Train, and note the validation error."""
        options = self.options(self.steps)
        seconds_at: dict[int, float] = {}
        before = self.benchmark.trunk_share

        def report(now: rfgsnn.Progress) -> object:
            elapsed = self.elapsed()
            seconds_at.setdefault(now.step, elapsed)
            late = not self.benchmark.is_fixed and elapsed > LATEST_SHARE * self.benchmark.seconds
            return self.progress(before + (1 - before) * now.step / now.steps) or late

        with rfgsnn.Trainer(self.network, **options) as trainer:
            history = trainer.fit(
                *self.problem.training, validation=self.problem.validation, progress=report
            ).history
            self.steps = trainer.updates
        scale = np.mean(np.square(self.problem.validation[1]))
        start = self.cost + (self.start_cost if options["readout_solve"] == "both" else 0.0)
        rows = list(zip(history.step.tolist(), history.validation_loss.tolist()))
        per_step = multiply_adds.step(self.method, self.branch)
        self.cost = start + self.steps * per_step + self.solve_cost
        for place, (step, loss) in enumerate(rows):
            # The last one is after the last solve.
            is_last = place == len(rows) - 1
            cost = self.cost if is_last else start + step * per_step
            seconds = self.elapsed() if is_last else seconds_at.get(step, self.elapsed())
            self.curve.append((step, cost, seconds, float(np.sqrt(loss / scale))))

    def outcome(self) -> Outcome:
        """Measure the errors of the trained network."""
        one_function = self.benchmark.metric == "global"
        both, held = (
            errors(self.network.predict(x), y, one_function) for x, y in (self.problem.test, self.problem.validation)
        )
        curve = self.curve or [(0, self.cost, self.seconds, held[0])]
        held_error = held[self.benchmark.metric == "mean"]
        return Outcome(*both, held_error, self.steps, self.seconds, self.cost, curve)
