"""The C program that times a step on one sample, without Python between."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np

from .client import PeerError
from .problem import Problem


def measure(program: Path, problem: Problem, folder: Path, repeats: int) -> dict[str, tuple[float, float]]:
    """Microseconds, median and 90th percentile, by the way to step."""
    file = folder / "latency.bin"
    file.write_bytes(np.concatenate([values.ravel() for values in problem.tensors.values()]).tobytes())
    try:
        done = subprocess.run([program, file, str(repeats)], capture_output=True, text=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        raise PeerError(f"{program.name}: {getattr(error, 'stderr', '') or error}") from error
    return parse(done.stdout)


def parse(text: str) -> dict[str, tuple[float, float]]:
    """Read what the program prints."""
    rows = (line.split() for line in text.splitlines())
    return {name: (float(median), float(late)) for name, median, late in rows}
