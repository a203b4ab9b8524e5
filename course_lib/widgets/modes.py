"""Accumulation on one mode of a quadratic: how its length changes per step, and the limits.

On ½λθ² every method is a linear map of θ and the velocity. With a = ηλ, its eigenvalues are
the roots of r² - Tr + D.
"""

import numpy as np

METHODS = ("momentum", "EMA", "Nesterov", "plain descent")


def growth_factor(method, a, gamma):
    """Return by which factor a mode's length changes per step in the long run.

    Parameters
    ----------
    method : str
        One of `METHODS`, in the course's convention: v ← γv + g, θ ← θ - ηv.
    a : float
        ηλ, > 0.
    gamma : float
        γ, from 0 to below 1. Gradient descent has none.

    Returns
    -------
    float
        Below 1 where the method converges.
    """
    trace, determinant = _trace_and_determinant(method, a, gamma)
    root = np.sqrt(complex(trace**2 / 4 - determinant))
    return float(max(abs(trace / 2 + root), abs(trace / 2 - root)))


def largest_stable(method, gamma):
    """Return the limit below which a = ηλ has to stay.

    Parameters
    ----------
    method : str
        One of `METHODS`.
    gamma : float or ndarray
        γ, from 0 to below 1.

    Returns
    -------
    float or ndarray
        As ``gamma``.
    """
    limits = {
        "momentum": 2 * (1 + gamma),
        "EMA": 2 * (1 + gamma) / (1 - gamma),
        "Nesterov": 2 * (1 + gamma) / (1 + 2 * gamma),
        "plain descent": 2 + 0 * gamma,
    }
    return limits[method]


def _trace_and_determinant(method, a, gamma):
    if method == "EMA":  # momentum with (1 - γ)η
        return _trace_and_determinant("momentum", (1 - gamma) * a, gamma)
    if method == "plain descent":
        gamma = 0.0
    if method == "Nesterov":
        return (1 + gamma) * (1 - a), gamma * (1 - a)
    return 1 + gamma - a, gamma
