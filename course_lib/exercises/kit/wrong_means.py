"""Ways of taking E[f(√q ξ)] that are tempting and fail: what known mistakes are made of."""

from functools import cache

import numpy as np

from course_lib.exercises.kit.reading import pairs


def sampled(f, q, n_draws=10_000):
    """Return the mean over random draws: off by about 1/√n_draws."""
    z = np.random.default_rng(0).standard_normal(n_draws)
    return np.mean(f(np.sqrt(q)[..., None] * z), axis=-1)


def gauss_hermite(n_nodes):
    """Return the mean by Gauss-Hermite quadrature, which misses what is narrow."""

    def mean(f, q):
        z, weights = _hermite_nodes(n_nodes)
        return f(np.sqrt(q)[..., None] * z) @ weights / weights.sum()

    return mean


def node_at_zero(f, q, n_nodes=1001):
    """Return a sum over an even grid that has a node on a step at z = 0."""
    z = np.linspace(-8, 8, n_nodes)
    weights = np.exp(-(z**2) / 2)
    return f(np.sqrt(q)[..., None] * z) @ weights / weights.sum()


def close_but_not_exact(seen, least=1e-5):
    """Tell whether numbers lie around what is right, as sampled ones do.

    The cases whose answer has another form are left out. Half of the relative errors are above
    ``least``.
    """
    errors = relative_errors(seen)
    return bool((errors < 0.3).all() and np.median(errors) >= least)


def relative_errors(seen):
    """Return |answer/expected - 1| of all cases of the right form, in one row."""
    answer, right = pairs(seen)
    return np.abs(answer / right - 1)


@cache
def _hermite_nodes(n_nodes):
    return np.polynomial.hermite_e.hermegauss(n_nodes)
