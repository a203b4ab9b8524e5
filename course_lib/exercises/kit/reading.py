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
    try:
        return float(answer) if plain and np.isrealobj(answer) else np.nan
    except OverflowError:  # a whole number beyond all floats
        return np.nan


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
    except (TypeError, ValueError, OverflowError):
        raise Unseen from None


def pairs(seen):
    """Return what came and what is right, entry by entry, where the form is right.

    Raises
    ------
    Unseen
        If that is so of fewer than three entries.
    """
    trials = _usable(seen)
    sides = [np.ravel(t.answer) for t in trials], [np.ravel(t.expected) for t in trials]
    answer, expected = (np.concatenate([np.zeros(0), *side]) for side in sides)
    if answer.size < 3:
        raise Unseen
    return answer.astype(float), expected.astype(float)


def _usable(seen):
    return [
        t
        for t in seen.trials
        if fits(t.answer, t.expected) and same_shape(t.answer, t.expected)
    ]


class Curve:
    """What came for numbers z near 0, y, entry by entry: which curve through them it is.

    ``near`` is the largest |z| that is looked at: beyond, digits may be lost.
    """

    def __init__(self, seen, near=4):
        self.seen, self._near = seen, near

    @cached_property
    def entries(self):
        """The numbers z and y."""
        y, _ = pairs(self.seen)
        z = np.concatenate([np.ravel(trial.case[0]) for trial in _usable(self.seen)])
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
