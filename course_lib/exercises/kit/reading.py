"""Reads the answers of all cases as numbers, whatever else came: for the facts of exercises."""

import numpy as np

from course_lib.exercises.engine.seen import Unseen


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
