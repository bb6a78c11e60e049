"""The CSV file of the ratios, and Markdown."""

from __future__ import annotations

import csv
from pathlib import Path

from .results import Row

FILE = "performance.csv"
COLUMNS = (
    "reference", "method", "peer", "peer_version", "peer_method", "ratio_median", "ratio_min", "ratio_max", "ours_ms",
    "peer_ms",
)  # fmt: skip


def write(folder: Path, rows: list[Row]) -> None:
    """Write the file."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / FILE).open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in rows:
            values = (getattr(row, column) for column in COLUMNS)
            writer.writerow([f"{value:.4g}" if isinstance(value, float) else value for value in values])


def markdown(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A table."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
