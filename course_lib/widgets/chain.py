"""Lesson 01: what becomes of a product of many factors."""

import numpy as np

from course_lib._validation import require_count
from course_lib.activations import sigmoid
from course_lib.figures.axes import count_axis, log_axis
from course_lib.figures.display import figure
from course_lib.figures.style import BLUE, GRAY, VERMILLION, number, styled
from course_lib.widgets.canvas import LiveFigure
from course_lib.widgets.controls import Control
from course_lib.widgets.live import LiveWidget


def chain_widget(max_depth=30):
    """Make the figure of lesson 01: what becomes of a product of L factors w σ′(z).

    Left: σ, its slope σ′, and the point z. Right: the product of the first 1, 2, ..., L factors
    beside the largest that any z could make it, (w/4)^L.

    Parameters
    ----------
    max_depth : int
        The longest chain, L at most.

    Returns
    -------
    LiveWidget
        Its controls are ``depth``, ``z`` and ``w``.

    Raises
    ------
    ValueError
        If ``max_depth`` is not a whole number >= 1.
    """
    require_count("max_depth", max_depth)
    fig, (left, right) = figure(2, height=3.4)
    slope_artists = _draw_slope_panel(left)
    product_artists = _draw_product_panel(right, max_depth)

    def update(depth, z, w):
        slope = sigmoid.derivative(z)
        _move_slope_point(*slope_artists, z, slope)
        _move_product(*product_artists, depth, w * slope, w * sigmoid.max_slope)
        return _product_sentence(depth, z, w, slope)

    controls = {
        "depth": Control("depth L", min(10, max_depth), 1, max_depth),
        "z": Control("pre-activation z", 2.0, -6.0, 6.0, 0.1),
        "w": Control("weight w", 1.0, 0.1, 16.0, 0.1),
    }
    about = (
        "Left, the sigmoid and its slope, with a point at z. Right, on a logarithmic axis, the "
        "product of the first factors of a chain, below the largest product possible."
    )
    live = LiveFigure(fig, [*slope_artists, *product_artists])
    return LiveWidget(live, controls, update, about)


@styled
def _draw_slope_panel(ax):
    z = np.linspace(-6, 6, 241)
    ax.plot(z, sigmoid(z), color=BLUE, linestyle="-", label="σ(z)")
    ax.plot(z, sigmoid.derivative(z), color=VERMILLION, linestyle="--", label="σ′(z)")
    ax.set(xlabel="pre-activation z", ylabel="value", xlim=(-6.3, 6.3), ylim=(-0.05, 1.05))
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
    stem = ax.axvline(0, color=GRAY, linewidth=1)
    (on_value,) = ax.plot([0], [0.5], "o", color=BLUE, markersize=9)
    (on_slope,) = ax.plot([0], [0.25], "s", color=VERMILLION, markersize=9)
    return stem, on_value, on_slope


@styled
def _draw_product_panel(ax, max_depth):
    log_axis(ax).set(xlim=(0, max_depth + 1), ylim=(1e-33, 1e21))
    count_axis(ax, max_depth)
    ax.axhline(1, color=GRAY, linewidth=1)
    ax.set(xlabel="number of factors", ylabel="product")
    counts = np.arange(1.0, max_depth + 1)
    (bound,) = ax.plot(
        counts,
        np.ones_like(counts),
        color=GRAY,
        linestyle=":",
        label="largest, $(w/4)^L$",
    )
    (product,) = ax.plot([], [], "s--", color=VERMILLION, markersize=4, label="$(w\\,σ′(z))^L$")
    (end,) = ax.plot([], [], "s", color=VERMILLION, markersize=9)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, columnspacing=1)
    return bound, product, end


def _move_slope_point(stem, on_value, on_slope, z, slope):
    stem.set_xdata([z, z])
    on_value.set_data([z], [sigmoid(z)])
    on_slope.set_data([z], [slope])


def _move_product(bound, product, end, depth, factor, largest_factor):
    counts = np.arange(1.0, depth + 1)
    bound.set_ydata(largest_factor ** bound.get_xdata())
    product.set_data(counts, factor**counts)
    end.set_data([depth], [factor**depth])


def _product_sentence(depth, z, w, slope):
    factor, largest = w * slope, w * sigmoid.max_slope
    return (
        f"σ′({z:.1f}) = {number(slope)}, so each factor w σ′(z) is {number(factor)}; "
        f"a chain of {depth} such factors is {number(factor**depth)}, "
        f"and at most {number(largest**depth)} whatever z."
    )
