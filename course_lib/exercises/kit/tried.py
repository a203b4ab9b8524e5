"""Laws that are tried on several inputs: what holds on a special one need not hold."""

from functools import wraps

import numpy as np

from course_lib.exercises.engine.formatting import beside_measured
from course_lib.exercises.engine.laws import Untried
from course_lib.gradcheck import numerical_gradient

_SEED = 20  # of what is drawn at a check


def tried(*examples, drawn=None, n_drawn=6):
    """Return the decorator that has a law tried on examples, and on drawn inputs.

    Parameters
    ----------
    *examples : tuple
        Inputs that the law gets beside the function. The evidence is that of the first
        input that breaks the law, or else of the first.
    drawn : callable, optional
        ``drawn(rng) -> tuple``: an input like the examples.
    n_drawn : int
        How many are drawn.

    Returns
    -------
    callable
        Makes ``holds(function, *input)`` a test that `Law` takes. With a generator besides,
        it is tried on drawn inputs alone.
    """

    def decorate(holds):
        @wraps(holds)
        def law(function, rng=None):
            given = examples if rng is None else ()
            if drawn:
                source = np.random.default_rng(_SEED) if rng is None else rng
                given = (*given, *(drawn(source) for _ in range(n_drawn)))
            return _everywhere(holds, function, given)

        law.has_drawn = drawn is not None
        return law

    return decorate


def _everywhere(holds, function, given):
    """Return the first result that breaks the law, or else the first.

    Raises
    ------
    Untried
        If nothing breaks the law, and somewhere it could not be measured.
    """
    results, untried = [], None
    for inputs in given:
        try:
            held, evidence = holds(function, *inputs)
        except Untried as reason:
            untried = untried or reason
            continue
        if not held:
            return False, evidence
        results.append((held, evidence))
    if untried:
        raise untried
    return results[0]


def is_slope(value, loss, theta):
    """Return whether all entries of a gradient are measured slopes, and the evidence.

    Parameters
    ----------
    value : ndarray
        The gradient, of the shape of theta.
    loss : callable
        ``loss(theta) -> float``.
    theta : ndarray
        Where the slopes are measured.

    Returns
    -------
    tuple
        The evidence is an entry that differs, or the largest.
    """
    value, measured = np.asarray(value), numerical_gradient(loss, theta)
    if value.shape != measured.shape:
        return False, f"shape {value.shape}, and {measured.shape} is needed"
    gaps = np.where(np.isfinite(value), np.abs(value - measured), np.inf)
    tolerance = 1e-7 * max(1.0, float(np.abs(measured).max()))
    shown = gaps if (gaps >= tolerance).any() else np.abs(measured)
    at = tuple(map(int, np.unravel_index(np.argmax(shown), shown.shape)))
    holds, told = beside_measured(float(value[at]), float(measured[at]), tolerance)
    return holds, f"entry [{', '.join(map(str, at))}]: {told}"


def limit_of(values):
    """Return where a sequence tends to; nan where its steps do not become smaller.

    Raises
    ------
    Untried
        If it has not yet come near enough to tell.
    """
    values = np.asarray(values, float)
    steps = np.diff(values)
    if not np.isfinite(values).all():
        return np.nan
    if abs(steps[-1]) <= 1e-10 * max(1.0, abs(values[-1])):
        return float(values[-1])
    if abs(steps[-1]) >= 0.99 * abs(steps[len(steps) // 2]):
        return np.nan
    shrink = steps[1:] / np.where(steps[:-1], steps[:-1], np.nan)
    ahead = [values[i] + steps[i] * shrink[i] / (1 - shrink[i]) for i in (-1, -2)]
    if not np.isclose(*ahead, rtol=1e-6, atol=1e-9):
        raise Untried(f"after {len(values)} steps it still moves")
    return float(ahead[0])
