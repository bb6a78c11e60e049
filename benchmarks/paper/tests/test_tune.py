"""Every method gets the same trials, and the best on validation data is chosen."""

import pytest
from paper import training, tune
from paper.methods import METHODS, known_options
from paper.settings import untuned


def drive(benchmark, method, known, error):
    """Run the trials with errors of a function of the setting."""
    source, tried, best = tune.trials(benchmark, method, known), [], float("inf")
    setting = next(source)
    try:
        while True:
            tried.append(setting)
            better = error(setting) < best
            best = min(best, error(setting))
            setting = source.send(better)
    except StopIteration:
        return tried


def test_one_thing_is_varied_at_a_time_from_the_best_so_far(tiny):
    def error(setting):
        return abs(setting.learning_rate - 0.01) + (setting.gains != tiny.gains[1])

    tried = drive(tiny, METHODS["bptt"], known_options(), error)
    gains = len(tune.grid(tiny, {})["gains"])
    assert tried[0] == untuned(tiny)
    assert [each.gains for each in tried[:gains]] == list(tiny.gains[:gains])
    assert {each.gains for each in tried[gains:]} == {tiny.gains[1]}
    assert {each.learning_rate for each in tried[1:gains] + tried[gains:gains + 4]} == set(tune.LEARNING_RATES)
    assert min(tried, key=error).learning_rate == 0.01


@pytest.mark.parametrize("known", [{}, {"readout_between_solves": "trained | held"}])
def test_all_trained_methods_get_the_same_number_of_trials(tiny, known):
    gains = len(tune.grid(tiny, known)["gains"])
    lengths = {
        len(drive(tiny, method, known, lambda setting: 1.0))
        for method in METHODS.values()
        if method.is_trained
    }
    assert lengths == {1 + (gains - 1) + 4 + bool(known)}


def test_an_untrained_network_tries_all_gains_and_ridges(tiny):
    tried = drive(tiny, METHODS["untrained"], {}, lambda setting: 1.0)
    assert len(set(tried)) == len(tune.grid(tiny, {})["gains"])


def test_the_best_trial_is_chosen_with_the_measured_speed(tiny, monkeypatch):
    def outcome(benchmark, method, seed, setting, problem, known, share):
        assert seed == tune.SEED and share == tune.SHARE
        error = abs(setting.learning_rate - 0.03)
        return training.Outcome(error, error, error, 1, 1.0, 1.0)

    monkeypatch.setattr(training, "run", outcome)
    monkeypatch.setattr(training, "seconds_per_step", lambda benchmark, method, *others: 1 + (method.name != "bptt"))
    best, tried = tune.tune(tiny, METHODS["rfg_global"], None, {})
    assert best.learning_rate == 0.03 and best.relative_seconds == 2.0
    assert len(tried) == 1 + (len(tune.grid(tiny, {})["gains"]) - 1) + 4
