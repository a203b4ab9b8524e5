"""The shapes of clipping in two dimensions: what a rule lets pass, and angles."""

import numpy as np


def limit_outline(rule, limit):
    """Return the outline of what a rule lets pass, as x and y.

    Parameters
    ----------
    rule : {"max_norm", "max_value"}
        A circle for the global norm; a square for the value.
    limit : float

    Returns
    -------
    ndarray, shape (2, n_points)
    """
    if rule == "max_value":
        return limit * np.array([[-1, 1, 1, -1, -1], [-1, -1, 1, 1, -1]])
    around = np.linspace(0, 2 * np.pi, 121)
    return limit * np.array([np.cos(around), np.sin(around)])


def angles_between(one, other):
    """Return the angles between vectors, in degrees from 0 to 180.

    The arc tangent is exact near 0, where the arc cosine of a rounded cosine is not.

    Parameters
    ----------
    one, other : ndarray, shape (..., n)
        Not zero.

    Returns
    -------
    ndarray, shape (...)
    """
    one, other = (v / np.linalg.norm(v, axis=-1, keepdims=True) for v in (one, other))
    apart, along = (np.linalg.norm(v, axis=-1) for v in (one - other, one + other))
    return np.degrees(2 * np.arctan2(apart, along))
