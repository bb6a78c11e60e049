"""Pictures of the report: ratios by library, our cost by size, memory by the number of time steps."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from .methods import LABELS, SELF
from .results import Point, Results

SHOWN = ("rate", "full", "bptt")


def draw(results: Results, folder: Path) -> dict[str, str]:
    """Draw what there is, and give the files by "ratios", "scaling" and "memory"; nothing without matplotlib."""
    if find_spec("matplotlib") is None:
        return {}
    import matplotlib

    matplotlib.use("Agg")
    folder.mkdir(parents=True, exist_ok=True)
    images = {}
    found = {"ratios": results.rows, "scaling": results.scaling, "memory": results.memory}
    for name, function in {"ratios": _ratios, "scaling": _scaling, "memory": _memory}.items():
        if found[name]:
            images[name] = f"performance-{name}.png"
            function(results, folder / images[name])
    return images


def _ratios(results: Results, file: Path) -> None:
    import matplotlib.pyplot as plt

    rows = [row for row in results.rows if row.method in SHOWN and row.peer != SELF]
    names = list(dict.fromkeys(row.reference for row in rows)) or [""]
    figure, axes = plt.subplots(1, len(names), figsize=(4 * len(names), 4.2), layout="constrained", squeeze=False)
    for axis, name in zip(axes[0], names):
        mine = [row for row in rows if row.reference == name]
        labels = list(dict.fromkeys(_peer(row.peer, row.peer_method) for row in mine))
        for offset, method in enumerate(SHOWN):
            found = [row for row in mine if row.method == method]
            places = [labels.index(_peer(row.peer, row.peer_method)) + 0.25 * (offset - 1) for row in found]
            values = [row.ratio_median for row in found]
            spread = [
                [row.ratio_median - row.ratio_min for row in found], [row.ratio_max - row.ratio_median for row in found]
            ]  # fmt: skip
            axis.barh(places, values, 0.22, xerr=spread, label=LABELS[method], error_kw={"elinewidth": 0.8})
        axis.axvline(1, color="black", linewidth=0.8)
        axis.set(yticks=range(len(labels)), yticklabels=labels, title=name, xlabel="their time / ours", xscale="log")
        axis.invert_yaxis()
    figure.legend(*axes[0][0].get_legend_handles_labels(), loc="outside lower center", ncols=len(SHOWN))
    figure.savefig(file, dpi=100)
    plt.close(figure)


def _tick_at(axis, values: list[float]) -> None:
    """Name the sizes that were measured, and no others; of close neighbours the first, as names would overlap."""
    names: list[str] = []
    named = 0.0
    for value in values:
        is_apart = value > 1.4 * named
        names.append(f"{value:g}" if is_apart else "")
        named = value if is_apart else named
    axis.set_xticks(values, names)
    axis.tick_params(axis="x", which="minor", bottom=False, labelbottom=False)


def _peer(peer: str, method: str) -> str:
    return f"{peer} {method.partition(':')[0]}"


def _scaling(results: Results, file: Path) -> None:
    import matplotlib.pyplot as plt

    names = list(dict.fromkeys(point.axis for point in results.scaling))
    columns = min(4, len(names))
    lines = -(-len(names) // columns)
    figure, axes = plt.subplots(
        lines, columns, figsize=(3.6 * columns, 3.2 * lines), layout="constrained", squeeze=False
    )
    for axis, name in zip(axes.flat, names):
        points = [point for point in results.scaling if point.axis == name]
        _curves(axis, points, "")
        axis.set(xlabel=name, ylabel="ms per step")
        _tick_at(axis, sorted({point.value for point in points}))
    for axis in axes.flat[len(names) :]:
        axis.set_visible(False)
    axes[0][0].legend(fontsize=7)
    figure.savefig(file, dpi=100)
    plt.close(figure)


def _memory(results: Results, file: Path) -> None:
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(7, 4.5), layout="constrained")
    for library in dict.fromkeys(point.library for point in results.memory):
        _curves(axis, [point for point in results.memory if point.library == library], f"{library} ")
    axis.set(xlabel="time steps", ylabel="peak memory of a step, MiB")
    axis.legend(fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5))
    figure.savefig(file, dpi=100)
    plt.close(figure)


def _curves(axis, points: list[Point], prefix: str) -> None:
    for method in dict.fromkeys(point.method for point in points):
        found = [point for point in points if point.method == method]
        label = prefix + method if prefix else LABELS[method]
        style = {"linestyle": "-" if prefix in ("", f"{SELF} ") else "--", "marker": "."}
        axis.plot([point.value for point in found], [point.amount for point in found], label=label, **style)
    axis.set(xscale="log", yscale="log")
