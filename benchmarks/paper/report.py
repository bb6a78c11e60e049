"""From the CSV files to results.md: errors beside published values and baselines, costs, comparisons, goals."""

from __future__ import annotations

import math
from pathlib import Path

import rfgsnn

from . import plots, tables
from .benchmarks import BENCHMARKS, Benchmark
from .intervals import Ratio, mean_and_spread, paired_ratio
from .machine import machine
from .methods import METHODS
from .records import Record
from .tables import Runs, Table

BASELINES = ("linear", "untrained")
#: A run that used less than this share of back-propagation's multiply-adds was stopped by the seconds.
CAPPED = 0.9


def write(
    folder: Path, records: list[Record], absent: dict[str, str], untuned: list[str] | None = None, budget: float = 1.0
) -> None:
    """Write the CSV files of the records, and the report and the plots of the CSV files.

    `absent` are methods that the library does not have, with the reason; `untuned` what ran with default settings;
    `budget` the part of the benchmarks' budgets that was given.
    """
    tables.write(folder, records)
    refused = {}
    for record in records:
        if record.refused:
            refused[f"{record.key.method} on {record.key.benchmark}"] = record.refused
    table, commits = tables.read(folder)
    images = plots.draw(table, folder / "images")
    (folder / "results.md").write_text(render(table, commits, {**absent, **refused}, images, untuned or [], budget))
    print(f"written: {folder}/results.csv, results-curves.csv, results.md, images", flush=True)


def render(
    table: Table, commits: list[str], left_out: dict[str, str], images: dict[str, str], untuned: list[str],
    budget: float = 1.0,
) -> str:
    """Compose the report."""
    present = [benchmark for benchmark in BENCHMARKS.values() if benchmark.name in table]
    parts = [_INTRODUCTION.format(commits=", ".join(commits) or "none", machine=machine(), kernels=rfgsnn.instruction_set())]
    parts.append(_summary(present, table))
    fixed = [benchmark for benchmark in present if benchmark.is_fixed]
    if fixed:
        parts.append(_comparison(fixed, table))
    for benchmark in present:
        parts.append(_details(benchmark, table[benchmark.name], images.get(benchmark.name), budget))
    if untuned:
        parts.append("## Not tuned\n\nRun with default settings: " + "; ".join(untuned) + ".")
    if left_out:
        lines = [f"- {name}: {reason}" for name, reason in left_out.items()]
        parts.append("## Left out\n\n" + "\n".join(lines))
    return "\n\n".join(parts) + "\n"


def best_forward_only(benchmark: Benchmark, methods: dict[str, Runs]) -> str | None:
    """The forward-only method of the least validation error; of the trained ones where the network is prescribed."""
    candidates = [
        name
        for name, runs in methods.items()
        if METHODS[name].forward_only and name != "linear" and runs.curves
        and (METHODS[name].is_trained or not benchmark.is_fixed)
    ]  # fmt: skip
    return min(candidates, key=lambda name: methods[name].validation_error, default=None)


def _summary(benchmarks: list[Benchmark], table: Table) -> str:
    head = ("benchmark (metric)", "published", "linear, no network", "untrained", "back-propagation",
            "best forward-only", "goal", "aim")  # fmt: skip
    rows = []
    for benchmark in benchmarks:
        methods = table[benchmark.name]
        name = best_forward_only(benchmark, methods)
        best = "-" if name is None else f"**{_error(benchmark, methods, name)}** {METHODS[name].label}"
        mean = math.nan if name is None else mean_and_spread(list(methods[name].error(benchmark.metric).values()))[0]
        late = not benchmark.is_fixed and name is not None and max(methods[name].seconds.values()) > benchmark.seconds
        published = "; ".join(f"{value:g} {label}" for label, value in benchmark.published) or "none"
        rows.append((
            f"{benchmark.title} ({benchmark.metric})", published,
            *(_error(benchmark, methods, each) for each in ("linear", "untrained", "bptt")), best,
            *(_bar(bar, mean, late) for bar in (benchmark.goal, benchmark.aim)),
        ))  # fmt: skip
    return "## Summary\n\n" + _markdown(head, rows)


def _comparison(benchmarks: list[Benchmark], table: Table) -> str:
    head = ("benchmark", "best forward-only", "its error / back-propagation's", "", "its error / untrained", "")
    rows = []
    for benchmark in benchmarks:
        methods = table[benchmark.name]
        name = best_forward_only(benchmark, methods)
        if name is None:
            continue
        cells = []
        for reference in ("bptt", "untrained"):
            ratio = _ratio(benchmark, methods, name, reference)
            cells += [_interval(ratio), ratio.verdict if ratio and not math.isnan(ratio.low) else ""]
        rows.append((benchmark.title, METHODS[name].label, *cells))
    return _COMPARISON + _markdown(head, rows)


def _details(benchmark: Benchmark, methods: dict[str, Runs], image: str | None, budget: float) -> str:
    head = ("method", "forward-only", "error", "seeds", "steps", "K", "multiply-adds", "seconds",
            "to reach back-propagation's error", "error / back-propagation's", "error / untrained")  # fmt: skip
    shown = [name for name in METHODS if name in methods]
    rows = []
    for name in shown:
        runs, method = methods[name], METHODS[name]
        steps, cost = mean_and_spread([*runs.steps.values()])[0], mean_and_spread([*runs.multiply_adds.values()])[0]
        reference = methods.get("bptt")
        capped = (
            benchmark.is_fixed and method.is_trained and reference is not None
            and cost < CAPPED * mean_and_spread([*reference.multiply_adds.values()])[0]
        )  # fmt: skip
        network = "" if benchmark.is_fixed or name == "linear" else f", {runs.network}"
        rows.append((
            method.label + network, "-" if name == "linear" else "yes" if method.forward_only else "no",
            _error(benchmark, methods, name), str(len(runs.errors)), f"{steps:.0f}{' (seconds)' * capped}",
            str(runs.directions or "-"), f"{cost:.2e}", f"{mean_and_spread([*runs.seconds.values()])[0]:.1f}",
            _reached(methods, name) if method.is_trained else "-",
            *(_interval(_ratio(benchmark, methods, name, other) if name not in (other, "linear") else None)
              for other in ("bptt", "untrained")),
        ))  # fmt: skip
    text = f"## {benchmark.title}\n\n{_describe(benchmark, budget)}\n\n" + _markdown(head, rows)
    return text + (f"\n\n![error against cost](images/{image})" if image else "")


def _describe(benchmark: Benchmark, part: float) -> str:
    metric = "over all test points" if benchmark.metric == "global" else "mean over the test functions"
    samples = f"{benchmark.samples} training {'points' if benchmark.metric == 'global' else 'functions'}"
    if benchmark.is_fixed:
        budget = f"the multiply-adds of {part * benchmark.bptt_steps:.0f} steps of back-propagation"
        if benchmark.trunk_share:
            budget += f", {benchmark.trunk_share:.0%} of them for the trunks (which the untrained network has not)"
    else:
        budget = f"{benchmark.seconds:g} s of training, any network"
    grid = f" at {benchmark.grid} x {benchmark.grid} points (tested at all)" if benchmark.grid else ""
    return f"Relative L2 error, {metric}; {samples}{grid}, batches of {benchmark.batch_size}; budget: {budget}."


def _reached(methods: dict[str, Runs], name: str) -> str:
    """Cost at which the validation error is back-propagation's: share of its cost, seconds, in how many runs."""
    if "bptt" not in methods:
        return "-"
    reference = methods["bptt"]
    target = reference.validation_error
    full = mean_and_spread([*reference.multiply_adds.values()])[0]
    reached = [
        next((point for point in curve if point[3] <= target), None) for curve in methods[name].curves.values()
    ]
    hits = [point for point in reached if point]
    if not hits:
        return "not reached"
    cost, seconds = (mean_and_spread([point[place] for point in hits])[0] for place in (1, 2))
    return f"{cost / full:.2f} of its multiply-adds, {seconds:.1f} s ({len(hits)} of {len(reached)} seeds)"


def _ratio(benchmark: Benchmark, methods: dict[str, Runs], name: str, reference: str) -> Ratio | None:
    if reference not in methods or name not in methods:
        return None
    return paired_ratio(methods[name].error(benchmark.metric), methods[reference].error(benchmark.metric))


def _error(benchmark: Benchmark, methods: dict[str, Runs], name: str) -> str:
    if name not in methods:
        return "-"
    mean, spread = mean_and_spread([*methods[name].error(benchmark.metric).values()])
    digits = max(4, 1 - math.floor(math.log10(mean))) if 0 < mean < 1 else 4
    if digits > 6:
        return f"{mean:.1e}"
    return f"{mean:.{digits}f}" + ("" if math.isnan(spread) else f" +- {spread:.{digits}f}")


def _bar(bar: float, error: float, late: bool) -> str:
    if math.isnan(error):
        return f"{bar:g}"
    return f"{bar:g} {'met' if error <= bar and not late else 'not met'}{' (took too long)' * late}"


def _interval(ratio: Ratio | None) -> str:
    if ratio is None:
        return "-"
    return f"{ratio.value:.2f}" + ("" if math.isnan(ratio.low) else f" ({ratio.low:.2f} to {ratio.high:.2f})")


def _markdown(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


_INTRODUCTION = """# Results

<!-- Written by `make paper` from results.csv and results-curves.csv: do not edit. -->

Every method on every benchmark; mean +- standard deviation over the seeds, which vary the network, the batches and the
directions on fixed data. Code of commit {commits}, on {machine}, with
kernels for {kernels}. `benchmarks/paper/README.md` says how.

Forward-only means: no transposed weights between hidden layers and nothing stored over time; the readout's own weights
may be used. "Best" is the method of the least *validation* error; the errors shown are of the test set."""

_COMPARISON = """## At equal multiply-adds

Ratios of test errors, paired over seeds, with their 95 % intervals (Student's t on logarithms): below 1 is better than
the reference. Both have the same readout solves and were tuned with the same trials.

"""
