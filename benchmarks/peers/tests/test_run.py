"""The whole path with few of everything: with the libraries that are installed, and without."""

from importlib.util import find_spec

import pytest
from peers import latency, problem, run
from peers.client import ROOT
from peers.methods import PEERS, compared
from peers.references import REFERENCES


def test_without_other_libraries(tmp_path):
    run.main(["--quick", "--libraries", "", "--folder", str(tmp_path)])
    text = (tmp_path / "performance.md").read_text()
    assert "## R1, rfgsnn with itself" in text and "| RFG activity, rate tangents, K = 1 | bptt |" in text
    assert "| rfgsnn rate |" in text and "## What our steps cost" in text
    assert ",rfgsnn," in (tmp_path / "performance.csv").read_text()


@pytest.mark.parametrize("name", PEERS)
def test_a_library_is_timed_or_left_out(name, tmp_path):
    run.main(["--quick", "--libraries", name, "--references", "R2", "--folder", str(tmp_path)])
    text, label = (tmp_path / "performance.md").read_text(), PEERS[name].label
    left_out = [line for line in text.splitlines() if line.startswith(f"- {label}")]
    if find_spec(name):
        assert f"| {label}, back-propagation through time (" in text and left_out == []
    else:
        assert "No module named" in left_out[0]


def test_unknown_names_are_told():
    with pytest.raises(SystemExit, match="libraries: there is no numpy"):
        run.main(["--quick", "--libraries", "numpy"])


def test_forms_leave_out_what_would_compile_for_ever():
    r1, r3, r4 = (REFERENCES[name] for name in ("R1", "R3", "R4"))
    assert PEERS["jax"].forms_for(r1, "bptt")[0] == "steps/16" and PEERS["jax"].forms_for(r3, "bptt")[0] == "steps/32"
    assert PEERS["jax"].forms_for(r4, "jvp")[0] == "steps/16"
    assert PEERS["jax"].forms_for(r1, "jvp16")[:2] == ("steps/16/map", "steps/16/vmap")
    assert not any("whole" in form for form in PEERS["torch"].forms_for(r4, "bptt"))
    assert PEERS["torch"].methods_for(r3) == ("bptt",) and PEERS["jax"].methods_for(r3) == ("bptt", "jvp")


def test_our_slow_methods_are_timed_on_large_steps_only_where_that_tells_something():
    r1, r3 = REFERENCES["R1"], REFERENCES["R3"]
    assert compared(r1, PEERS["torch"], "bptt")[-1] == "bptt"
    assert compared(r3, PEERS["torch"], "bptt") == ("rate", "full", "weight_mirror")
    assert compared(r3, PEERS["jax"], "bptt")[-1] == "bptt"


def test_the_program_for_latencies(tmp_path):
    program = ROOT / "build/bench/latency"
    if not program.exists():
        pytest.skip("make builds it")
    found = latency.measure(program, problem.make(REFERENCES["R5"])[0], tmp_path, 20)
    assert list(found) == ["one_time_step", "stepwise", "forward"]
    assert all(0 < median <= late for median, late in found.values())
