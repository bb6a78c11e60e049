"""The best form of a method of a library: each form is checked and tried, on all processors, and the best on one."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .check import Check, compare
from .client import Client, Clients, PeerError
from .methods import Peer
from .references import Reference

#: Seconds that a form is tried for, and the longest that it may take to get ready.
TRIAL, READY = 0.4, 120.0
#: A step that takes so many seconds on all processors is not tried on one.
SERIAL = 0.5
#: Processors of this process.
ALL = len(os.sched_getaffinity(0))


@dataclass
class Exact:
    """Loss and gradient by rfgsnn's back-propagation, with the reset's derivative carried and cut."""

    loss: float
    gradient: np.ndarray
    cut: np.ndarray


@dataclass
class Choice:
    """What was found best."""

    client: Client
    name: str
    form: str
    seconds: float
    check: Check
    #: Seconds of a step by form and threads.
    tried: dict[str, float] = field(default_factory=dict)


def choose(
    clients: Clients, peer: Peer, method: str, forms: tuple[str, ...], reference: Reference, problem: Path,
    exact: Exact, deadline: float, failures: dict[str, str],
) -> Choice | None:  # fmt: skip
    """Try forms until the deadline, one at least; those that fail go to `failures`."""
    best: Choice | None = None
    tried: dict[str, float] = {}
    plan = [(form, ALL) for form in forms]
    while plan:
        form, threads = plan.pop(0)
        what = f"{form}, {_threads(threads)}"
        failure = ""
        if best and threads == ALL and time.perf_counter() > deadline:
            failure = "not tried for want of time"
        else:
            try:
                found = _try(clients, peer, method, reference, problem, exact, form, threads, deadline)
            except PeerError as error:
                failure = str(error)
            else:
                tried[what] = found.seconds
                if best is None or found.seconds < best.seconds:
                    best, found = found, best
                if found:
                    found.client.drop(found.name)
        if failure:
            failures[f"{peer.label} {method} on {reference.name}, {what}"] = failure
        if not plan and best and best.seconds < SERIAL and threads == ALL > 1:
            plan = [(best.form, 1)]
    if best:
        best.tried = tried
    return best


def _try(
    clients: Clients, peer: Peer, method: str, reference: Reference, problem: Path, exact: Exact, form: str,
    threads: int, deadline: float,
) -> Choice:  # fmt: skip
    client = clients(peer.name, threads)
    name = f"{reference.name} {method} {form}"
    left = deadline - time.perf_counter()
    loss, gradient = client.prepare(name, problem, reference, method, form, min(READY, max(left, READY / 2)))
    target = exact.cut if form.startswith("cut") else exact.gradient
    check = compare(method, loss, gradient, exact.loss, target)
    if not check.passed:
        client.drop(name)
        raise PeerError(
            f"does another step: its loss differs by {check.loss:.1e}, its gradient by {check.gradient:.1e} (relative)"
        )
    first = client.run(name, 1, 1, READY)
    more = int(min(20, TRIAL / max(first, 1e-6)))
    seconds = min(first, client.run(name, more, 0, READY)) if more > 1 else first
    return Choice(client, name, form, seconds, check)


def _threads(count: int) -> str:
    return f"{count} thread{'s' * (count > 1)}"
