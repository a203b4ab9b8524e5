"""The path of a descent, and where it leaves a picture."""

import numpy as np

_MARKERS = np.array([["<", "v"], [">", "^"]])  # [beyond the high limit, vertical]


def exits(path, xlim, ylim):
    """Find where the straight steps of a path leave a window.

    Parameters
    ----------
    path : ndarray, shape (n_points, 2)
        Finite points; nan is a gap.
    xlim, ylim : (float, float)
        The window, ascending.

    Returns
    -------
    points : ndarray, shape (n_exits, 2)
        On the window's edge, one for each step that ends outside having been inside.
    markers : list of str
        Matplotlib's marker that points outward there: one of ``<``, ``>``, ``v``, ``^``.
    """
    path = np.asarray(path, float)
    start, step = path[:-1], np.diff(path, axis=0)
    step = np.where(step == 0, 1e-300, step)  # never enters nor leaves by this side
    low, high = np.transpose([xlim, ylim])
    times = np.sort([(low - start) / step, (high - start) / step], axis=0)
    enter, leave = times[0].max(axis=-1), times[1].min(axis=-1)
    out = np.flatnonzero((np.maximum(enter, 0) <= leave) & (leave < 1))
    side = times[1, out].argmin(axis=-1)
    upward = (step[out, side] > 0).astype(int)
    points = np.clip(start[out] + leave[out, None] * step[out], low, high)
    points[np.arange(len(out)), side] = np.stack([low, high])[upward, side]
    return points, _MARKERS[upward, side].tolist()


def draw_path(ax, label, path, look, width=1.5):
    """Draw a path from a ring to a star, with a triangle wherever it leaves the picture.

    Parameters
    ----------
    ax : Axes
        Its limits are set already.
    label : str
    path : ndarray, shape (n_points, 2)
        Finite points.
    look : dict
        ``color`` and ``linestyle``.
    width : float, optional
        Of the line, in points; dots are larger by as much.
    """
    color = look["color"]
    steps = {
        "linestyle": look["linestyle"],
        "marker": ".",
        "markersize": 3.5 + width,
        "linewidth": width,
    }
    ax.plot(*path.T, color=color, label=label, **steps)
    ax.plot(*path[0], "o", color=color, markerfacecolor="white", markersize=9)
    ax.plot(*path[-1], "*", color=color, markeredgecolor="white", markersize=14)
    for point, marker in zip(*exits(path, ax.get_xlim(), ax.get_ylim()), strict=True):
        ax.plot(*point, marker, color=color, markersize=11, clip_on=False, zorder=5)


def finite_part(name, path):
    """Return a path up to where it stops being finite, having checked its shape and start."""
    path = np.asarray(path, float)
    if path.ndim != 2 or path.shape[1] != 2:
        raise ValueError(f"{name} must have shape (n_points, 2), got {path.shape}")
    finite = np.isfinite(path).all(axis=1)
    if not finite[0]:
        raise ValueError(f"{name} must begin with a finite point, got {path[0]}")
    return path[np.cumprod(finite, dtype=bool)]
