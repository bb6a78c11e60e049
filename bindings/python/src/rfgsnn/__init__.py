"""Trains spiking neural networks for scientific computing without back-propagation.

Gradients are estimated in forward mode, from derivatives along random directions that
travel with the network through time, so memory does not grow with the number of time
steps.

In one call::

    network = rfgsnn.fit(x, y)
    network.predict(x)

Step by step::

    network = rfgsnn.Network(inputs=2, outputs=1, hidden=(64, 64))
    network.fit_scaling("minmax", x, y)
    trainer = rfgsnn.Trainer(network, steps=4000)
    result = trainer.fit(x, y, validation=(x_held, y_held))

`options` lists all settings. All errors are of class `RfgsnnError`, and of the class
of Python's own that is nearest: `ValueError`, `TypeError`, `MemoryError` or
`RuntimeError`.
"""

from ctypes import byref as _byref
from ctypes import c_int64 as _c_int64

from . import _library
from ._errors import (
    AbiError,
    BusyError,
    CancelledError,
    DtypeError,
    InternalError,
    InUseError,
    InvalidHandleError,
    NotFiniteError,
    OutOfMemoryError,
    OutOfRangeError,
    RfgsnnError,
    ShapeError,
    UnknownOptionError,
    UnsupportedError,
    WrongOrderError,
)
from ._network_contents import Memory, Scaling
from ._options import Option, options
from ._signatures import Status
from .diagnostics import Activity, Diagnosis
from .fit_result import FitResult, History, StopReason
from .fitting import fit
from .network import Network, ReadoutSolution, predict
from .plotting import plot_history
from .progress import Progress
from .state import NetworkState
from .trainer import Trainer

__all__ = [
    "AbiError",
    "Activity",
    "BusyError",
    "CancelledError",
    "Diagnosis",
    "DtypeError",
    "FitResult",
    "History",
    "InUseError",
    "InternalError",
    "InvalidHandleError",
    "Memory",
    "Network",
    "NetworkState",
    "NotFiniteError",
    "Option",
    "OutOfMemoryError",
    "OutOfRangeError",
    "Progress",
    "ReadoutSolution",
    "RfgsnnError",
    "Scaling",
    "ShapeError",
    "Status",
    "StopReason",
    "Trainer",
    "UnknownOptionError",
    "UnsupportedError",
    "WrongOrderError",
    "build_info",
    "fit",
    "instruction_set",
    "library_path",
    "memory_held",
    "options",
    "plot_history",
    "predict",
]

#: Version of the library.
__version__: str = _library.library.rfgsnn_version().decode()


def build_info() -> str:
    """Tell how the library was built: version, compiler, configuration."""
    text: str = _library.library.rfgsnn_build_info().decode()
    return text


def instruction_set() -> str:
    """Name the best instruction set that this machine runs, such as "x86-64-v3"."""
    name: str = _library.library.rfgsnn_instruction_set().decode()
    return name


def library_path() -> str:
    """Name the file that the library was loaded from."""
    return _library.path


def memory_held() -> int:
    """Count the bytes that numeric buffers of all networks and trainers hold."""
    held = _c_int64()
    _library.check(_library.library.rfgsnn_memory_held(_byref(held)))
    return held.value
