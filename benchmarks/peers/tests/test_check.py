"""What counts as the same step."""

import math

import numpy as np
import pytest
from peers.check import compare

EXACT = np.random.default_rng(0).standard_normal(50)


def test_back_propagation_must_find_the_gradient():
    assert compare("bptt", 1.00005, 1.0005 * EXACT, 1.0, EXACT).passed
    assert not compare("bptt", 1.001, EXACT, 1.0, EXACT).passed
    wrong = compare("bptt", 1.0, 1.01 * EXACT, 1.0, EXACT)
    assert not wrong.passed and wrong.gradient == pytest.approx(0.01)


def test_a_forward_gradient_shows_whether_its_derivative_is_right():
    direction = np.random.default_rng(1).choice([-1.0, 1.0], 50)
    slope = EXACT @ direction
    assert compare("jvp", 1.0, slope * direction, 1.0, EXACT).passed
    wrong = compare("jvp", 1.0, 0.5 * slope * direction, 1.0, EXACT)
    assert not wrong.passed and wrong.gradient == pytest.approx(1.0)


def test_of_many_directions_only_the_loss_is_compared():
    found = compare("jvp16", 1.0, np.ones(50), 1.0, EXACT)
    assert found.passed and math.isnan(found.gradient)


def test_nan_passes_nothing():
    assert not compare("bptt", math.nan, EXACT, 1.0, EXACT).passed
    assert not compare("jvp16", 1.0, np.full(50, math.nan), 1.0, EXACT).passed
    with pytest.raises(ValueError, match="3 numbers"):
        compare("bptt", 1.0, np.ones(3), 1.0, EXACT)
