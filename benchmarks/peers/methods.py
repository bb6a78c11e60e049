"""The methods of rfgsnn that are timed, the other libraries, and which is compared with which."""

from __future__ import annotations

from dataclasses import dataclass

from .references import Reference

#: Options of the trainer.
OURS = {
    "rate": {"estimator": "rfg_activity", "tangent": "rate"},
    "full": {"estimator": "rfg_activity", "tangent": "full"},
    "rate16": {"estimator": "rfg_activity", "tangent": "rate", "directions": 16},
    "full16": {"estimator": "rfg_activity", "tangent": "full", "directions": 16},
    "weight_mirror": {"estimator": "weight_mirror"},
    "bptt": {"estimator": "bptt"},
}
LABELS = {
    "rate": "RFG activity, rate tangents, K = 1",
    "full": "RFG activity, full tangents, K = 1",
    "rate16": "RFG activity, rate tangents, K = 16",
    "full16": "RFG activity, full tangents, K = 16",
    "weight_mirror": "weight mirror",
    "bptt": "back-propagation through time",
    "jvp": "forward gradient of all weights, K = 1",
    "jvp16": "forward gradient of all weights, K = 16",
}
SELF = "rfgsnn"


@dataclass(frozen=True)
class Peer:
    """Another library, which module NAME_peer drives, its methods, and the forms that each can take."""

    name: str
    label: str
    methods: tuple[str, ...]
    forms: tuple[str, ...]
    #: The form that takes least memory.
    lean: str

    def methods_for(self, reference: Reference) -> tuple[str, ...]:
        """The methods that a step of this size leaves time for."""
        if not reference.is_heavy:
            return self.methods
        return tuple(name for name in self.methods if name == "bptt" or (name, self.name) == ("jvp", "jax"))

    def forms_for(self, reference: Reference, method: str) -> tuple[str, ...]:
        """The forms to try, the likely best first: as many as there is time for."""
        times = reference.time_steps
        if self.name == "jax":
            # As many time steps unrolled as a compiler takes.
            most = times if times <= 64 else 16
            forms = tuple(f"{order}/{count}" for count in (most, 4, 1) for order in ("steps", "layers"))
            # One direction after the other stays in the cache.
            if method == "jvp16":
                return tuple(f"{form}/{many}" for form in forms[:4] for many in ("map", "vmap"))
            return forms
        return tuple(form for form in self.forms if times <= 64 or "whole" not in form)


def compared(reference: Reference, peer: Peer, method: str) -> tuple[str, ...]:
    """The methods of rfgsnn that a method of another library is compared with; fewer where a step takes seconds."""
    if method == "bptt":
        slow = () if not reference.is_heavy else ("rate16", "full16") + ("bptt",) * (peer.name != "jax")
        return tuple(name for name in OURS if name not in slow)
    return ("rate", "full") if method == "jvp" else ("rate16", "full16")


#: Forms that end in "whole" compile the whole step, which takes long for many time steps; those with "neuron" the
#: update of the neurons.
PEERS = {
    peer.name: peer
    for peer in (
        Peer("jax", "JAX", ("bptt", "jvp", "jvp16"), (), "steps/4"),
        Peer("torch", "PyTorch", ("bptt", "jvp"), ("layers", "steps whole", "steps", "layers neuron"), "steps"),
        Peer("snntorch", "snnTorch", ("bptt",), ("carried", "carried whole", "cut"), "carried"),
        Peer("spikingjelly", "SpikingJelly", ("bptt",), ("multi", "multi whole", "single"), "multi"),
        Peer("spyx", "Spyx", ("bptt",), ("layers",), "layers"),
    )
}

#: Libraries that cannot do the same step, and why.
IMPOSSIBLE = {
    "Norse": "its integrate-and-fire neuron resets to a value, and its soft reset needs a leak",
}
