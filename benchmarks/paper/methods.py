"""The methods: what the trainer is told, and whether the method is forward-only.

Forward-only means: no transposed weights between hidden layers and nothing stored over time; the readout's own weights
may be used. All methods share optimiser, schedule, batches, readout solves and trials (`tune.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import rfgsnn

from .benchmarks import Benchmark


@dataclass(frozen=True)
class Method:
    """A row of the tables; `cost` names the formula in `multiply_adds.py`."""

    name: str
    label: str
    options: dict = field(default_factory=dict)
    forward_only: bool = True
    cost: str = ""
    #: Only on these benchmarks; () = on all.
    benchmarks: tuple[str, ...] = ()
    #: Seeds of the full table.
    seeds: int = 5
    #: Options of the network, where they are the method.
    network: dict = field(default_factory=dict)
    #: Where tuning starts, in units of the benchmark's learning rate.
    rate: float = 1.0
    #: The method whose tuned setting it takes, of which it is a variant; "" = tuned itself.
    tuned_as: str = ""

    @property
    def is_trained(self) -> bool:
        """Whether it trains hidden layers."""
        return bool(self.options)

    @property
    def directions(self) -> int:
        """Random directions per step; 0 if it draws none."""
        return self.options.get("directions", 0)

    def is_for(self, benchmark: Benchmark) -> bool:
        """Whether the table has it on the benchmark."""
        if self.benchmarks and benchmark.name not in self.benchmarks:
            return False
        return not benchmark.methods or self.name in benchmark.methods


#: Where the methods of the second part run, with fewer seeds, as most of the first.
SECOND = {"benchmarks": ("ricker", "burgers"), "seeds": 3}
FEWER = {"seeds": 3}


def _method(
    name: str, label: str, cost: str, estimator: str, options: dict | None = None, forward_only: bool = True,
    **others: object,
) -> Method:  # fmt: skip
    return Method(name, label, {"estimator": estimator, **(options or {})}, forward_only, cost, **others)


def _rate(directions: int, **options: object) -> dict:
    return {"tangent": "rate", "directions": directions, **options}


def _full(directions: int, **options: object) -> dict:
    return {"tangent": "full", "directions": directions, **options}


def _mirror(name: str, label: str, options: dict | None = None, **others: object) -> Method:
    """A variant of the weight mirror."""
    return _method(
        name, f"weight mirror, {label}", "weight_mirror", "weight_mirror", options, tuned_as="weight_mirror",
        **{**SECOND, **others},
    )  # fmt: skip


METHODS = {
    method.name: method
    for method in (
        Method("linear", "linear regression, no network", cost="linear"),
        Method("untrained", "untrained hidden layers, closed-form readout", cost="untrained"),
        _method("bptt", "back-propagation through time", "bptt", "bptt", None, False),
        _method("spatial_bp", "back-propagation in space only", "spatial_bp", "spatial_bp", None, False),
        _method("weight_mirror", "weight mirror (learned feedback)", "weight_mirror", "weight_mirror"),
        _method("rfg_activity_rate", "RFG activity, rate tangents", "activity_rate", "rfg_activity", _rate(8)),
        _method("rfg_activity_one", "RFG activity, rate tangents, one direction", "activity_rate", "rfg_activity",
                _rate(1), **FEWER),
        _method("rfg_activity_guided", "RFG activity, rate tangents, learned feedback as control variate",
                "activity_guided", "rfg_activity", _rate(8, guide="feedback"), **FEWER),
        _method("rfg_activity_full", "RFG activity, full tangents", "activity_full", "rfg_activity", _full(1),
                **FEWER),
        _method("rfg_per_step", "RFG activity, perturbed at every time step", "per_step", "rfg_per_step", _full(1),
                **FEWER),
        _method("rfg_global", "RFG global weights", "global", "rfg_global", _full(1), **FEWER),
        _method("rfg_layerwise", "RFG layer-wise weights", "layerwise", "rfg_layerwise", _full(1), **FEWER),
        _method("black_box", "black box, losses only", "black_box", "black_box", {"directions": 1}, **FEWER),
        _method("fdfa", "FDFA (direct feedback learned forward)", "fdfa", "fdfa", {"directions": 1}, **FEWER),
        _method("opzo", "OPZO (pseudo-zeroth-order)", "opzo", "opzo", {"directions": 1}, **FEWER),
        _method("random_feedback", "random direct feedback", "random_feedback", "random_feedback", **FEWER),
        # The second part.
        _method("rfg_activity_one_by_one", "RFG activity, rate tangents, one layer at a time, top perturbed",
                "activity_one_by_one", "rfg_activity",
                _rate(8, activity_layers="one_by_one", activity_top="perturbed"), **SECOND),
        _method("rfg_activity_hadamard", "RFG activity, rate tangents, Hadamard directions", "activity_rate",
                "rfg_activity", _rate(16, direction_law="hadamard"), **SECOND),
        _method("rfg_activity_stein", "RFG activity, full tangents, Stein's weak form", "activity_full",
                "rfg_activity", _full(1, stein_pairs=8), **SECOND),
        _method("rfg_tensorwise", "RFG tensor-wise weights", "tensorwise", "rfg_tensorwise", _full(1), **SECOND),
        _method("rfg_tensorwise_projection", "RFG tensor-wise weights, projected on 16 directions",
                "tensorwise_projection", "rfg_tensorwise", _full(16, aggregation="projection"), **SECOND),
        # Steps are taken whole at a rate of about 1; it is for perceptrons.
        _method("rfg_gauss_newton", "RFG layer-wise weights, Gauss-Newton steps", "gauss_newton", "rfg_layerwise",
                _rate(64, aggregation="gauss_newton", gauss_newton_damping=1e-4, optimizer="sgd", momentum=0.0),
                benchmarks=("ricker",), rate=50.0),
        _method("rfg_low_rank", "RFG global weights of rank 1", "low_rank", "rfg_global",
                _full(1, direction_law="low_rank"), **SECOND),
        _method("black_box_annealed", "black box, perturbation annealed", "black_box", "black_box",
                {"directions": 1, "black_box_sigma": 0.1, "black_box_sigma_final": 0.1}, **SECOND),
        _method("exact_forward", "exact forward mode", "exact_forward", "exact_forward", benchmarks=("ricker",),
                seeds=3),
        _mirror("mirror_mask", "surrogate masked", {"surrogate_mask": 0.3}),
        _mirror("mirror_widths", "surrogate widths trained", {"surrogate_adaptation": "gradient"}),
        _mirror("mirror_bias_shift", "biases shifted", {"bias_shift": 0.01}),
        _mirror("mirror_cut", "reset's derivative cut", {"reset_derivative": "cut"}),
        _mirror("mirror_mean", "mean spike train", benchmarks=(), network={"readout": "linear"}),
        _mirror("mirror_leaky", "leaky readout", benchmarks=("ricker",), network={"readout": "leaky"}),
    )
}  # fmt: skip

#: The methods of `make paper-quick`.
QUICK = ("linear", "untrained", "bptt", "weight_mirror", "rfg_activity_rate")


def known_options() -> dict[str, str]:
    """The options of the installed library with the values they take, as text."""
    return {option.key: option.range for option in rfgsnn.options()}


def missing(method: Method, known: dict[str, str]) -> str:
    """Say what a method needs and the library does not know; empty if nothing."""
    for key, value in method.options.items():
        if key not in known:
            return f"the library has no option {key}"
        if isinstance(value, str) and value not in known[key].split(" | "):
            return f"the library's {key} does not know {value}"
    return ""
