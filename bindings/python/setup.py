"""Puts librfgsnn.so into the package; everything else is in pyproject.toml."""

import os
import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

BUILT = Path(__file__).resolve().parents[2] / ".build" / "release" / "librfgsnn.so"
# The name that the library calls itself (SONAME).
PACKAGED = "librfgsnn.so.1"


class BuildWithLibrary(build_py):
    """Copies the library, unless the package is used in place and finds it by itself."""

    def run(self):
        super().run()
        if self.editable_mode:
            return
        library = Path(os.environ.get("RFGSNN_LIBRARY") or BUILT)
        if not library.is_file():
            raise SystemExit(
                f"rfgsnn: there is no library at {library}. Run `make build` in the "
                "source tree first, or name another librfgsnn.so in the environment "
                "variable RFGSNN_LIBRARY."
            )
        shutil.copyfile(library, Path(self.build_lib, "rfgsnn", PACKAGED))


class PlatformWheel(bdist_wheel):
    """Tags the wheel for any Python 3 on this platform: ctypes needs no more."""

    def finalize_options(self):
        super().finalize_options()
        self.root_is_pure = False

    def get_tag(self):
        return ("py3", "none", super().get_tag()[2])


setup(cmdclass={"build_py": BuildWithLibrary, "bdist_wheel": PlatformWheel})
