"""What fraction of runs succeeds, with Wilson's 95 % intervals: by rate, method and remedy."""

import numpy as np

from course_lib._validation import require_count
from course_lib.figures.axes import curves, log_axis, require_shape, vector
from course_lib.figures.style import BLUE, GRAY, VERMILLION, styled
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
        require_shape(f"fractions_by_label[{label!r}]", fractions, lrs.shape, "lrs")
        _, bars = _with_bars(_successes(label, fractions, n_runs), n_runs, fractions)
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
        fractions, bars = _with_bars([*counts.values()], n_runs)
        look = look | {"linestyle": "none", "label": label}
        ax.errorbar(fractions, rows + shift, xerr=bars, capsize=3, **look)
    ax.set(xlim=(-0.03, 1.03), ylim=(rows[-1] - 0.6, 0.6))
    ax.set(xlabel="fraction of runs that learn", yticks=rows, yticklabels=[*n_plain_by_label])
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return ax


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
        fractions, bars = _with_bars(successes, n_runs)
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


def _with_bars(counts, n_runs, fractions=None):
    """Return the fractions that counts are of n_runs, and how far their intervals reach."""
    fractions = np.array(counts) / n_runs if fractions is None else fractions
    low, high = wilson_interval(counts, n_runs)
    # rounding puts the end of an interval a hair inside a fraction of 0 or 1
    return fractions, np.maximum([fractions - low, high - fractions], 0)
