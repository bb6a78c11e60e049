"""The report and the CSV file, from results that are made up."""

from importlib.util import find_spec

import pytest
from peers import report
from peers.goals import goals
from peers.results import Results


@pytest.fixture
def written(results, tmp_path):
    report.write(tmp_path, results)
    return tmp_path, (tmp_path / "performance.md").read_text()


def rows_of(text, start):
    return [line for line in text.splitlines() if line.startswith(f"| {start}")]


def test_the_columns_of_the_csv_file(written):
    lines = (written[0] / "performance.csv").read_text().splitlines()
    assert lines[0] == (
        "reference,method,peer,peer_version,peer_method,ratio_median,ratio_min,ratio_max,ours_ms,peer_ms"
    )
    assert lines[1] == 'R1,rate,JAX,9.9,"bptt: steps/16, 2 threads",7,6.3,7.7,2,14'
    assert len(lines) == 5


def test_what_was_to_be_reached(results, written):
    text = written[1]
    assert rows_of(text, "R1: JAX back-propagation / rate tangents") == [
        "| R1: JAX back-propagation / rate tangents | 7 | >= 6 met | >= 12 not met |"
    ]
    assert rows_of(text, "R1: rate tangents of 16")[0].endswith("| 2.5 | <= 3 met | <= 2 not met |")
    assert rows_of(text, "R1: rate tangents / our back")[0].endswith("| 0.25 | <= 0.4 met | <= 0.33 met |")
    assert rows_of(text, "R1: memory of rate tangents")[0].endswith("| 1 | <= 1.05 met | <= 1.01 met |")
    assert rows_of(text, "R5: microseconds")[0].endswith("| 12 | <= 50 met | <= 10 not met |")
    assert rows_of(text, "R3")[0].endswith("| - | >= 4 not measured | >= 8 not measured |")
    results.rows = []
    assert sum(goal.value is None for goal in goals(results)) == len(goals(results)) - 2


def test_the_tables(written):
    text = written[1]
    assert rows_of(text, "JAX, back-propagation through time")[0] == (
        "| JAX, back-propagation through time (steps/16, 2 threads) | 14 | **7** (6.3 to 7.7) | **2** (1.8 to 2.2) |"
    )
    assert rows_of(text, "rfgsnn itself")[0] == "| rfgsnn itself |  | 2 ms | 2 ms |"
    assert "| R1 | JAX | bptt | steps/16, 2 threads 14 | 1.0e-07 | 2.0e-06 |" in text
    assert "| R1 | JAX | jvp16 |  | 1.0e-07 | - |" in text
    assert rows_of(text, "JAX bptt")[0] == "| JAX bptt | 48 | 3072 |"
    assert "Firing rates of the layers: 0.30, 0.31." in text
    assert "- snnTorch: it is not here" in text


def test_pictures_if_they_can_be_drawn(written):
    folder, text = written
    drawn = [name for name in ("ratios", "scaling", "memory") if f"images/performance-{name}.png" in text]
    assert drawn == (["ratios", "scaling", "memory"] if find_spec("matplotlib") else [])
    assert all((folder / f"images/performance-{name}.png").read_bytes()[1:4] == b"PNG" for name in drawn)


def test_a_report_can_be_written_again_from_the_file(results, tmp_path):
    results.save(tmp_path / "results.json")
    again = Results.load(tmp_path / "results.json")
    assert report.render(again, {}) == report.render(results, {})
