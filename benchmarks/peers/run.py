"""Times training steps of rfgsnn and of other libraries, and writes docs/performance.csv and performance.md.

usage: python -m peers.run [--quick] [--references A,B] [--libraries A,B] [--budget SECONDS] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import rfgsnn
from paper.machine import machine
from paper.records import code_version

from . import latency, memory, problem, report, scaling
from .budget import Budget, share
from .choose import ALL, Choice, Exact, choose
from .client import ROOT, Clients, PeerError
from .methods import IMPOSSIBLE, OURS, PEERS, SELF, compared
from .references import REFERENCES, Reference, quick
from .results import Checked, Results, Row
from .timing import Contestant, ratio, rounds_until

#: Seconds of all parts together, and their shares.
BUDGET, QUICK_BUDGET = 1380.0, 240.0
WEIGHTS = {"R1": 0.22, "own": 0.02, "R2": 0.2, "R3": 0.22, "R4": 0.1, "R5": 0.08, "scaling": 0.08, "memory": 0.08}
#: Part of a library's time for trying its forms; the rest is for taking turns.
TRYING = 0.6
QUICK_ROUNDS = 2
QUICK_REFERENCES = "R1,R2,R5"
READY = 120.0


class Bench:
    """One run."""

    def __init__(
        self, is_quick: bool, references: list[str], libraries: list[str], seconds: float, build: Path
    ) -> None:
        self._quick, self._libraries, self._build = is_quick, libraries, build
        self._steps = {name: quick(REFERENCES[name]) if is_quick else REFERENCES[name] for name in references}
        self._clients = Clients(build)
        weights = {name: weight for name, weight in WEIGHTS.items() if name in references or name not in REFERENCES}
        self._budget = Budget(seconds, weights)
        self.results = Results(code_version(), machine(), rfgsnn.instruction_set(), ALL)
        self.results.versions[SELF] = rfgsnn.__version__
        self.results.left_out |= IMPOSSIBLE

    def run(self) -> Results:
        """Do all parts; what fails is noted, and the others go on."""
        try:
            self._look_for_libraries()
            for reference in self._steps.values():
                self._guarded(reference.name, lambda: self._reference(reference))
                if reference.name == "R1":
                    self._guarded("own", lambda: self._own(reference))
            base = self._steps.get("R1")
            if base:
                self._guarded("scaling", lambda: self._scaling(base))
            # Nothing of the steps before is to take memory from what comes now.
            self._clients.close()
            if base:
                self._guarded("memory", lambda: self._memory(base))
        except KeyboardInterrupt:
            print("\nstopped; the report tells what was done", flush=True)
            self.results.left_out["everything after"] = "the run was stopped"
        finally:
            self._clients.close()
        self.results.seconds = self._budget.elapsed
        return self.results

    def _look_for_libraries(self) -> None:
        for name in [*self._libraries]:
            try:
                self.results.versions[PEERS[name].label] = self._clients(name, ALL).version
            except PeerError as error:
                self._libraries.remove(name)
                self.results.left_out[PEERS[name].label] = str(error)
                self._budget.say(f"{PEERS[name].label}: left out: {error}")

    def _guarded(self, part: str, work) -> None:
        self._deadline = self._budget.begin(part)
        try:
            work()
        except (PeerError, rfgsnn.RfgsnnError, ValueError, OSError) as error:
            self.results.left_out[part] = f"{type(error).__name__}: {error}"
            self._budget.say(f"{part}: failed: {error}")

    def _reference(self, reference: Reference) -> None:
        """A reference step: all libraries, one after the other."""
        results, file = self.results, self._build / f"{reference.name}.npz"
        made, rates = problem.make(reference)
        made.save(file)
        results.titles[reference.name], results.rates[reference.name] = reference.title, rates
        self._budget.say(f"{reference.name}: {reference.title}; rates {', '.join(f'{rate:.2f}' for rate in rates)}")
        if reference.name == "R5":
            self._latency()
        client = self._clients(SELF, ALL)
        loss, gradient = client.prepare("exact", file, reference, "bptt", "forward", READY)
        _, cut = client.prepare("exact", file, reference, "bptt", "cut", READY)
        client.drop("exact")
        exact = Exact(loss, gradient, cut)
        work = [
            (PEERS[name], method) for name in self._libraries for method in PEERS[name].methods_for(reference)
        ]  # fmt: skip
        ready: dict[str, Contestant] = {}
        for place, (peer, method) in enumerate(work):
            if self._budget.left == 0:
                results.left_out[f"{peer.label} {method} on {reference.name}"] = "not tried for want of time"
                continue
            until = share(self._deadline, len(work) - place)
            trying = time.perf_counter() + TRYING * max(0.0, until - time.perf_counter())
            forms = peer.forms_for(reference, method)[: 1 if self._quick else None]
            choice = choose(self._clients, peer, method, forms, reference, file, exact, trying, results.left_out)
            if choice is None:
                self._budget.say(f"{reference.name}, {peer.label} {method}: left out")
                continue
            ours = self._ours(reference, file, compared(reference, peer, method), ready)
            try:
                self._compare(reference, peer.label, method, choice, ours, until)
            except PeerError as error:
                results.left_out[f"{peer.label} {method} on {reference.name}"] = str(error)
                if not client.is_alive:
                    raise
            choice.client.drop(choice.name)
        for each in ready.values():
            each.client.drop(each.name)

    def _ours(
        self, reference: Reference, file: Path, methods: tuple[str, ...], ready: dict[str, Contestant]
    ) -> list[Contestant]:
        """Our methods, each made ready once for a reference step."""
        client = self._clients(SELF, ALL)
        form = "stepwise" if reference.samples == 1 else "forward"
        for method in methods:
            if method not in ready:
                name = f"{reference.name} {method}"
                client.prepare(name, file, reference, method, form, READY)
                ready[method] = Contestant(method, client, name, client.run(name, 1, 1, READY))
        return [ready[method] for method in methods]

    def _compare(
        self, reference: Reference, peer: str, method: str, choice: Choice, ours: list[Contestant], deadline: float
    ) -> None:
        """Take turns, and note the ratios."""
        version = choice.client.version
        what = f"{method}: {choice.form}, {choice.client.threads} thread{'s' * (choice.client.threads > 1)}"
        times = self._turns([*ours, Contestant("other", choice.client, choice.name, choice.seconds)], deadline)
        for each in ours:
            self._note(reference, each.label, peer, version, what, times[each.label], times["other"])
        check = choice.check
        self.results.checked.append(
            Checked(reference.name, peer, method, choice.form, choice.client.threads, check.loss, check.gradient,
                    choice.tried)
        )  # fmt: skip
        row = self.results.rows[-len(ours)]
        self._budget.say(
            f"{reference.name}, {peer} {what}: {row.peer_ms:.3g} ms, {row.ratio_median:.3g} times ours "
            f"({row.method}, {row.ours_ms:.3g} ms), {row.rounds} rounds"
        )

    def _turns(self, contestants: list[Contestant], deadline: float) -> dict[str, list[float]]:
        if self._quick:
            return rounds_until(contestants, deadline, QUICK_ROUNDS, QUICK_ROUNDS)
        return rounds_until(contestants, deadline)

    def _note(
        self, reference: Reference, method: str, peer: str, version: str, what: str, ours: list[float],
        other: list[float],
    ) -> None:  # fmt: skip
        found = ratio(ours, other)
        self.results.rows.append(
            Row(reference.name, method, peer, version, what, found.median, found.least, found.most, found.ours_ms,
                found.peer_ms, found.rounds)
        )  # fmt: skip

    def _own(self, reference: Reference) -> None:
        """Our methods and numbers of threads with each other."""
        file = self._build / f"{reference.name}.npz"
        contestants = self._ours(reference, file, tuple(OURS), {})
        if ALL > 1:
            single = self._clients(SELF, 1)
            single.prepare("single", file, reference, "rate", "forward", READY)
            contestants.append(Contestant("rate, 1 thread", single, "single", single.run("single", 1, 1, READY)))
        times = self._turns(contestants, self._deadline)
        # The first is what the others are compared with.
        for each in contestants[1:]:
            self._note(reference, "rate", SELF, rfgsnn.__version__, each.label, times["rate"], times[each.label])
        for each in contestants:
            each.client.drop(each.name)
        self._budget.say("own: done")

    def _latency(self) -> None:
        program = ROOT / "build/bench/latency"
        made, _ = problem.make(REFERENCES["R5"])  # The program knows its sizes.
        try:
            self.results.latency = latency.measure(program, made, self._build, 200 if self._quick else 20000)
        except PeerError as error:
            self.results.left_out["latency"] = str(error)

    def _scaling(self, base: Reference) -> None:
        self.results.scaling = scaling.measure(
            self._clients, base, self._build, self._deadline, self.results.left_out, self._quick
        )
        self._budget.say("scaling: done")

    def _memory(self, base: Reference) -> None:
        times = memory.QUICK if self._quick else memory.TIMES
        self.results.memory = memory.measure(
            base, self._build, self._deadline, self.results.left_out, self._libraries, times
        )
        self._budget.say("memory: done")


def choice_of(names: str | None, table: dict, what: str) -> list[str]:
    """Read a comma-separated list of names."""
    if names is None:
        return list(table)
    chosen = [name for name in names.split(",") if name]
    for name in chosen:
        if name not in table:
            raise SystemExit(f"{what}: there is no {name}; there are {', '.join(table)}")
    return chosen


def main(arguments: list[str] | None = None) -> None:
    """Run it and write the report."""
    parser = argparse.ArgumentParser(prog="peers.run", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="few of everything, to see that it works")
    parser.add_argument("--references", help="R1 to R5, with commas between them")
    parser.add_argument("--libraries", help="names with commas between them; empty for none")
    parser.add_argument("--budget", type=float, help="seconds; 1380, or 240")
    parser.add_argument("--folder", type=Path, help="where the report goes; docs, or build/bench-quick")
    given = parser.parse_args(arguments)
    references = choice_of(given.references or (QUICK_REFERENCES if given.quick else None), REFERENCES, "references")
    libraries = choice_of(given.libraries, PEERS, "libraries")
    seconds = given.budget or (QUICK_BUDGET if given.quick else BUDGET)
    folder = given.folder or ROOT / ("build/bench-quick" if given.quick else "docs")
    build = folder if given.quick else ROOT / "build/bench"
    results = Bench(given.quick, references, libraries, seconds, build).run()
    results.save(build / "results.json")
    report.write(folder, results)


if __name__ == "__main__":
    main()
