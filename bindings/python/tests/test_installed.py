"""The built package, away from the source tree."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import rfgsnn

pytestmark = pytest.mark.installed

SOURCES = Path(__file__).parents[1]

PROGRAM = """
import numpy as np, rfgsnn
print(rfgsnn.library_path())
x = np.linspace(-1, 1, 50)
print(rfgsnn.fit(x, x**2, hidden=8, steps=5, restore_best=False).predict(x).shape)
"""


def build(folder, library):
    """Build the wheel from a copy of the sources, with no source tree around it."""
    shutil.copytree(
        SOURCES,
        folder / "sources",
        ignore=shutil.ignore_patterns("build", "*.egg-info"),
    )
    return subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
        + ["--disable-pip-version-check", "-w", str(folder), str(folder / "sources")],
        capture_output=True,
        text=True,
        env={**os.environ, "RFGSNN_LIBRARY": library},
    )


def test_the_built_package_works_away_from_the_source_tree(tmp_path):
    done = build(tmp_path, rfgsnn.library_path())
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.startswith(f"rfgsnn-{rfgsnn.__version__}-py3-none-linux_")
    files = zipfile.ZipFile(wheel).namelist()
    assert {"rfgsnn/librfgsnn.so.1", "rfgsnn/py.typed"} <= set(files)

    site = tmp_path / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--quiet"]
        + ["--disable-pip-version-check", "--target", str(site), str(wheel)],
        check=True,
    )
    shutil.rmtree(tmp_path / "sources")
    environment = {**os.environ, "PYTHONPATH": str(site)}
    environment.pop("RFGSNN_LIBRARY", None)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        cwd="/",
        env=environment,
    )
    path = site / "rfgsnn" / "librfgsnn.so.1"
    assert (done.stdout, done.stderr) == (f"{path}\n(50, 1)\n", "")


def test_without_a_library_the_build_says_what_to_do(tmp_path):
    done = build(tmp_path, "/nowhere/librfgsnn.so")
    assert done.returncode != 0
    assert "make build" in done.stdout + done.stderr
    assert "/nowhere/librfgsnn.so" in done.stdout + done.stderr
