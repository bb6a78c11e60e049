"""The time that a run may take, divided among its parts, and lines that say how much of it is left."""

from __future__ import annotations

import time


class Budget:
    """Seconds for parts of given weights, in their order; what one leaves the others share."""

    def __init__(self, seconds: float, weights: dict[str, float]) -> None:
        self._began, self._seconds = time.perf_counter(), seconds
        self._weights = dict(weights)

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._began

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return max(0.0, self._seconds - self.elapsed)

    def begin(self, part: str) -> float:
        """The deadline of a part, on the clock of time.perf_counter."""
        share = self._weights[part] / sum(self._weights.values())
        del self._weights[part]
        return time.perf_counter() + share * self.left

    def say(self, text: str) -> None:
        """Print a line with the time left."""
        minutes, seconds = divmod(round(self.left), 60)
        print(f"{text} (at most {minutes}:{seconds:02d} left)", flush=True)


def share(deadline: float, parts: int) -> float:
    """The deadline of the first of so many equal parts of the time until a deadline."""
    now = time.perf_counter()
    return now + max(0.0, deadline - now) / max(parts, 1)
