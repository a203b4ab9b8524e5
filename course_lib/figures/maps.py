"""Maps: growth over depth and weight scale, χ₁ over the scales, losses over two parameters."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from course_lib._validation import require_count
from course_lib.figures.axes import count_axis, curves, vector
from course_lib.figures.map_parts import (
    DIVERGING,
    doubling_axis,
    draw_exponents,
    grid_values,
    growth_bar,
)
from course_lib.figures.paths import draw_path, finite_part
from course_lib.figures.style import INK, VERMILLION, styled

_HEIGHTS = LinearSegmentedColormap.from_list("course_heights", ["#FFFFFF", "#7C8FA0"])
_OUTLINED = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.5}


@styled
def growth_map(ax, depths, sigma_ws, decades, limit=12):
    """Draw how far the gradient grows on its way back, over depth and weight scale.

    Blue is vanishing and orange explosion; a line runs where the norm stays what it was.
    What is not finite is hatched.

    Parameters
    ----------
    ax : Axes
    depths : ndarray, shape (n_depths,)
        Numbers of layers, ascending.
    sigma_ws : ndarray, shape (n_scales,)
        Weight scales, > 0, ascending.
    decades : ndarray, shape (n_scales, n_depths)
        log₁₀ of the norm at layer 1 over that at the last layer. inf is an overflow, -inf an
        underflow, nan no number at all.
    limit : int
        Powers of ten from which the colors stay the same.

    Raises
    ------
    ValueError
        If a shape is another, an axis has fewer than two entries, or ``limit`` is not a whole
        number >= 1.
    """
    depths, sigma_ws = vector("depths", depths, 2), vector("sigma_ws", sigma_ws, 2)
    decades = grid_values("decades", decades, (len(sigma_ws), len(depths)))
    require_count("limit", limit)
    doubling_axis(ax).set(xlabel="depth L", ylabel="weight scale σ_w")
    growth_bar(ax, draw_exponents(ax, depths, sigma_ws, decades, limit), limit)
    count_axis(ax, int(depths[-1]))
    return ax


@styled
def phase_map(ax, sigma_ws, sigma_bs, chi, points=None):
    """Draw χ₁ over weight and bias scale, with the line χ₁ = 1 between the two phases.

    The axis of σ_w is logarithmic where its values span more than a factor of ten.

    Parameters
    ----------
    ax : Axes
    sigma_ws : ndarray, shape (n_w,)
        Weight scales, ascending.
    sigma_bs : ndarray, shape (n_b,)
        Bias scales, ascending.
    chi : ndarray, shape (n_b, n_w)
        χ₁ ≥ 0. What has no finite logarithm is left out.
    points : dict of str to (float, float), optional
        (σ_w, σ_b) of what is to be placed on the map, such as initializers, by name.

    Raises
    ------
    ValueError
        If a shape is another, or an axis has fewer than two entries.
    """
    sigma_ws, sigma_bs = vector("sigma_ws", sigma_ws, 2), vector("sigma_bs", sigma_bs, 2)
    chi = grid_values("chi", chi, (len(sigma_bs), len(sigma_ws)))
    with np.errstate(divide="ignore", invalid="ignore"):
        exponents = np.ma.masked_invalid(np.log10(chi))
    if sigma_ws[0] > 0 and sigma_ws[-1] > 10 * sigma_ws[0]:
        doubling_axis(ax, "x")
    _fill_phases(ax, sigma_ws, sigma_bs, exponents)
    ax.set(xlabel="weight scale σ_w", ylabel="bias scale σ_b")
    ax.set(xlim=sigma_ws[[0, -1]], ylim=sigma_bs[[0, -1]])
    _place_points(ax, points or {})
    ax.grid(False)
    return ax


@styled
def wall_surface(ax, w_values, b_values, errors, paths=None):
    """Draw the error of the one-unit recurrent net over its two parameters, with descents.

    Each path begins in a ring and ends in a star; every step is a line to the next dot. Where
    a step leaves the picture, a triangle at the edge points out.

    Parameters
    ----------
    ax : Axes
    w_values : ndarray, shape (n_w,)
        Weights, ascending.
    b_values : ndarray, shape (n_b,)
        Biases, ascending.
    errors : ndarray, shape (n_b, n_w)
    paths : dict of str to ndarray, shape (n_points, 2), optional
        The (w, b) of each step, by name. What is not finite ends a path.

    Raises
    ------
    ValueError
        If a shape is another, or an axis has fewer than two entries.
    """
    w_values, b_values = vector("w_values", w_values, 2), vector("b_values", b_values, 2)
    errors = grid_values("errors", errors, (len(b_values), len(w_values)))
    filled = ax.contourf(w_values, b_values, errors, levels=12, cmap=_HEIGHTS)
    # the bar keeps its outline, as its lowest color is nearly white
    ax.figure.colorbar(filled, ax=ax, label="error")
    ax.set(xlabel="weight w", ylabel="bias b", xlim=w_values[[0, -1]], ylim=b_values[[0, -1]])
    if paths:
        drawn = list(curves("paths", paths, (2,)))
        for below, ((label, path), look) in reversed(list(enumerate(drawn))):
            # the first path lies on top, the thinnest, so that each is seen where they coincide
            draw_path(
                ax, label, finite_part(f"paths[{label!r}]", path), look, width=1.5 + 3 * below
            )
        entries = [of_legend[::-1] for of_legend in ax.get_legend_handles_labels()]
        ax.legend(*entries, loc="lower left", frameon=True, framealpha=0.9)
    ax.grid(False)
    return ax


@styled
def gradient_arrows(ax, first, second, losses, points, gradients, length=0.8):
    """Draw contours of a loss over two parameters, and the gradient at some points.

    All arrows are drawn on one scale: the longest has the given length.

    Parameters
    ----------
    ax : Axes
    first, second : ndarray, shape (n_1,), (n_2,)
        Values of the two parameters, ascending.
    losses : ndarray, shape (n_2, n_1)
    points, gradients : ndarray, shape (n_points, 2)
        Where the arrows begin, and the gradients there.
    length : float
        Of the longest arrow, in units of the parameters.

    Raises
    ------
    ValueError
        If a shape is another, or an axis has fewer than two entries.
    """
    first, second = vector("first", first, 2), vector("second", second, 2)
    losses = grid_values("losses", losses, (len(second), len(first)))
    points = grid_values("points", points, (len(points), 2))
    gradients = grid_values("gradients", gradients, points.shape)
    lines = ax.contour(first, second, losses, levels=12, cmap="viridis", linewidths=1.2)
    ax.figure.colorbar(lines, ax=ax, label="loss").outline.set_visible(False)
    arrows = gradients * length / np.linalg.norm(gradients, axis=1).max()
    ax.plot(*points.T, "o", color=INK, markersize=5)
    for point, arrow in zip(points, arrows, strict=True):
        look = {"arrowstyle": "-|>", "color": VERMILLION, "linewidth": 2}
        ax.annotate("", point + arrow, point, arrowprops=look | {"shrinkA": 0, "shrinkB": 0})
    ax.set(xlim=first[[0, -1]], ylim=second[[0, -1]], aspect="equal")
    ax.grid(False)
    return ax


def _fill_phases(ax, sigma_ws, sigma_bs, exponents):
    limit = 1 if exponents.count() == 0 else int(np.clip(np.ceil(abs(exponents).max()), 1, 3))
    levels = np.linspace(-limit, limit, 17)
    grid = sigma_ws, sigma_bs, exponents
    filled = ax.contourf(*grid, levels=levels, cmap=DIVERGING, extend="both")
    growth_bar(ax, filled, limit, "χ₁")
    if (exponents < 0).any() and (exponents > 0).any():
        ax.contour(*grid, levels=[0], colors=INK, linewidths=3)
    for word, phase in (("vanishes", exponents < 0), ("explodes", exponents > 0)):
        rows, columns = np.nonzero(np.ma.filled(phase, False))
        if len(rows):
            x, y = sigma_ws[int(np.median(columns))], sigma_bs[int(np.median(rows))]
            ax.text(x, y, word, ha="center", va="center", color=INK, bbox=_OUTLINED)


def _place_points(ax, points):
    """Mark places; each name stands away from the edges, in a row of its own."""
    to_panel = ax.transScale + ax.transLimits
    placed = [(*to_panel.transform(place), label) for label, place in points.items()]
    # in this order no name lies on the line that leads to another one's place
    rightward = sorted((entry for entry in placed if entry[0] < 0.6), reverse=True)
    leftward = sorted(entry for entry in placed if entry[0] >= 0.6)
    for row, (x, y, label) in enumerate(rightward + leftward):
        _place_name(ax, label, points[label], (1 if x < 0.6 else -1, 1 if y < 0.5 else -1), row)
        ax.plot(*points[label], "o", color=INK, mec="white", clip_on=False, zorder=5)


def _place_name(ax, label, place, direction, row):
    rightward, upward = direction
    near_edge = 0 if rightward > 0 else 1
    line = {"arrowstyle": "-", "color": INK, "linewidth": 0.8, "relpos": (near_edge, 0.5)}
    ax.annotate(
        label,
        place,
        (6 * rightward, (16 + 18 * row) * upward),
        textcoords="offset points",
        ha=("left", "right")[near_edge],
        va="center",
        color=INK,
        fontsize=10,
        bbox=_OUTLINED,
        arrowprops=line,
    )
