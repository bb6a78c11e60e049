"""The examples in the documentation run."""

import doctest
import importlib
import pkgutil

import pytest

import rfgsnn

MODULES = sorted(module.name for module in pkgutil.iter_modules(rfgsnn.__path__))


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    module = importlib.import_module(f"rfgsnn.{name}")
    assert doctest.testmod(module).failed == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder()
    for thing in (rfgsnn.Network, rfgsnn.Trainer, rfgsnn.NetworkState, rfgsnn.fit):
        assert any(test.examples for test in finder.find(thing)), thing


def test_everything_public_is_documented():
    for name in rfgsnn.__all__:
        thing = getattr(rfgsnn, name)
        assert thing.__doc__, name
        if isinstance(thing, type):
            # Bases of the package's own belong to what is public.
            own = [kind for kind in thing.__mro__ if kind.__module__[:6] == "rfgsnn"]
            for key, member in [pair for kind in own for pair in vars(kind).items()]:
                if not key.startswith("_") and (
                    callable(member) or isinstance(member, property)
                ):
                    assert member.__doc__, f"{name}.{key}"
