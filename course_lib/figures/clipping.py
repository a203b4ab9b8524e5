"""Figures of lesson 07: what clipping does to a direction, and which norms there are."""

import numpy as np

from course_lib._validation import require_positive
from course_lib.figures.axes import curves, log_axis, vector
from course_lib.figures.clip_shapes import angles_between, limit_outline
from course_lib.figures.style import BLUE, GRAY, INK, line_looks, number, styled

_N_BINS = 30
_LIMITS = ("max_norm", "max_value")


@styled
def clip_geometry(ax, g, clipped_by_label, limits):
    """Draw a gradient in two dimensions, its clipped versions, and what limits them.

    The legend says by how many degrees each clipped version is turned.

    Parameters
    ----------
    ax : Axes
    g : array_like, shape (2,)
        The raw gradient, not zero.
    clipped_by_label : dict of str to ndarray, shape (2,)
        What rules of clipping make of it, by name.
    limits : dict of str to float
        ``"max_norm"``, drawn as a circle, ``"max_value"``, drawn as a square, or both.

    Raises
    ------
    ValueError
        If the dict is empty, a shape is another, or a limit has another name or is not > 0.
    """
    g = _two_numbers("g", g)
    drawn = list(curves("clipped_by_label", clipped_by_label, (1,)))
    _draw_limits(ax, limits)
    _arrow(ax, g, f"raw gradient, norm {number(np.hypot(*g))}", "*", color=GRAY, linestyle="-")
    for (label, clipped), look in drawn:
        clipped = _two_numbers(f"clipped_by_label[{label!r}]", clipped)
        turned = f"{label}: turned by {number(round(float(angles_between(g, clipped)), 1))}°"
        _arrow(
            ax, clipped, turned, **{key: look[key] for key in ("marker", "color", "linestyle")}
        )
    ax.axhline(0, color=GRAY, linewidth=0.8)
    ax.axvline(0, color=GRAY, linewidth=0.8)
    ax.set(xlabel="g₁", ylabel="g₂")
    ax.set_aspect("equal", adjustable="datalim")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return ax


@styled
def direction_errors(ax, cosines_by_label, thresholds):
    """Draw the angle between raw and clipped gradient against the threshold.

    Parameters
    ----------
    ax : Axes
    cosines_by_label : dict of str to ndarray, shape (n_thresholds,) or (n_grads, n_thresholds)
        Cosine of the angle, by rule. Of many gradients the median is drawn and the band from 5
        to 95 %.
    thresholds : ndarray, shape (n_thresholds,)
        > 0, ascending.

    Raises
    ------
    ValueError
        If the dict is empty, a shape is another, or a cosine is not in [-1, 1].
    """
    thresholds = vector("thresholds", thresholds)
    for (label, cosines), look in curves("cosines_by_label", cosines_by_label, (1, 2)):
        angles = _degrees(label, cosines, thresholds)
        if angles.ndim == 2:
            low, angles, high = np.percentile(angles, (5, 50, 95), axis=0)
            ax.fill_between(thresholds, low, high, color=look["color"], alpha=0.2, linewidth=0)
        ax.plot(thresholds, angles, label=label, **look)
    ax.set_ylim(bottom=min(0, -0.03 * ax.get_ylim()[1]))
    ax.set(xlabel="threshold", ylabel="angle to the raw gradient (°)")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return log_axis(ax, "x")


@styled
def norm_histogram(ax, norms, thresholds=None):
    """Draw how often each size of gradient norm was recorded, on a logarithmic axis.

    Norms that are 0 or not finite have no place on the axis: the title counts them.

    Parameters
    ----------
    ax : Axes
    norms : array_like, shape (n_steps,)
        Recorded norms, at least one of them finite and > 0.
    thresholds : dict of str to float, optional
        At most five thresholds or quantiles to be marked, by name. The legend says which share
        of the norms is larger.

    Raises
    ------
    ValueError
        If ``norms`` are not one-dimensional, one is < 0 or none can be drawn, or ``thresholds``
        are too many or not > 0.
    """
    norms = vector("norms", norms)
    shown = norms[np.isfinite(norms) & (norms > 0)]
    if (norms < 0).any() or not len(shown):
        raise ValueError(f"norms must be >= 0 and one of them finite and > 0, got {norms}")
    log_axis(ax, "x").hist(shown, _log_bins(shown), color=BLUE, alpha=0.5, edgecolor="white")
    _mark_thresholds(ax, norms, thresholds or {})
    if len(shown) < len(norms):
        ax.set_title(f"{len(norms) - len(shown)} of {len(norms)} norms are 0 or not finite")
    ax.set(xlabel="norm of the gradient", ylabel="number of steps")
    if thresholds:
        ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def _draw_limits(ax, limits):
    for name, limit in limits.items():
        if name not in _LIMITS:
            raise ValueError(f"limits must be among {_LIMITS}, got {name!r}")
        require_positive(f"limits[{name!r}]", limit)
        style = {"color": INK, "linewidth": 1.2, "linestyle": ":"}
        if name == "max_value":
            style["linestyle"] = (0, (4, 2))
        ax.plot(*limit_outline(name, limit), label=f"{name} = {number(limit)}", **style)


def _mark_thresholds(ax, norms, thresholds):
    looks = line_looks()[1:]  # the first one's color is the bars'
    if len(thresholds) > len(looks):
        raise ValueError(f"thresholds must be at most {len(looks)}, got {len(thresholds)}")
    for look, (label, at) in zip(looks, thresholds.items(), strict=False):
        require_positive(f"thresholds[{label!r}]", at)
        share = f"{number(100 * np.mean(norms > at))} % are larger"
        line = {key: look[key] for key in ("color", "linestyle")}
        ax.axvline(at, label=f"{label} = {number(at)}:\n{share}", **line)


def _arrow(ax, tip, label, marker, **look):
    """Draw a line from the origin, a marker at its tip."""
    ax.plot([0, tip[0]], [0, tip[1]], marker, markevery=[1], markersize=9, label=label, **look)


def _two_numbers(name, values):
    array = np.asarray(values, float)
    if array.shape != (2,) or not np.isfinite(array).all() or not array.any():
        raise ValueError(f"{name} must be two finite numbers, not both 0, got {values}")
    return array


def _degrees(label, cosines, thresholds):
    if cosines.shape[-1:] != thresholds.shape:
        raise ValueError(
            f"cosines_by_label[{label!r}] must have one entry per threshold, "
            f"{len(thresholds)}, got shape {cosines.shape}"
        )
    if not np.all(np.abs(cosines) <= 1 + 1e-9):
        raise ValueError(f"cosines_by_label[{label!r}] must lie in [-1, 1], got {cosines}")
    return np.degrees(np.arccos(np.clip(cosines, -1, 1)))


def _log_bins(values):
    low, high = values.min(), values.max()
    if low == high:
        low, high = low / 2, high * 2
    return np.geomspace(low, high, _N_BINS + 1)
