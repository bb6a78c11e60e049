"""The reference steps: sizes of the networks and batches that are timed, and their data."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

#: Mean firing rate that the biases of every layer are shifted to: about that of trained networks.
RATE = 0.3


@dataclass(frozen=True)
class Reference:
    """A network and a batch: a perceptron, or a DeepONet if it has a latent size."""

    name: str
    hidden: tuple[int, ...]
    time_steps: int
    #: Samples of the batch, or functions of an operator.
    samples: int
    inputs: int = 2
    #: Products that a DeepONet sums, and points at which all its functions are given.
    latent: int = 0
    points: int = 0
    rate: float = RATE

    @property
    def is_operator(self) -> bool:
        """Whether it is a DeepONet."""
        return self.latent > 0

    @property
    def is_heavy(self) -> bool:
        """Whether a step of back-propagation takes seconds."""
        return self.samples * self.time_steps > 100_000

    @property
    def title(self) -> str:
        """Its sizes in words."""
        sizes = "-".join(map(str, (self.inputs, *self.hidden, self.latent or 1)))
        if self.is_operator:
            trunk = "-".join(map(str, (1, *self.hidden, self.latent)))
            what = f"DeepONet, branch {sizes}, trunk {trunk}"
            batch = f"{self.samples} functions at {self.points} points"
        else:
            what, batch = f"perceptron {sizes}", f"batch of {self.samples}" if self.samples > 1 else "one sample"
        return f"{what}, {self.time_steps} time steps, {batch}"

    def network_options(self) -> dict:
        """What rfgsnn.Network is told: binary integrate-and-fire neurons."""
        options = {
            "inputs": self.inputs, "outputs": 1, "hidden": self.hidden, "time_steps": self.time_steps,
            "spikes": "binary", "leak": 1.0, "reset": "soft", "surrogate": "gaussian", "surrogate_width": 0.5,
        }  # fmt: skip
        if self.is_operator:
            return options | {"architecture": "deeponet", "latent": self.latent}
        return options | {"input_gain": 4.0, "bias_spread": 2.0}

    def batch(self) -> tuple[tuple[np.ndarray, ...], np.ndarray]:
        """Inputs and targets, float32: products of two coordinates, or integrals of sums of sines."""
        generator = np.random.default_rng(0)
        if not self.is_operator:
            x = generator.uniform(-1, 1, (self.samples, self.inputs))
            return (x.astype(np.float32),), x.prod(1, keepdims=True).astype(np.float32)
        waves = np.pi * np.arange(1, 6)
        weights = generator.standard_normal((self.samples, 5))
        functions = weights @ np.sin(np.outer(waves, np.linspace(0, 1, self.inputs)))
        points = np.linspace(0, 1, self.points)
        integrals = (weights / waves) @ (1 - np.cos(np.outer(waves, points)))
        return (functions.astype(np.float32), points[:, None].astype(np.float32)), integrals.astype(np.float32)


R1 = Reference("R1", (128, 128), 16, 1024)
REFERENCES = {
    reference.name: reference
    for reference in (
        R1,
        Reference("R2", (128, 128), 16, 100, inputs=100, latent=64, points=100),
        Reference("R3", (1024, 1024), 32, 4096),
        replace(R1, name="R4", time_steps=1024),
        Reference("R5", (64, 64), 16, 1),
    )
}


def quick(reference: Reference) -> Reference:
    """The same with few of everything, for tests of the whole path."""
    smaller = replace(
        reference, hidden=(8, 8), time_steps=min(reference.time_steps, 6), samples=min(reference.samples, 24)
    )
    return replace(smaller, inputs=10, latent=4, points=9) if reference.is_operator else smaller
