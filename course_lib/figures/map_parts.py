"""Parts that the maps of :mod:`course_lib.figures.maps` and the live maps share."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path
from matplotlib.ticker import FuncFormatter, LogLocator

from course_lib.figures.axes import log_axis
from course_lib.figures.style import BLUE, GRAY, INK, number, power_of_ten

# blue vanishes, orange explodes: told apart with any kind of color vision, and by the line
# between them; gray is no number at all
DIVERGING = LinearSegmentedColormap.from_list(
    "course_diverging", ["#00395A", BLUE, "#FFFFFF", "#E69F00", "#7A3E00"]
).with_extremes(bad="#BBBBBB")
_HATCH = {"facecolor": "none", "edgecolor": GRAY, "hatch": "///", "linewidth": 0}


def doubling_axis(ax, which="y"):
    """Make an axis logarithmic with ticks at 1, 2, 4, 8, ...: people's steps of a scale."""
    log_axis(ax, which)
    axis = {"x": ax.xaxis, "y": ax.yaxis}[which]
    axis.set_major_locator(LogLocator(base=2))
    axis.set_major_formatter(FuncFormatter(lambda value, _position: number(value)))
    return ax


def draw_exponents(ax, x, y, exponents, limit):
    """Draw a grid of powers of ten in the diverging colors, and the line where they are 0.

    Parameters
    ----------
    ax : Axes
        Its scales are set.
    x, y : ndarray
        The centers of the cells, ascending.
    exponents : ndarray, shape (len(y), len(x))
        What is not finite is hatched, and nan is gray.
    limit : int
        The exponent, to either side, from which the colors stay the same.

    Returns
    -------
    QuadMesh
    """
    edges = _edges(x, ax.xaxis), _edges(y, ax.yaxis)
    shown = np.ma.masked_invalid(np.clip(exponents, -limit, limit))
    mesh = ax.pcolormesh(*edges, shown, cmap=DIVERGING, vmin=-limit, vmax=limit)
    lost = ~np.isfinite(exponents)
    if lost.any():
        ax.add_patch(PathPatch(_cells(*edges, lost), **_HATCH))
        looks = [Patch(**_HATCH | {"facecolor": "white"})]
        ax.legend(looks, ["no finite number"], loc="upper left", frameon=True)
    kept = exponents[~lost]
    if (kept < 0).any() and (kept > 0).any():
        ax.contour(x, y, np.ma.masked_array(exponents, lost), levels=[0], colors=INK)
    ax.grid(False)
    return mesh


def growth_bar(ax, mesh, limit, title=""):
    """Draw the bar of the diverging colors beside a map, its ends in words."""
    bar = ax.figure.colorbar(mesh, ax=ax, extend="both", ticks=[-limit, 0, limit])
    ends = f"{power_of_ten(-limit)}\nvanishes", f"{power_of_ten(limit)}\nexplodes"
    bar.ax.set_yticklabels([ends[0], "1", ends[1]])
    bar.outline.set_visible(False)
    bar.ax.set_title(title, loc="center")
    return bar


def grid_values(name, values, shape):
    """Return values as an array, having checked that they fill a grid of that shape."""
    array = np.asarray(values, float)
    if array.shape != shape:
        raise ValueError(
            f"{name} must have shape {shape}, a row for each entry of the vertical axis, "
            f"got {array.shape}"
        )
    return array


def _edges(centers, axis):
    """Return the n + 1 edges of the cells around n centers, halfway as the axis sees it."""
    is_log = axis.get_scale() == "log"
    centers = np.log(centers) if is_log else np.asarray(centers, float)
    inner = (centers[1:] + centers[:-1]) / 2
    ends = 2 * centers[[0, -1]] - inner[[0, -1]]
    edges = np.concatenate([ends[:1], inner, ends[1:]])
    return np.exp(edges) if is_log else edges


def _cells(x_edges, y_edges, chosen):
    """Return the outlines of the chosen cells of a grid as one path."""
    return Path.make_compound_path(
        *(
            Path(
                [
                    (x_edges[column], y_edges[row]),
                    (x_edges[column + 1], y_edges[row]),
                    (x_edges[column + 1], y_edges[row + 1]),
                    (x_edges[column], y_edges[row + 1]),
                    (x_edges[column], y_edges[row]),
                ],
                closed=True,
            )
            for row, column in np.argwhere(chosen)
        )
    )
