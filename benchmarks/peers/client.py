"""The other end of `worker.py`: starts the processes of the libraries and asks them."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import numpy as np

from .references import Reference

ROOT = Path(__file__).resolve().parents[2]
START = 180.0


class PeerError(Exception):
    """A library that failed, died or took too long, in a sentence."""


class Client:
    """One process of one library."""

    def __init__(self, library: str, threads: int, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / f"{library}-{threads}.log"
        self._gradient = folder / f"{library}-{threads}-gradient.npy"
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "ignore", "-m", "peers.worker", library, str(threads)],
                cwd=ROOT / "benchmarks", env=os.environ | {"TORCHINDUCTOR_CACHE_DIR": str(folder / "inductor")},
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        self.threads = threads
        self.version: str = self._ask("hello", START)["version"]

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def prepare(
        self, name: str, problem: Path, reference: Reference, method: str, form: str, timeout: float
    ) -> tuple[float, np.ndarray]:
        """Make a step, and give the loss and the gradient that it finds first."""
        answer = self._ask(
            "prepare", timeout, name=name, problem=str(problem), reference=asdict(reference), method=method, form=form,
            gradient=str(self._gradient),
        )  # fmt: skip
        return answer["loss"], np.load(self._gradient)

    def run(self, name: str, steps: int, warm: int, timeout: float) -> float:
        """Seconds that a step takes, mean over some."""
        return self._ask("run", timeout, name=name, warm=warm, steps=steps)["seconds"]

    def memory(self, name: str, timeout: float) -> int:
        """Bytes that a step holds at its peak."""
        return self._ask("memory", timeout, name=name)["bytes"]

    def drop(self, name: str) -> None:
        """Forget a step; of a process that is gone there is nothing left to forget."""
        if self.is_alive:
            with suppress(PeerError):
                self._ask("drop", START, name=name)

    def close(self) -> None:
        """End the process."""
        if self.is_alive:
            self._process.stdin.close()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()
        self._process.stdout.close()

    def _ask(self, do: str, timeout: float, **arguments: object) -> dict:
        try:
            self._process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
            self._process.stdin.flush()
        except (BrokenPipeError, ValueError):
            pass  # It has told why, or its log has.
        ready, _, _ = select.select([self._process.stdout], [], [], max(timeout, 1.0))
        if not ready:
            self._process.kill()
            raise PeerError(f"took more than {timeout:.0f} s to {do}")
        line = self._process.stdout.readline()
        if not line:
            raise PeerError(f"its process ended with status {self._process.wait()}: {self._last_words()}")
        answer = json.loads(line)
        if "error" in answer:
            raise PeerError(answer["error"].strip().splitlines()[0])
        return answer

    def _last_words(self) -> str:
        lines = self._log.read_text(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else "without a word"


class Clients:
    """The processes of all libraries, each started when it is first needed and again after it died."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._clients: dict[tuple[str, int], Client] = {}
        self._missing: dict[str, str] = {}

    def __call__(self, library: str, threads: int) -> Client:
        if library in self._missing:
            raise PeerError(self._missing[library])
        client = self._clients.get((library, threads))
        if client is None or not client.is_alive:
            try:
                client = self._clients[library, threads] = Client(library, threads, self._folder)
            except PeerError as error:
                self._missing[library] = str(error)
                raise
        return client

    def close(self) -> None:
        """End all processes."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()
