"""The process that runs one library: reads requests from standard input and answers them, a line of JSON each.

usage: python -m peers.worker LIBRARY THREADS

Libraries have processes of their own because the number of their threads is fixed when they are loaded, because they
may fail in ways that end a process, and so that their memory can be told apart.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import TextIO

from .methods import SELF
from .references import Reference

#: Part of the free memory that a library may take: beyond it, it fails instead of the machine.
MEMORY_SHARE = 0.7


class Worker:
    """The steps that were prepared, by name."""

    def __init__(self, library: str, threads: int) -> None:
        self._threads = threads
        self._module = importlib.import_module("peers.ours" if library == SELF else f"peers.{library}_peer")
        self._steps: dict[str, object] = {}

    def hello(self) -> dict:
        """The version of the library."""
        return {"version": self._module.version()}

    def prepare(self, name: str, problem: str, reference: dict, method: str, form: str, gradient: str) -> dict:
        """Make a step, and write the gradient that it finds first."""
        import numpy as np

        from .problem import Problem

        reference = Reference(**{**reference, "hidden": tuple(reference["hidden"])})
        step = self._module.prepare(Problem.load(Path(problem)), reference, method, form, self._threads)
        loss, values = step.gradient()
        np.save(gradient, values)
        self._steps[name] = step
        return {"loss": loss}

    def run(self, name: str, warm: int, steps: int) -> dict:
        """Do steps, of which the first few are not timed."""
        step = self._steps[name]
        for _ in range(warm):
            step.run()
        began = time.perf_counter()
        for _ in range(steps):
            loss = step.run()
        return {"seconds": (time.perf_counter() - began) / steps, "loss": loss}

    def memory(self, name: str) -> dict:
        """Bytes that a step holds while it runs: those that stay, and the peak above what the process has at rest."""
        step = self._steps[name]
        step.run()
        gc.collect()
        ctypes.CDLL(None).malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5")
        rest = _status("VmRSS")
        step.run()
        return {"bytes": _status("VmHWM") - rest + step.held()}

    def drop(self, name: str) -> dict:
        """Forget a step."""
        self._steps.pop(name, None)
        gc.collect()
        return {}


def _status(key: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{key}:"))


def available_memory() -> int:
    """Bytes that are free on this machine."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))


def limit(threads: int) -> None:
    """Bind the process to as many processors as it is to have threads, and bound its memory."""
    processors = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, processors[-threads:])
    os.environ["OMP_NUM_THREADS"] = os.environ["MKL_NUM_THREADS"] = str(threads)
    resource.setrlimit(resource.RLIMIT_DATA, (int(MEMORY_SHARE * available_memory()), resource.RLIM_INFINITY))


def serve(worker: Worker, requests: TextIO, answers: TextIO) -> None:
    """Answer until the input ends; a failure is an answer too."""
    for line in requests:
        request = json.loads(line)
        try:
            answer = getattr(worker, request.pop("do"))(**request)
        except Exception as error:  # Of any library: it is reported, and the others go on.
            answer = {"error": f"{type(error).__name__}: {error}"[:2000]}
        print(json.dumps(answer), file=answers, flush=True)


def main() -> None:
    """Serve one library."""
    library, threads = sys.argv[1], int(sys.argv[2])
    # What a library prints must not get between the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    limit(threads)
    try:
        worker = Worker(library, threads)
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), file=answers, flush=True)
        return
    serve(worker, sys.stdin, answers)


if __name__ == "__main__":
    main()
