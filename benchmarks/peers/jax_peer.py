"""Training steps in JAX: one compiled function each, with the optimiser inside."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np

from .problem import LEARNING_RATE, Problem
from .references import Reference

WIDTH = 0.5
DIRECTIONS = 16


def version() -> str:
    """The library's version."""
    return jax.__version__


@jax.custom_jvp
def fire(u: jax.Array) -> jax.Array:
    """A spike where u is not negative; its derivative is the Gaussian surrogate, forward and backward."""
    return (u >= 0).astype(u.dtype)


@fire.defjvp
def _fire_jvp(primals, tangents):
    (u,), (du,) = primals, tangents
    psi = jnp.exp(u * u * (-0.5 / WIDTH**2)) * (1 / (WIDTH * np.sqrt(2 * np.pi)))
    return fire(u), psi * du


def _mean_by_steps(layers, x, times: int, unroll: int) -> jax.Array:
    """All layers at a time step, then the next one; the constant current of the first layer is found once."""
    first = x @ layers[0][0] + layers[0][1]

    def step(carry, _):
        membranes, total = carry
        after, current = [], first
        for index, (weight, bias) in enumerate(layers):
            if index > 0:
                current = spikes @ weight + bias
            u = membranes[index] + current
            spikes = fire(u - 1)
            after.append(u - spikes)
        return (after, total + spikes), None

    zeros = [jnp.zeros((len(x), len(bias))) for _, bias in layers]
    (_, total), _ = jax.lax.scan(step, (zeros, zeros[-1]), None, length=times, unroll=unroll)
    return total / times


def _mean_by_layers(layers, x, times: int, unroll: int) -> jax.Array:
    """All time steps of a layer, then the next one: its products are one."""
    currents = None
    for index, (weight, bias) in enumerate(layers):
        constant = x @ weight + bias if index == 0 else None
        if index > 0:
            currents = trains @ weight + bias

        def step(membrane, current):
            u = membrane + (constant if current is None else current)
            spikes = fire(u - 1)
            return u - spikes, spikes

        zeros = jnp.zeros((len(x), len(bias)))
        _, trains = jax.lax.scan(step, zeros, currents, length=times, unroll=unroll)
    return trains.mean(0)


class Step:
    """A step of one method in one form, such as "steps/16": its order, and how many time steps are unrolled."""

    def __init__(self, problem: Problem, method: str, form: str, mean: Callable | None = None) -> None:
        order, unroll, many = [*form.split("/"), "vmap"][:3]
        mean = mean or (_mean_by_steps if order == "steps" else _mean_by_layers)
        stacks, times = problem.stacks(), problem.time_steps

        def loss(parameters, inputs, targets):
            features = []
            for (layers, (weight, bias)), x in zip(stacks, inputs):
                pairs = [(parameters[w], parameters[b]) for w, b in layers]
                features.append(mean(pairs, x, times, int(unroll)) @ parameters[weight] + parameters[bias])
            outputs = features[0] @ features[1].T if len(features) == 2 else features[0]
            return jnp.mean((outputs - targets) ** 2)

        def estimate(parameters, key, inputs, targets):
            if method == "bptt":
                return jax.value_and_grad(loss)(parameters, inputs, targets)

            def along(direction):
                return jax.jvp(lambda given: loss(given, inputs, targets), (parameters,), (direction,))

            if method == "jvp":
                direction = _directions(key, parameters, ())
                value, slope = along(direction)
                return value, jax.tree.map(lambda part: slope * part, direction)
            directions = _directions(key, parameters, (DIRECTIONS,))
            if many == "vmap":
                value, slopes = jax.vmap(along, out_axes=(None, 0))(directions)
            else:
                values, slopes = jax.lax.map(along, directions)
                value = values[0]
            return value, jax.tree.map(lambda part: jnp.tensordot(slopes, part, 1) / DIRECTIONS, directions)

        def step(state, inputs, targets):
            parameters, first, second, count, key = state
            key, used = jax.random.split(key)
            value, gradient = estimate(parameters, used, inputs, targets)
            count = count + 1
            first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
            second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, second, gradient)
            rate = LEARNING_RATE * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
            parameters = jax.tree.map(
                lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-8), parameters, first, second
            )  # fmt: skip
            return (parameters, first, second, count, key), value

        self._names = list(problem.tensors)
        # rbg draws faster than the default generator.
        key = jax.random.key(0, impl="rbg")
        parameters = {name: jnp.asarray(values) for name, values in problem.tensors.items()}
        zeros = [jax.tree.map(jnp.zeros_like, parameters) for _ in range(2)]
        self._state = (parameters, *zeros, jnp.float32(0), key)
        self._data = tuple(map(jnp.asarray, problem.inputs)), jnp.asarray(problem.targets)
        self._estimate = jax.jit(estimate)
        self._step = jax.jit(step, donate_argnums=0)

    def gradient(self) -> tuple[float, np.ndarray]:
        """Loss, and gradient or its estimate at the parameters as they are."""
        loss, gradient = self._estimate(self._state[0], self._state[-1], *self._data)
        return float(loss), np.concatenate([np.asarray(gradient[name]).ravel() for name in self._names])

    def run(self) -> float:
        """A whole training step, to its last number."""
        self._state, loss = self._step(self._state, *self._data)
        jax.block_until_ready(self._state)
        return float(loss)

    def held(self) -> int:
        """Bytes that stay between steps: parameters and the optimiser's two means."""
        return 3 * sum(values.nbytes for values in self._state[0].values())


def _directions(key: jax.Array, parameters: dict, shape: tuple[int, ...]) -> dict:
    """Entries +1 and -1 alike, in the shape of the parameters."""
    keys = jax.random.split(key, len(parameters))
    return {
        name: jax.random.rademacher(each, (*shape, *values.shape), jnp.float32)
        for each, (name, values) in zip(keys, parameters.items())
    }


def prepare(problem: Problem, reference: Reference, method: str, form: str, threads: int) -> Step:
    """Make a step; the process was bound to as many processors as there are to be threads."""
    return Step(problem, method, form)
