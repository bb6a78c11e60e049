"""Steps that take turns, round after round, and the ratios of their times, pair by pair."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

from .client import Client

#: Seconds of a turn, and of the pause before it, in which the other library's threads fall asleep.
TURN, PAUSE = 0.05, 0.005
LEAST_ROUNDS, MOST_ROUNDS = 3, 25
TIMEOUT = 120.0


@dataclass(frozen=True)
class Contestant:
    """A step that a process has ready, and how long it is expected to take."""

    label: str
    client: Client
    name: str
    seconds: float

    def turn(self) -> float:
        """Do some steps, after one to get warm, and give the milliseconds of one."""
        time.sleep(PAUSE)
        steps = max(1, min(200, round(TURN / max(self.seconds, 1e-6))))
        return 1e3 * self.client.run(self.name, steps, int(self.seconds < 1), TIMEOUT)


@dataclass(frozen=True)
class Ratio:
    """How many times as long one takes as the other: over the rounds; and the medians of both, in milliseconds."""

    median: float
    least: float
    most: float
    ours_ms: float
    peer_ms: float
    rounds: int


def rounds_until(
    contestants: list[Contestant], deadline: float, most: int = MOST_ROUNDS, least: int = LEAST_ROUNDS
) -> dict[str, list[float]]:
    """Let all take turns until the deadline, and give the milliseconds of each by round."""
    times: dict[str, list[float]] = {each.label: [] for each in contestants}
    for done in range(most):
        began = time.perf_counter()
        if done >= least and began + (began - last) > deadline:
            break
        for each in contestants:
            times[each.label].append(each.turn())
        last = began
    return times


def ratio(ours: list[float], peer: list[float]) -> Ratio:
    """The other's time over ours, in each round."""
    ratios = [other / own for own, other in zip(ours, peer)]
    return Ratio(
        statistics.median(ratios), min(ratios), max(ratios), statistics.median(ours), statistics.median(peer),
        len(ratios),
    )  # fmt: skip
