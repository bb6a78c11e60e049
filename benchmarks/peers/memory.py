"""Peak memory of a step against the number of time steps, each library in a process of its own."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from . import problem
from .choose import ALL
from .client import Client, PeerError
from .methods import PEERS, SELF
from .references import Reference
from .results import Point
from .worker import MEMORY_SHARE, available_memory

TIMES = (16, 64, 256, 1024)
QUICK = TIMES[:2]
READY = 120.0
OURS = ("rate", "rate16", "full", "bptt")


def measure(
    base: Reference, folder: Path, deadline: float, failures: dict[str, str], libraries: list[str], times=TIMES
) -> list[Point]:
    """Measure all, in MiB; a library of which too little time or memory is left stops where it is."""
    files = {}
    for count in times:
        files[count] = folder / f"memory-{count}.npz"
        problem.make(replace(base, time_steps=count))[0].save(files[count])
    points: list[Point] = []
    rows = [(SELF, method) for method in OURS]
    rows += [(name, method) for name in libraries for method in PEERS[name].methods if method != "jvp16"]
    for library, method in rows:
        points += _curve(library, method, base, files, deadline, failures, folder)
    return points


def _curve(
    library: str, method: str, base: Reference, files: dict[int, Path], deadline: float, failures: dict[str, str],
    folder: Path,
) -> list[Point]:  # fmt: skip
    label = library if library == SELF else PEERS[library].label
    points: list[Point] = []
    client = None
    try:
        for count, file in files.items():
            what = f"memory, {label} {method}, {count} time steps"
            if time.perf_counter() > deadline:
                raise PeerError("not tried for want of time")
            if points:
                expected = points[-1].amount * count / points[-1].value / 1024
                if expected * 2**30 > MEMORY_SHARE * available_memory():
                    raise PeerError(f"would need more memory than is free: about {expected:.0f} GiB")
            client = client or Client(library, ALL, folder)
            reference = replace(base, time_steps=count)
            form = "forward" if library == SELF else PEERS[library].lean
            client.prepare("memory", file, reference, method, form, READY)
            points.append(Point("time steps", count, label, method, client.memory("memory", READY) / 2**20))
            client.drop("memory")
    except PeerError as error:
        failures[what] = str(error)
    finally:
        if client:
            client.close()
    return points
