"""Inference one time step at a time."""

from __future__ import annotations

from ctypes import byref, c_void_p
from types import TracebackType
from typing import TYPE_CHECKING, Any, Callable

import numpy as np
import numpy.typing as npt

from . import _arrays
from ._arguments import instance, integer
from ._attributes import KnownAttributes
from ._handles import Handle
from ._interrupts import long_call
from ._library import check, library
from ._network_contents import NetworkContents

if TYPE_CHECKING:
    from .network import Network


class NetworkState(KnownAttributes):
    """Membrane potentials and spikes of a batch of samples, for your own time loop.

    Parameters
    ----------
    network : Network
        The network to run; it stays alive as long as the state.
    samples : int
        Samples that are advanced together, at least 1.

    Examples
    --------
    >>> import numpy as np, rfgsnn
    >>> network = rfgsnn.Network(inputs=2, outputs=1, time_steps=8)
    >>> x = np.random.default_rng(0).uniform(-1, 1, (5, 2))
    >>> state = network.state(samples=5)
    >>> for _ in range(network.time_steps):
    ...     output = state.step(x)
    >>> bool(np.all(output == network.predict(x)))
    True
    """

    __slots__ = ("__weakref__", "_handle", "_network", "_samples")

    def __init__(self, network: Network, samples: int) -> None:
        self._network: Network = instance(network, NetworkContents, "network")
        self._samples = integer(samples, "samples")
        pointer = c_void_p()
        check(
            library.rfgsnn_state_create(
                network._handle.pointer, self._samples, byref(pointer)
            )
        )
        self._handle = Handle(
            "state", pointer, library.rfgsnn_state_free, network._handle
        )

    @property
    def network(self) -> Network:
        """The network that is run."""
        return self._network

    @property
    def samples(self) -> int:
        """Samples that are advanced together."""
        return self._samples

    def step(self, x: npt.ArrayLike) -> npt.NDArray[np.floating[Any]]:
        """Advance by one time step, any number of times.

        Parameters
        ----------
        x : array_like, shape (samples, inputs)
            The inputs of this time step, in your units.

        Returns
        -------
        ndarray, shape (samples, outputs)
            The readout of the mean spike train so far, in your units, of the type of
            `x`. After `time_steps` steps of the same `x` it is what
            `Network.predict` gives.
        """
        inputs = _arrays.view(x, "input")
        outputs = _arrays.ArrayView(
            np.empty((self._samples, self._network.outputs), dtype=inputs.array.dtype)
        )
        long_call(
            library.rfgsnn_state_step,
            self._handle,
            byref(inputs),
            byref(outputs),
            repeatable=False,
        )
        return outputs.array

    def reset(self) -> None:
        """Go back to before the first time step."""
        check(library.rfgsnn_state_reset(self._handle.pointer))

    def spikes(self, layer: int) -> npt.NDArray[np.float32]:
        """Read the spikes of a layer at the last time step.

        Parameters
        ----------
        layer : int
            From 0 to `Network.layers` - 1.

        Returns
        -------
        ndarray of float32, shape (samples, neurons of the layer)
            -1, 0 and 1; all 0 before the first step. A copy, and read-only.
        """
        return self._read(library.rfgsnn_state_spikes, layer)

    def membrane(self, layer: int) -> npt.NDArray[np.float32]:
        """Read the membrane potentials of a layer after the last time step's reset.

        Parameters
        ----------
        layer : int
            From 0 to `Network.layers` - 1.

        Returns
        -------
        ndarray of float32, shape (samples, neurons of the layer)
            In the unit of option threshold. A copy, and read-only.
        """
        return self._read(library.rfgsnn_state_membrane, layer)

    def _read(self, read: Callable[..., int], layer: int) -> npt.NDArray[np.float32]:
        layer = integer(layer, "layer", bits=32)
        sizes = self._network.layer_sizes
        # A layer that there is not is told by the library.
        size = sizes[layer] if 0 <= layer < len(sizes) else 1
        values = np.empty((self._samples, size), dtype=np.float32)
        check(read(self._handle.pointer, layer, byref(_arrays.ArrayView(values))))
        return _arrays.freeze(values)

    def close(self) -> None:
        """Free the state now instead of when nothing refers to it."""
        self._handle.close()

    def __enter__(self) -> NetworkState:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __reduce__(self) -> str:
        raise TypeError("a NetworkState cannot be pickled or copied; make a new one")

    def __repr__(self) -> str:
        return f"NetworkState({self._network!r}, samples={self._samples})"
