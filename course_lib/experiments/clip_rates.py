"""What a clip is worth in lesson 10: which nets learn at which rate, without and with a clip.

The runs take some minutes and are stored; ``course_lib/data/clip_rates/make.py`` makes them.
"""

import json

import numpy as np

from course_lib._files import shipped

WAYS = ("no clip", "clip")
N_RESAMPLED = 2000


def stored_runs():
    """Return the recorded runs of the three nets.

    Returns
    -------
    dict of str to (ndarray, dict)
        For each net the rates, shape (n_rates,), and by "no clip" and "clip" which nets
        learned: bool, shape (n_rates, n_nets). The same nets at every rate and in both ways.

    Raises
    ------
    FileNotFoundError
        If the data did not come with the package.
    """
    record = json.loads(shipped("clip_rates", "runs.json").read_text(encoding="utf-8"))
    return {
        name: (np.array(net["rates"]), {way: _as_bools(net["learned"][way]) for way in WAYS})
        for name, net in record["nets"].items()
    }


def _as_bools(rows):
    """Return rows of 0 and 1, written as text, as an array of bool."""
    return np.array([[digit == "1" for digit in row] for row in rows])


def largest_rate(rates, shares):
    """Return the rate up to which half of the nets learn.

    Parameters
    ----------
    rates : ndarray, shape (n_rates,)
        Rising.
    shares : ndarray, shape (..., n_rates)
        The fraction of nets that learn at each.

    Returns
    -------
    ndarray, shape (...)
        Where the share falls below a half after the last rate that reaches it, interpolated on
        logarithms. nan where the first rate does not reach it or the last one still does.
    """
    enough = shares >= 0.5
    last = enough.shape[-1] - 1 - enough[..., ::-1].argmax(axis=-1)
    inside = enough.any(axis=-1) & (last < enough.shape[-1] - 1)
    last = np.where(inside, last, 0)[..., None]
    above, below = (np.take_along_axis(shares, i, -1)[..., 0] for i in (last, last + 1))
    low, high = (np.log(rates)[i[..., 0]] for i in (last, last + 1))
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = np.exp(low + (high - low) * (above - 0.5) / (above - below))
    return np.where(inside, rate, np.nan)


def factor(rates, learned, rng):
    """Return how many times larger the clip makes the largest rate, with its interval.

    Parameters
    ----------
    rates : ndarray, shape (n_rates,)
    learned : dict of str to ndarray of bool, shape (n_rates, n_nets)
        As `stored_runs` returns it.
    rng : numpy.random.Generator
        Draws nets, with replacement, for the interval.

    Returns
    -------
    (float, float, float)
        The factor, and the ends of its 95 % interval (bootstrap over nets; Efron 1979).
    """
    n_nets = learned["clip"].shape[1]
    drawn = rng.integers(n_nets, size=(N_RESAMPLED, n_nets))
    without, with_clip = (
        largest_rate(rates, learned[way][:, drawn].mean(axis=-1).T) for way in WAYS
    )
    low, high = np.quantile(with_clip / without, [0.025, 0.975])
    whole = [largest_rate(rates, learned[way].mean(axis=-1)) for way in WAYS]
    return float(whole[1] / whole[0]), float(low), float(high)
