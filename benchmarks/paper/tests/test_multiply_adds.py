"""Costs against counts by hand: 2-3-5-1 with 4 time steps and 10 samples, and small operator networks."""

import pytest
import rfgsnn
from paper import multiply_adds
from paper.benchmarks import BENCHMARKS, FIXED
from paper.methods import METHODS, Method

# By hand: P_1 = 10 * 2 * 3 = 60; P_2 = 10 * 4 * 3 * 5 = 600, without the 4: 150; P_m = 10 * 5 * 1 = 50.
FORWARD, TRACES, RATE, FULL = 60 + 600 + 50, 60 + 150 + 50, 150 + 50, 600 + 50
FEEDBACK = 10 * 1 * (3 + 5)
# 9 parameters in layer 1, 20 in layer 2, 6 in the readout.
BY_HAND = {
    "bptt": FORWARD + (50 + 600) + (50 + 600 + 60),
    "spatial_bp": FORWARD + RATE + TRACES,
    "rfg_activity_rate": FORWARD + 8 * RATE + 50 + TRACES,
    "rfg_activity_hadamard": FORWARD + 16 * RATE + 50 + TRACES,
    "rfg_activity_guided": FORWARD + 8 * RATE + 50 + TRACES + 2 * FEEDBACK,
    "rfg_activity_full": FORWARD + FULL + 50 + TRACES,
    "rfg_activity_stein": FORWARD + FULL + 50 + TRACES,
    "rfg_per_step": FORWARD + FULL + 50 + FORWARD + FORWARD,
    "weight_mirror": FORWARD + RATE + TRACES + 3 * 128 * 3 * 5,
    "fdfa": FORWARD + RATE + TRACES + 2 * FEEDBACK,
    "opzo": 2 * FORWARD + TRACES + 2 * FEEDBACK,
    "random_feedback": FORWARD + TRACES + FEEDBACK,
    "rfg_global": FORWARD + (60 + 2 * 600 + 2 * 50),
    "rfg_global_projection": FORWARD + 16 * (60 + 2 * 600 + 2 * 50) + 256 * 35,
    "rfg_layerwise": FORWARD + (60 + 600 + 50) + (600 + 50) + 50,
    "rfg_tensorwise": FORWARD + (60 + 600 + 50) + (600 + 50) + 50 + (600 + 50) + 50,
    "black_box": 3 * FORWARD,
    "exact_forward": FORWARD + 9 * (600 + 50) + 20 * 50,
}


@pytest.fixture
def mlp():
    return multiply_adds.work({"hidden": (3, 5), "time_steps": 4}, 2, 10, ())


@pytest.fixture
def deeponet():
    """Branch 7-3-2 on 10 functions, trunk 1-3-2 on 6 points, latent 2."""
    network = {"architecture": "deeponet", "hidden": (3,), "latent": 2, "time_steps": 4}
    return multiply_adds.work(network, 7, 10, (6,))


@pytest.mark.parametrize("name", [name for name, method in METHODS.items() if method.is_trained])
def test_a_step_of_every_method_of_a_perceptron(mlp, name):
    assert multiply_adds.step(METHODS[name], mlp) == BY_HAND[name]


def test_parameters_are_those_of_the_library():
    network = {"hidden": (3, 5), "time_steps": 4}
    count = multiply_adds.work(network, 2, 10, ()).parameters
    assert count == len(rfgsnn.Network(2, 1, **network).parameters) == 35
    operator = {"architecture": "seponet", "hidden": (3, 4), "latent": 2, "time_steps": 4, "coordinates": 2}
    count = multiply_adds.work(operator, 7, 10, (6, 5)).parameters
    assert count == len(rfgsnn.Network(7, 1, **operator).parameters)


def test_a_deeponet_combines_its_stacks_and_takes_the_derivative_by_both(deeponet):
    stacks = (10 * 7 * 3 + 10 * 3 * 2) + (6 * 1 * 3 + 6 * 3 * 2)
    combination = 10 * 6 * 2
    assert deeponet.forward == stacks + combination
    errors, weights = 10 * 3 * 2 + 6 * 3 * 2, stacks
    assert multiply_adds.step(METHODS["bptt"], deeponet) == stacks + 3 * combination + errors + weights
    assert multiply_adds.step(METHODS["black_box"], deeponet) == 3 * (stacks + combination)


def test_a_seponet_runs_a_trunk_for_each_axis():
    network = {"architecture": "seponet", "hidden": (3,), "latent": 2, "time_steps": 4, "coordinates": 2}
    pass_ = multiply_adds.work(network, 7, 10, (6, 5))
    trunks = (6 + 5) * (1 * 3 + 3 * 2)
    assert pass_.forward == 10 * (7 * 3 + 3 * 2) + trunks + 10 * 30 * 2
    assert pass_.feature_gradient == 3 * 10 * 30 * 2


def test_a_solve_of_a_perceptron_runs_all_data_and_solves_normal_equations(mlp):
    assert multiply_adds.solve(mlp) == FORWARD + 10 * 6 * 6 + 6**3 / 3 + (10 * 6 + 36) * 1


def test_a_solve_of_a_deeponet_takes_the_targets_to_features_of_the_trunk(deeponet):
    stacks = (10 * 7 * 3 + 10 * 3 * 2) + (6 * 1 * 3 + 6 * 3 * 2)
    normal_equations = 10 * 4 * 4 + 4**3 / 3 + 6 * 4 * 4 + 4**3 / 3
    reduced, regression = 10 * 6 * 4, 10 * 4 * 4 + 4 * 4 * 4
    assert multiply_adds.solve(deeponet) == pytest.approx(stacks + normal_equations + reduced + regression)


def test_a_linear_regression():
    assert multiply_adds.linear(100, 4, 3) == 100 * 5 * (5 + 3) + 125 / 3 + 25 * 3


@pytest.mark.parametrize("benchmark", FIXED, ids=lambda benchmark: benchmark.name)
def test_every_method_gets_at_most_the_multiply_adds_of_back_propagation(benchmark):
    network = next(iter(benchmark.networks.values()))
    points = {"mlp": (), "deeponet": (256,), "seponet": (32, 32)}[network.get("architecture", "mlp")]
    pass_ = multiply_adds.work(network, 51, benchmark.batch_size, points)
    budget = benchmark.bptt_steps * multiply_adds.step(METHODS["bptt"], pass_)
    for method in METHODS.values():
        if method.is_trained:
            steps = multiply_adds.affordable_steps(method, METHODS["bptt"], pass_, benchmark)
            cost = multiply_adds.step(method, pass_)
            assert steps == 1 or steps * cost <= budget < (steps + 1) * cost
    assert multiply_adds.affordable_steps(METHODS["bptt"], METHODS["bptt"], pass_, benchmark) == benchmark.bptt_steps


def test_every_trained_method_has_a_formula_and_its_forward_only_mark():
    assert {method.cost for method in METHODS.values() if method.is_trained} == set(multiply_adds.FORMULAS)
    assert [name for name, method in METHODS.items() if not method.forward_only] == ["bptt", "spatial_bp"]
    assert not Method("none", "none").is_trained


def test_methods_of_a_benchmark_exist():
    assert all(name in METHODS for benchmark in BENCHMARKS.values() for name in benchmark.methods)
