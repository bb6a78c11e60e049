"""Pictures of a training; they need matplotlib."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ._arguments import instance
from .fit_result import History

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_history(history: History, ax: Axes | None = None) -> Axes:
    """Draw the losses over the updates, on a logarithmic scale.

    Parameters
    ----------
    history : History
        Of a `FitResult` or of a `Trainer`.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure without it.

    Returns
    -------
    matplotlib.axes.Axes
        Where it was drawn.
    """
    losses: History = instance(history, History, "history")
    if ax is None:
        import matplotlib.pyplot as plt

        ax = plt.subplots()[1]
    ax.plot(losses.step, losses.loss, label="training")
    if not np.all(np.isnan(losses.validation_loss)):
        ax.plot(losses.step, losses.validation_loss, label="validation")
    ax.set(xlabel="updates", ylabel="loss", yscale="log")
    ax.legend()
    return ax
