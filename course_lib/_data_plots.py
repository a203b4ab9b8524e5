"""Figures of lesson 10: what nets do on images and text."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from course_lib._axes import curves, label_ends, log_axis
from course_lib._style import GRAY, INK, number, styled

_DARK = 0.6  # from this share of a row on, numbers are written in white


@styled
def confusion_matrix(ax, counts, labels=None):
    """Draw how often each class (a row) was taken for each class (a column).

    Cells are shaded by their share of the row, and hold the counts; zeros are left empty.

    Parameters
    ----------
    ax : Axes
    counts : ndarray of int, shape (n_classes, n_classes)
        True classes in rows, answers in columns.
    labels : sequence of str, optional
        Names of the classes; 0, 1, ... unless given.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If ``counts`` is not square, not of whole numbers ≥ 0, or has not one label per row.
    """
    counts = np.asarray(counts)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or not counts.size:
        raise ValueError(f"counts must have shape (n_classes, n_classes), got {counts.shape}")
    if not np.issubdtype(counts.dtype, np.integer) or counts.min() < 0:
        raise ValueError(f"counts must be whole numbers >= 0, got {counts.dtype} {counts.min()}")
    labels = [str(i) for i in range(len(counts))] if labels is None else list(labels)
    if len(labels) != len(counts):
        raise ValueError(f"labels must be {len(counts)}, one per row, got {len(labels)}")
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    ax.imshow(shares, cmap="Blues", vmin=0, vmax=1, interpolation="nearest")
    for (i, j), count in np.ndenumerate(counts):
        if count:
            color = "white" if shares[i, j] > _DARK else INK
            ax.text(j, i, count, ha="center", va="center", color=color, fontsize=9)
    places = range(len(labels))
    ax.set(xlabel="answer of the net", ylabel="true class")
    ax.set(xticks=places, yticks=places, xticklabels=labels, yticklabels=labels)
    ax.grid(False)
    return ax


@styled
def filter_bank(axes, filters):
    """Draw small filters side by side: positive weights purple, negative ones orange, with a dash.

    All share one scale, which is symmetric about 0.

    Parameters
    ----------
    axes : ndarray of Axes
        One for each filter, in any arrangement.
    filters : ndarray, shape (n_filters, height, width)

    Returns
    -------
    ndarray of Axes
        ``axes`` as they came.

    Raises
    ------
    ValueError
        If there are not as many filters as axes.
    """
    flat, filters = np.ravel(axes), np.asarray(filters)
    if filters.ndim != 3 or len(filters) != len(flat):
        raise ValueError(
            f"filters must have shape ({len(flat)}, height, width), one per axis, "
            f"got {filters.shape}"
        )
    reach = np.abs(filters).max() or 1.0
    for ax, weights in zip(flat, filters, strict=True):
        ax.imshow(weights, cmap="PuOr", vmin=-reach, vmax=reach, interpolation="nearest")
        for i, j in np.argwhere(weights < 0):
            ax.text(j, i, "–", ha="center", va="center", color=INK)
        ax.set(xticks=[], yticks=[])
        ax.grid(False)
        ax.spines[:].set(visible=True, color="#CCCCCC")
    return axes


@styled
def loss_bands(ax, losses_by_label, levels=None):
    """Draw the losses of many runs against training steps: their median, and the band of all.

    Parameters
    ----------
    ax : Axes
    losses_by_label : dict of str to ndarray, shape (n_steps, n_runs)
        The loss of each run at steps 0, 1, ... A loss that is not finite leaves a gap.
    levels : dict of str to float, optional
        Losses to be marked by a horizontal line, by name.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If the dict is empty, or an array has another number of dimensions.
    """
    for name, level in (levels or {}).items():
        ax.axhline(level, color=GRAY, linewidth=1)
        words = f"{name}, {number(round(level, 2))} "
        place = (1, level)
        ax.annotate(words, place, xycoords=("axes fraction", "data"), ha="right", va="bottom",
                    color=GRAY, fontsize=9)  # fmt: skip
    for (label, losses), look in curves("losses_by_label", losses_by_label, (2,)):
        losses = np.where(np.isfinite(losses), losses, np.nan)
        steps = np.arange(len(losses))
        band = losses.min(axis=1), losses.max(axis=1)
        ax.fill_between(steps, *band, color=look["color"], alpha=0.2, linewidth=0)
        line = {key: look[key] for key in ("color", "linestyle")}
        ax.plot(steps, np.median(losses, axis=1), label=label, **line)
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 5, 10]))
    ax.set(xlabel="training step", ylabel="loss")
    return label_ends(log_axis(ax))
