"""Error against cost, one picture for each benchmark with trained methods."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .benchmarks import BENCHMARKS
from .methods import METHODS
from .tables import Runs, Table

PANELS = ((1, "multiply-adds"), (2, "seconds"))


def draw(table: Table, folder: Path) -> dict[str, str]:
    """Draw the pictures, and give their names by benchmark."""
    import matplotlib

    matplotlib.use("Agg")
    folder.mkdir(parents=True, exist_ok=True)
    images = {}
    for name, methods in table.items():
        trained = {each: methods[each] for each in METHODS if each in methods and METHODS[each].is_trained}
        if BENCHMARKS[name].is_fixed and trained:
            images[name] = f"results-{name}.png"
            _draw(BENCHMARKS[name].title, methods, trained, folder / images[name])
    return images


def _draw(title: str, methods: dict[str, Runs], trained: dict[str, Runs], file: Path) -> None:
    import matplotlib.pyplot as plt
    from matplotlib.ticker import NullFormatter

    figure, axes = plt.subplots(1, 2, figsize=(12, 4.8), sharey=True, layout="constrained")
    colors = plt.get_cmap("tab20")
    for axis, (place, label) in zip(axes, PANELS):
        for index, (name, runs) in enumerate(trained.items()):
            curve = _mean_curve(runs)
            color = colors(2 * index % 20 + 2 * index // 20)  # The strong colours first, then the pale ones.
            look = {"linestyle": "-" if METHODS[name].forward_only else "--", "color": color}
            axis.plot(curve[:, place], curve[:, 3], marker=".", label=METHODS[name].label, **look)
        lowest = min(runs.validation_error for runs in trained.values())
        for name, color in (("linear", "grey"), ("untrained", "black")):
            # A problem that is linear would squeeze everything else.
            if name in methods and methods[name].validation_error > lowest / 10:
                axis.axhline(
                    methods[name].validation_error, color=color, linestyle=":", linewidth=1, label=METHODS[name].label
                )
        axis.set(xscale="log", yscale="log", xlabel=f"{label} of training")
        axis.xaxis.set_minor_formatter(NullFormatter())
    axes[0].set(ylabel="relative L2 error (global), validation data", title=title)
    axes[1].legend(fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5))
    figure.savefig(file, dpi=100)
    plt.close(figure)


def _mean_curve(runs: Runs) -> np.ndarray:
    """Mean over the seeds, point by point: runs of different lengths are cut to the shortest."""
    length = min(len(curve) for curve in runs.curves.values())
    return np.mean([curve[:length] for curve in runs.curves.values()], axis=0)
