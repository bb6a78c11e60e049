"""What `fit` chooses for data when it is given nothing else.

Each choice is an option, and an option that is given is never changed:

=============== ==================== =================================================
option          choice               for
=============== ==================== =================================================
estimator       "weight_mirror"      everything
readout_gain    0.1                  everything
readout         "tapered"            inputs that are constant in time, with neurons
                                     that do not leak and are reset softly
learning_rate   0.01                 an mlp with up to 4 inputs
learning_rate   0.003                an mlp with more, operator networks
readout_solve   "end"                an mlp, unless its readout is spiking
readout_solve   "both"               operator networks; with given trunks = "trained"
                                     "end", for points of their own "none"
trunks          "held"               operator networks that start in closed form:
                                     readout_solve "start", "both" or "periodic"
branch_start    "kept"               those whose trunks are held
trunk_steps     1500                 those of a deeponet with 2 or more coordinates
=============== ==================== =================================================

readout_lambda is 0 by the library's own default: the ridge is chosen on held-out data.
Hidden layers are calibrated by an argument of `fit`. docs/training.md says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Inputs of an mlp up to which they are taken for coordinates, as calibration does.
COORDINATES = 4
#: Steps of each trunk's own training.
TRUNK_STEPS = 1500


def choose_options(
    given: Mapping[str, Any],
    *,
    inputs: int,
    own_points: bool,
    varies_in_time: bool = False,
) -> dict[str, Any]:
    """Add to the given options those that are chosen for the data.

    Parameters
    ----------
    given : mapping
        The caller's options, with architecture and coordinates where they are known.
    inputs : int
        Input values per sample, or sensors.
    own_points : bool
        Whether each function has points of its own.
    varies_in_time : bool
        Whether the inputs do.

    Returns
    -------
    dict
        Options of networks and of trainers together.
    """
    options = dict(given)
    options.setdefault("estimator", "weight_mirror")
    options.setdefault("readout_gain", 0.1)
    integrates = options.get("leak", 1) == 1 and options.get("reset", "soft") == "soft"
    if integrates and not varies_in_time:
        options.setdefault("readout", "tapered")
    architecture = options.get("architecture", "mlp")
    if architecture == "mlp":
        options.setdefault("learning_rate", 0.01 if inputs <= COORDINATES else 0.003)
        if options.get("readout") != "spiking":
            options.setdefault("readout_solve", "end")
        return options
    options.setdefault("learning_rate", 0.003)
    if own_points or options.get("readout") == "spiking":
        return options
    trained = options.get("trunks") == "trained"
    options.setdefault("readout_solve", "end" if trained else "both")
    if options["readout_solve"] not in ("start", "both", "periodic"):
        return options
    if options.setdefault("trunks", "held") != "held":
        return options
    options.setdefault("branch_start", "kept")
    if architecture == "deeponet" and options.get("coordinates", 1) >= 2:
        options.setdefault("trunk_steps", TRUNK_STEPS)
    return options
