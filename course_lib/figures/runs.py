"""Figures of one training run as it was recorded, and of several before and after mending."""

import math

import numpy as np
from matplotlib.ticker import MaxNLocator

from course_lib.figures.axes import count_axis, log_axis, vector
from course_lib.figures.style import BLUE, GRAY, GREEN, INK, VERMILLION, styled

_GUESSING = math.log(10)
_STEPS = (
    ("loss", "loss"),
    ("grad_norm", "norm of the gradient"),
    ("update_ratio", "norm of update / of θ"),
)


@styled
def recorded_run(axes, run):
    """Draw loss, gradient norm and update ratio of one run, and its gradient layer by layer.

    A gray line marks the loss of guessing among ten classes. Steps without an update leave a
    gap in the update ratio. A run that stopped early ends in a cross.

    Parameters
    ----------
    axes : ndarray of Axes
        Four of them, in any shape.
    run : Run
        As :func:`course_lib.experiments.broken_runs.run` returns it.

    Returns
    -------
    ndarray of Axes
        ``axes`` as they came.

    Raises
    ------
    ValueError
        If there are not four axes, or the run has no step.
    """
    panels = np.ravel(axes)
    if len(panels) != 4:
        raise ValueError(f"axes must be four, got {len(panels)}")
    for ax, (name, title) in zip(panels[:3], _STEPS, strict=True):
        _draw_steps(ax, vector(name, getattr(run.history, name)), run.history.stopped)
        ax.set(xlabel="step", title=title)
    panels[0].axhline(_GUESSING, color=GRAY, linewidth=1, zorder=1)
    _draw_layers(panels[3], run)
    return axes


def _draw_steps(ax, values, stopped):
    with np.errstate(invalid="ignore"):
        seen = np.flatnonzero(np.isfinite(values) & (values > 0))
    sparse = len(seen) < len(values) / 2  # most steps made no update
    look = {"marker": ".", "linestyle": "none"} if sparse else {"linestyle": "-"}
    ax.plot(seen, values[seen], color=BLUE, linewidth=1.2, **look)
    if stopped and len(seen):
        ax.plot(seen[-1], values[seen[-1]], "X", color=VERMILLION, markersize=9)
    ax.xaxis.set_major_locator(MaxNLocator(4, integer=True, steps=[1, 2, 4, 5, 10]))
    log_axis(ax)
    _at_least_a_decade(ax)


def _draw_layers(ax, run):
    layers = np.arange(1, len(run.first_norms) + 1)
    for norms, label, color, look in (
        (run.first_norms, "before", BLUE, "-o"),
        (run.last_norms, "after", VERMILLION, "--s"),
    ):
        shown = np.where(np.isfinite(norms) & (norms > 0), norms, np.nan)
        ax.plot(layers, shown, look, color=color, label=label, markersize=4)
    count_axis(ax, len(layers))
    log_axis(ax).set(xlabel="layer", title="gradient by layer")
    _at_least_a_decade(ax)
    ax.legend(loc="best", title="training")


def _at_least_a_decade(ax):
    """Widen a logarithmic axis that shows next to nothing: noise would fill the picture."""
    low, high = ax.get_ylim()
    if high / low < 10:
        middle = math.sqrt(low * high)
        ax.set_ylim(middle / math.sqrt(10), middle * math.sqrt(10))


@styled
def before_and_after(ax, before, after, guessing=0.1):
    """Draw what several runs recognize before and after mending, one run a row.

    Parameters
    ----------
    ax : Axes
    before, after : ndarray, shape (n_runs,)
        Fractions of new examples recognized.
    guessing : float, optional
        What guessing gives, drawn as a gray line.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If the two have not one entry per run each.
    """
    before, after = vector("before", before), vector("after", after)
    if before.shape != after.shape:
        raise ValueError(f"after must have shape {before.shape}, got {after.shape}")
    rows = np.arange(1, len(before) + 1)
    ax.axvline(guessing, color=GRAY, linewidth=1, linestyle=":")
    ax.hlines(rows, before, after, color=INK, linewidth=1)
    ax.plot(before, rows, "s", color=VERMILLION, label="before")
    ax.plot(after, rows, "o", color=GREEN, label="after")
    ax.set(xlim=(0, 1), xlabel="fraction of new digits recognized", ylim=(len(rows) + 0.6, 0.4))
    ax.set_yticks(rows, [f"run {row}" for row in rows])
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
    return ax
