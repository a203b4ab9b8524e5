"""Compares an answer with what was expected."""

import numbers
from collections.abc import Generator
from dataclasses import dataclass
from numbers import Number

import numpy as np

from course_lib.exercises.engine.formatting import is_formula, kind

_NUMERIC = "iuf"  # kinds of NumPy dtypes that are real numbers


@dataclass(frozen=True)
class Problem:
    """What is wrong with an answer.

    Attributes
    ----------
    sentence : str
        What to tell the learner.
    part : int or None
        Which of several returned values is wrong.
    """

    sentence: str
    part: int | None = None


def problem(answer, expected, exercise):
    """Return what is wrong with an answer, None if it is right.

    Parameters
    ----------
    answer : object
        Whatever the learner's function returned.
    expected : number, ndarray or tuple of these
        What the reference returned.
    exercise : Exercise
        Gives the comparison and the names of returned values.

    Returns
    -------
    Problem or None
    """
    if not isinstance(expected, tuple):
        found = _one_problem(answer, expected, exercise)
        return Problem(found) if found else None
    names, n = ", ".join(exercise.names_of_values), len(expected)
    if not isinstance(answer, tuple | list):
        return Problem(f"It returned {kind(answer)}; {n} values are needed: {names}.")
    if len(answer) != n:
        return Problem(f"It returned {len(answer)} values; {n} are needed: {names}.")
    return _first_part_problem(answer, expected, exercise)


def equal(answer, other, exercise):
    """Tell whether two answers are the same within the exercise's tolerances."""
    if isinstance(other, tuple | list):
        alike = isinstance(answer, tuple | list) and len(answer) == len(other)
        return alike and all(equal(a, b, exercise) for a, b in zip(answer, other, strict=True))
    if _type_problem(answer, other) or _type_problem(other, answer):
        return False
    return (
        np.shape(answer) == np.shape(other) and exercise.comparison.close(answer, other).all()
    )


def fits(answer, expected):
    """Tell whether an answer is made of real numbers in the form of what was expected."""
    if isinstance(expected, tuple):
        alike = isinstance(answer, tuple | list) and len(answer) == len(expected)
        return alike and all(map(fits, answer, expected))
    return _type_problem(answer, expected) is None


def same_shape(answer, expected):
    """Tell whether an answer that fits has the shape of what was expected."""
    if isinstance(expected, tuple):
        return all(map(same_shape, answer, expected))
    return np.shape(answer) == np.shape(expected)


def shape_of(value):
    """Return the shape of a value, None where it is no array of anything."""
    try:
        return np.shape(value)
    except ValueError:  # ragged rows
        return None


def as_array(sequence):
    """Return a list of real numbers as an array, None where it is none."""
    try:
        array = np.array(sequence)
    except (ValueError, OverflowError):  # ragged rows, a whole number beyond all floats
        return None
    return array if array.size and array.dtype.kind in _NUMERIC else None


def _first_part_problem(answer, expected, exercise):
    for i, parts in enumerate(zip(answer, expected, strict=True)):
        found = _one_problem(*parts, exercise)
        if found:
            name = exercise.names_of_values[i]
            said = f"About {name}: {found[0].lower()}{found[1:]}"
            return Problem(found if exercise.comparison.acts else said, i)
    return None


def _one_problem(answer, expected, exercise):
    found = _type_problem(answer, expected) or _shape_problem(answer, expected)
    if found:
        return found
    return exercise.comparison.mismatch(answer, expected) or None


def _type_problem(answer, expected):
    plain = isinstance(answer, int | float | np.number | np.ndarray)
    if plain and not isinstance(answer, bool | np.matrix):
        array = np.asarray(answer)
        return None if array.dtype.kind in _NUMERIC else _dtype_problem(array)
    is_number = np.ndim(expected) == 0
    needed = "one number" if is_number else kind(np.asarray(expected))
    if is_number and isinstance(answer, Number) and not isinstance(answer, bool):
        needed = "an int or a float"
    if isinstance(answer, list):
        made = as_array(answer)
        suits = made is not None and made.shape == np.shape(expected)
        told = ", not a list" if is_number else " (`np.array(...)` makes one)" * suits
        if not answer:
            return f"It returned an empty list; {needed} is needed: is nothing appended to it?"
        return f"It returned a list; {needed} is needed{told}."
    if isinstance(answer, np.matrix):
        return (
            "It returned np.matrix, with which `*` is a matrix product and every row stays two-"
            "dimensional: the lesson's next cells need an array (`np.asarray(...)`)."
        )
    if isinstance(answer, tuple):
        if not answer:
            return f"It returned an empty tuple; {needed} is needed."
        return f"It returned a tuple; {needed} is needed (is there a comma too many?)."
    if is_number and isinstance(answer, numbers.Number):
        needed = "an int or a float"
    return f"It returned {kind(answer)}; {needed} is needed."


def _dtype_problem(array):
    """Say what an array holds in place of real numbers; NumPy knows formulas as objects."""
    if array.dtype.kind == "O" and any(map(is_formula, array.flat)):
        return "It returned SymPy formulas; real numbers are needed."
    if isinstance(array[()], Generator):
        return (
            "It returned an array that holds a generator, not its numbers: in square brackets, "
            "`np.array([... for ...])`, they are made."
        )
    words = {"c": "complex numbers", "b": "True and False", "O": "Python objects"}
    kinds = {type(entry) for entry in array.flat} if array.dtype.kind == "O" else set()
    if len(kinds) == 1 and issubclass(*kinds, Number) and not kinds & {int, bool}:
        return f"It returned an array of {kinds.pop().__name__}s; ints or floats are needed."
    return f"It returned {words.get(array.dtype.kind, 'text')}; real numbers are needed."


def _shape_problem(answer, expected):
    if np.shape(answer) == np.shape(expected):
        return None
    returned, needed = (_form(np.shape(value)) for value in (answer, expected))
    return f"It returned {returned}; {needed} is needed."


def _form(shape):
    return f"shape {shape}" if shape else "one number"
