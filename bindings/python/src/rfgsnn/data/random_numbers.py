"""The random numbers that all data are made from."""

from __future__ import annotations

from typing import SupportsIndex

import numpy as np

from ._arguments import count
from .operator_data import FloatArray


def standard_normal(
    samples: SupportsIndex, numbers: int, seed: SupportsIndex
) -> FloatArray:
    """Draw independent numbers from N(0, 1), as many for each sample.

    The stream is ``numpy.random.Generator(numpy.random.Philox(seed)).standard_normal``.
    NumPy keeps the bits of Philox (Salmon et al. 2011) for a seed on every machine and
    from version to version. It does not promise that for the normal numbers it makes of
    them; those of versions 1.24 and 2.4 are the same, and the checksum tests of this
    package would show a change. Streams of different seeds are independent: take one
    seed for the training set and another for the test set.

    Parameters
    ----------
    samples : int
        Number of rows; the first rows do not depend on it.
    numbers : int
        Numbers in a row.
    seed : int
        0 or above.

    Returns
    -------
    ndarray
        [samples, numbers].
    """
    rows = count(samples, "samples")
    generator = np.random.Generator(np.random.Philox(count(seed, "seed", 0, None)))
    return generator.standard_normal((rows, numbers))
