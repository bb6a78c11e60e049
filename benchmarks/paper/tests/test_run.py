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
        [tiny], methods, (0, 1), Settings(tmp_path / "settings.json"), "abc"
    )


def test_methods_take_turns_and_linear_regression_runs_once(runs):
    assert [(each.method.name, each.seed) for each in runs] == [
        *((name, 0) for name in NAMES), *((name, 1) for name in NAMES[1:]),
    ]  # fmt: skip


def test_an_interrupted_table_goes_on_where_it_stopped(runs, tmp_path, monkeypatch):
    file = tmp_path / "records.jsonl"
    assert run.execute(runs[:3], Records(file), 1e9)
    file.write_bytes(file.read_bytes() + b'{"key": {"bench')  # What a killed run leaves.
    done = []
    original = training.run

    def count(benchmark, method, seed, *others):
        done.append((method.name, seed))
        return original(benchmark, method, seed, *others)

    monkeypatch.setattr(training, "run", count)
    records = Records(file)
    assert run.execute(runs, records, 1e9)
    assert done == [(each.method.name, each.seed) for each in runs[3:]]
    assert all(each.key in Records(file) for each in runs)
    assert run.execute(runs, Records(file), 1e9) and len(done) == len(runs) - 3


def test_no_run_begins_that_would_end_after_the_budget(runs, tmp_path, capsys):
    assert not run.execute(runs, Records(tmp_path / "records.jsonl"), 0.0)
    assert f"0 of {len(runs)} runs are done" in capsys.readouterr().out
    assert not (tmp_path / "records.jsonl").exists()


def test_a_run_that_the_library_refuses_is_recorded_with_its_reason(runs, tmp_path):
    method = Method("odd", "odd", {"estimator": "bptt", "directions": -1}, False, "bptt")
    odd = run.Run(runs[2].benchmark, method, 0, runs[2].setting, runs[2].key)
    records = Records(tmp_path / "records.jsonl")
    assert run.execute([odd], records, 1e9)
    assert "directions" in records[odd.key].refused


def test_trained_runs_spend_the_budget_and_note_the_validation_error(tiny):
    problem = load(tiny)
    bptt, rate, again = (
        training.run(tiny, METHODS[name], 0, untuned(tiny, METHODS[name]), problem)
        for name in ("bptt", "rfg_activity_rate", "rfg_activity_rate")
    )
    assert bptt.steps == 6 and rate.steps == again.steps
    assert rate.error_global == again.error_global == rate.error_mean
    # One point for each step, and one after the solve at the end.
    assert [point[0] for point in bptt.curve] == [1, 2, 3, 4, 5, 6, 6]
    assert bptt.curve[-1][1] == bptt.multiply_adds > bptt.curve[-2][1]
    assert 0 < rate.error_global < 1


def test_the_table_may_take_a_part_of_the_budget(tiny):
    half = replace(untuned(tiny, METHODS["bptt"]), budget=0.5)
    assert training.run(tiny, METHODS["bptt"], 0, half, load(tiny)).steps == 3


def test_slow_methods_get_fewer_steps(tiny):
    method = METHODS["rfg_activity_rate"]
    slow = replace(untuned(tiny, method), relative_seconds=4.5)
    assert training.run(tiny, method, 0, slow, load(tiny)).steps == int(training.SECONDS_CAP * 6 / 4.5)


def test_a_method_whose_step_costs_more_than_the_budget_is_refused(tiny):
    method, tiny = METHODS["exact_forward"], replace(tiny, bptt_steps=1)
    with pytest.raises(ValueError, match="more than the whole budget"):
        training.run(tiny, method, 0, untuned(tiny, method), load(tiny))


@pytest.fixture
def small_operator():
    """A row with trunks that are trained first."""
    row = BENCHMARKS["allen_cahn"]
    network = {**row.networks["2x256 T32"], "hidden": (8, 8), "latent": 4, "time_steps": 8}
    return replace(row, networks={"small": network}, samples=40, batch_size=20, grid=6, bptt_steps=8)


def test_trunks_are_trained_once_for_all_trials(small_operator):
    method, problem, trunks = METHODS["weight_mirror"], load(small_operator), []
    setting = untuned(small_operator, method)
    outcomes = [
        training.run(small_operator, method, 0, setting, problem, trunks=each) for each in (trunks, trunks, [])
    ]
    assert len(trunks) == 1 and trunks[0].steps > 0 and all(name.startswith("trunk") for name in trunks[0].tensors)
    assert len({(each.error_mean, each.multiply_adds) for each in outcomes}) == 1
    assert outcomes[1].seconds >= trunks[0].seconds


def test_currents_of_a_row_are_those_of_the_branch(small_operator):
    method, problem = METHODS["untrained"], load(small_operator)
    networks = [
        training.make_network(each, method, 0, each.networks["small"], problem)
        for each in (small_operator, replace(small_operator, currents=(0.25, 0.5, 0.7)))
    ]
    rule, small = (network.tensors for network in networks)
    for name in rule:
        assert np.array_equal(rule[name], small[name]) == (name.startswith("trunk") or "readout" in name or
                                                           name.endswith("bias"))
    assert np.allclose(small["branch.layer0.weight"], 0.5 * rule["branch.layer0.weight"], rtol=1e-4)


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
    assert first == untuned(tiny, method) and not settings.is_tuned(tiny, method)
    chosen = Setting(first.network, 0.01, seconds=2.0)
    settings.choose(tiny, method, chosen)
    settings.budget = 0.5
    assert Settings(file).get(tiny, method) == replace(chosen, budget=0.5)
    assert json.loads(file.read_text())["tiny"]["bptt"]["learning_rate"] == 0.01
    settings_tried = (first, chosen, replace(chosen, seconds=3.0), replace(chosen, budget=0.5))
    assert len({fingerprint(tiny, method, each) for each in settings_tried}) == 3


def test_a_variant_takes_the_setting_of_its_method(tiny, tmp_path):
    settings, method = Settings(tmp_path / "settings.json"), METHODS["weight_mirror"]
    settings.choose(tiny, method, replace(untuned(tiny, method), learning_rate=0.02))
    assert settings.get(tiny, METHODS["mirror_mask"]) == settings.get(tiny, method)


def test_the_second_part_of_the_methods_has_fewer_benchmarks_and_seeds(tmp_path):
    settings = Settings(tmp_path / "settings.json")
    runs = run.plan(list(BENCHMARKS.values()), list(METHODS.values()), (0, 1, 2, 3, 4), settings, "abc")
    where = {(each.benchmark.name, each.seed) for each in runs if each.method.name == "rfg_low_rank"}
    assert where == {(name, seed) for name in ("ricker", "burgers") for seed in (0, 1, 2)}
    assert sum(each.method.name == "bptt" for each in runs) == 6 * 5


def test_methods_that_the_library_does_not_know_are_told():
    known = {"estimator": "bptt | rfg_global", "directions": "1 <= x"}
    assert missing(METHODS["bptt"], known) == ""
    assert missing(METHODS["opzo"], known) == "the library's estimator does not know opzo"
    assert missing(METHODS["rfg_global"], known) == "the library has no option tangent"
    assert all(not missing(METHODS[name], known_options()) for name in NAMES)


def test_operators_are_validated_between_their_training_points_and_tested_at_all():
    problem = load(replace(BENCHMARKS["reaction_diffusion_separable"], samples=10, grid=64))
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
