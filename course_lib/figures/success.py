"""How often runs succeed at each learning rate, and how sure that is."""

import numpy as np

from course_lib._validation import require_count
from course_lib.figures.axes import curves, log_axis, vector
from course_lib.figures.style import styled
from course_lib.statistics import wilson_interval


@styled
def success_rates(ax, lrs, fractions_by_label, n_runs):
    """Draw the fraction of runs that succeed against the learning rate, with 95 % intervals.

    The intervals are Wilson's. Curves stand a little beside each other, so that no bar hides
    another.

    Parameters
    ----------
    ax : Axes
    lrs : ndarray, shape (n_lrs,)
        Learning rates, > 0, ascending.
    fractions_by_label : dict of str to ndarray, shape (n_lrs,)
    n_runs : int
        How many runs each fraction is of.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If the dict is empty, a shape is another, or a fraction is not of ``n_runs`` runs.
    """
    lrs = vector("lrs", lrs)
    require_count("n_runs", n_runs)
    offsets = _offsets(lrs, len(fractions_by_label))
    drawn = curves("fractions_by_label", fractions_by_label, (1,))
    for ((label, fractions), look), offset in zip(drawn, offsets, strict=True):
        _require_as_many(label, fractions, lrs)
        low, high = wilson_interval(_successes(label, fractions, n_runs), n_runs)
        # rounding puts the end of an interval a hair inside a fraction of 0 or 1
        bars = np.maximum([fractions - low, high - fractions], 0)
        look = look | {"markevery": 1, "linewidth": 1.5}
        ax.errorbar(lrs * offset, fractions, bars, label=label, capsize=3, **look)
    log_axis(ax, "x").set(xlabel="learning rate η", ylabel="fraction of runs solved")
    ax.set(ylim=(-0.04, 1.04), title=f"{n_runs} runs at each rate, 95 % intervals")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def _offsets(lrs, n_curves):
    """Return a factor for each curve that moves it beside the others on a logarithmic axis."""
    gap = np.diff(np.log(lrs)).min() if len(lrs) > 1 else 0.1
    places = np.arange(n_curves) - (n_curves - 1) / 2
    return np.exp(0.5 * gap * places / max(n_curves, 1))


def _successes(label, fractions, n_runs):
    successes = np.round(fractions * n_runs)
    if not np.allclose(successes, fractions * n_runs, rtol=0, atol=1e-6):
        raise ValueError(
            f"fractions_by_label[{label!r}] must be fractions of {n_runs} runs, got {fractions}"
        )
    return successes


def _require_as_many(label, fractions, lrs):
    if fractions.shape != lrs.shape:
        raise ValueError(
            f"fractions_by_label[{label!r}] must have the shape of lrs, {lrs.shape}, "
            f"got {fractions.shape}"
        )
