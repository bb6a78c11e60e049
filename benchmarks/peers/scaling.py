"""What a step of rfgsnn costs as one size after the other is changed."""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from pathlib import Path

from . import problem
from .budget import share
from .choose import ALL
from .client import Clients, PeerError
from .methods import SELF
from .references import Reference
from .results import Point
from .timing import Contestant, rounds_until

READY, ROUNDS = 60.0, 5
METHODS = ("rate", "full", "bptt")


def axes(base: Reference) -> dict[str, dict[float, Reference]]:
    """The steps to time, by what is changed and to what; directions and threads change no network.

    Odd sizes lie between round ones: what suits vectors, tiles and tables is not to be special.
    """
    layers = len(base.hidden)
    width = base.hidden[0]
    return {
        "time steps": {count: replace(base, time_steps=count) for count in (4, 16, 19, 64, 256, 1024)},
        "neurons per layer": {size: replace(base, hidden=(size,) * layers) for size in (32, 37, 100, 128, 131, 512)},
        "hidden layers": {depth: replace(base, hidden=(width,) * depth) for depth in (1, 2, 4)},
        "batch": {count: replace(base, samples=count) for count in (61, 64, 256, 1000, 1024, 4096)},
        "firing rate": {rate: replace(base, rate=rate) for rate in (0.05, 0.15, 0.3, 0.6)},
        "directions": dict.fromkeys((1, 3, 4, 16), base),
        "threads": dict.fromkeys(sorted({1, 2, ALL} & set(range(1, ALL + 1))), base),
    }


def measure(
    clients: Clients, base: Reference, folder: Path, deadline: float, failures: dict[str, str], quick: bool = False
) -> list[Point]:
    """Time all points, or the first of each axis."""
    points: list[Point] = []
    table = [(axis, value, step) for axis, steps in axes(base).items() for value, step in [*steps.items()]]
    if quick:
        table = [each for each in table if each[1] == min(value for axis, value, _ in table if axis == each[0])]
    for place, (axis, value, reference) in enumerate(table):
        if time.perf_counter() > deadline:
            failures[f"scaling, {axis} {value:g}"] = "not tried for want of time"
            continue
        file = folder / "scaling.npz"
        problem.make(reference)[0].save(file)
        client = clients(SELF, int(value) if axis == "threads" else ALL)
        contestants = []
        for method in METHODS if axis != "directions" else METHODS[:2]:
            # Directions are named behind the method.
            named = f"{method} {int(value)}" if axis == "directions" else method
            try:
                client.prepare(named, file, reference, named, "forward", READY)
                contestants.append(Contestant(method, client, named, client.run(named, 2, 0, READY)))
            except PeerError as error:
                failures[f"scaling, {axis} {value:g}, {method}"] = str(error)
        until = share(deadline, len(table) - place)
        try:
            times = rounds_until(contestants, until, ROUNDS)
        except PeerError as error:
            failures[f"scaling, {axis} {value:g}"] = str(error)
            continue
        points += [Point(axis, value, SELF, method, statistics.median(each)) for method, each in times.items()]
        for each in contestants:
            client.drop(each.name)
    return points
