"""Benchmark data for regression and for operator networks, exact from a seed.

Each generator returns `OperatorData`: input functions at sensors, and the output
functions on a grid of points. They need NumPy only.

==================== ============================================== =================
generator            operator                                       truth
==================== ============================================== =================
`poisson`            source f -> u(x), -u'' = f                     3-point stencil
`poisson_polynomial` source f -> u(x), -u'' = f                     closed form
`antiderivative`     v -> u(x), u' = v                              closed form
`reaction_diffusion` source f -> u(x, t)                            finite differences
`allen_cahn`         source f -> u(x, t), strongly nonlinear        finite differences
`burgers`            initial u -> u(x, 1), viscous                  pseudo-spectral
`advection`          initial u -> u(x, t)                           closed form
`ricker`             no operator: a function of two coordinates     closed form
==================== ============================================== =================

The same seed gives the same data, bit for bit on one machine, and to rounding on any
(see `random_numbers.standard_normal`). Different seeds give independent functions::

    training, test = data.burgers(1000, seed=1), data.burgers(200, seed=2)
"""

from .advection import advection
from .antiderivative import antiderivative
from .burgers import burgers, solve_burgers
from .gaussian_process import gaussian_process
from .operator_data import OperatorData
from .poisson import poisson, poisson_polynomial, solve_poisson
from .reaction_diffusion import (
    allen_cahn,
    reaction_diffusion,
    solve_reaction_diffusion,
)
from .ricker import ricker, ricker_wavelet

__all__ = [
    "OperatorData",
    "advection",
    "allen_cahn",
    "antiderivative",
    "burgers",
    "gaussian_process",
    "poisson",
    "poisson_polynomial",
    "reaction_diffusion",
    "ricker",
    "ricker_wavelet",
    "solve_burgers",
    "solve_poisson",
    "solve_reaction_diffusion",
]
