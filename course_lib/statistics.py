"""How far a fraction of runs can be trusted: intervals for proportions, and a test of two."""

from math import comb

import numpy as np

from course_lib._validation import real, require_count

_Z = 1.959963984540054  # 95 % of a normal distribution lie within so many deviations


def wilson_interval(successes, n):
    """95 % interval for a probability, from how often something happened in n runs.

    It stays inside [0, 1] and keeps a width where all or none of the runs succeed, unlike the
    fraction ± 2 standard errors.

    Parameters
    ----------
    successes : int or array_like of int
        In how many runs it happened, from 0 to n.
    n : int
        Number of runs, >= 1.

    Returns
    -------
    low, high : ndarray, shape of successes
        Ends of the interval. The fraction ``successes / n`` lies in it, not at its center.

    Raises
    ------
    ValueError
        If ``n`` is not a whole number >= 1, or ``successes`` are not whole numbers in [0, n].

    Notes
    -----
    Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".
    """
    require_count("n", n)
    n, successes = int(n), real(successes, "successes")
    if not np.all((successes >= 0) & (successes <= n) & (successes == np.floor(successes))):
        raise ValueError(f"successes must be whole numbers in [0, {n}], got {successes}")
    center = (successes + _Z**2 / 2) / (n + _Z**2)
    spread = successes * (n - successes) / n + _Z**2 / 4
    half_width = _Z * np.sqrt(spread) / (n + _Z**2)
    return np.clip(center - half_width, 0, 1), np.clip(center + half_width, 0, 1)


def fisher_exact(successes, others, n):
    """Return how probable two counts as far apart as these are, if both have one chance.

    Parameters
    ----------
    successes, others : int
        In how many of n runs it happened, of one kind and of another, from 0 to n.
    n : int
        Number of runs of each kind, >= 1.

    Returns
    -------
    float
        The two-sided p-value: what all counts that are no more probable add up to.

    Raises
    ------
    ValueError
        If ``n`` is not a whole number >= 1, or a count is not a whole number in [0, n].

    Notes
    -----
    Source: Fisher 1935, "The logic of inductive inference".
    """
    wilson_interval([successes, others], n)  # checks all three
    total = int(successes) + int(others)
    ways = [comb(n, k) * comb(n, total - k) for k in range(min(n, total) + 1)]
    return sum(way for way in ways if way <= ways[int(successes)]) / sum(ways)
