"""Data, firing rates, and the arithmetic that all libraries share, in plain NumPy."""

import numpy as np
import pytest
from peers import ours, problem
from peers.problem import Problem
from peers.references import REFERENCES, quick


@pytest.mark.parametrize("name", [name for name in REFERENCES if name != "R5"])
def test_every_layer_fires_as_often_as_it_should(name):
    _, rates = problem.make(quick(REFERENCES[name]))
    assert rates == pytest.approx([0.3] * len(rates), abs=0.04)


def test_the_sizes_of_the_references():
    r1, r2, r3, r4, r5 = REFERENCES.values()
    assert r1.title == "perceptron 2-128-128-1, 16 time steps, batch of 1024"
    assert r2.title.startswith("DeepONet, branch 100-128-128-64, trunk 1-128-128-64, 16 time steps, 100 functions at")
    assert [each.is_heavy for each in (r1, r2, r3, r4, r5)] == [False, False, True, True, False]
    (functions, points), integrals = r2.batch()
    assert functions.shape == (100, 100) and points.shape == (100, 1) and integrals.shape == (100, 100)


def test_a_problem_is_kept_in_a_file(tiny_operator, tmp_path):
    made, _ = problem.make(tiny_operator)
    made.save(tmp_path / "problem.npz")
    read = Problem.load(tmp_path / "problem.npz")
    assert list(read.tensors) == list(made.tensors) and len(read.inputs) == 2 and read.time_steps == 6
    assert all(np.array_equal(values, read.tensors[name]) for name, values in made.tensors.items())


def test_the_stacks_of_an_operator(tiny_operator):
    branch, trunk = problem.make(tiny_operator)[0].stacks()
    layers = [("branch.layer0.weight", "branch.layer0.bias"), ("branch.layer1.weight", "branch.layer1.bias")]
    assert branch == (layers, ("branch.readout.weight", "branch.readout.bias"))
    assert trunk[1] == ("trunk.readout.weight", "trunk.readout.bias")


def features(made, stack, x):
    layers, (weight, bias) = stack
    tensors = {name: values.astype(float) for name, values in made.tensors.items()}
    membranes = [0.0] * len(layers)
    total = 0.0
    for _ in range(made.time_steps):
        spikes = x.astype(float)
        for index, (w, b) in enumerate(layers):
            u = membranes[index] + spikes @ tensors[w] + tensors[b]
            spikes = (u >= 1).astype(float)
            membranes[index] = u - spikes
        total = total + spikes
    return total / made.time_steps @ tensors[weight] + tensors[bias]


@pytest.mark.parametrize("name", ["R1", "R2"])
def test_our_loss_is_that_of_the_arithmetic(name):
    reference = quick(REFERENCES[name])
    made, _ = problem.make(reference)
    found = [features(made, stack, x) for stack, x in zip(made.stacks(), made.inputs)]
    outputs = found[0] @ found[1].T if len(found) == 2 else found[0]
    loss, gradient = ours.prepare(made, reference, "bptt", "forward", 1).gradient()
    assert loss == pytest.approx(np.mean((outputs - made.targets) ** 2), rel=1e-5)
    assert gradient.size == sum(values.size for values in made.tensors.values())


def test_stepwise_is_the_same_step(tiny):
    made, _ = problem.make(tiny)
    forward, stepwise = (ours.prepare(made, tiny, "rate", form, 1).gradient() for form in ("forward", "stepwise"))
    assert forward[0] == stepwise[0] and np.array_equal(forward[1], stepwise[1])
    assert not np.array_equal(forward[1], ours.prepare(made, tiny, "rate 4", "forward", 1).gradient()[1])
