"""A cloud of gradients in two dimensions, clipped by a rule: what it does to directions."""

import numpy as np
from matplotlib.collections import LineCollection

from course_lib.clipping import clip_global_norm, clip_layer_norms, clip_value
from course_lib.figures.clip_shapes import angles_between, limit_outline
from course_lib.figures.display import figure
from course_lib.figures.style import GRAY, INK, VERMILLION, number, styled
from course_lib.mlp import Layer
from course_lib.widgets.canvas import LiveFigure
from course_lib.widgets.controls import Choice, Control
from course_lib.widgets.live import LiveWidget

_N_GRADS, _N_SPIKES, _REACH = 60, 6, 10.0
_BINS = np.arange(0.0, 46.0, 3.0)
_LAYERS = tuple(Layer(1, 1, slice(i, i + 1), slice(0), slice(i, i + 1)) for i in range(2))
_RULES = {
    "by value": clip_value,
    "by layer norm": lambda g, limit: clip_layer_norms(g, limit, _LAYERS),
    "by global norm": clip_global_norm,
}


def gradient_cloud(rng):
    """Return gradients of two numbers each: most of them small, a few of them spikes.

    Parameters
    ----------
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (60, 2)
    """
    g = rng.standard_normal((_N_GRADS, 2)) * [2.0, 1.0]
    g[:_N_SPIKES] *= rng.uniform(7, 9.5, (_N_SPIKES, 1)) / np.hypot(*g[:_N_SPIKES].T)[:, None]
    return g


def clip_widget():
    """Make the interactive figure of lesson 07: what a threshold does to a cloud of gradients.

    Left: 60 gradients of two numbers each, raw (hollow) and clipped (filled), and the outline
    of what the rule lets pass. Right: by how many degrees they were turned.

    By layer, each of the two numbers is a layer of its own. Shortening one number to a norm is
    cutting it off at a value, so that the picture then is that of clipping by value.

    Returns
    -------
    LiveWidget
        Its controls are ``threshold`` and ``rule``.
    """
    raw = gradient_cloud(np.random.default_rng(7))
    fig, (left, right) = figure(2, height=4.0, width_ratios=(1.1, 1))
    cloud_artists, error_artists = _draw_cloud_panel(left, raw), _draw_error_panel(right)

    def update(threshold, rule):
        clipped = _RULES[rule](raw, threshold)
        errors = angles_between(raw, clipped)
        _move_cloud(*cloud_artists, raw, clipped, rule, threshold)
        _move_errors(*error_artists, errors)
        return _sentence(rule, threshold, np.any(clipped != raw, axis=1), errors)

    controls = {
        "threshold": Control("threshold c", 2.0, 0.125, 16.0, 0.05, per_doubling=8),
        "rule": Choice("rule", "by value", tuple(_RULES)),
    }
    about = (
        f"Left, {_N_GRADS} gradients of two numbers each, {_N_SPIKES} of them long; each is "
        "joined to its clipped version inside the outline of what the rule lets pass. Right, "
        "a histogram of the angles between the two."
    )
    live = LiveFigure(fig, [*cloud_artists, *error_artists])
    return LiveWidget(live, controls, update, about)


@styled
def _draw_cloud_panel(ax, raw):
    ends = (-_REACH, _REACH)
    ax.set(xlim=ends, ylim=ends, aspect="equal", xlabel="g₁", ylabel="g₂")
    ax.plot(*raw.T, "o", color=GRAY, mfc="none", markersize=6, label="raw")
    moves = ax.add_collection(LineCollection([], colors=GRAY, linewidths=0.6, alpha=0.7))
    (outline,) = ax.plot([], [], "-", color=INK, linewidth=1.5, label="limit")
    (points,) = ax.plot([], [], "o", color=VERMILLION, markersize=4.5, label="clipped")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, columnspacing=1)
    return moves, outline, points


@styled
def _draw_error_panel(ax):
    ax.set(xlim=_BINS[[0, -1]], ylim=(0, _N_GRADS + 2), xticks=range(0, 46, 15))
    ax.set(xlabel="angle to the raw gradient (°)", ylabel="number of gradients")
    bars = ax.stairs(np.zeros(len(_BINS) - 1), _BINS, fill=True, color=VERMILLION, alpha=0.6)
    mean = ax.axvline(0, color=INK, linestyle="--", linewidth=1.5, label="mean")
    over_edge = {"clip_on": False, "in_layout": False}
    (largest,) = ax.plot([], [], "D", color=INK, markersize=8, label="largest", **over_edge)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
    return bars, mean, largest


def _move_cloud(moves, outline, points, raw, clipped, rule, threshold):
    moves.set_segments(np.stack([raw, clipped], axis=1))
    shape = "max_norm" if rule == "by global norm" else "max_value"
    outline.set_data(*limit_outline(shape, threshold))
    points.set_data(*clipped.T)


def _move_errors(bars, mean, largest, errors):
    # an angle of 1e-15 by rounding belongs where 0 does
    bars.set_data(np.histogram(np.clip(errors, 0, 45), _BINS)[0])
    mean.set_xdata([errors.mean()] * 2)
    largest.set_data([errors.max()], [1.0])


def _sentence(rule, threshold, is_clipped, errors):
    said = f"Clipped {rule} at {number(threshold)}, {is_clipped.sum()} of {len(errors)}"
    same = (
        " With one number to a layer, by layer is by value." if rule == "by layer norm" else ""
    )
    return (
        f"{said} gradients are changed ({100 * is_clipped.mean():.0f} %); the mean direction "
        f"error over all is {errors.mean():.1f}°, the largest {errors.max():.1f}°.{same}"
    )
