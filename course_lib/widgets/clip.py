"""A cloud of gradients of two layers, clipped by a rule: what it does to directions."""

import numpy as np

from course_lib.clipping import clip_global_norm, clip_layer_norms, clip_value
from course_lib.figures.clip_shapes import angles_between, limit_outline
from course_lib.figures.display import figure
from course_lib.figures.style import GRAY, INK, VERMILLION, number, styled
from course_lib.mlp import Layer
from course_lib.widgets.canvas import LiveFigure
from course_lib.widgets.controls import Choice, Control
from course_lib.widgets.live import LiveWidget

LAYERS = (Layer.at(0, 1, 1), Layer.at(2, 1, 1))  # a weight and a bias each
PARTS = [layer.parameters for layer in LAYERS]
_N_GRADS, _N_SPIKES = 60, 6
_CLOSE, _FAR = 1.6, 10.0  # how far the axes reach
_BINS = np.arange(0.0, 61.0, 4.0)
_RULES = {
    "by value": clip_value,
    "by layer norm": lambda g, limit: clip_layer_norms(g, limit, LAYERS),
    "by global norm": clip_global_norm,
}


def gradient_cloud(rng):
    """Return gradients of two layers of two numbers each: most small, a few of them spikes.

    Parameters
    ----------
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (60, 4)
    """
    g = rng.standard_normal((_N_GRADS, 4)) * [2.0, 1.0, 0.8, 0.4]
    spikes = g[:_N_SPIKES]
    spikes *= rng.uniform(7, 9.5, (_N_SPIKES, 1)) / np.linalg.norm(spikes, axis=1)[:, None]
    return g


def clip_widget():
    """Make the interactive figure of lesson 07: what a threshold does to a cloud of gradients.

    Left: 60 gradients of two layers of two numbers each, raw (hollow) and clipped (filled), a
    panel for each layer, and the outline of what the rule lets pass. The axes follow the
    threshold. Right: by how many degrees the gradients were turned.

    Returns
    -------
    LiveWidget
        Its controls are ``threshold`` and ``rule``.
    """
    raw = gradient_cloud(np.random.default_rng(7))
    fig, (*planes, right) = figure(3, height=3.3, width_ratios=(1, 1, 0.8))
    clouds = [
        _draw_plane(ax, raw[:, part], part) for ax, part in zip(planes, PARTS, strict=True)
    ]
    error_artists = _draw_error_panel(right)

    def update(threshold, rule):
        clipped, reach = _RULES[rule](raw, threshold), _reach(threshold)
        errors = angles_between(raw, clipped)
        shape = limit_outline("max_value" if rule == "by value" else "max_norm", threshold)
        for ax, part, cloud in zip(planes, PARTS, clouds, strict=True):
            ax.set(xlim=(-reach, reach), ylim=(-reach, reach))
            _move_cloud(*cloud, raw[:, part], clipped[:, part], shape)
        _move_errors(*error_artists, errors)
        return _sentence(rule, threshold, np.any(clipped != raw, axis=1), errors)

    controls = {
        "threshold": Control("threshold c", 2.0, 0.25, 8.0, 0.05, per_doubling=4),
        "rule": Choice("rule", "by value", tuple(_RULES)),
    }
    about = (
        f"{_N_GRADS} gradients of two layers, {_N_SPIKES} of them long. Left, a panel for the "
        "two numbers of each layer: each gradient is joined to its clipped version inside the "
        "outline of what the rule lets pass. Right, a histogram of the angles between the two."
    )
    artists = [artist for cloud in clouds for artist in cloud]
    return LiveWidget(LiveFigure(fig, [*artists, *error_artists]), controls, update, about)


def _reach(threshold):
    """Return how far the axes reach: the outline fills an eighth of them to four fifths."""
    return _CLOSE if threshold < 0.8 * _CLOSE else _FAR


@styled
def _draw_plane(ax, raw, part):
    across, up = ("g₁", "g₂", "g₃", "g₄")[part]
    ax.set(aspect="equal", xlabel=f"layer {part.stop // 2}: {across}", ylabel=up)
    ax.plot(*raw.T, "o", color=GRAY, mfc="none", markersize=5, label="raw")
    (moves,) = ax.plot([], [], "-", color=GRAY, linewidth=0.6)
    (outline,) = ax.plot([], [], "-", color=INK, linewidth=1.5, label="limit")
    (points,) = ax.plot([], [], "o", color=VERMILLION, markersize=4, label="clipped")
    if part.start == 0:  # one for both
        legend = ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, columnspacing=1)
        legend.set_in_layout(False)
    return moves, outline, points


@styled
def _draw_error_panel(ax):
    ax.set(xlim=_BINS[[0, -1]], ylim=(0, _N_GRADS + 2), xticks=range(0, 61, 15))
    ax.set(xlabel="turned by (°)", ylabel="number of gradients")
    bars = ax.stairs(np.zeros(len(_BINS) - 1), _BINS, fill=True, color=VERMILLION, alpha=0.6)
    mean = ax.axvline(0, color=INK, linestyle="--", linewidth=1.5, label="mean")
    over_edge = {"clip_on": False, "in_layout": False}
    (largest,) = ax.plot([], [], "D", color=INK, markersize=8, label="largest", **over_edge)
    ax.legend(loc="lower right", bbox_to_anchor=(1.05, 1), ncols=2, columnspacing=1)
    return bars, mean, largest


def _move_cloud(moves, outline, points, raw, clipped, shape):
    gap = np.full_like(raw, np.nan)
    moves.set_data(*np.stack([clipped, raw, gap], axis=1).reshape(-1, 2).T)
    outline.set_data(*shape)
    points.set_data(*clipped.T)


def _move_errors(bars, mean, largest, errors):
    # an angle of 1e-15 by rounding belongs where 0 does
    bars.set_data(np.histogram(np.clip(errors, 0, _BINS[-1]), _BINS)[0])
    mean.set_xdata([errors.mean()] * 2)
    largest.set_data([errors.max()], [1.0])


def _sentence(rule, threshold, is_clipped, errors):
    reach = _reach(threshold)
    close = f"Close up, to ±{number(reach)}. " if reach == _CLOSE else ""
    said = f"{close}Clipped {rule} at {number(threshold)}, {is_clipped.sum()} of {len(errors)}"
    return (
        f"{said} gradients are changed ({100 * is_clipped.mean():.0f} %); the mean direction "
        f"error over all is {errors.mean():.1f}°, the largest {errors.max():.1f}°."
    )
