"""Multiply-adds of a training step, counted from sizes as if every product were dense.

Only matrix products count: neurons, surrogates, directions and the optimiser work element by element and are left out.
A stack of layers with sizes n_0 (inputs), n_1 ... n_L (neurons) and m features, run on R rows (samples, functions or
points) for T time steps, has these products, which are the unit of everything else:

    P_1 = R n_0 n_1              the inputs are constant, so their current is found once
    P_l = R T n_(l-1) n_l        l = 2 ... L, spikes arrive at every time step
    P_m = R n_L m                the linear readout of the mean spike trains

Operator networks train their branch only, by a loss in the modes of the targets (ModeLoss.swift): C = functions x
latent^2 for the loss and its derivative, whatever the number of points. Held trunks cost a step nothing; their own
training is that of a network from coordinates to latent features, on a batch of points. Below, p_l are the products
without the factor T: what an operation on mean spike trains costs. K is the number of directions.

    forward            sum P + C
    traces             sum p                      weight gradients from mean spike trains, readout included
    rate tangent       sum p without p_1          of activities, along one direction
    full tangent       sum P without P_1          of activities
    direct feedback    R m (n_1 + ... + n_L)

Left out, as they come once and amount to a few steps: a weight mirror's first perturbations, and the singular vectors
of the targets that trunks are trained to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod

from .methods import Method


#: Perturbations by which a weight mirror learns in each step (WeightMirror.swift).
MIRROR_PROBES = 128


@dataclass(frozen=True)
class Stack:
    """Layers of neurons, n_0 to n_L, with their features and the rows they are run on."""

    sizes: tuple[int, ...]
    features: int
    rows: int

    def products(self, time_steps: int) -> list[int]:
        """P_1 ... P_L and P_m, bottom up."""
        inner = [a * b for a, b in zip(self.sizes, self.sizes[1:])]
        times = [1] + [time_steps] * (len(inner) - 1)
        return [self.rows * t * p for t, p in zip(times, inner)] + [self.rows * self.sizes[-1] * self.features]

    @property
    def layer_parameters(self) -> list[int]:
        """Weights and biases of each layer and of the readout."""
        return [(a + 1) * b for a, b in zip(self.sizes, (*self.sizes[1:], self.features))]

    @property
    def feedback(self) -> int:
        """Features to all neurons, once per row."""
        return self.rows * self.features * sum(self.sizes[1:])


@dataclass(frozen=True)
class Work:
    """What one pass of a network runs: its stacks, time steps and C."""

    stacks: tuple[Stack, ...]
    time_steps: int
    combination: int = 0

    def over_stacks(self, count: Callable[[list[int]], float], time_steps: int | None = None) -> float:
        """Sum over the stacks of a count of their products."""
        times = self.time_steps if time_steps is None else time_steps
        return sum(count(stack.products(times)) for stack in self.stacks)

    @property
    def forward(self) -> float:
        """One forward pass."""
        return self.over_stacks(sum) + self.combination

    @property
    def traces(self) -> float:
        """Weight gradients from mean spike trains."""
        return self.over_stacks(sum, 1)

    @property
    def rate_tangent(self) -> float:
        """Tangent of the features along one direction of the activities, on mean spike trains."""
        return self.over_stacks(_above_first, 1)

    @property
    def full_tangent(self) -> float:
        """The same, carried through every time step."""
        return self.over_stacks(_above_first)

    @property
    def feedback(self) -> float:
        """Direct feedback from the features to all neurons."""
        return sum(stack.feedback for stack in self.stacks)

    @property
    def readout(self) -> float:
        """The readouts' products."""
        return self.over_stacks(lambda products: products[-1])

    @property
    def mirrors(self) -> float:
        """Responses of layer and mirror to the probes, and the mirror's update, in every layer but the first."""
        inner = (a * b for stack in self.stacks for a, b in zip(stack.sizes[1:], stack.sizes[2:]))
        return 3 * MIRROR_PROBES * sum(inner)

    @property
    def vectors(self) -> float:
        """Both vectors of a weight matrix of rank 1, in every layer but the readout at every time step."""
        total = 0
        for stack in self.stacks:
            sizes = (*stack.sizes, stack.features)
            times = [1, *[self.time_steps] * (len(stack.sizes) - 2), 1]
            total += sum(stack.rows * t * (a + b) for t, a, b in zip(times, sizes, sizes[1:]))
        return total

    def normal_equations(self, directions: int) -> float:
        """Half the products of all tangents of the features with each other, and a Cholesky factor."""
        total = 0.0
        for stack in self.stacks:
            count = directions * len(stack.sizes)
            total += count**2 / 2 * stack.rows * stack.features + count**3 / 6
        return total

    @property
    def parameters(self) -> int:
        """Number of parameters of the network."""
        return sum(sum(stack.layer_parameters) for stack in self.stacks)


def _above_first(products: list[int]) -> int:
    return sum(products[1:])


def _layer_tangents(products: list[int]) -> int:
    """Tangents by the weights of one layer at a time: its own product, and every one above."""
    return sum(sum(products[layer:]) for layer in range(len(products)))


def _bias_tangents(products: list[int]) -> int:
    """Tangents by the biases of one layer at a time: every product above."""
    return sum(sum(products[layer + 1 :]) for layer in range(len(products)))


def _exact_tangents(work: Work) -> float:
    """One tangent for each parameter, carried through every product above its layer."""
    return sum(
        parameters * sum(products[layer + 1 :])
        for stack in work.stacks
        for products in [stack.products(work.time_steps)]
        for layer, parameters in enumerate(stack.layer_parameters)
    )


#: Multiply-adds of one step beyond the forward pass and the loss, by `Method.cost`.
FORMULAS: dict[str, Callable[[Work, int], float]] = {
    # Errors through all products but the first, weight gradients from all, at every time step.
    "bptt": lambda w, k: w.full_tangent + w.over_stacks(sum),
    "spatial_bp": lambda w, k: w.rate_tangent + w.traces,
    # The last layer's credit comes from the readout's weights.
    "activity_rate": lambda w, k: k * w.rate_tangent + w.readout + w.traces,
    # The control variate applies a direct feedback and learns it.
    "activity_guided": lambda w, k: k * w.rate_tangent + w.readout + w.traces + 2 * w.feedback,
    # A direction perturbs one layer, and the top one's too.
    "activity_one_by_one": lambda w, k: k * w.over_stacks(_bias_tangents, 1) + w.traces,
    "activity_full": lambda w, k: k * w.full_tangent + w.readout + w.traces,
    # A second forward pass, whose weight gradients take a product at every time step.
    "per_step": lambda w, k: k * w.full_tangent + w.readout + 2 * w.over_stacks(sum),
    # Errors through the learned feedback, which learns from the responses of each layer to probes.
    "weight_mirror": lambda w, k: w.rate_tangent + w.traces + w.mirrors,
    "fdfa": lambda w, k: k * w.rate_tangent + w.traces + 2 * w.feedback,
    # A clean and a noisy forward pass.
    "opzo": lambda w, k: w.forward + w.traces + 2 * w.feedback,
    "random_feedback": lambda w, k: w.traces + w.feedback,
    # A weight's tangent is V s + W ds: two products, but one in the first layer.
    "global": lambda w, k: k * (w.over_stacks(sum) + w.full_tangent),
    # The product with V is one with two vectors.
    "low_rank": lambda w, k: k * (w.vectors + w.full_tangent),
    "layerwise": lambda w, k: k * w.over_stacks(_layer_tangents),
    # Rate tangents of every layer's directions, and the products of all of them with each other.
    "gauss_newton": lambda w, k: k * w.over_stacks(_layer_tangents, 1) + w.normal_equations(k),
    "tensorwise": lambda w, k: k * (w.over_stacks(_layer_tangents) + w.over_stacks(_bias_tangents)),
    # And the inner products of all directions with each other.
    "tensorwise_projection": lambda w, k: FORMULAS["tensorwise"](w, k) + k * k * w.parameters,
    "black_box": lambda w, k: 2 * k * w.forward,
    "exact_forward": lambda w, k: _exact_tangents(w),
}


def work(network: dict, inputs: int, rows: int, points: tuple[int, ...]) -> Work:
    """Describe one pass of all stacks of a network on samples or functions, for a solve.

    `points` are those that all functions share: their number for a DeepONet, those of each axis for a SepONet, () for a
    multilayer perceptron, whose one output they would be.
    """
    branch = branch_work(network, inputs, rows, bool(points))
    return Work((*branch.stacks, *trunks_work(network, points).stacks), network["time_steps"])


def branch_work(network: dict, inputs: int, batch: int, is_operator: bool) -> Work:
    """What a step of an operator network with held trunks runs; or of a perceptron."""
    features = network["latent"] if is_operator else 1
    loss = batch * features**2 if is_operator else 0
    return Work((Stack((inputs, *network["hidden"]), features, batch),), network["time_steps"], loss)


def trunks_work(network: dict, rows: tuple[int, ...]) -> Work:
    """What a step of all trunks runs, each on its number of rows."""
    is_separable = network.get("architecture") == "seponet"
    coordinates = 1 if is_separable else network.get("coordinates", 1)
    stacks = (Stack((coordinates, *network["hidden"]), network["latent"], each) for each in rows)
    return Work(tuple(stacks), network["time_steps"])


def step(method: Method, pass_: Work) -> float:
    """Multiply-adds of one training step."""
    return pass_.forward + FORMULAS[method.cost](pass_, method.directions)


def affordable_steps(method: Method, bptt: Method, pass_: Work, bptt_steps: float) -> int:
    """Steps that cost what so many of back-propagation's do."""
    return int(bptt_steps * step(bptt, pass_) / step(method, pass_))


def budget(bptt: Method, branch: Work, trunks: Work, bptt_steps: float, trunk_share: float) -> tuple[float, float]:
    """The budget of a benchmark for its branch and for its trunks, each in steps of back-propagation."""
    total = bptt_steps * step(bptt, branch)
    return (1 - trunk_share) * bptt_steps, trunk_share * total / step(bptt, trunks) if trunk_share else 0.0


def solve(all_data: Work) -> float:
    """One closed-form readout: a forward pass over all data, normal equations and their Cholesky factors.

    Of an operator network also the targets in coordinates of the trunks' features, and their ridge regression on the
    branch's; the singular value decomposition of what comes out and the choice of the ridge are left out.
    """
    total = all_data.over_stacks(sum)
    for stack in all_data.stacks:
        width = stack.sizes[-1] + 1
        total += stack.rows * width**2 + width**3 / 3
    branch, *trunks = all_data.stacks
    width = branch.sizes[-1] + 1
    if not trunks:
        return total + (branch.rows * width + width**2) * branch.features
    values = branch.rows * prod(trunk.rows for trunk in trunks)
    for trunk in trunks:
        size = min(trunk.rows, trunk.sizes[-1] + 1)
        total += values * size
        values = values // trunk.rows * size
    return total + width * values + width**2 * (values // branch.rows)


def modes(latent: int, functions: int, points: tuple[int, ...]) -> float:
    """What a loss in the modes takes once: the trunks' products with each other and with the targets."""
    return prod(points) * latent * (2 * latent + functions)


def linear(rows: int, inputs: int, outputs: int) -> float:
    """Ridge regression with an intercept."""
    width = inputs + 1
    return rows * width * (width + outputs) + width**3 / 3 + width**2 * outputs
