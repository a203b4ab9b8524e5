"""Reads the answers of all cases as numbers, whatever else came: for the facts of exercises."""

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
