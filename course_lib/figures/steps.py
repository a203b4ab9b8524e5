"""Figures of what links pass on, step by step: to a constant, a spike, noise."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from course_lib._validation import require_count
from course_lib.figures.axes import curves
from course_lib.figures.style import GRAY, styled


@styled
def responses(ax, steps_by_label, ylabel="step passed on", names=True):
    """Draw what links pass on, step by step, on a linear axis.

    Parameters
    ----------
    ax : Axes
    steps_by_label : dict of str to ndarray, shape (n_steps,)
        What comes out of a link at steps 0, 1, ... What is not finite leaves a gap.
    ylabel : str
    names : bool
        Whether the curves' names stand beside the panel: not, where the next panel has the
        same curves.

    Raises
    ------
    ValueError
        If the dict is empty, or an array is not one-dimensional.
    """
    _draw_steps(ax, steps_by_label)
    ax.set(ylabel=ylabel)
    if names:
        ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return ax


@styled
def spike_recovery(ax, steps_by_label, spike_at, true_sign=-1):
    """Draw what chains pass on around a spike, and mark where each has the true sign again.

    Parameters
    ----------
    ax : Axes
    steps_by_label : dict of str to ndarray, shape (n_steps,)
        What comes out of a chain at steps 0, 1, ...
    spike_at : int
        The step of the spike.
    true_sign : {-1, 1}
        The sign of the gradient after the spike.

    Raises
    ------
    ValueError
        If the dict is empty, an array is not one-dimensional or has no step after the spike,
        or ``true_sign`` is neither -1 nor 1.
    """
    ax.axvline(spike_at, color=GRAY, linewidth=1.2, linestyle=(0, (1, 1.5)))
    ax.annotate("spike", (spike_at, 1), (4, -2), **_AT_TOP)
    for line, steps in _draw_steps(ax, steps_by_label):
        n_steps = steps_to_sign(steps, spike_at, true_sign)
        line.set_label(f"{line.get_label()}:\n{_said(n_steps)}")
        marked = [] if n_steps is None else [spike_at + n_steps]
        line.set(markevery=marked, markersize=10, markeredgecolor="white")
    ax.set(ylabel="step passed on")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), labelspacing=1)
    return ax


def steps_to_sign(steps, spike_at, true_sign):
    """Return how many steps after a spike a chain has the true sign, from there on.

    Parameters
    ----------
    steps : ndarray, shape (n_steps,)
    spike_at : int
        The step of the spike; at least one follows it.
    true_sign : {-1, 1}

    Returns
    -------
    int or None
        None where the last step still has another sign.

    Raises
    ------
    ValueError
        If no step follows the spike, or ``true_sign`` is neither -1 nor 1.
    """
    require_count("spike_at", spike_at, at_least=0)
    if true_sign not in (-1, 1):
        raise ValueError(f"true_sign must be -1 or 1, got {true_sign!r}")
    if spike_at + 1 >= len(steps):
        raise ValueError(f"spike_at must be < {len(steps) - 1}, got {spike_at}")
    wrong = np.flatnonzero(np.sign(steps[spike_at + 1 :]) != true_sign)
    n_steps = int(wrong[-1]) + 2 if len(wrong) else 1
    return n_steps if spike_at + n_steps < len(steps) else None


_AT_TOP = {
    "xycoords": ("data", "axes fraction"),
    "textcoords": "offset points",
    "va": "top",
    "color": GRAY,
    "fontsize": 10,
}


def _draw_steps(ax, steps_by_label):
    """Draw each curve against its steps, and return the lines with their arrays."""
    ax.axhline(0, color=GRAY, linewidth=1)
    drawn = []
    for (label, steps), look in curves("steps_by_label", steps_by_label, (1,)):
        finite = np.where(np.isfinite(steps), steps, np.nan)
        look = look | {"linewidth": 1.6, "markersize": 5}
        (line,) = ax.plot(np.arange(len(steps)), finite, label=label, **look)
        drawn.append((line, steps))
    ax.xaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
    ax.set(xlabel="step")
    return drawn


def _said(n_steps):
    if n_steps is None:
        return "true sign not regained"
    return f"true sign after {n_steps} step{'' if n_steps == 1 else 's'}"
