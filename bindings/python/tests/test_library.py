"""Finding and loading the library, and what it tells about itself."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import rfgsnn
from rfgsnn import _errors, _library, _signatures


def test_what_the_library_tells_about_itself():
    assert rfgsnn.__version__ in rfgsnn.build_info()
    assert rfgsnn.instruction_set() in ("x86-64-v4", "x86-64-v3", "baseline")
    assert Path(rfgsnn.library_path()).name.startswith("librfgsnn.so")


def test_the_package_has_the_version_of_the_library():
    project = Path(__file__).parents[1] / "pyproject.toml"
    assert f'version = "{rfgsnn.__version__}"' in project.read_text()


def test_every_status_has_its_exception():
    for status in _signatures.Status:
        error = _errors.error(status, "sentence")
        assert str(error) == "sentence" and error.status is status
        assert pickle.loads(pickle.dumps(error)).status is status
        nothing_better = (
            status >= 0
            or status == _signatures.Status.ERROR_NULL_POINTER
            or status == _signatures.Status.ERROR_CALLBACK
        )
        assert (type(error) is rfgsnn.RfgsnnError) == nothing_better


def import_with(**environment):
    return subprocess.run(
        [sys.executable, "-c", "import rfgsnn"],
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            **environment,
        },
    )


def test_a_library_that_is_not_there():
    done = import_with(RFGSNN_LIBRARY="/nowhere/librfgsnn.so")
    assert done.returncode == 1
    assert "ImportError: librfgsnn was not found" in done.stderr
    assert "/nowhere/librfgsnn.so: cannot open" in done.stderr
    assert "make build" in done.stderr


def test_every_path_that_was_tried_is_told(monkeypatch, tmp_path):
    monkeypatch.delenv("RFGSNN_LIBRARY", raising=False)
    root = tmp_path / "source"
    package = root / "bindings" / "python" / "src" / "rfgsnn"
    package.mkdir(parents=True)
    (root / "Package.swift").touch()
    monkeypatch.setattr(_library, "__file__", str(package / "_library.py"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "prefix"))
    paths = [
        package / "librfgsnn.so.1",
        root / ".build" / "release" / "librfgsnn.so",
        tmp_path / "prefix" / "lib" / "librfgsnn.so.1",
        "librfgsnn.so.1",
    ]
    assert _library.candidates() == [str(path) for path in paths]


def test_a_library_of_another_version(monkeypatch):
    monkeypatch.setattr(_signatures, "ABI_MAJOR", 2)
    monkeypatch.setenv("RFGSNN_LIBRARY", rfgsnn.library_path())
    with pytest.raises(rfgsnn.AbiError) as caught:
        _library.load()
    assert isinstance(caught.value, ImportError)
    assert rfgsnn.library_path() in str(caught.value)


def test_data_need_no_import_of_their_own():
    program = (
        "import rfgsnn; print(rfgsnn.data.ricker(2)[0].shape, 'data' in dir(rfgsnn))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert (done.stdout, done.stderr) == ("(4, 2) True\n", "")
    with pytest.raises(AttributeError, match="no attribute 'datas'"):
        rfgsnn.datas  # noqa: B018
