"""Figures of lesson 06: where accumulation is stable, and the bowl that it descends."""

import numpy as np

from course_lib.figures.axes import curves, label_ends, require_shape, vector
from course_lib.figures.map_parts import doubling_axis
from course_lib.figures.style import INK, number, styled

_N_ELLIPSES = 8


@styled
def stability_regions(ax, gammas, limits_by_label, points=None):
    """Draw the largest stable a = ηλ of each method against γ, on a logarithmic axis.

    Below its curve a method converges on a quadratic of curvature λ.

    Parameters
    ----------
    ax : Axes
    gammas : ndarray, shape (n_gammas,)
        Momentum γ, ascending.
    limits_by_label : dict of str to ndarray, shape (n_gammas,)
        The limit of a, by method. What is not finite leaves a gap.
    points : dict of str to (array_like, array_like), optional
        γ and the largest a at which runs converged, as measured, for methods among those of
        ``limits_by_label``.

    Raises
    ------
    ValueError
        If the dict is empty, a shape is another, or ``points`` name a method without a curve.
    """
    gammas, points = vector("gammas", gammas, at_least=2), points or {}
    strangers = [label for label in points if label not in limits_by_label]
    if strangers:
        raise ValueError(f"points must name methods with a curve, got {strangers[0]!r}")
    for (label, limits), look in curves("limits_by_label", limits_by_label, (1,)):
        require_shape(f"limits_by_label[{label!r}]", limits, gammas.shape, "gammas")
        line = {key: look[key] for key in ("color", "linestyle")}
        ax.plot(gammas, np.where(np.isfinite(limits), limits, np.nan), label=label, **line)
        if label in points:
            mark = {"color": look["color"], "mec": "white", "markersize": 8, "clip_on": False}
            ax.plot(*_pair(label, points[label]), look["marker"], **mark)
    doubling_axis(ax).set(xlabel="momentum γ", ylabel="largest stable a = ηλ")
    ax.set(xlim=gammas[[0, -1]])
    ax.set_title("stable below the curve" + ("; markers: measured" if points else ""))
    return label_ends(ax)


@styled
def quadratic_bowl(ax, curvatures, reach):
    """Draw the contours of ½ Σ λᵢθᵢ² from -reach to reach, and set the axes to there.

    Parameters
    ----------
    ax : Axes
    curvatures, reach : sequence of float, length 2
        > 0.
    """
    theta = [np.linspace(-1, 1, 101) * one for one in reach]
    x, y = np.meshgrid(*theta)
    heights = (curvatures[0] * x**2 + curvatures[1] * y**2) / 2
    # evenly spaced ellipses, out to the corner
    levels = heights.max() * (np.arange(1, _N_ELLIPSES + 1) / _N_ELLIPSES) ** 2
    ax.contour(x, y, heights, levels=levels, colors="#B8C2CC", linewidths=1)
    ax.plot(0, 0, "+", color=INK, markersize=9)
    names = [f"θ{n} (λ{n} = {number(at)})" for n, at in zip("₁₂", curvatures, strict=True)]
    ax.set(xlabel=names[0], ylabel=names[1])
    ax.set(xlim=(-reach[0], reach[0]), ylim=(-reach[1], reach[1]))
    ax.grid(False)
    return ax


def _pair(label, point):
    gammas, values = (np.atleast_1d(part) for part in point)
    if gammas.shape != values.shape:
        raise ValueError(
            f"points[{label!r}] must be as many γ as values, got {gammas.shape} and "
            f"{values.shape}"
        )
    return gammas, values
