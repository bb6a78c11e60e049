"""Finds, loads and checks librfgsnn.so."""

from __future__ import annotations

import os
import sys
from ctypes import CDLL, c_char_p
from pathlib import Path

from . import _errors, _signatures

#: The name that the library calls itself, which holds its ABI version.
SONAME = f"librfgsnn.so.{_signatures.ABI_MAJOR}"


def candidates() -> list[str]:
    """List where the library may be, in the order in which it is looked for."""
    override = os.environ.get("RFGSNN_LIBRARY")
    if override:
        return [override]
    package = Path(__file__).resolve().parent
    paths = [package / SONAME]
    root = package.parents[3]
    if (root / "Package.swift").is_file():
        paths.append(root / ".build" / "release" / "librfgsnn.so")
    paths.append(Path(sys.prefix) / "lib" / SONAME)
    # A bare name is looked for along the path of the dynamic loader.
    return [str(path) for path in paths] + [SONAME]


def load() -> tuple[CDLL, str]:
    """Load the first library that is there.

    Returns
    -------
    tuple of CDLL and str
        The library, and the path under which it was found.

    Raises
    ------
    ImportError
        None was found; the message lists every path that was tried.
    AbiError
        The one that was found is of a version that this package cannot use.
    """
    tried = []
    for path in candidates():
        try:
            library = CDLL(path)
        except OSError as failure:
            tried.append(f"  {path}: " + str(failure).removeprefix(f"{path}: "))
            continue
        _require_abi(library, path)
        _signatures.declare(library)
        return library, path
    raise ImportError(
        "librfgsnn was not found. Tried:\n" + "\n".join(tried) + "\nBuild it with "
        "`make build` in the source tree, or name it in the environment variable "
        "RFGSNN_LIBRARY."
    )


def _require_abi(library: CDLL, path: str) -> None:
    library.rfgsnn_last_error.restype = c_char_p
    status = library.rfgsnn_require_abi(_signatures.ABI_MAJOR, _signatures.ABI_MINOR)
    if status != _signatures.Status.OK:
        sentence = library.rfgsnn_last_error().decode()
        raise _errors.error(_signatures.Status(status), f"{path}: {sentence}")


library, path = load()


def check(status: int) -> int:
    """Return a status that is no error; raise the exception of one that is."""
    if status < 0:
        raise _errors.error(
            _signatures.Status(status), library.rfgsnn_last_error().decode()
        )
    return status
