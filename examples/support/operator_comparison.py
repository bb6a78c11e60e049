"""Compares ways to train one operator network: a table, a CSV file and pictures."""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import rfgsnn
from rfgsnn.data import OperatorData

TRAINING, VALIDATION, TEST = 1000, 200, 200  # functions
QUICK_STEPS = 40
PICTURED = 4


@dataclass
class Method:
    """A way to train; without options the hidden layers stay untrained, and the readouts get the closed form."""

    name: str
    label: str
    options: dict = field(default_factory=dict)


@dataclass
class Run:
    method: Method
    prediction: np.ndarray
    mean: float  # over the test functions, of each one's relative L2 error
    overall: float  # the norm of all errors over that of all targets
    steps: int
    seconds: float
    memory: int
    spikes: float
    curve: tuple[np.ndarray, np.ndarray]  # seconds, relative error on the validation set


def relative_errors(prediction: np.ndarray, targets: np.ndarray) -> np.ndarray:
    axes = tuple(range(1, targets.ndim))
    return np.sqrt(((prediction - targets) ** 2).sum(axes) / (targets**2).sum(axes))


def linear_baseline(training: OperatorData, test: OperatorData) -> np.ndarray:
    """Ridge regression of the targets on the inputs, its ridge the best on the last fifth of the functions."""
    x, y = training.inputs, training.targets.reshape(len(training.inputs), -1)

    def fit(functions: int) -> Callable[[float, np.ndarray], np.ndarray]:
        centre, mean = x[:functions].mean(0), y[:functions].mean(0)
        centred = x[:functions] - centre
        matrix, product = centred.T @ centred, centred.T @ y[:functions]  # the mean's part is 0

        def predict(ridge: float, inputs: np.ndarray) -> np.ndarray:
            penalised = matrix + ridge * np.trace(matrix) / len(matrix) * np.eye(len(matrix))
            return np.linalg.solve(penalised, (inputs - centre).T).T @ product + mean

        return predict

    kept = len(x) - len(x) // 5
    ridges = [10.0**power for power in range(-12, 1)]
    predict = fit(kept)
    best = min(ridges, key=lambda ridge: relative_errors(predict(ridge, x[kept:]), y[kept:]).mean())
    return fit(len(x))(best, test.inputs).reshape(test.targets.shape)


def train(
    method: Method, network_options: dict, training: OperatorData, validation: OperatorData, test: OperatorData,
    quick: bool,
) -> Run:  # fmt: skip
    def inputs(data: OperatorData) -> tuple[np.ndarray, ...]:
        return data.inputs, *data.axes

    network = rfgsnn.Network(training.inputs.shape[1], 1, coordinates=len(training.axes), **network_options)
    network.fit_scaling("standard", inputs(training), training.targets)
    network.calibrate(inputs(training))
    began = time.perf_counter()
    peak = steps = 0
    curve = np.empty(0), np.empty(0)
    if method.options:
        steps = min(method.options["steps"], QUICK_STEPS) if quick else method.options["steps"]
        trainer = rfgsnn.Trainer(network, **{**method.options, "steps": steps})
        history = trainer.fit(
            inputs(training), training.targets, validation=(inputs(validation), validation.targets)
        ).history
        peak = trainer.memory.peak
        scale = np.sqrt(np.mean(validation.targets**2))
        curve = history.step * (time.perf_counter() - began) / steps, np.sqrt(history.validation_loss) / scale
    else:
        network.solve_readout(inputs(training), training.targets)
        error = np.linalg.norm(network.predict(inputs(validation)) - validation.targets)
        curve = np.full(1, time.perf_counter() - began), np.full(1, error / np.linalg.norm(validation.targets))
    seconds = time.perf_counter() - began
    peak += network.memory.peak
    prediction = network.predict(inputs(test))
    overall = np.linalg.norm(prediction - test.targets) / np.linalg.norm(test.targets)
    mean = relative_errors(prediction, test.targets).mean()
    spikes = network.spikes_per_inference(inputs(test))
    return Run(method, prediction, float(mean), float(overall), steps, seconds, peak, spikes, curve)


def draw_functions(run: Run, test: OperatorData, path: Path) -> None:
    """A row for each of a few functions: the input, the truth, the prediction, the error."""
    import matplotlib.pyplot as plt

    over_time = len(test.axes) == 2
    columns = 4 if over_time else 3
    figure, axes = plt.subplots(PICTURED, columns, figsize=(3.3 * columns, 2.3 * PICTURED), layout="constrained")
    for row, (source, truth, guess) in enumerate(zip(test.inputs, test.targets, run.prediction)):
        if row == PICTURED:
            break
        axes[row, 0].plot(test.sensors, source, color="black")
        error = guess - truth
        if not over_time:
            axes[row, 1].plot(test.axes[0], truth, color="silver", linewidth=4, label="truth")
            axes[row, 1].plot(test.axes[0], guess, label="prediction")
            axes[row, 2].plot(test.axes[0], error, color="C3")
            continue
        bound = np.abs(error).max()
        style = {"origin": "lower", "aspect": "auto", "extent": (0, 1, 0, 1)}
        for column, field_values, limits in (
            (1, truth, {"vmin": truth.min(), "vmax": truth.max()}),
            (2, guess, {"vmin": truth.min(), "vmax": truth.max()}),
            (3, error, {"vmin": -bound, "vmax": bound, "cmap": "RdBu"}),
        ):
            figure.colorbar(axes[row, column].imshow(field_values.T, **style, **limits), ax=axes[row, column])
    titles = ["input", "truth", "prediction", "error"] if over_time else ["input", "truth and prediction", "error"]
    for column, title in enumerate(titles):
        axes[0, column].set_title(title)
        axes[-1, column].set_xlabel("x")
        if over_time and column:
            axes[-1, column].set_ylabel("t")
    if not over_time:
        axes[0, 1].legend(fontsize=8)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def draw_errors(runs: list[Run], linear: np.ndarray, test: OperatorData, path: Path) -> None:
    """How the errors of single functions spread: the share of them below an error."""
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(7, 4.5), layout="constrained")
    share = np.arange(1, len(test.inputs) + 1) / len(test.inputs)
    for run in runs:
        axis.plot(np.sort(relative_errors(run.prediction, test.targets)), share, label=run.method.label)
    spread = np.sort(relative_errors(linear, test.targets))
    axis.plot(spread, share, color="grey", linestyle=":", label="linear regression")
    axis.set(xscale="log", xlabel="relative L2 error of a test function", ylabel="share of functions below it")
    axis.legend(fontsize=8)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def draw_cost(runs: list[Run], path: Path) -> None:
    """The error on the validation set against the seconds of training."""
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(7, 4.5), layout="constrained")
    for index, run in enumerate(runs):
        if run.steps:
            axis.plot(*run.curve, color=f"C{index}", label=run.method.label)
        else:
            axis.axhline(run.curve[1][0], color=f"C{index}", linestyle="--", linewidth=1)
            axis.plot(*run.curve, "o", color=f"C{index}", label=run.method.label)
    axis.set(xscale="log", yscale="log", xlabel="seconds", ylabel="global relative L2 error on the validation set")
    axis.legend(fontsize=8)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def print_table(problem: str, runs: list[Run], linear: tuple[float, float]) -> None:
    print(f"\n{problem}: relative L2 errors on {TEST} unseen functions")
    print(f"{'':<42}{'mean':>8}{'global':>8}{'steps':>7}{'seconds':>9}{'memory':>11}{'spikes':>9}")
    print(f"{'linear regression':<42}{linear[0]:>8.4f}{linear[1]:>8.4f}")
    for run in runs:
        print(f"{run.method.label:<42}{run.mean:>8.4f}{run.overall:>8.4f}{run.steps:>7}{run.seconds:>9.1f}"
              f"{run.memory / 2**20:>7.1f} MiB{run.spikes:>9.0f}")  # fmt: skip
    print("mean: of each function's error; global: all errors over all targets; memory: peak of the library's numeric\n"
          "buffers; spikes: of either sign, for one function at one point.\n")  # fmt: skip


def compare(
    problem: str, make_data: Callable[..., OperatorData], data_options: dict, network_options: dict,
    methods: list[Method],
) -> None:  # fmt: skip
    """Run the program of an example: train by every method, print the table, write results.csv and pictures."""
    parser = argparse.ArgumentParser(description=f"Compares ways to train an operator network: {problem}.")
    parser.add_argument("folder", type=Path, help="for results.csv, functions.png, errors.png and cost.png")
    parser.add_argument("--quick", action="store_true", help="few steps, to test the program")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    import matplotlib

    matplotlib.use("Agg")
    training, test, validation = (
        make_data(functions, seed, **data_options)
        for functions, seed in ((TRAINING, 1), (TEST, 2), (VALIDATION, 3))
    )  # fmt: skip
    linear = linear_baseline(training, test)
    linear_errors = (
        float(relative_errors(linear, test.targets).mean()),
        float(np.linalg.norm(linear - test.targets) / np.linalg.norm(test.targets)),
    )
    runs = []
    for place, method in enumerate(methods):
        print(f"{place + 1} of {len(methods)}: {method.label}", flush=True)
        runs.append(train(method, network_options, training, validation, test, arguments.quick))

    print_table(problem, runs, linear_errors)
    with open(arguments.folder / "results.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["method", "mean_relative_l2", "global_relative_l2", "steps", "seconds", "peak_memory_bytes",
                         "spikes_per_inference"])  # fmt: skip
        writer.writerow(["linear", *(f"{error:.6f}" for error in linear_errors), 0, "", "", ""])
        for run in runs:
            writer.writerow([run.method.name, f"{run.mean:.6f}", f"{run.overall:.6f}", run.steps, f"{run.seconds:.3f}",
                             run.memory, f"{run.spikes:.1f}"])  # fmt: skip
    best = next(run for run in runs if run.method.name == "weight_mirror")
    draw_functions(best, test, arguments.folder / "functions.png")
    draw_errors(runs, linear, test, arguments.folder / "errors.png")
    draw_cost(runs, arguments.folder / "cost.png")
    print(f"written: results.csv, functions.png, errors.png, cost.png in {arguments.folder}")
