"""What all data sets have in common: shapes, seeds, errors."""

import numpy as np
import pytest

from rfgsnn import data

GENERATORS = [
    data.poisson,
    data.poisson_polynomial,
    data.antiderivative,
    data.reaction_diffusion,
    data.allen_cahn,
    data.burgers,
    data.advection,
]

# Of 3 functions of seed 7: one number of the inputs, one of the targets, and the root
# mean square of the targets.
PINNED = {
    "poisson": (-0.03113810927103, -0.4171419075298, 0.2900707054416),
    "poisson_polynomial": (-0.7610137721384, 0.08880011468944, 0.294943506518),
    "antiderivative": (0.3025364646978, -0.0138044951018, 0.4745749898831),
    "reaction_diffusion": (0.2057299802919, -0.1478035687626, 0.4987793377618),
    "allen_cahn": (0.2057299802919, -0.7042516769382, 0.6669585652892),
    "burgers": (-0.1378520408124, -1.051456195033, 0.8328892932966),
    "advection": (-2.270216051735, -0.7357693192486, 1.345300854629),
}

every_generator = pytest.mark.parametrize(
    "generator", GENERATORS, ids=lambda generator: generator.__name__
)


@every_generator
def test_a_seed_gives_the_same_data_on_every_machine(generator):
    made = generator(3, 7)
    targets = made.targets.reshape(3, -1)
    found = made.inputs[2, 17], targets[1, targets.shape[1] // 3]
    found += (np.sqrt(np.mean(targets**2)),)
    np.testing.assert_allclose(found, PINNED[generator.__name__], rtol=1e-9)


@every_generator
def test_a_seed_gives_the_same_data_again_to_the_last_bit(generator):
    first, second = generator(4, 11), generator(4, 11)
    assert first.inputs.tobytes() == second.inputs.tobytes()
    assert first.targets.tobytes() == second.targets.tobytes()


@every_generator
def test_training_and_test_sets_of_two_seeds_have_no_function_in_common(generator):
    training, test = generator(60, 1).inputs, generator(40, 2).inputs
    distances = np.linalg.norm(training[:, None] - test, axis=2)
    assert distances.min() > 1e-3 * np.linalg.norm(test, axis=1).max()
    # Independent, so nothing of one set predicts the other.
    products = training[:40].ravel() @ test.ravel()
    sizes = np.linalg.norm(training[:40]) * np.linalg.norm(test)
    assert abs(products) < 0.5 * sizes


@every_generator
def test_the_first_functions_do_not_depend_on_how_many_there_are(generator):
    few, many = generator(2, 5), generator(9, 5)
    np.testing.assert_allclose(many.inputs[:2], few.inputs, atol=1e-12)
    np.testing.assert_allclose(many.targets[:2], few.targets, atol=1e-12)


@every_generator
def test_shapes_and_types_are_those_promised(generator):
    made = generator(3, 0, 16)
    assert made.name == generator.__name__
    assert made.inputs.shape == (3, 16)
    assert made.sensors.shape == (16,)
    assert made.targets.shape == (3, *(len(axis) for axis in made.axes))
    assert made.points.shape == (made.targets[0].size, len(made.axes))
    for array in (made.inputs, made.sensors, made.targets, *made.axes):
        assert array.dtype == np.float64
        assert array.flags.c_contiguous
        assert np.all(np.isfinite(array))
    assert np.all(np.diff(made.sensors) > 0)


def test_the_rows_of_points_belong_to_the_columns_of_flat_targets():
    made = data.advection(2, 1, points=8, times=5)
    flat = made.targets.reshape(2, -1)
    for row, (x, t) in enumerate(made.points):
        i, j = np.searchsorted(made.axes[0], x), np.searchsorted(made.axes[1], t)
        assert flat[1, row] == made.targets[1, i, j]


def test_the_descriptions_tell_the_numbers_in_use():
    assert "length 0.5" in data.poisson(1, 0, length=0.5).description
    assert "degree 3" in data.poisson_polynomial(1, 0, degree=3).description
    assert "0.25 u_x" in data.advection(1, 0, speed=0.25).description
    assert "127 x 254 intervals" in data.allen_cahn(1, 0).description
    assert "200 x 300 intervals" in data.allen_cahn(1, 0, 101, 301).description


@every_generator
@pytest.mark.parametrize(
    "arguments, kind, message",
    [
        ((0, 1), ValueError, "samples: 0 is too small; give at least 1"),
        ((2.5, 1), TypeError, "samples: 2.5 is not an integer; give one of at least 1"),
        ((1, -1), ValueError, "seed: -1 is too small; give at least 0"),
        ((1, None), TypeError, "seed: None is not an integer; give one of at least 0"),
        ((1, 1, 0), ValueError, "points: 0 is too small; give at least"),
    ],
)
def test_bad_counts_are_refused_by_name(generator, arguments, kind, message):
    with pytest.raises(kind, match=message):
        generator(*arguments)


@pytest.mark.parametrize(
    "call, kind, message",
    [
        (
            lambda: data.poisson(1, 0, length=0),
            ValueError,
            "length: 0.0 is not positive; give a number above 0",
        ),
        (
            lambda: data.advection(1, 0, speed=np.nan),
            ValueError,
            "speed: nan is not finite; give a finite number",
        ),
        (
            lambda: data.advection(1, 0, speed="fast"),
            TypeError,
            "speed: 'fast' is not a number; give one",
        ),
        (
            lambda: data.allen_cahn(1, 0, times=1),
            ValueError,
            "times: 1 is too small; give at least 2",
        ),
        (
            lambda: data.poisson_polynomial(1, 0, degree=-1),
            ValueError,
            "degree: -1 is too small; give at least 0",
        ),
        (
            lambda: data.gaussian_process([0, np.inf], 1, 0),
            ValueError,
            "points: holds a NaN or an infinity; give finite numbers",
        ),
        (
            lambda: data.gaussian_process(["here"], 1, 0),
            TypeError,
            r"points: not an array of numbers; give one of shape \[points\]",
        ),
        (
            lambda: data.solve_poisson(np.ones(51)),
            ValueError,
            r"source: shape \(51,\) is wrong; give \[functions, points\]",
        ),
        (
            lambda: data.solve_burgers(
                np.ones((1, 2)), viscosity=0.1, time=1, steps=10
            ),
            ValueError,
            "initial: shape .* with a last axis of at least 4",
        ),
        (
            lambda: data.solve_burgers(
                np.ones((1, 8)), viscosity=-0.1, time=1, steps=10
            ),
            ValueError,
            "viscosity: -0.1 is not positive",
        ),
        (
            lambda: data.ricker_wavelet(np.ones((5, 3))),
            ValueError,
            "points: 3 coordinates; give 2 for each point",
        ),
        (lambda: data.ricker(1), ValueError, "points: 1 is too small"),
    ],
)
def test_other_bad_arguments_are_refused_by_name(call, kind, message):
    with pytest.raises(kind, match=message):
        call()
