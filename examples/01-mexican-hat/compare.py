"""Compares ways to train a spiking network on the 2-D Mexican hat: a table, a CSV file and pictures.

usage: compare.py OUTPUT_FOLDER [--quick]

Every method trains the same network, 2-64-64-1 with 32 time steps, on the 100 x 100 grid; the relative L2 error is taken
over the whole 300 x 300 test grid. `--quick` runs every part with few steps, to test the program.
"""

from __future__ import annotations

import csv
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import rfgsnn

NETWORK = dict(inputs=2, outputs=1, hidden=(64, 64), time_steps=32, input_gain=4.0, bias_spread=2.0)
# Learning rates: the best of those tried on seed 0 (see the README); the literal weight and black-box perturbations use
# no closed-form readout.
SOLVED = dict(readout_solve="periodic", readout_between_solves="trained", learning_rate=0.01)
LITERAL = dict(readout_solve="none", learning_rate=0.003)
# Least-squares steps are taken whole.
STEPS = dict(aggregation="gauss_newton", gauss_newton_damping=1e-4, directions=64, optimizer="sgd", momentum=0.0,
             learning_rate=1.0, readout_solve="end")  # fmt: skip


@dataclass
class Method:
    name: str
    label: str
    options: dict
    steps: int
    seeds: tuple[int, ...]
    seconds: float  # expected, for the time left


METHODS = [
    Method("untrained", "untrained hidden layers, closed-form readout", {}, 0, (0, 1, 2), 0.1),
    Method("rfg_global", "RFG, global weight perturbation",
           dict(estimator="rfg_global", tangent="full", **LITERAL), 6000, (0,), 14),
    Method("rfg_layerwise", "RFG, layer-wise weight perturbation",
           dict(estimator="rfg_layerwise", tangent="full", **LITERAL), 6000, (0,), 14),
    Method("black_box", "black box, antithetic, losses only",
           dict(estimator="black_box", **LITERAL), 6000, (0,), 9),
    Method("rfg_activity_full", "RFG, activity perturbation, full tangents",
           dict(estimator="rfg_activity", tangent="full", **SOLVED), 4000, (0, 1, 2), 7),
    Method("rfg_activity_rate", "RFG, activity perturbation, rate tangents",
           dict(estimator="rfg_activity", tangent="rate", directions=8, **SOLVED), 4000, (0, 1, 2), 6),
    Method("weight_mirror", "weight mirror (feedback learned forward)",
           dict(estimator="weight_mirror", **SOLVED), 4000, (0, 1, 2), 5),
    Method("gauss_newton", "RFG, layer-wise, Gauss-Newton steps",
           dict(estimator="rfg_layerwise", tangent="rate", **STEPS), 600, (0, 1, 2), 6),
    Method("back_propagation", "back-propagation through time",
           dict(estimator="bptt", **SOLVED), 4000, (0, 1, 2), 20),
]  # fmt: skip

PUBLISHED = [
    ("published: RFG global", 0.0426),
    ("published: RFG layer-wise", 0.0342),
    ("published: back-propagation", 0.0298),
]


@dataclass
class Run:
    method: Method
    seed: int
    relative_l2: float
    steps: int
    seconds: float
    spikes: float
    peak_memory: int
    network: rfgsnn.Network
    curve: tuple[np.ndarray, np.ndarray] = field(default_factory=lambda: (np.empty(0), np.empty(0)))

    def row(self) -> list:
        return [
            self.method.name, self.seed, f"{self.relative_l2:.6f}", self.steps, f"{self.seconds:.3f}",
            f"{self.spikes:.1f}", self.peak_memory,
        ]  # fmt: skip


def mexican_hat(x: np.ndarray) -> np.ndarray:
    s2 = 0.8**2
    r2 = (x**2).sum(axis=1)
    return ((1 - r2 / (2 * s2)) * np.exp(-r2 / (2 * s2)) / (np.pi * s2**2))[:, None]


def grid(side: int) -> np.ndarray:
    axis = np.linspace(-1, 1, side)
    return np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)


class Progress:
    """One line with the time left over all runs, from the runs' expected lengths and what they really took."""

    def __init__(self, methods: list[Method]):
        self.total = sum(method.seconds * len(method.seeds) for method in methods)
        self.done = 0.0
        self.began = time.perf_counter()
        self.shown = 0.0

    def show(self, method: Method, seed: int, step: int, steps: int, loss: float) -> None:
        now = time.perf_counter()
        if now - self.shown < 0.2 and step < steps:
            return
        self.shown = now
        done = self.done + method.seconds * step / steps
        left = (now - self.began) / done * (self.total - done)
        text = f"{method.name} seed {seed}: step {step} of {steps}, loss {loss:.2e}; all runs: {left:4.0f} s left"
        if sys.stderr.isatty():
            print(f"\r{text:<100}", end="", file=sys.stderr, flush=True)

    def finish(self, method: Method, run: Run) -> None:
        self.done += method.seconds
        if sys.stderr.isatty():
            print("\r" + " " * 100, end="\r", file=sys.stderr)
        left = (time.perf_counter() - self.began) / self.done * (self.total - self.done)
        print(f"{method.label}, seed {run.seed}: {run.relative_l2:.4f} in {run.seconds:.1f} s "
              f"({left:.0f} s left in all)", flush=True)  # fmt: skip


def train(method: Method, seed: int, steps: int, data: tuple, test: tuple, progress: Progress) -> Run:
    x, y = data
    network = rfgsnn.Network(**NETWORK, seed=seed)
    began = time.perf_counter()
    peak = 0
    curve = (np.empty(0), np.empty(0))
    if steps == 0:
        network.solve_readout(x, y)
    else:
        trainer = rfgsnn.Trainer(network, steps=steps, seed=seed, **method.options)
        result = trainer.fit(
            x, y, progress=lambda report: progress.show(method, seed, report.step, report.steps, report.loss)
        )
        peak = trainer.memory.peak
        history = result.history
        curve = (history.step * (time.perf_counter() - began) / steps, np.sqrt(history.loss / np.mean(y**2)))
    seconds = time.perf_counter() - began
    peak += network.memory.peak
    x_test, y_test = test
    error = np.linalg.norm(network.predict(x_test) - y_test) / np.linalg.norm(y_test)
    run = Run(method, seed, float(error), steps, seconds, network.spikes_per_inference(x), peak, network, curve)
    progress.finish(method, run)
    return run


def print_table(runs: list[Run]) -> None:
    print(f"\n{'method':<46}{'relative L2 error':>20}{'steps':>7}{'seconds':>9}{'spikes':>9}{'memory':>10}")
    for method in METHODS:
        own = [run for run in runs if run.method is method]
        errors = np.array([run.relative_l2 for run in own])
        error = f"{errors.mean():.4f}" + (f" +- {errors.std(ddof=1):.4f}" if len(errors) > 1 else "")
        print(
            f"{method.label:<46}{error:>20}{own[0].steps:>7}{np.mean([r.seconds for r in own]):>9.1f}"
            f"{np.mean([r.spikes for r in own]):>9.0f}{np.mean([r.peak_memory for r in own]) / 2**20:>6.2f} MiB"
        )
    for label, error in PUBLISHED:
        print(f"{label:<46}{error:>20.4f}")
    print(
        "\nerror: over the whole 300 x 300 test grid, mean +- standard deviation over the seeds; spikes: of either sign\n"
        "per inference of one sample; memory: peak of the library's numeric buffers while training.\n"
    )


def draw_fields(run: Run, folder: Path, side: int) -> None:
    import matplotlib.pyplot as plt

    x = grid(side)
    target = mexican_hat(x).reshape(side, side)
    prediction = run.network.predict(x).reshape(side, side)
    figure, axes = plt.subplots(1, 3, figsize=(12, 3.6), layout="constrained")
    extent = (-1, 1, -1, 1)
    for axis, values, title in zip(axes, (target, prediction), ("target", "prediction")):
        image = axis.imshow(values.T, origin="lower", extent=extent, vmin=target.min(), vmax=target.max())
        axis.set_title(title)
        figure.colorbar(image, ax=axis)
    bound = np.abs(prediction - target).max()
    image = axes[2].imshow((prediction - target).T, origin="lower", extent=extent, cmap="RdBu", vmin=-bound, vmax=bound)
    axes[2].set_title(f"error (relative L2 {run.relative_l2:.4f})")
    figure.colorbar(image, ax=axes[2])
    for axis in axes:
        axis.set_xlabel("x1")
        axis.set_ylabel("x2")
    figure.savefig(folder / "fields.png", dpi=120)
    plt.close(figure)


def draw_curves(runs: list[Run], folder: Path) -> None:
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(8, 5), layout="constrained")
    for index, method in enumerate(METHODS):
        own = [run for run in runs if run.method is method]
        if method.steps == 0:
            axis.axhline(np.mean([r.relative_l2 for r in own]), color="grey", linestyle=":", label=method.label)
            continue
        for place, run in enumerate(own):
            axis.plot(*run.curve, color=f"C{index}", alpha=0.8, linewidth=1.2, label=None if place else method.label)
    for label, error in PUBLISHED[-1:]:
        axis.axhline(error, color="black", linestyle="--", linewidth=1, label=f"{label} (final)")
    axis.set(xscale="log", yscale="log", xlabel="seconds of training", ylabel="relative L2 error on the training batches")
    axis.legend(fontsize=8)
    figure.savefig(folder / "curves.png", dpi=120)
    plt.close(figure)


def draw_raster(run: Run, folder: Path) -> None:
    import matplotlib.pyplot as plt

    network = run.network
    x = np.array([[0.3, -0.4]])
    state = network.state(1)
    layers = [[] for _ in range(network.layers)]
    readout = []
    for _ in range(network.time_steps):
        readout.append(float(state.step(x)[0, 0]))
        for layer, spikes in enumerate(layers):
            spikes.append(state.spikes(layer)[0])
    figure, axes = plt.subplots(
        network.layers + 1, 1, figsize=(8, 7), sharex=True, height_ratios=[2] * network.layers + [1], layout="constrained"
    )
    for layer, spikes in enumerate(layers):
        raster = np.array(spikes)
        for sign, color in ((1, "C0"), (-1, "C3")):
            step, neuron = np.nonzero(raster == sign)
            axes[layer].plot(step + 1, neuron, "|", color=color, markersize=4, label=f"spike {sign:+d}")
        axes[layer].set_ylabel(f"neuron of layer {layer}")
        axes[layer].legend(loc="upper right", fontsize=8)
    axes[-1].plot(np.arange(1, network.time_steps + 1), readout, color="black", label="readout of the spikes so far")
    axes[-1].axhline(mexican_hat(x)[0, 0], color="grey", linestyle=":", label="target")
    axes[-1].legend(fontsize=8)
    axes[-1].set_xlabel("time step")
    axes[0].set_title(f"spikes of one inference at x = ({x[0, 0]}, {x[0, 1]})")
    figure.savefig(folder / "raster.png", dpi=120)
    plt.close(figure)


def main() -> None:
    arguments = [argument for argument in sys.argv[1:] if argument != "--quick"]
    quick = "--quick" in sys.argv[1:]
    if len(arguments) != 1:
        raise SystemExit("usage: compare.py OUTPUT_FOLDER [--quick]")
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    import matplotlib

    matplotlib.use("Agg")

    x, x_test = grid(100), grid(300)
    data, test = (x, mexican_hat(x)), (x_test, mexican_hat(x_test))
    progress = Progress(METHODS)
    runs = []
    for method in METHODS:
        for seed in method.seeds:
            steps = min(method.steps, 20) if quick else method.steps
            runs.append(train(method, seed, steps, data, test, progress))

    print_table(runs)
    with open(folder / "results.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["method", "seed", "relative_l2", "steps", "seconds", "spikes_per_inference", "peak_memory_bytes"]
        )
        writer.writerows(run.row() for run in runs)
    best = next(run for run in runs if run.method.name == "rfg_activity_rate")
    draw_fields(best, folder, 300)
    draw_curves(runs, folder)
    draw_raster(best, folder)
    print(f"written: {folder}/results.csv, fields.png, curves.png, raster.png")


if __name__ == "__main__":
    main()
