"""Costs against counts by hand: 2-3-5-1 with 4 time steps and 10 samples, and small operator networks."""

import pytest
import rfgsnn
from paper import multiply_adds
from paper.benchmarks import BENCHMARKS, FIXED
from paper.methods import METHODS, Method

# By hand: P_1 = 10 * 2 * 3 = 60; P_2 = 10 * 4 * 3 * 5 = 600, without the 4: 150; P_m = 10 * 5 * 1 = 50.
FORWARD, TRACES, RATE, FULL = 60 + 600 + 50, 60 + 150 + 50, 150 + 50, 600 + 50
FEEDBACK = 10 * 1 * (3 + 5)
TENSORS = (60 + 600 + 50) + (600 + 50) + 50 + (600 + 50) + 50
# 9 parameters in layer 1, 20 in layer 2, 6 in the readout.
BY_HAND = {
    "bptt": FORWARD + (50 + 600) + (50 + 600 + 60),
    "spatial_bp": FORWARD + RATE + TRACES,
    "rfg_activity_rate": FORWARD + 8 * RATE + 50 + TRACES,
    "rfg_activity_one": FORWARD + RATE + 50 + TRACES,
    "rfg_activity_one_by_one": FORWARD + 8 * (RATE + 50) + TRACES,
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
    # Vectors: 2 + 3 once, 3 + 5 at 4 time steps, 5 + 1 once, of 10 samples.
    "rfg_low_rank": FORWARD + 10 * (5 + 4 * 8 + 6) + (600 + 50),
    "rfg_layerwise": FORWARD + (60 + 600 + 50) + (600 + 50) + 50,
    "rfg_gauss_newton": FORWARD + 64 * ((60 + 150 + 50) + (150 + 50) + 50) + 192**2 / 2 * 10 + 192**3 / 6,
    "rfg_tensorwise": FORWARD + TENSORS,
    "rfg_tensorwise_projection": FORWARD + 16 * TENSORS + 256 * 35,
    "black_box": 3 * FORWARD,
    "black_box_annealed": 3 * FORWARD,
    "exact_forward": FORWARD + 9 * (600 + 50) + 20 * 50,
}
BY_HAND |= {name: BY_HAND["weight_mirror"] for name in METHODS if name.startswith("mirror_")}


@pytest.fixture
def mlp():
    return multiply_adds.branch_work({"hidden": (3, 5), "time_steps": 4}, 2, 10, False)


DEEPONET = {"architecture": "deeponet", "hidden": (3,), "latent": 2, "time_steps": 4}


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


def test_a_branch_takes_its_loss_in_the_modes_whatever_the_points():
    branch = multiply_adds.branch_work(DEEPONET, 7, 10, True)
    stack, loss = 10 * 7 * 3 + 10 * 3 * 2, 10 * 2 * 2
    assert branch.forward == stack + loss
    assert multiply_adds.step(METHODS["bptt"], branch) == stack + loss + 10 * 3 * 2 + stack
    assert multiply_adds.step(METHODS["black_box"], branch) == 3 * (stack + loss)
    # The trunk at 6 points: features with each other, and with the targets of 10 functions.
    assert multiply_adds.modes(2, 10, (6,)) == 6 * 2 * 2 * 2 + 6 * 2 * 10


def test_trunks_are_regressions_from_coordinates():
    plane = multiply_adds.trunks_work({**DEEPONET, "coordinates": 2}, (6,))
    assert multiply_adds.step(METHODS["black_box"], plane) == 3 * (6 * 2 * 3 + 6 * 3 * 2)
    axes = multiply_adds.trunks_work({**DEEPONET, "architecture": "seponet", "coordinates": 2}, (6, 5))
    assert axes.forward == (6 + 5) * (1 * 3 + 3 * 2)


def test_the_budget_is_shared_between_branch_and_trunks():
    bptt, branch = METHODS["bptt"], multiply_adds.branch_work(DEEPONET, 7, 10, True)
    trunks = multiply_adds.trunks_work(DEEPONET, (6,))
    assert multiply_adds.budget(bptt, branch, trunks, 100, 0.0) == (100, 0)
    steps, trunk_steps = multiply_adds.budget(bptt, branch, trunks, 100, 0.3)
    spent = steps * multiply_adds.step(bptt, branch), trunk_steps * multiply_adds.step(bptt, trunks)
    assert steps == 70 and sum(spent) == pytest.approx(100 * multiply_adds.step(bptt, branch))


def test_a_solve_of_a_perceptron_runs_all_data_and_solves_normal_equations(mlp):
    assert multiply_adds.solve(mlp) == FORWARD + 10 * 6 * 6 + 6**3 / 3 + (10 * 6 + 36) * 1


def test_a_solve_of_a_deeponet_takes_the_targets_to_features_of_the_trunk():
    deeponet = multiply_adds.work(DEEPONET, 7, 10, (6,))
    stacks = (10 * 7 * 3 + 10 * 3 * 2) + (6 * 1 * 3 + 6 * 3 * 2)
    normal_equations = 10 * 4 * 4 + 4**3 / 3 + 6 * 4 * 4 + 4**3 / 3
    reduced, regression = 10 * 6 * 4, 10 * 4 * 4 + 4 * 4 * 4
    assert multiply_adds.solve(deeponet) == pytest.approx(stacks + normal_equations + reduced + regression)


def test_a_linear_regression():
    assert multiply_adds.linear(100, 4, 3) == 100 * 5 * (5 + 3) + 125 / 3 + 25 * 3


@pytest.mark.parametrize("benchmark", FIXED, ids=lambda benchmark: benchmark.name)
def test_every_method_gets_at_most_the_multiply_adds_of_back_propagation(benchmark):
    network = next(iter(benchmark.networks.values()))
    pass_ = multiply_adds.branch_work(network, 51, benchmark.batch_size, "architecture" in network)
    budget = benchmark.bptt_steps * multiply_adds.step(METHODS["bptt"], pass_)
    for method in METHODS.values():
        if method.is_trained:
            steps = multiply_adds.affordable_steps(method, METHODS["bptt"], pass_, benchmark.bptt_steps)
            cost = multiply_adds.step(method, pass_)
            assert steps * cost <= budget < (steps + 1) * cost
    bptt = METHODS["bptt"]
    assert multiply_adds.affordable_steps(bptt, bptt, pass_, benchmark.bptt_steps) == benchmark.bptt_steps


def test_every_trained_method_has_a_formula_and_its_forward_only_mark():
    assert {method.cost for method in METHODS.values() if method.is_trained} == set(multiply_adds.FORMULAS)
    assert [name for name, method in METHODS.items() if not method.forward_only] == ["bptt", "spatial_bp"]
    assert not Method("none", "none").is_trained


def test_methods_of_a_benchmark_exist():
    assert all(name in METHODS for benchmark in BENCHMARKS.values() for name in benchmark.methods)
