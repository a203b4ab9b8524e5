"""Reads the answers of all cases as numbers, whatever else came: for the facts of exercises."""

from functools import cached_property

import numpy as np

from course_lib.exercises.engine.seen import Unseen
from course_lib.exercises.engine.values import fits, same_shape


def single_numbers(seen):
    """Return one number for each case, nan where it gave none.

    Raises
    ------
    Unseen
        If no case gave a number.
    """
    numbers = np.array([_number(answer) for answer in seen.answers])
    if np.isnan(numbers).all():
        raise Unseen
    return numbers


def _number(answer):
    plain = isinstance(answer, int | float | np.number | np.ndarray) and np.ndim(answer) == 0
    return float(answer) if plain and np.isrealobj(answer) else np.nan


def in_rows(seen):
    """Return the answers of all cases, each as a row of numbers, whatever its form.

    Raises
    ------
    Unseen
        If some answer does not hold real numbers.
    """
    if any(answer is None for answer in seen.answers):
        raise Unseen
    try:
        return [np.asarray(answer, float).ravel() for answer in seen.answers]
    except (TypeError, ValueError):
        raise Unseen from None


def entries(seen):
    """Return the entries of the first argument of all cases, and what was made of them.

    Cases whose answer has another form are left out.

    Raises
    ------
    Unseen
        If fewer than three entries are left.
    """
    usable = [
        (np.ravel(trial.case[0]), np.ravel(trial.answer), np.ravel(trial.expected))
        for trial in seen.trials
        if fits(trial.answer, trial.expected) and same_shape(trial.answer, trial.expected)
    ]
    if sum(z.size for z, *_ in usable) < 3:
        raise Unseen
    return tuple(np.concatenate(part).astype(float) for part in zip(*usable, strict=True))


class Curve:
    """What came for numbers z near 0, y, entry by entry: which curve through them it is.

    ``near`` is the largest |z| that is looked at: beyond, digits may be lost.
    """

    def __init__(self, seen, near=4):
        self.seen, self._near = seen, near

    @cached_property
    def entries(self):
        """The numbers z and y."""
        z, y, _ = entries(self.seen)
        near = np.abs(z) < self._near
        return z[near], y[near]

    def fits(self, read, *forms):
        """Return the coefficients with which ``read(y)`` is the sum of these functions of z."""
        z, y = self.entries
        return fitted(read(y), *(form(z) for form in forms))


def fitted(values, *columns):
    """Return the coefficients with which columns of numbers add up to the values.

    They are nan unless they do so to six digits.
    """
    matrix, unknown = np.column_stack(columns), np.full(len(columns), np.nan)
    if not np.isfinite(values).all() or not np.isfinite(matrix).all():
        return unknown
    coefficients = np.linalg.lstsq(matrix, values, rcond=None)[0]
    exact = np.allclose(matrix @ coefficients, values, rtol=1e-6, atol=1e-9)
    return coefficients if exact else unknown


def are(coefficients, *others):
    """Tell whether coefficients are these numbers; None stands for any."""
    return all(
        np.isfinite(c) and (other is None or abs(c - other) < 1e-5)
        for c, other in zip(coefficients, others, strict=True)
    )


def ambiguous(seen):
    """Tell whether an ``if`` was asked about an array of several entries."""
    return any("ambiguous" in str(error) for error in (t.error for t in seen.trials))
