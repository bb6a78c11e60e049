"""Training steps in Spyx: its IF neuron, run layer by layer.

The neuron spikes at the next call for the potential that a call left, so each layer runs one time step more, and its
first spikes, of potentials that nothing has reached, are dropped.
"""

from __future__ import annotations

from importlib.metadata import version as installed

import jax.numpy as jnp
import numpy as np
from spyx import axn, nn

from . import jax_peer
from .problem import Problem
from .references import Reference


def version() -> str:
    """The library's version."""
    return installed("spyx")


def _psi(u):
    return jnp.exp(u * u * (-0.5 / jax_peer.WIDTH**2)) * (1 / (jax_peer.WIDTH * np.sqrt(2 * np.pi)))


_SPIKE = axn.custom(_psi, lambda u: (u >= 0).astype(u.dtype))


def mean_by_layers(layers, x, times: int, unroll: int):
    """The mean spike trains of the last layer; `unroll` is nothing that Spyx offers."""
    trains = None
    for weight, bias in layers:
        if trains is None:
            currents = jnp.broadcast_to(x @ weight + bias, (times + 1, len(x), len(bias)))
        else:
            currents = jnp.pad(trains @ weight + bias, ((0, 1), (0, 0), (0, 0)))
        trains = nn.run(nn.IF((len(bias),), activation=_SPIKE), currents)[0][1:]
    return trains.mean(0)


def prepare(problem: Problem, reference: Reference, method: str, form: str, threads: int) -> jax_peer.Step:
    """Make a step."""
    return jax_peer.Step(problem, method, "layers/1", mean_by_layers)
