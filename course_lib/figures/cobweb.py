"""The cobweb diagram: a variance map, the diagonal, and the staircase between them."""

import numpy as np

from course_lib.figures.axes import log_axis, require_shape, vector
from course_lib.figures.style import BLUE, GRAY, INK, VERMILLION, styled


@styled
def cobweb(ax, q_values, mapped, path, log=True):
    """Draw the variance map, the diagonal, and the staircase that an iteration climbs.

    Where map and diagonal meet, the variance stays what it is: each crossing between two of
    ``q_values`` is marked, found on the straight line between them.

    Parameters
    ----------
    ax : Axes
    q_values, mapped : ndarray, shape (n_points,)
        Variances, ascending, and what a layer makes of each.
    path : ndarray, shape (n_layers,)
        The variances q₀, q₁, ... of an iteration; what is not finite ends it.
    log : bool
        Logarithmic axes; then all variances must be > 0 to be seen.

    Raises
    ------
    ValueError
        If an array is not one-dimensional, there are fewer than two ``q_values``, or
        ``mapped`` has another length.
    """
    q_values, path = vector("q_values", q_values, 2), vector("path", path)
    mapped = vector("mapped", mapped)
    require_shape("mapped", mapped, q_values.shape, "q_values")
    ends = q_values[[0, -1]]
    ax.plot(ends, ends, color=GRAY, linestyle="--", linewidth=1.2, label="diagonal")
    ax.plot(q_values, mapped, "-", color=BLUE, label="variance map")
    ax.plot(*staircase(path), "-.", color=VERMILLION, linewidth=1.3, label="layer by layer")
    fixed = _crossings(q_values, mapped)
    ax.plot(fixed, fixed, "o", color=INK, label="fixed point q*", clip_on=False)
    ax.set(xlabel="variance q of a layer", ylabel="variance of the next layer")
    if log:
        log_axis(log_axis(ax), "x")
    # the map decides what is seen, not a path that runs away
    ax.set(xlim=ends, ylim=_limits_of(mapped, ends))
    ax.legend(loc="upper left")
    return ax


def staircase(path):
    """Return x and y of the staircase q₀, q₁, ... between a map and the diagonal.

    It begins on the diagonal, and ends at the first variance that is not finite.
    """
    path = np.asarray(path, float)
    lost = np.flatnonzero(~np.isfinite(path))
    twice = np.repeat(path[: lost[0] if len(lost) else None], 2)
    return twice[:-1], np.concatenate([twice[:1], twice[2:]])


def _crossings(x, y):
    """Return where the line through the points meets the diagonal."""
    above = y - x
    at = np.flatnonzero((above[:-1] == 0) | (above[:-1] * above[1:] < 0))
    weight = above[at] / (above[at] - above[at + 1])
    return x[at] + weight * (x[at + 1] - x[at])


def _limits_of(mapped, ends):
    seen = np.concatenate([mapped[np.isfinite(mapped)], ends])
    return seen.min(), seen.max()
