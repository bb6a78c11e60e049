"""One run: a method trains a network on a benchmark, and its errors and costs are measured."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Callable

import numpy as np
import rfgsnn

from . import baselines, multiply_adds
from .benchmarks import CALIBRATED, Benchmark
from .methods import METHODS, Method
from .problem import Problem, errors
from .settings import Setting

GAIN_OPTIONS = ("input_gain", "bias_spread", "trunk_gain", "trunk_bias_spread")
#: Shares of the allowed seconds where the network is free: what steps are planned for, and when training is broken off.
PLANNED_SHARE, LATEST_SHARE = 0.9, 0.97
#: A method whose steps are slow for their multiply-adds gets no more than this many times back-propagation's seconds.
SECONDS_CAP = 1.5
#: Ridge of all readout solves: chosen by the library on held-out samples, each time.
LAMBDA = 0.0
#: Steps by which the seconds of a step are measured.
PROBE_STEPS = 3


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


def run(
    benchmark: Benchmark, method: Method, seed: int, setting: Setting, problem: Problem, known: dict[str, str],
    progress: Progress = lambda share: None, share: float = 1.0,
) -> Outcome:
    """Run a method.

    `share` shortens the training, for tuning. Seconds count from the making of the network to the end of its training,
    readout solves and validation included, data and test excluded.
    """  # fmt: skip
    if method.name == "linear":
        return _linear(benchmark, problem)
    session = _Session(benchmark, method, seed, setting, problem, known, progress, share)
    session.train()
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


def seconds_per_step(
    benchmark: Benchmark, method: Method, setting: Setting, problem: Problem, known: dict[str, str]
) -> float:
    """Measure the training step of a method on an untrained network."""
    return _Session(benchmark, method, 0, setting, problem, known, lambda share: None, 1.0).seconds_per_step()


class _Session:
    """A network with its clock and its costs."""

    def __init__(
        self, benchmark: Benchmark, method: Method, seed: int, setting: Setting, problem: Problem,
        known: dict[str, str], progress: Progress, share: float,
    ) -> None:  # fmt: skip
        self.benchmark, self.method, self.seed, self.setting = benchmark, method, seed, setting
        self.problem, self.known, self.progress, self.share = problem, known, progress, share
        self.began = time.perf_counter()
        self.shape = benchmark.networks[setting.network]
        gains = dict(zip(GAIN_OPTIONS, setting.gains))
        self.network = rfgsnn.Network(problem.inputs, 1, seed=seed, **self.shape, **gains)
        self.network.fit_scaling("minmax", *problem.training)
        if setting.gains == CALIBRATED:
            self.network.calibrate(problem.training[0])
        self.steps = self.solves = 0
        self.curve: list[tuple[int, float, float, float]] = []
        self.seconds = 0.0
        x = problem.training[0]
        every_point = tuple(len(axis) for axis in x[1:]) if isinstance(x, tuple) else ()
        points = every_point
        self.point_options: dict[str, Any] = {}
        if benchmark.points_per_batch and "points_per_batch" in known:
            points = (benchmark.points_per_batch,)
            self.point_options = {"points_per_batch": benchmark.points_per_batch}
        samples = len(problem.training[1])
        batch = min(benchmark.batch_size, samples)
        self.pass_ = multiply_adds.work(self.shape, problem.inputs, batch, points)
        self.solve_cost = multiply_adds.solve(multiply_adds.work(self.shape, problem.inputs, samples, every_point))

    def elapsed(self) -> float:
        return time.perf_counter() - self.began

    def options(self, steps: int) -> dict[str, Any]:
        """Options of the trainer: those of all methods and those of this one."""
        interval = max(1, -(-steps // self.benchmark.solve_intervals))
        options = {
            "steps": steps, "seed": self.seed, "batch_size": self.benchmark.batch_size,
            "learning_rate": self.setting.learning_rate, "readout_solve": "periodic", "readout_interval": interval,
            "report_interval": interval, "readout_lambda": LAMBDA, **self.point_options,
        }  # fmt: skip
        if "readout_between_solves" in self.known:
            options["readout_between_solves"] = self.setting.between_solves
        return options | self.method.options

    def train(self) -> None:
        """Train for as many steps as the budget allows."""
        if self.method.is_trained:
            self.steps = self.planned_steps()
        if self.steps > 0:
            self.fit()
        else:
            self.network.solve_readout(*self.problem.training, lambda_=LAMBDA)
            self.solves = 1
        self.seconds = self.elapsed()

    def planned_steps(self) -> int:
        """Steps that fit into the budget: of multiply-adds and, loosely, of seconds; or of seconds alone."""
        if self.method.parameters and len(self.network.parameters) > self.method.parameters:
            raise ValueError(f"is for networks of at most {self.method.parameters} parameters")
        if self.benchmark.is_fixed:
            steps = multiply_adds.affordable_steps(self.method, METHODS["bptt"], self.pass_, self.benchmark)
            if self.setting.relative_seconds > 0:
                steps = min(steps, int(SECONDS_CAP * self.benchmark.bptt_steps / self.setting.relative_seconds))
            return max(1, int(self.share * steps))
        per_step = self.seconds_per_step()
        began = time.perf_counter()
        self.network.clone().solve_readout(*self.problem.training, lambda_=LAMBDA)
        solves = (self.benchmark.solve_intervals + 1) * (time.perf_counter() - began)
        allowed = self.share * PLANNED_SHARE * self.benchmark.seconds - self.elapsed() - solves
        return max(0, int(allowed / per_step))

    def seconds_per_step(self) -> float:
        """Measure it on a copy of the network."""
        with self.network.clone() as probe:
            for steps in 1, PROBE_STEPS:  # The first allocates.
                began = time.perf_counter()
                options = self.options(steps) | {"readout_solve": "none"}
                options.pop("readout_between_solves", None)
                with rfgsnn.Trainer(probe, **options) as trainer:
                    trainer.fit(*self.problem.training, progress=False)
                seconds = time.perf_counter() - began
        return seconds / PROBE_STEPS

    def fit(self) -> None:
        """Train, and note the validation error at every solve."""
        options = self.options(self.steps)
        seconds_at: dict[int, float] = {}

        def report(now: rfgsnn.Progress) -> object:
            elapsed = self.elapsed()
            seconds_at.setdefault(now.step, elapsed)
            late = not self.benchmark.is_fixed and elapsed > LATEST_SHARE * self.benchmark.seconds
            return self.progress(now.step / now.steps) or late

        validation_x, validation_y = self.problem.validation
        with rfgsnn.Trainer(self.network, **options) as trainer:
            history = trainer.fit(
                *self.problem.training, validation=(validation_x, validation_y), progress=report
            ).history
            self.steps = trainer.updates
        seconds_at[self.steps] = self.elapsed()
        scale = np.mean(np.square(validation_y))
        by_step = dict(zip(history.step.tolist(), history.validation_loss.tolist()))
        self.solves = 1
        if not by_step:  # Broken off before the first solve.
            self.network.solve_readout(*self.problem.training, lambda_=LAMBDA)
            self.solves += 1
        for step, loss in by_step.items():
            self.solves += 1
            cost = step * multiply_adds.step(self.method, self.pass_) + self.solves * self.solve_cost
            self.curve.append((step, cost, seconds_at[step], float(np.sqrt(loss / scale))))

    def outcome(self) -> Outcome:
        """Measure the errors of the trained network."""
        one_function = self.benchmark.metric == "global"
        both, held = (
            errors(self.network.predict(x), y, one_function) for x, y in (self.problem.test, self.problem.validation)
        )
        cost = self.solves * self.solve_cost
        if self.steps:
            cost += self.steps * multiply_adds.step(self.method, self.pass_)
        curve = self.curve or [(0, cost, self.seconds, held[0])]
        return Outcome(*both, held[self.benchmark.metric == "mean"], self.steps, self.seconds, cost, curve)
