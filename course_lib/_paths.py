"""Where the path of a descent leaves a picture."""

import numpy as np

_MARKERS = np.array([["<", "v"], [">", "^"]])  # [beyond the high limit, vertical]


def exits(path, xlim, ylim):
    """Find where the straight steps of a path leave a window.

    Parameters
    ----------
    path : ndarray, shape (n_points, 2)
        Finite points.
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
