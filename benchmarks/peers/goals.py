"""What is to be reached, and whether it was."""

from __future__ import annotations

from dataclasses import dataclass

from .methods import SELF
from .results import Results


@dataclass(frozen=True)
class Goal:
    """A number with a bar that it must and one that it should reach; from above if `most` is set."""

    text: str
    value: float | None
    must: float
    aim: float
    most: bool = False

    def verdict(self, bar: float) -> str:
        """Whether a bar is met."""
        if self.value is None:
            return "not measured"
        return "met" if (self.value <= bar if self.most else self.value >= bar) else "not met"


def goals(results: Results) -> list[Goal]:
    """All of them, with what a run found."""

    def ratio(reference: str, method: str, peer: str, peer_method: str) -> float | None:
        for row in results.rows:
            found = row.peer_method.partition(":")[0]
            if (row.reference, row.method, row.peer, found) == (reference, method, peer, peer_method):
                return row.ratio_median
        return None

    def inverse(value: float | None) -> float | None:
        return None if value is None else 1 / value

    list_ = []
    for name in ("R1", "R2"):
        list_.append(Goal(f"{name}: JAX back-propagation / rate tangents", ratio(name, "rate", "JAX", "bptt"), 6, 12))
        list_.append(Goal(f"{name}: JAX back-propagation / full tangents", ratio(name, "full", "JAX", "bptt"), 3, 5))
    for peer in ("snnTorch", "SpikingJelly"):
        value = ratio("R1", "rate", peer, "bptt")
        list_.append(Goal(f"R1: {peer} back-propagation / rate tangents", value, 25, 45))
    return [
        *list_,
        Goal("R1: JAX 16 directions / full tangents of 16", ratio("R1", "full16", "JAX", "jvp16"), 5, 7),
        Goal("R1: rate tangents of 16 / of one", ratio("R1", "rate", SELF, "rate16"), 3, 2, True),
        Goal("R3: JAX back-propagation / rate tangents", ratio("R3", "rate", "JAX", "bptt"), 4, 8),
        Goal("R1: rate tangents / our back-propagation", inverse(ratio("R1", "rate", SELF, "bptt")), 0.4, 0.33, True),
        Goal("R1: JAX back-propagation / ours", ratio("R1", "bptt", "JAX", "bptt"), 1, 1),
        Goal("R1: rate tangents, one thread / two", ratio("R1", "rate", SELF, "rate, 1 thread"), 1.8, 1.95),
        Goal("R1: memory of rate tangents, 1024 time steps / 16", _memory_growth(results), 1.05, 1.01, True),
        Goal("R5: microseconds of a streamed sample (C program)", results.latency.get("stepwise", (None,))[0], 50, 10,
             True),
    ]  # fmt: skip


def _memory_growth(results: Results) -> float | None:
    found = {
        point.value: point.amount for point in results.memory if (point.library, point.method) == (SELF, "rate")
    }  # fmt: skip
    return found[1024] / found[16] if {16, 1024} <= found.keys() else None
