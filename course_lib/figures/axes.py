"""Axes, labels and checks that the figures of :mod:`course_lib.figures.plots` share."""

import math

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator

from course_lib.figures.style import line_looks, log_tick, number, readable


class DecadeLocator(LogLocator):
    """Ticks of a logarithmic axis at powers of ten that are multiples of one exponent.

    The multiples include 10⁰ = 1. Where less than two decades are seen, 2 and 5 get ticks too.
    """

    def tick_values(self, vmin, vmax):
        """Return the ticks for a view from ``vmin`` to ``vmax``, both > 0."""
        low, high = math.floor(math.log10(vmin)), math.ceil(math.log10(vmax))
        if math.log10(vmax / vmin) < 2:
            return np.outer(10.0 ** np.arange(low, high + 1), (1, 2, 5)).ravel()
        stride = math.ceil((high - low) / 7)
        return 10.0 ** (stride * np.arange(math.ceil(low / stride), high // stride + 1))


def log_axis(ax, which="y"):
    """Make an axis logarithmic with few, readable ticks: 1, 10⁻⁴, 10⁻⁸, ...

    Values that have no logarithm leave a gap.

    Parameters
    ----------
    ax : Axes
    which : {"x", "y"}

    Returns
    -------
    Axes
    """
    {"x": ax.set_xscale, "y": ax.set_yscale}[which]("log", nonpositive="mask")
    axis = {"x": ax.xaxis, "y": ax.yaxis}[which]
    axis.set_major_locator(DecadeLocator())
    axis.set_major_formatter(FuncFormatter(_tick_label(axis)))
    axis.minorticks_off()
    return ax


def _tick_label(axis):
    """Return the function that labels a tick: 10¹ among powers of ten, 10 between 5 and 20."""

    def label(value, position=None):
        low, high = sorted(axis.get_view_interval())
        return number(value) if low > 0 and high < 100 * low else log_tick(value, position)

    return label


def label_ends(ax, gap=0.085, leaders=False):
    """Write each labeled line's name beside its end, in its color, none over another.

    Parameters
    ----------
    ax : Axes
        Its lines are drawn and its scales are set.
    gap : float
        Least distance of two names, in heights of the panel.
    leaders : bool
        Whether a thin line leads from the end to its name, for ends that lie close together.

    Returns
    -------
    Axes
    """
    ends = [(_end_height(ax, line), line) for line in ax.lines if line.get_label()[0] != "_"]
    floor = -np.inf
    for height, line in sorted(ends, key=lambda end: end[0]):
        floor = max(height, floor + gap)
        name, color = line.get_label(), line.get_color()
        look = {"color": readable(color), "fontsize": 10, "va": "center"}
        if leaders:
            thin = {"arrowstyle": "-", "color": color, "shrinkA": 0, "shrinkB": 0}
            look |= {"xytext": (1.05, floor), "arrowprops": thin | {"relpos": (0, 0.5)}}
        place = (1, height) if leaders else (1.01, floor)
        ax.annotate(name, place, xycoords="axes fraction", annotation_clip=False, **look)
    return ax


def _end_height(ax, line):
    """Return the height of a line's last visible point, in heights of the panel."""
    to_panel = ax.transScale + ax.transLimits
    with np.errstate(divide="ignore", invalid="ignore"):
        heights = to_panel.transform(np.column_stack(line.get_data()))[:, 1]
    heights = heights[np.isfinite(heights)]
    return float(np.clip(heights[-1], 0, 1)) if len(heights) else 0.0


def curves(name, arrays_by_label, n_dims):
    """Yield each ((label, array), look) of a dict, having checked that there is one."""
    if not arrays_by_label:
        raise ValueError(f"{name} must hold at least one curve, got {arrays_by_label!r}")
    looks = line_looks()
    if len(arrays_by_label) > len(looks):
        raise ValueError(
            f"{name} must hold at most {len(looks)} curves, got {len(arrays_by_label)}"
        )
    for index, (label, values) in enumerate(arrays_by_label.items()):
        array = np.asarray(values)
        if array.ndim not in n_dims or array.size == 0:
            dims = " or ".join(map(str, n_dims))
            raise ValueError(
                f"{name}[{label!r}] must have {dims} dimensions and not be empty, "
                f"got shape {array.shape}"
            )
        markevery = _sparse_markers(index, array.shape[-1])
        yield (label, array), looks[index] | {"markevery": markevery}


def vector(name, values, at_least=1):
    """Return values as a one-dimensional array, having checked that it is one."""
    array = np.asarray(values)
    if array.ndim != 1 or len(array) < at_least:
        raise ValueError(
            f"{name} must have one dimension and {at_least} or more entries, "
            f"got shape {array.shape}"
        )
    return array


def require_shape(name, values, shape, of):
    """Raise ValueError unless values have a shape, that of the argument named ``of``."""
    if np.shape(values) != shape:
        raise ValueError(f"{name} must have the shape of {of}, {shape}, got {np.shape(values)}")


def _sparse_markers(index, n_points, n_markers=12):
    """Return the ``markevery`` of a figure's curve number ``index``.

    Few markers, and shifted from curve to curve: where two curves coincide, both are seen.
    """
    every = max(1, n_points // n_markers)
    return (index * every // 3 % every, every)


def count_axis(ax, n):
    """Give a horizontal axis that counts 1, 2, ..., n whole ticks that begin with 1."""
    step = next(step for step in (1, 2, 5, 10, 20, 50, 100, n) if n <= 10 * step)
    ax.xaxis.set_major_locator(FixedLocator([1, *range(max(step, 2), n + 1, step)]))
