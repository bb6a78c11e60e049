"""Puts librfgsnn.so into the package; everything else is in pyproject.toml."""

import os
import shutil
import subprocess
from pathlib import Path

from setuptools import Distribution, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

BUILT = Path(__file__).resolve().parents[2] / ".build" / "release" / "librfgsnn.so"
# The name that the library calls itself (SONAME).
PACKAGED = "librfgsnn.so.1"


class BuildWithLibrary(build_py):
    """Copies the library; a package that is used in place finds it by itself."""

    def run(self):
        if self.editable_mode:
            return super().run()
        # What an earlier build left there would get into the wheel.
        shutil.rmtree(Path(self.build_lib, "rfgsnn"), ignore_errors=True)
        super().run()
        library = Path(os.environ.get("RFGSNN_LIBRARY") or BUILT)
        if not library.is_file():
            raise SystemExit(
                f"rfgsnn: there is no library at {library}. Run `make build` in the "
                "source tree first, or name another librfgsnn.so in the environment "
                "variable RFGSNN_LIBRARY."
            )
        packaged = Path(self.build_lib, "rfgsnn", PACKAGED)
        shutil.copyfile(library, packaged)
        # Debugging symbols are half of it.
        if strip := shutil.which("strip"):
            subprocess.run([strip, "--strip-unneeded", packaged], check=True)


class PlatformWheel(bdist_wheel):
    """Tags the wheel for any Python 3 on this platform: ctypes needs no more."""

    def get_tag(self):
        return ("py3", "none", super().get_tag()[2])


class PlatformDistribution(Distribution):
    """Holds machine code, though no extension module."""

    def has_ext_modules(self):
        return True


setup(
    cmdclass={"build_py": BuildWithLibrary, "bdist_wheel": PlatformWheel},
    distclass=PlatformDistribution,
)
