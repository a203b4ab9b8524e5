"""Pictures of structure: a small network, and a computation as a chain of boxes."""

from itertools import pairwise

import numpy as np
from matplotlib.patches import Circle, FancyBboxPatch

from course_lib._validation import require_count
from course_lib.figures.style import BLUE, GRAY, INK, VERMILLION, number, readable, styled

_RED = readable(VERMILLION)
_BOX = {"boxstyle": "round,pad=0,rounding_size=0.05", "facecolor": "white", "edgecolor": INK}
_RADIUS = 0.27  # of a unit, where two layers are 2 units apart and two units of a layer 1


@styled
def network_diagram(ax, sizes, weights=None):
    """Draw the units and connections of a small network.

    Parameters
    ----------
    ax : Axes
    sizes : sequence of int
        Units per layer, the input first: ``[2, 2, 1]``.
    weights : sequence of ndarray, shape (fan_out, fan_in), optional
        A matrix per layer. Connections are then as thick as their weights are large, on one
        scale for all layers, solid blue where positive and dashed vermillion where negative,
        with the number on them.

    Raises
    ------
    ValueError
        If there are fewer than two layers, a size is not >= 1, or the shapes don't fit.
    """
    if len(sizes) < 2:
        raise ValueError(f"sizes must name at least two layers, got {sizes!r}")
    for size in sizes:
        require_count("sizes", size)
    columns = [_unit_positions(layer, size) for layer, size in enumerate(sizes)]
    matrices = _checked_weights(sizes, weights)
    largest = max((np.abs(m).max() for m in matrices if m is not None), default=0) or 1.0
    for left, right, matrix in zip(columns, columns[1:], matrices, strict=False):
        _draw_connections(ax, left, right, matrix, largest)
    for layer, column in enumerate(columns):
        _draw_units(ax, column, layer)
    ax.set(xlim=(-0.6, 2 * len(sizes) - 1.4), aspect="equal")
    ax.set_ylim(-max(sizes) / 2 - 0.1, max(sizes) / 2 + 0.45)
    ax.set_axis_off()
    return ax


@styled
def computation_chain(ax, labels, forward_values, backward_values, factors=None):
    """Draw a computation as a chain of boxes: values go right, gradients come back left.

    Parameters
    ----------
    ax : Axes
    labels : sequence of str
        What each box holds, from the input to the loss: ``["x", "z", "a", "ℓ"]``.
    forward_values : sequence of float or str
        The value in each box, written above it.
    backward_values : sequence of float or str
        The derivative of the last box with respect to each box, written below it.
    factors : sequence of float or str, optional
        The local derivatives, one fewer than boxes: each is written at the arrow along which
        the gradient is multiplied by it.

    Raises
    ------
    ValueError
        If there are fewer than two boxes or the lengths don't fit.
    """
    n_boxes = len(labels)
    if n_boxes < 2:
        raise ValueError(f"labels must name at least two boxes, got {labels!r}")
    _require_length("forward_values", forward_values, n_boxes)
    _require_length("backward_values", backward_values, n_boxes)
    factors = [""] * (n_boxes - 1) if factors is None else factors
    _require_length("factors", factors, n_boxes - 1)
    font_size = _box_font_size(ax, labels)
    for x, label in enumerate(labels):
        _draw_box(ax, x, label, font_size)
        value, gradient = _written(forward_values[x]), _written(backward_values[x])
        ax.text(x, 0.55, value, ha="center", va="center", color=BLUE)
        ax.text(x, -0.55, gradient, ha="center", va="center", color=_RED)
    for x, factor in enumerate(factors):
        _draw_arrows(ax, x, factor)
    ax.set(xlim=(-1.1, n_boxes - 0.6), ylim=(-0.85, 0.85))
    ax.text(-0.45, 0.55, "forward:\nvalues", color=BLUE, ha="right", va="center")
    ax.text(-0.45, -0.55, "backward:\ngradients", color=_RED, ha="right", va="center")
    ax.set_axis_off()
    return ax


@styled
def computation_graph(ax, places, edges, forward_values, backward_values):
    """Draw a computation gate by gate: values above each box, gradients below it.

    Parameters
    ----------
    ax : Axes
    places : dict of str to (float, float)
        What each box holds, and where it stands: columns and rows one unit apart.
    edges : dict of (str, str) to float or str
        From box to box along the computation, and the local derivative: what the gradient is
        multiplied by on its way back.
    forward_values, backward_values : sequence of float or str
        One for each box, in their order.

    Raises
    ------
    ValueError
        If the lengths don't fit, or an edge joins a box that is not there.
    """
    _require_length("forward_values", forward_values, len(places))
    _require_length("backward_values", backward_values, len(places))
    unknown = sorted({box for edge in edges for box in edge} - set(places))
    if unknown:
        raise ValueError(f"edges must join boxes of places, got {unknown}")
    written = zip(places.items(), forward_values, backward_values, strict=True)
    for (label, (x, y)), value, gradient in written:
        _draw_box(ax, x, label, 13, y)
        ax.text(x, y + 0.32, _written(value), ha="center", va="center", color=BLUE)
        ax.text(x, y - 0.32, _written(gradient), ha="center", va="center", color=_RED)
    for (start, end), factor in edges.items():
        (x, y), (to_x, to_y) = places[start], places[end]
        look = {"arrowstyle": "-|>", "color": GRAY, "shrinkA": 0, "shrinkB": 0}
        ax.annotate("", (to_x - 0.3, to_y), (x + 0.3, y), arrowprops=look)
        # right of an arrow that rises or falls, away from the box that it leaves; else below it
        side = np.sign(to_y - y)
        style = {"ha": "left" if side else "center", "va": "bottom" if side < 0 else "top"}
        middle = (
            (x + to_x) / 2 + 0.04 * abs(side),
            (y + to_y) / 2 - (-0.02 if side < 0 else 0.04),
        )
        ax.text(*middle, f"× {_written(factor)}", color=_RED, fontsize=9, **style)
    columns, rows = np.array(list(places.values())).T
    ax.set(xlim=(columns.min() - 0.4, columns.max() + 0.4))
    ax.set(ylim=(rows.min() - 0.5, rows.max() + 0.5))
    ax.set_axis_off()
    return ax


def _draw_box(ax, x, label, font_size, y=0):
    ax.add_patch(FancyBboxPatch((x - 0.27, y - 0.2), 0.54, 0.4, **_BOX))
    ax.text(x, y, label, ha="center", va="center", fontsize=font_size, color=INK)


def _box_font_size(ax, labels):
    """Return the largest font size, up to 15, at which the longest label fits its box."""
    points = 72 * ax.figure.get_figwidth() * ax.get_position().width / 0.8  # margins go
    box_width = 0.54 * points / (len(labels) + 0.5)
    return min(15.0, box_width / (0.6 * max(map(len, labels))))


def _draw_arrows(ax, x, factor):
    for start, end, height, color in (
        (x + 0.33, x + 0.67, 0.1, BLUE),
        (x + 0.67, x + 0.33, -0.1, VERMILLION),
    ):
        look = {
            "arrowstyle": "-|>",
            "color": color,
            "linewidth": 1.6,
            "shrinkA": 0,
            "shrinkB": 0,
        }
        ax.annotate("", (end, height), (start, height), arrowprops=look)
    text = f"× {_written(factor)}" if factor != "" else ""
    ax.text(x + 0.5, -0.28, text, ha="center", va="center", fontsize=10, color=_RED)


def _written(value):
    return value if isinstance(value, str) else number(float(value))


def _unit_positions(layer, size):
    heights = (size - 1) / 2 - np.arange(size)
    return np.column_stack([np.full(size, 2.0 * layer), heights])


def _checked_weights(sizes, weights):
    shapes = [(fan_out, fan_in) for fan_in, fan_out in pairwise(sizes)]
    if weights is None:
        return [None] * len(shapes)
    got = [np.shape(matrix) for matrix in weights]
    if got != shapes:
        raise ValueError(f"weights must have the shapes {shapes}, got {got}")
    return [np.asarray(matrix) for matrix in weights]


def _draw_connections(ax, left, right, matrix, largest):
    for j, start in enumerate(left):
        for i, end in enumerate(right):
            if matrix is None:
                ax.plot(*zip(start, end, strict=True), color=GRAY, linestyle="-", linewidth=1.2)
            else:
                _draw_weight(ax, start, end, matrix[i, j], matrix[i, j] / largest)


def _draw_weight(ax, start, end, weight, relative):
    color, dashes = (BLUE, "-") if weight >= 0 else (VERMILLION, "--")
    width = 0.6 + 2.6 * abs(relative)
    ax.plot(*zip(start, end, strict=True), color=color, linestyle=dashes, linewidth=width)
    x, y = start + 0.3 * (end - start)  # near the start, where the lines still lie apart
    frame = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    text = number(weight)
    ax.text(x, y, text, ha="center", va="center", fontsize=9, color=readable(color), bbox=frame)


def _draw_units(ax, column, layer):
    heading = "input" if layer == 0 else f"layer {layer}"
    for index, (x, y) in enumerate(column, start=1):
        ax.add_patch(Circle((x, y), _RADIUS, facecolor="white", edgecolor=INK, zorder=3))
        text = f"$x_{{{index}}}$" if layer == 0 else f"$a^{{{layer}}}_{{{index}}}$"
        ax.text(x, y, text, ha="center", va="center", fontsize=13, zorder=4)
    ax.text(x, column[0, 1] + 0.42, heading, ha="center", va="bottom", color=GRAY, fontsize=10)


def _require_length(name, things, expected):
    if len(things) != expected:
        raise ValueError(f"{name} must have {expected} entries, got {len(things)}")
