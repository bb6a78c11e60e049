"""A benchmark and records of a table that no library has to run."""

import pytest
from paper.benchmarks import Benchmark
from paper.records import Key, Record


@pytest.fixture
def tiny():
    """A small network on real data, which trains within a second."""
    return Benchmark(
        "tiny", "Tiny", "ricker", 10_000, "global", {"2-4-4-1 T4": {"hidden": (4, 4), "time_steps": 4}}, 50,
        goal=0.5, aim=0.1, bptt_steps=6, seconds=1, options={"readout_solve": "end"},
    )  # fmt: skip


@pytest.fixture(scope="session")
def record():
    """Makes a record with a made-up result."""

    def make(benchmark, method, seed, error, cost=3.0, commit="abc", curve=None, refused=""):
        key = Key(benchmark, "net", method, seed, "hash", commit)
        if refused:
            return Record(key, refused=refused)
        values = {
            "error_global": error, "error_mean": 2 * error, "validation_error": error, "steps": 10, "directions": 1,
            "seconds": 1.5, "multiply_adds": cost,
        }  # fmt: skip
        return Record(key, values, curve or [[5, cost / 2, 0.7, 2 * error], [10, cost, 1.5, error]], wall=2.0)

    return make
