"""The methods: what the trainer is told, and whether the method is forward-only.

Forward-only means: no transposed weights between hidden layers and nothing stored over time; the readout's own weights
may be used. All methods share optimiser, schedule, batches, readout solves and the grid they are tuned on (`tune.py`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import rfgsnn


@dataclass(frozen=True)
class Method:
    """A row of the tables; `cost` names the formula in `multiply_adds.py`."""

    name: str
    label: str
    options: dict = field(default_factory=dict)
    forward_only: bool = True
    cost: str = ""
    #: Only for networks of at most this many parameters; 0 = any.
    parameters: int = 0

    @property
    def is_trained(self) -> bool:
        """Whether it trains hidden layers."""
        return bool(self.options)

    @property
    def directions(self) -> int:
        """Random directions per step; 0 if it draws none."""
        return self.options.get("directions", 0)


def _method(name: str, label: str, estimator: str, cost: str, forward_only: bool = True, **options: object) -> Method:
    parameters = 16384 if estimator == "exact_forward" else 0
    return Method(name, label, {"estimator": estimator, **options}, forward_only, cost, parameters)


METHODS = {
    method.name: method
    for method in (
        Method("linear", "linear regression, no network", cost="linear"),
        Method("untrained", "untrained hidden layers, closed-form readout", cost="untrained"),
        _method("bptt", "back-propagation through time", "bptt", "bptt", False),
        _method("spatial_bp", "back-propagation in space only", "spatial_bp", "spatial_bp", False),
        _method("rfg_activity_rate", "RFG activity, rate tangents", "rfg_activity", "activity_rate",
                tangent="rate", directions=8),
        _method("rfg_activity_hadamard", "RFG activity, rate tangents, Hadamard directions", "rfg_activity",
                "activity_rate", tangent="rate", directions=16, direction_law="hadamard"),
        _method("rfg_activity_guided", "RFG activity, rate tangents, learned feedback as control variate",
                "rfg_activity", "activity_guided", tangent="rate", directions=8, guide="feedback"),
        _method("rfg_activity_full", "RFG activity, full tangents", "rfg_activity", "activity_full",
                tangent="full", directions=1),
        _method("rfg_activity_stein", "RFG activity, full tangents, Stein's weak form", "rfg_activity",
                "activity_full", tangent="full", directions=1, stein_pairs=4),
        _method("rfg_per_step", "RFG activity, perturbed at every time step", "rfg_per_step", "per_step",
                tangent="full", directions=1),
        _method("weight_mirror", "weight mirror (learned feedback)", "weight_mirror", "weight_mirror"),
        _method("fdfa", "FDFA (direct feedback learned forward)", "fdfa", "fdfa", directions=1),
        _method("opzo", "OPZO (pseudo-zeroth-order)", "opzo", "opzo", directions=1),
        _method("random_feedback", "random direct feedback", "random_feedback", "random_feedback"),
        _method("rfg_global", "RFG global weights", "rfg_global", "global", tangent="full", directions=1),
        _method("rfg_global_projection", "RFG global weights, projected on 16 directions", "rfg_global",
                "global_projection", tangent="full", directions=16, aggregation="projection"),
        _method("rfg_layerwise", "RFG layer-wise weights", "rfg_layerwise", "layerwise", tangent="full", directions=1),
        _method("rfg_tensorwise", "RFG tensor-wise weights", "rfg_tensorwise", "tensorwise", tangent="full",
                directions=1),
        _method("black_box", "black box, losses only", "black_box", "black_box", directions=1),
        _method("exact_forward", "exact forward mode", "exact_forward", "exact_forward"),
    )
}  # fmt: skip

#: The methods of `make paper-quick`.
QUICK = ("linear", "untrained", "bptt", "rfg_activity_rate", "rfg_activity_full")

#: Words for trainers that older libraries do not know; they are then left out, for all methods alike.
OPTIONAL = ("readout_between_solves", "points_per_batch")


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
