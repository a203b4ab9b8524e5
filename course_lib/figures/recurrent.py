"""Figures of recurrent nets: growth per step against its bound, and what clipping rescues."""

import numpy as np

from course_lib._validation import require_count
from course_lib.figures.axes import curves, log_axis, vector
from course_lib.figures.style import BLUE, GRAY, VERMILLION, styled
from course_lib.statistics import wilson_interval


@styled
def growth_against_bound(ax, gains, growth_by_label, slopes_by_label):
    """Draw the growth of the gradient per time step against the gain of W, below its bound.

    Measured growth is drawn with markers; the bound, gain · φ'_max, is a thin line of the same
    color without markers.

    Parameters
    ----------
    ax : Axes
    gains : ndarray, shape (n_gains,)
        Largest singular values of W, > 0, ascending.
    growth_by_label : dict of str to ndarray, shape (n_gains,)
        Measured growth per time step. What is not finite leaves a gap.
    slopes_by_label : dict of str to float
        φ'_max of each label.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If the dict is empty, a shape is another, or a label has no slope.
    """
    gains = vector("gains", gains, at_least=2)
    log_axis(log_axis(ax), "x").axhline(1, color=GRAY, linewidth=1)
    for (label, growth), look in curves("growth_by_label", growth_by_label, (1,)):
        _require_shape(f"growth_by_label[{label!r}]", growth, gains.shape)
        if label not in slopes_by_label:
            raise ValueError(f"slopes_by_label must have {label!r}, got {[*slopes_by_label]}")
        ax.plot(gains, growth, label=label, **look | {"markevery": 1})
        bound = {"color": look["color"], "linewidth": 1, "linestyle": (0, (1, 1.5))}
        ax.plot(gains, gains * slopes_by_label[label], label=f"_bound of {label}", **bound)
    ax.plot(
        [], [], color=GRAY, linewidth=1, linestyle=(0, (1, 1.5)), label="bound: gain · φ′_max"
    )
    ax.set(xlabel="gain of W (all its singular values)", ylabel="growth per time step")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return ax


@styled
def rescued(ax, n_plain_by_label, n_clipped_by_label, n_runs):
    """Draw how many runs succeed without and with a clip, one row for each method.

    Bars are Wilson's 95 % intervals.

    Parameters
    ----------
    ax : Axes
    n_plain_by_label, n_clipped_by_label : dict of str to int
        How many runs of each method succeed without the clip, and with it.
    n_runs : int
        How many runs there are of each.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If a dict is empty, the labels differ, or a count is not one of ``n_runs`` runs.
    """
    require_count("n_runs", n_runs)
    if not n_plain_by_label or [*n_plain_by_label] != [*n_clipped_by_label]:
        raise ValueError(
            f"n_clipped_by_label must have the labels of n_plain_by_label, "
            f"{[*n_plain_by_label]}, got {[*n_clipped_by_label]}"
        )
    rows = -np.arange(float(len(n_plain_by_label)))
    for counts, shift, label, look in (
        (n_plain_by_label, 0.14, "without a clip", {"color": VERMILLION, "marker": "s"}),
        (n_clipped_by_label, -0.14, "clipped", {"color": BLUE, "marker": "o"}),
    ):
        _draw_fractions(ax, rows + shift, [*counts.values()], n_runs, label, look)
    ax.set(xlim=(-0.03, 1.03), ylim=(rows[-1] - 0.6, 0.6))
    ax.set(xlabel="fraction of runs that learn", yticks=rows, yticklabels=[*n_plain_by_label])
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def _draw_fractions(ax, rows, counts, n_runs, label, look):
    fractions = np.array(counts) / n_runs
    low, high = wilson_interval(counts, n_runs)
    # rounding puts the end of an interval a hair inside a fraction of 0 or 1
    bars = np.maximum([fractions - low, high - fractions], 0)
    ax.errorbar(fractions, rows, xerr=bars, label=label, capsize=3, linestyle="none", **look)


def _require_shape(name, array, shape):
    if array.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, got {array.shape}")
