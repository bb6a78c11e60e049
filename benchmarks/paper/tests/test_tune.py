"""Every method gets the same trials, and the best on validation data is chosen."""

import pytest
from paper import run, training, tune
from paper.benchmarks import BENCHMARKS
from paper.methods import METHODS
from paper.settings import Settings


@pytest.mark.parametrize("name", [name for name, method in METHODS.items() if method.is_trained])
def test_all_trained_methods_get_the_same_trials(tiny, name):
    tried = tune.trials(tiny, METHODS[name])
    first = METHODS[name].rate * tiny.learning_rate
    assert [each.learning_rate for each in tried] == [rate * first for rate in tune.LEARNING_RATES]
    assert len({each.network for each in tried}) == 1


def test_an_untrained_network_chooses_its_size_where_that_is_free(tiny):
    assert len(tune.trials(tiny, METHODS["untrained"])) == 1
    free = BENCHMARKS["ricker_any"]
    solved = {each.network for each in tune.trials(free, METHODS["untrained"])}
    trained = {each.network for each in tune.trials(free, METHODS["weight_mirror"])}
    assert len(solved) == 2 and len(trained) == 1 and solved | trained == set(free.networks)


def test_the_best_trial_is_chosen_with_the_measured_speed(tiny, monkeypatch):
    best_rate = tune.LEARNING_RATES[2] * tiny.learning_rate

    def outcome(benchmark, method, seed, setting, problem, share, trunks):
        assert seed == tune.SEED and share == tune.SHARE
        error = abs(setting.learning_rate - best_rate)
        return training.Outcome(error, error, error, 1, 1.0, 1.0)

    monkeypatch.setattr(training, "run", outcome)
    monkeypatch.setattr(training, "seconds_per_step", lambda benchmark, method, *others: 1 + (method.name != "bptt"))
    best, tried = tune.tune(tiny, METHODS["rfg_global"], None)
    assert best.learning_rate == best_rate and best.relative_seconds == 2.0 and best.seconds == 1.0 / tune.SHARE
    assert len(tried) == len(tune.LEARNING_RATES)


def test_budgets_are_cut_until_the_table_fits_into_its_time(tmp_path, monkeypatch):
    settings = Settings(tmp_path / "settings.json")
    monkeypatch.setattr(tune, "TARGET", 1e9)
    assert tune.budget(settings) == 1.0
    monkeypatch.setattr(tune, "TARGET", 3500.0)
    settings.budget = part = tune.budget(settings)
    runs = run.plan(list(BENCHMARKS.values()), list(METHODS.values()), tune.SEEDS, settings, "abc")
    assert 0.1 < part < 1 and 3300 < sum(map(run.expected_seconds, runs)) <= 3500
