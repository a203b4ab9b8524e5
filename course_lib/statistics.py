"""How far a fraction of runs can be trusted: intervals for proportions."""

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
