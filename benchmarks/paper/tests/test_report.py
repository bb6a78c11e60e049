"""Means, paired intervals, goals and costs in the report, from records with made-up numbers."""

import math

import pytest
from paper import report, tables
from paper.intervals import mean_and_spread, paired_ratio


def test_mean_and_spread():
    assert mean_and_spread([1.0, 2.0, 3.0]) == (2.0, 1.0)
    mean, spread = mean_and_spread([4.0])
    assert mean == 4.0 and math.isnan(spread)


def test_a_paired_ratio_of_known_interval():
    # Logarithms of the ratios: log 0.5 + (-0.1, 0, 0.1): standard deviation 0.1, t(2) = 4.303.
    reference = {0: 1.0, 1: 3.0, 2: 7.0}
    errors = {seed: 0.5 * value * math.exp(0.1 * (seed - 1)) for seed, value in reference.items()}
    ratio = paired_ratio(errors, reference)
    half = 4.303 * 0.1 / math.sqrt(3)
    assert ratio.value == pytest.approx(0.5)
    assert (ratio.low, ratio.high) == pytest.approx((0.5 * math.exp(-half), 0.5 * math.exp(half)))
    assert ratio.verdict == "better"
    assert paired_ratio(reference, errors).verdict == "worse"
    assert paired_ratio({0: 1.0, 1: 2.0}, {0: 2.0, 1: 1.0}).verdict == "no difference shown"


def test_only_seeds_that_both_have_are_compared():
    ratio = paired_ratio({0: 2.0, 1: 9.0}, {0: 1.0, 2: 5.0})
    assert ratio.value == pytest.approx(2) and math.isnan(ratio.low)
    assert paired_ratio({0: 1.0}, {1: 1.0}) is None


@pytest.fixture(scope="module")
def written(tmp_path_factory, record):
    folder = tmp_path_factory.mktemp("written")
    records = [record("ricker", "linear", 0, 0.6)]
    for seed, factor in ((0, 1.0), (1, 1.01), (2, 0.99)):
        records += [
            record("ricker", "untrained", seed, 0.04 * factor),
            record("ricker", "bptt", seed, 0.010 * factor, cost=4e9),
            record("ricker", "rfg_activity_rate", seed, 0.008 * factor, cost=4e9,
                   curve=[[5, 1e9, 0.7, 0.02], [8, 2e9, 1.0, 0.009], [10, 4e9, 1.5, 0.008]]),
            record("ricker", "black_box", seed, 0.05 * factor, cost=1e9),
        ]  # fmt: skip
    records.append(record("ricker", "exact_forward", 0, 0, refused="too many parameters"))
    report.write(folder, records, {"opzo": "not in this library"}, ["bptt on ricker"])
    return folder


def rows_of(text, start):
    return [line for line in text.splitlines() if line.startswith(f"| {start}")]


def test_the_columns_of_the_csv_file(written):
    lines = (written / "results.csv").read_text().splitlines()
    assert lines[0] == (
        "benchmark,network,method,seed,error_global,error_mean,steps,directions,seconds,multiply_adds,commit"
    )
    assert lines[1] == "ricker,net,linear,0,0.6,1.2,10,1,1.5,3,abc"
    assert len(lines) == 1 + 1 + 3 * 4


def test_the_summary_says_which_bars_are_met(written):
    row = rows_of((written / "results.md").read_text(), "Ricker wavelet, 2-64-64-1")[0]
    assert "0.0298 spiking, back-propagation" in row
    assert "0.6000 | 0.0400 +- 0.0004 | 0.0100 +- 0.0001 | **0.0080 +- 0.0001** RFG activity, rate tangents" in row
    assert "0.009 met | 0.006 not met" in row


def test_a_bar_is_not_met_by_a_run_that_took_too_long(tmp_path, record):
    late, early = (record("ricker_any", "untrained", seed, 0.0001) for seed in (0, 1))
    late.values["seconds"] = 10.5
    for records, verdict in (([early], "0.0008 met |"), ([early, late], "0.0008 not met (took too long) |")):
        report.write(tmp_path, records, {})
        assert verdict in (tmp_path / "results.md").read_text()


def test_comparisons_cost_to_reach_and_caps(written):
    text = (written / "results.md").read_text()
    comparison = rows_of(text, "Ricker wavelet, 2-64-64-1")[1]
    assert "0.80 (0.80 to 0.80) | better | 0.20 (0.20 to 0.20) | better" in comparison
    rate = rows_of(text, "RFG activity, rate tangents")[0]
    assert "0.50 of its multiply-adds, 1.0 s (3 of 3 seeds)" in rate
    assert "(seconds)" not in rate
    box = rows_of(text, "black box")[0]
    assert "not reached" in box and "10 (seconds)" in box


def test_what_is_left_out_is_said(written):
    text = (written / "results.md").read_text()
    assert "- opzo: not in this library" in text
    assert "Run with default settings: bptt on ricker." in text
    assert "- exact_forward on ricker: too many parameters" in text


def test_the_picture_is_there(written):
    assert (written / "images/results-ricker.png").read_bytes()[1:4] == b"PNG"
    assert "![error against cost](images/results-ricker.png)" in (written / "results.md").read_text()


def test_the_best_method_is_chosen_on_validation_data(tmp_path, record):
    good = [[10, 1, 1, 0.01]]
    poor = [[10, 1, 1, 0.02]]
    records = [
        record("ricker", "rfg_activity_rate", 0, 0.05, curve=good),
        record("ricker", "rfg_activity_full", 0, 0.04, curve=poor),
        record("ricker", "bptt", 0, 0.01, curve=[[10, 1, 1, 0.001]]),
    ]
    tables.write(tmp_path, records)
    table, _ = tables.read(tmp_path)
    assert report.best_forward_only(report.BENCHMARKS["ricker"], table["ricker"]) == "rfg_activity_rate"
