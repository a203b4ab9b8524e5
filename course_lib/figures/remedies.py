"""What remedies do: how many runs succeed with each, beside how many do without any."""

import numpy as np

from course_lib._validation import require_count
from course_lib.figures.axes import curves
from course_lib.figures.style import GRAY, styled
from course_lib.statistics import wilson_interval


@styled
def remedies_compared(ax, counts_by_label, n_runs, without=None):
    """Draw the fraction of runs that succeed with each remedy, with 95 % intervals.

    Parameters
    ----------
    ax : Axes
    counts_by_label : dict of str to dict of str to int
        For each label (such as "clipped") how many runs succeed with each remedy; all of the
        same remedies, drawn from top to bottom.
    n_runs : int
        How many runs each count is of.
    without : int, optional
        How many succeed without a remedy: its interval is drawn as a band.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If a dict is empty, remedies differ from label to label, or a count is not of
        ``n_runs`` runs.
    """
    require_count("n_runs", n_runs)
    remedies = _remedies(counts_by_label)
    rows, n_labels = np.arange(len(remedies)), len(counts_by_label)
    if without is not None:
        ax.axvspan(*wilson_interval(without, n_runs), color=GRAY, alpha=0.2, linewidth=0)
    counts = {label: list(counts.values()) for label, counts in counts_by_label.items()}
    for i, ((label, successes), look) in enumerate(curves("counts_by_label", counts, (1,))):
        low, high = wilson_interval(successes, n_runs)
        fractions = successes / n_runs
        # rounding puts the end of an interval a hair inside a fraction of 0 or 1
        bars = np.maximum([fractions - low, high - fractions], 0)
        look = look | {"linestyle": "none", "markevery": 1}
        shifted = rows + 0.3 * (i - (n_labels - 1) / 2)
        ax.errorbar(fractions, shifted, xerr=bars, label=label, capsize=3, **look)
    ax.set_yticks(rows, remedies)
    ax.set(xlim=(-0.03, 1.03), ylim=(len(rows) - 0.5, -0.5))
    ax.set_xlabel(f"fraction of {n_runs} runs that succeed, with 95 % interval")
    if n_labels > 1:
        ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def _remedies(counts_by_label):
    """Return the names of the rows, having checked that every label has the same."""
    rows = [list(counts) for counts in counts_by_label.values()]
    if not rows or not rows[0]:
        raise ValueError(
            f"counts_by_label must hold at least one remedy, got {counts_by_label!r}"
        )
    for label, names in zip(counts_by_label, rows, strict=True):
        if names != rows[0]:
            raise ValueError(
                f"counts_by_label[{label!r}] must have the remedies {rows[0]}, got {names}"
            )
    return rows[0]
