"""Wrong ways of taking central differences: what known mistakes are made of."""

import numpy as np


def differences(step=1e-5, ahead=1.0, behind=1.0, span=2.0):
    """Return differences f(θ + ahead·h) - f(θ - behind·h), divided by span·h."""

    def function(f, theta):
        gradient = np.zeros(theta.shape)
        for i in range(theta.size):
            shift = np.zeros(theta.shape)
            shift[i] = step
            difference = f(theta + ahead * shift) - f(theta - behind * shift)
            gradient[i] = difference / (span * step)
        return gradient

    return function


def not_restored(f, theta):
    """Move the entries of theta itself and leave them below."""
    gradient = np.zeros(theta.shape)
    for i in range(theta.size):
        theta[i] += 1e-5
        above = f(theta)
        theta[i] -= 2e-5
        gradient[i] = (above - f(theta)) / 2e-5
    return gradient


def copied_once(move, copied=lambda theta: theta.astype(float)):
    """Return the answer that moves the entries of one copy of theta, for all coordinates."""

    def function(f, theta):
        gradient, point = np.zeros(theta.shape), copied(theta)
        for i in range(theta.size):
            gradient[i] = move(f, point, i)
        return gradient

    return function


def left_below(f, point, i):
    """Leave entry i below."""
    point[i] += 1e-5
    above = f(point)
    point[i] -= 2e-5
    return (above - f(point)) / 2e-5


def left_ahead(f, point, i):
    """Leave entry i above."""
    point[i] -= 1e-5
    below = f(point)
    point[i] += 2e-5
    return (f(point) - below) / 2e-5


def left_above(f, theta):
    """Move the entries of theta itself and leave them above."""
    gradient = np.zeros(theta.shape)
    for i in range(theta.size):
        below = f(theta - 1e-5 * np.eye(theta.size)[i])
        theta[i] += 1e-5
        gradient[i] = (f(theta) - below) / 2e-5
    return gradient


def all_at_once(f, theta):
    """Move all entries together."""
    slope = (f(theta + 1e-5) - f(theta - 1e-5)) / 2e-5
    return np.full(theta.shape, slope)


def one_coordinate(f, theta):
    """Hand a single entry to f."""
    return np.array([(f(t + 1e-5) - f(t - 1e-5)) / 2e-5 for t in theta])


def whole_copies(f, theta, result=None):
    """Move copies that have the dtype of theta."""
    gradient = np.zeros(theta.shape) if result is None else result
    for i in range(theta.size):
        above, below = theta.copy(), theta.copy()
        above[i] += 1e-5
        below[i] -= 1e-5
        gradient[i] = (f(above) - f(below)) / 2e-5
    return gradient


def whole_result(f, theta):
    """Put the result into an array that has the dtype of theta."""
    gradient = np.zeros_like(theta)
    gradient[:] = differences()(f, theta.astype(float))
    return gradient


def misplaced_step(f, theta):
    """Multiply by h where 2h should divide: ``/ 2 * h``."""
    return differences()(f, theta) * 1e-5**2


def smaller_by_a_square(seen):
    """Tell whether all entries are too small by one factor, such as h²."""
    answer, right = (
        np.concatenate([*map(np.ravel, side)]) for side in (seen.answers, seen.expected)
    )
    ratios = answer[np.abs(right) > 1e-3] / right[np.abs(right) > 1e-3]
    factor = np.median(ratios)
    return bool(0 < factor < 1e-5 and np.abs(ratios / factor - 1).max() < 1e-2)


def coarse(seen):
    """Tell whether answers are few steps of rounding, seen where f is near 1000.

    There f(θ + h) - f(θ - h) is a whole number of times the spacing of floats.
    """
    entries = [
        a for a, (f, theta) in zip(seen.answers, seen.cases, strict=True) if f(theta) > 900
    ]
    values = np.concatenate([*map(np.ravel, entries)])
    spans = [span * 10.0**-k for k in range(9, 17) for span in (1, 2)]
    counts = [values * span / np.spacing(999.0) for span in spans]
    return not values.any() or any(map(_are_whole, counts))


def zero(seen):
    """Tell whether all entries are 0, but where θ is 0: no step is too small for that."""
    pairs = zip(seen.answers, seen.cases, strict=True)
    return not any(np.any(answer) for answer, (_, theta) in pairs if theta.all())


def _are_whole(counts):
    return np.abs(counts - np.round(counts)).max() < 1e-5 and np.abs(counts).max() > 0.5
