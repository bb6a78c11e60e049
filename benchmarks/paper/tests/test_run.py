"""Plan, budget and resume, with a tiny benchmark and the real library."""

import json
from dataclasses import replace

import numpy as np
import pytest
from paper import run, training
from paper.benchmarks import BENCHMARKS
from paper.methods import METHODS, Method, known_options, missing
from paper.problem import load
from paper.records import Records
from paper.settings import Setting, Settings, fingerprint, untuned

NAMES = ("linear", "untrained", "bptt", "rfg_activity_rate")


@pytest.fixture
def runs(tiny, tmp_path):
    methods = [METHODS[name] for name in NAMES]
    return run.plan(
        [tiny], methods, (0, 1), Settings(tmp_path / "settings.json"), "abc", known_options()
    )


def test_methods_take_turns_and_linear_regression_runs_once(runs):
    assert [(each.method.name, each.seed) for each in runs] == [
        *((name, 0) for name in NAMES), *((name, 1) for name in NAMES[1:]),
    ]  # fmt: skip


def test_an_interrupted_table_goes_on_where_it_stopped(runs, tmp_path, monkeypatch):
    file = tmp_path / "records.jsonl"
    known = known_options()
    assert run.execute(runs[:3], Records(file), known, 1e9)
    file.write_bytes(file.read_bytes() + b'{"key": {"bench')  # What a killed run leaves.
    done = []
    original = training.run

    def count(benchmark, method, seed, *others):
        done.append((method.name, seed))
        return original(benchmark, method, seed, *others)

    monkeypatch.setattr(training, "run", count)
    records = Records(file)
    assert run.execute(runs, records, known, 1e9)
    assert done == [(each.method.name, each.seed) for each in runs[3:]]
    assert all(each.key in Records(file) for each in runs)
    assert run.execute(runs, Records(file), known, 1e9) and len(done) == len(runs) - 3


def test_no_run_begins_that_would_end_after_the_budget(runs, tmp_path, capsys):
    assert not run.execute(runs, Records(tmp_path / "records.jsonl"), known_options(), 0.0)
    assert f"0 of {len(runs)} runs are done" in capsys.readouterr().out
    assert not (tmp_path / "records.jsonl").exists()


def test_a_run_that_the_library_refuses_is_recorded_with_its_reason(runs, tmp_path):
    method = Method("odd", "odd", {"estimator": "bptt", "directions": -1}, False, "bptt")
    odd = run.Run(runs[2].benchmark, method, 0, runs[2].setting, runs[2].key)
    records = Records(tmp_path / "records.jsonl")
    assert run.execute([odd], records, known_options(), 1e9)
    assert "directions" in records[odd.key].refused


def test_trained_runs_spend_the_budget_and_note_the_validation_error(tiny):
    setting, known = untuned(tiny), known_options()
    problem = load(tiny)
    outcomes = [
        training.run(tiny, METHODS[name], 0, setting, problem, known)
        for name in ("bptt", "rfg_activity_rate", "rfg_activity_rate")
    ]
    bptt, rate, again = outcomes
    assert bptt.steps == 6 and rate.steps == again.steps
    assert rate.error_global == again.error_global == rate.error_mean
    assert [point[0] for point in bptt.curve] == [3, 6]
    assert bptt.curve[-1][1] == bptt.multiply_adds
    assert 0 < rate.error_global < 1


def test_slow_methods_get_fewer_steps(tiny):
    known, problem = known_options(), load(tiny)
    slow = replace(untuned(tiny), relative_seconds=4.5)
    outcome = training.run(tiny, METHODS["rfg_activity_rate"], 0, slow, problem, known)
    assert outcome.steps == int(training.SECONDS_CAP * 6 / 4.5)


def test_linear_regression_finds_a_linear_map_and_both_errors():
    from paper import baselines
    from paper.problem import errors

    x = np.random.default_rng(0).normal(size=(60, 3))
    y = x @ np.ones((3, 4)) + 1
    weights, _ = baselines.ridge((x[:40], y[:40]), (x[40:], y[40:]))
    assert np.allclose(baselines.apply(weights, x), y)
    truth = np.array([[3.0, 4.0], [0.0, 1.0]])
    prediction = truth + np.array([[0.5, 0.0], [0.0, 1.0]])
    assert errors(prediction, truth, False) == pytest.approx((np.sqrt(1.25 / 26), (0.1 + 1) / 2))
    assert errors(prediction, truth, True)[1] == pytest.approx(np.sqrt(1.25 / 26))


def test_settings_are_kept_and_change_the_fingerprint(tiny, tmp_path):
    file = tmp_path / "settings.json"
    settings, method = Settings(file), METHODS["bptt"]
    first = settings.get(tiny, method)
    assert first == untuned(tiny) and not settings.is_tuned(tiny, method)
    chosen = Setting(first.network, first.gains, learning_rate=0.01)
    settings.choose(tiny, method, chosen)
    assert Settings(file).get(tiny, method) == chosen
    assert json.loads(file.read_text())["tiny"]["bptt"]["learning_rate"] == 0.01
    marks = {fingerprint(tiny, method, each, {}) for each in (first, chosen)}
    assert len(marks) == 2


def test_methods_that_the_library_does_not_know_are_told():
    known = {"estimator": "bptt | rfg_global", "directions": "1 <= x"}
    assert missing(METHODS["bptt"], known) == ""
    assert missing(METHODS["opzo"], known) == "the library's estimator does not know opzo"
    assert missing(METHODS["rfg_global"], known) == "the library has no option tangent"
    assert all(not missing(METHODS[name], known_options()) for name in NAMES)


def test_operators_are_validated_between_their_training_points_and_tested_at_all():
    problem = load(replace(BENCHMARKS["reaction_diffusion_separable"], samples=10))
    (_, x, t), y = problem.training
    (_, x_held, t_held), y_held = problem.validation
    (_, x_test, _), y_test = problem.test
    assert y.shape == (10, 64, 64) and y_held.shape == (100, 63, 63) and y_test.shape == (200, 128, 128)
    assert x[0] == 0 and x[-1] == 1 and np.all((x_held > x[:-1]) & (x_held <= x[1:]))
    row, column = (int(np.argmin(abs(x_test - held[5]))) for held in (x_held, t_held))
    assert np.allclose(problem.plain_validation[1].reshape(100, 128, 128)[:, row, column], y_held[:, 5, 5])
    assert len(t) == 64 and len(t_held) == 63


def test_the_time_left_follows_how_long_runs_really_take(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(run.time, "perf_counter", lambda: now[0])
    clock = run.Clock(40.0)
    assert clock.left(clock.done) == 40.0
    now[0] += 20.0
    clock.finish("a run", 10.0, "done")
    assert clock.pace(clock.done) == 2.0 and clock.left(clock.done) == 60.0
