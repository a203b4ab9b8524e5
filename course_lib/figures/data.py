"""Figures of lesson 10: what nets do on images and text."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from course_lib.figures.axes import curves, label_ends, log_axis
from course_lib.figures.style import GRAY, INK, number, styled

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

    Raises
    ------
    ValueError
        If ``counts`` is not square, not of whole numbers ≥ 0, or has not one label per row.
    """
    counts = np.asarray(counts)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or not counts.size:
        raise ValueError(f"counts must have shape (n_classes, n_classes), got {counts.shape}")
    if not np.issubdtype(counts.dtype, np.integer) or counts.min() < 0:
        raise ValueError(
            f"counts must be whole numbers >= 0, got {counts.dtype} {counts.min()}"
        )
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
def filter_bank(ax, filters_by_label):
    """Draw rows of small filters: positive weights purple, negative ones orange with a dash.

    All share one scale, which is symmetric about 0.

    Parameters
    ----------
    ax : Axes
    filters_by_label : dict of str to ndarray, shape (n_filters, height, width)
        One row of filters by its name; all of one shape.

    Raises
    ------
    ValueError
        If the dict is empty, or the shapes differ or have not three axes.
    """
    if not filters_by_label:
        raise ValueError(f"filters_by_label must hold at least one row, got {filters_by_label}")
    rows = [np.asarray(filters, float) for filters in filters_by_label.values()]
    shapes = [filters.shape for filters in rows]
    if len(shapes[0]) != 3 or len(set(shapes)) > 1:
        raise ValueError(
            f"filters_by_label must have shapes (n_filters, height, width), all alike, "
            f"got {shapes}"
        )
    picture = np.vstack([_side_by_side(filters) for filters in rows])
    reach = np.nanmax(np.abs(picture)) or 1.0
    ax.imshow(picture, cmap="PuOr", vmin=-reach, vmax=reach, interpolation="nearest")
    negative = np.argwhere(picture < 0)
    ax.plot(negative[:, 1], negative[:, 0], "_", color=INK, markersize=6)
    height = shapes[0][1] + 1
    places = (height - 2) / 2 + height * np.arange(len(rows))
    ax.set(xticks=[], yticks=places, yticklabels=list(filters_by_label))
    ax.tick_params(length=0)
    ax.grid(False)
    ax.spines[:].set(visible=False)
    return ax


def _side_by_side(filters):
    """Return one row of a picture, with an empty line (nan) behind each filter and below."""
    framed = np.pad(filters, ((0, 0), (0, 1), (0, 1)), constant_values=np.nan)
    return np.hstack(list(framed))


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

    Raises
    ------
    ValueError
        If the dict is empty, or an array has another number of dimensions.
    """
    for i, (name, level) in enumerate((levels or {}).items()):
        words = f"{name}, {number(round(float(level), 2))}"
        ax.axhline(level, color=GRAY, linewidth=1.2, linestyle=("--", ":")[i % 2], label=words)
    for (label, losses), look in curves("losses_by_label", losses_by_label, (2,)):
        losses = np.where(np.isfinite(losses), losses, np.nan)
        steps = np.arange(len(losses))
        band = losses.min(axis=1), losses.max(axis=1)
        edge = {"edgecolor": look["color"], "linewidth": 0.7}  # the tint is too pale to be seen
        ax.fill_between(steps, *band, facecolor=(look["color"], 0.2), **edge)
        line = {key: look[key] for key in ("color", "linestyle")}
        ax.plot(steps, np.median(losses, axis=1), label=label, **line)
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True, steps=[1, 2, 5, 10]))
    ax.set(xlabel="training step", ylabel="loss")
    return label_ends(log_axis(ax), leaders=True)
