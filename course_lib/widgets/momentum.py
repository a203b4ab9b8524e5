"""Momentum on a quadratic with two modes, beside the region where the method is stable."""

import numpy as np

from course_lib._validation import require_count
from course_lib.figures.accumulation import quadratic_bowl
from course_lib.figures.axes import log_axis
from course_lib.figures.display import figure
from course_lib.figures.style import BLUE, GRAY, INK, VERMILLION, number, styled
from course_lib.optimizers import chain, ema, momentum, nesterov, scale
from course_lib.widgets.canvas import LiveFigure
from course_lib.widgets.controls import Choice, Control
from course_lib.widgets.live import LiveWidget
from course_lib.widgets.modes import METHODS, growth_factor, largest_stable

_CURVATURES = np.array([1.0, 10.0])
_START, _REACH = (4.0, 1.5), (5.0, 3.0)
_GAMMAS = np.linspace(0, 0.995, 200)
_OVER_EDGE = {"clip_on": False, "in_layout": False}  # an unclipped marker would claim room
_LINKS = {"momentum": momentum, "EMA": ema, "Nesterov": nesterov}


def descend(method, lr, gamma, n_steps):
    """Return the path of an optimizer on the bowl, as far as it stays in the picture.

    Parameters
    ----------
    method : str
        One of `METHODS`.
    lr, gamma : float
        η and γ.
    n_steps : int
        Steps at most: the first point outside the picture is the last.

    Returns
    -------
    ndarray, shape (n_points, 2)
    """
    link = _LINKS[method](gamma) if method in _LINKS else scale(1.0)
    optimizer = chain(link, scale(-lr))
    path = [np.array(_START)]
    state = optimizer.init(path[0])
    while len(path) <= n_steps and np.all(np.abs(path[-1]) <= _REACH):
        update, state = optimizer.update(_CURVATURES * path[-1], state)
        path.append(path[-1] + update)
    return np.array(path)


def momentum_widget(n_steps=60):
    """Make the interactive figure of lesson 06: rate, momentum and stability.

    Left: the path of an optimizer on ½(θ₁² + 10 θ₂²). Right: where the method is stable, over
    γ and ηλ, with a point for each of the two modes.

    Parameters
    ----------
    n_steps : int
        How many steps the path has, if it stays in the picture.

    Returns
    -------
    LiveWidget
        Its controls are ``lr``, ``gamma`` and ``method``.

    Raises
    ------
    ValueError
        If ``n_steps`` is not a whole number >= 1.
    """
    require_count("n_steps", n_steps)
    fig, (left, right) = figure(2, height=3.8, width_ratios=(1.15, 1))
    path_artists, region_artists = _draw_path_panel(left), _draw_region_panel(right)

    def update(lr, gamma, method):
        _move_path(*path_artists, descend(method, lr, gamma, n_steps))
        _move_region(*region_artists, method, lr, gamma)
        return f"{_verdict(method, lr, gamma)} {_effective_rate(method, lr, gamma)}"

    controls = {
        "lr": Control("learning rate η", 0.125, 2**-6, 16.0, 0.01, per_doubling=8),
        "gamma": Control("momentum γ", 0.9, 0.0, 0.99, 0.01),
        "method": Choice("method", "momentum", METHODS),
    }
    about = (
        f"Left, the contours of a bowl ten times as steep in one direction as in the other, "
        f"and the path of up to {n_steps} steps. Right, on a logarithmic axis, the region of "
        "γ and ηλ where the method is stable, with a point for each of the two directions."
    )
    live = LiveFigure(fig, [*path_artists, *region_artists])
    return LiveWidget(live, controls, update, about)


@styled
def _draw_path_panel(ax):
    quadratic_bowl(ax, _CURVATURES, _REACH)
    (steps,) = ax.plot([], [], ".-", color=VERMILLION, markersize=5, linewidth=1.5)
    ax.plot(*_START, "o", color=VERMILLION, mfc="white", markersize=9)
    (end,) = ax.plot([], [], "*", color=VERMILLION, mec="white", markersize=14)
    return steps, end


@styled
def _draw_region_panel(ax):
    log_axis(ax).set(xlim=(0, 1), ylim=(0.01, 1000), xlabel="momentum γ", ylabel="a = ηλ")
    region = ax.fill_between([0, 1], [1, 1], color=BLUE, alpha=0.2, linewidth=0)
    (edge,) = ax.plot([], [], "-", color=BLUE)
    ax.text(0.03, 300, "not stable", color=INK, va="center")
    ax.text(0.03, 0.03, "stable", color=INK, va="center")
    look = {"color": VERMILLION, "linestyle": "none"} | _OVER_EDGE
    (steep,) = ax.plot([], [], "o", mec="white", markersize=11, label="λ = 10", **look)
    (flat,) = ax.plot([], [], "s", mfc="white", mew=2, markersize=8, label="λ = 1", **look)
    ax.axhline(2, color=GRAY, linewidth=1.2, linestyle="--", zorder=1, label="plain descent")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, columnspacing=1)
    return region, edge, steep, flat


def _move_path(steps, end, path):
    steps.set_data(*path.T)
    end.set_data(path[-1:].T)


def _move_region(region, edge, steep, flat, method, lr, gamma):
    limits = largest_stable(method, _GAMMAS)
    edge.set_data(_GAMMAS, limits)
    corners = [(_GAMMAS[-1], 0.01), (0, 0.01)]
    region.set_verts([np.concatenate([np.stack([_GAMMAS, limits], axis=1), corners])])
    for point, curvature in zip((flat, steep), _CURVATURES, strict=True):
        point.set_data([gamma], [lr * curvature])


def _verdict(method, lr, gamma):
    limit, a = largest_stable(method, gamma), lr * _CURVATURES[-1]
    factors = [growth_factor(method, lr * curvature, gamma) for curvature in _CURVATURES]
    slowest = int(np.argmax(np.round(factors, 12)))
    mode, factor = f"λ = {number(_CURVATURES[slowest])}", number(factors[slowest])
    said = f"the largest ηλ is {number(a)}, the limit {number(limit)}"
    if abs(factors[slowest] - 1) < 1e-9:
        return (
            f"On the edge of stability: {said}; the direction {mode} neither grows nor shrinks."
        )
    if factors[slowest] > 1:
        return f"Not stable: {said}; the direction {mode} is multiplied by {factor} a step."
    alike = np.isclose(*factors, rtol=1e-9)
    which = "both directions are" if alike else f"the slower direction, {mode}, is"
    return f"Stable: {said}; {which} multiplied by {factor} a step."


def _effective_rate(method, lr, gamma):
    if method in ("momentum", "Nesterov"):
        return f"The effective rate η/(1 − γ) is {number(lr / (1 - gamma))}."
    return f"The effective rate is η = {number(lr)} itself."
