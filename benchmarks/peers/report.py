"""From a run's results to performance.md: what was to be reached, ratios, agreement, curves, memory.

usage: python -m peers.report RESULTS FOLDER     writes it again from build/bench/results.json
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

from . import plots, tables
from .goals import goals
from .methods import LABELS, OURS, SELF
from .results import Point, Results, Row
from .tables import markdown


def write(folder: Path, results: Results) -> None:
    """Write the CSV file, the pictures and the report."""
    tables.write(folder, results.rows)
    images = plots.draw(results, folder / "images")
    (folder / "performance.md").write_text(render(results, images))
    print(f"written: {folder}/performance.csv, performance.md" + ", images" * bool(images), flush=True)


def render(results: Results, images: dict[str, str]) -> str:
    """Compose the report."""
    versions = ", ".join(f"{name} {version}" for name, version in results.versions.items())
    parts = [
        _INTRODUCTION.format(
            commit=results.commit, machine=results.machine, kernels=results.instruction_set, versions=versions,
            minutes=f"{results.seconds / 60:.0f}",
        )
    ]  # fmt: skip
    parts.append(_reach(results))
    if any(row.peer != SELF for row in results.rows):
        parts.append(_IMAGES["ratios"](images) + _RATIOS)
    parts += [_reference(results, name) for name in results.titles]
    own = [row for row in results.rows if row.peer == SELF]
    if own:
        rows = [
            (LABELS[row.method], row.peer_method, _ratio(row), f"{row.ours_ms:.3g}", f"{row.peer_ms:.3g}")
            for row in own
        ]  # fmt: skip
        head = ("method", "compared with", "its time / that of the method", "ms of the method", "ms")
        parts.append(f"## {own[0].reference}, rfgsnn with itself\n\n" + markdown(head, rows))
    if results.checked:
        parts.append(_agreement(results))
    if results.latency:
        parts.append(_latency(results))
    if results.scaling:
        parts.append(_scaling(results, images))
    if results.memory:
        parts.append(_memory(results, images))
    if results.left_out:
        lines = [f"- {name}: {reason}" for name, reason in results.left_out.items()]
        parts.append("## Left out\n\n" + "\n".join(lines))
    return "\n\n".join(part for part in parts if part) + "\n"


def _reach(results: Results) -> str:
    rows = []
    for goal in goals(results):
        sign = "<=" if goal.most else ">="
        value = "-" if goal.value is None else f"{goal.value:.3g}"
        bars = (f"{sign} {bar:g} {goal.verdict(bar)}" for bar in (goal.must, goal.aim))
        rows.append((goal.text, value, *bars))
    return "## What was to be reached\n\n" + markdown(("number", "measured", "goal", "aim"), rows)


def _reference(results: Results, name: str) -> str:
    rows = [row for row in results.rows if row.reference == name and row.peer != SELF]
    rates = ", ".join(f"{rate:.2f}" for rate in results.rates.get(name, []))
    text = f"## {name}: {results.titles[name]}\n\nFiring rates of the layers: {rates}."
    if name == "R5":
        text += _STREAMED
    if not rows:
        return text
    methods = [method for method in OURS if any(row.method == method for row in rows)]
    lines = []
    for peer in dict.fromkeys((row.peer, row.peer_method) for row in rows):
        mine = {row.method: row for row in rows if (row.peer, row.peer_method) == peer}
        milliseconds = sorted(row.peer_ms for row in mine.values())
        cells = (_ratio(mine[method]) if method in mine else "-" for method in methods)
        lines.append((_described(*peer), f"{milliseconds[len(milliseconds) // 2]:.3g}", *cells))
    ours = []
    for method in methods:
        found = sorted(row.ours_ms for row in rows if row.method == method)
        ours.append(f"{found[len(found) // 2]:.3g} ms")
    head = ("", "ms of a step", *(LABELS[method] for method in methods))
    return f"{text}\n\n" + markdown(head, [("rfgsnn itself", "", *ours), *lines])


def _described(peer: str, peer_method: str) -> str:
    method, _, form = peer_method.partition(": ")
    return f"{peer}, {LABELS[method]} ({form})"


def _ratio(row: Row) -> str:
    return f"**{row.ratio_median:.3g}** ({row.ratio_min:.3g} to {row.ratio_max:.3g})"


def _agreement(results: Results) -> str:
    rows = []
    for each in results.checked:
        tried = "; ".join(f"{form} {1e3 * seconds:.3g}" for form, seconds in each.tried.items())
        gradient = "-" if math.isnan(each.gradient) else f"{each.gradient:.1e}"
        rows.append((each.reference, each.peer, each.method, tried, f"{each.loss:.1e}", gradient))
    head = ("step", "library", "method", "forms tried, ms", "loss", "gradient")
    return _AGREEMENT + markdown(head, rows)


def _latency(results: Results) -> str:
    names = {
        "stepwise": "perturb, 16 calls of rfgsnn_step, estimate, update", "forward": "the same with rfgsnn_forward",
        "one_time_step": "perturb, one call of rfgsnn_step, estimate, update",
    }  # fmt: skip
    rows = [
        (text, *(f"{value:.1f}" for value in results.latency[name]))
        for name, text in names.items() if name in results.latency
    ]  # fmt: skip
    return _LATENCY + markdown(("one sample, from C", "median", "90th percentile"), rows)


def _scaling(results: Results, images: dict[str, str]) -> str:
    text = _SCALING + _IMAGES["scaling"](images)
    for axis in dict.fromkeys(point.axis for point in results.scaling):
        points = [point for point in results.scaling if point.axis == axis]
        text += _curve_table(axis, points, {method: LABELS[method] for method in LABELS}, 3) + "\n\n"
    return text.rstrip()


def _memory(results: Results, images: dict[str, str]) -> str:
    labelled = [
        Point(each.axis, each.value, each.library, f"{each.library} {each.method}", each.amount)
        for each in results.memory
    ]
    names = {each.method: each.method for each in labelled}
    return _MEMORY + _IMAGES["memory"](images) + _curve_table("time steps", labelled, names, 4)


def _curve_table(axis: str, points: list[Point], labels: dict[str, str], digits: int) -> str:
    values = sorted({point.value for point in points})
    rows = []
    for method in dict.fromkeys(point.method for point in points):
        amounts = {point.value: f"{point.amount:.{digits}g}" for point in points if point.method == method}
        rows.append((labels[method], *(amounts.get(value, "-") for value in values)))
    return markdown((axis, *(f"{value:g}" for value in values)), rows)


def _image(name: str, text: str):
    return lambda images: f"![{text}](images/{images[name]})\n\n" if name in images else ""


_IMAGES = {
    "ratios": _image("ratios", "time of a step over ours, by library"),
    "scaling": _image("scaling", "our milliseconds per step by size"),
    "memory": _image("memory", "peak memory of a step by time steps"),
}

_INTRODUCTION = """# Performance

<!-- Written by `make bench`: do not edit. -->

Whole training steps (perturb, forward, estimate, Adam update) against those of other libraries, on the same
parameters and batch. {machine}; kernels for {kernels}. Code of commit {commit}. {versions}.
The run took {minutes} minutes.

Binary integrate-and-fire neurons (leak 1, threshold 1, soft reset whose derivative is carried), constant currents, a
Gaussian surrogate of width 0.5, a linear readout of the mean spike train, mean squared error. The biases of each layer
are shifted so that it fires at a rate as after training. Learning rates are so small that they stay there."""

_RATIOS = """Steps take turns in one run: a few of ours, a few of the other library's, and so on, each in a process
of its own, warm. A ratio is their time over ours in one turn; tables give the median of the turns (least to greatest).
Above 1 rfgsnn is faster. Each library runs in the form and with the number of threads that was fastest here. rfgsnn
uses all processors.

Back-propagation finds the exact surrogate gradient, and a forward gradient of all weights, along one direction, is much
noisier than activity perturbation: [estimators.md](estimators.md) says what each estimate is worth, and
`benchmarks/paper` what it comes to in training."""

_STREAMED = """ rfgsnn gets one time step after the other, through Python, as if the sample
were streamed; the other libraries get all of it at once."""

_AGREEMENT = """## Agreement, and forms that were tried

Before anything is timed, a library's loss and gradient must be those of our back-propagation: relative differences
below 1e-4 and 1e-3. For one random direction the gradient's column is the relative error of the derivative along it,
below 1e-2. Sums in another order round differently, and can move a spike that is decided by rounding to the next time
step; such spikes are so few that they stay below these bounds. snnTorch leaves out the reset's derivative by itself
("cut", checked against ours with `reset_derivative = cut`); "carried" has it.

Forms: "steps" runs all layers at a time step and then the next one, "layers" all time steps of a layer; in JAX a number
says how many time steps of the scan are unrolled, and "map" or "vmap" whether 16 directions go one after the other or
at once. SpikingJelly's "multi" and "single" are its step modes. "whole" and "neuron" say what torch.compile compiled.

"""

_LATENCY = """## Latency

Microseconds of a training step of 2-64-64-1 on one sample, RFG activity with rate tangents, one thread
(`benchmarks/peers/latency.c`).

"""

_SCALING = """## What our steps cost

Milliseconds of a step of R1 in which one size is changed, to round ones and to odd ones between them.

"""

_MEMORY = """## Peak memory against time steps

MiB of a step of R1: what stays allocated between steps (parameters, optimiser, our buffers) and the peak of the
process above what it has at rest. JAX runs "steps/4", PyTorch "steps", which take less than the forms that are fastest.

"""


if __name__ == "__main__":
    write(Path(sys.argv[2]), Results.load(Path(sys.argv[1])))
