"""Compares an answer with what was expected, and shows both."""

import types
from dataclasses import dataclass

import numpy as np

_MAX_ENTRIES = 16
_NUMERIC = "iuf"  # kinds of NumPy dtypes that are real numbers
_ORDINALS = ("1st", "2nd", "3rd", "4th", "5th")


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
        Gives tolerances and the names of returned values.

    Returns
    -------
    Problem or None
    """
    if not isinstance(expected, tuple):
        found = _one_problem(answer, expected, exercise)
        return Problem(found) if found else None
    names, n = _names(exercise, len(expected)), len(expected)
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
    return np.shape(answer) == np.shape(other) and _close(answer, other, exercise)


def fits(answer, expected):
    """Tell whether an answer is made of real numbers in the form of what was expected."""
    if isinstance(expected, tuple):
        alike = isinstance(answer, tuple | list) and len(answer) == len(expected)
        return alike and all(map(fits, answer, expected))
    return _type_problem(answer, expected) is None


def largest_difference(answer, expected):
    """Return the largest |answer - expected|, None for other shapes, inf or nan."""
    if np.shape(answer) != np.shape(expected):
        return None
    with np.errstate(all="ignore"):
        difference = np.abs(np.asarray(answer, float) - np.asarray(expected, float))
    return float(difference.max()) if np.isfinite(difference).all() else None


def show(value, digits=4):
    """Return a value as short text: rounded, arrays with their shape, no addresses."""
    if isinstance(value, tuple):
        return "\n".join(show(part, digits) for part in value)
    if isinstance(value, np.ndarray) and value.ndim:
        return f"{_show_array(value, digits)}  shape {value.shape}"
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "...")
    if isinstance(value, bool | np.bool_ | int | np.integer):
        return str(value)
    if isinstance(value, float | complex | np.number) or _is_zero_dimensional(value):
        return _show_number(value, digits)
    return str(value) if hasattr(value, "shown_as") else kind(value)


def show_apart(answer, expected):
    """Show answer and expectation with as many digits as it takes to see a difference."""
    for digits in (4, 8, 12):
        shown = show(answer, digits), show(expected, digits)
        if shown[0] != shown[1]:
            return shown
    return tuple(show(value, 17) for value in (answer, expected))


def kind(value):
    """Say what sort of thing a value is, with an article."""
    named = {type(None): "None", bool: "True or False", np.bool_: "True or False"}
    named |= {str: "a piece of text", complex: "a complex number", tuple: "a tuple"}
    named |= {types.GeneratorType: "a generator (`yield` in place of `return`?)"}
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, int | float | np.number) and not isinstance(value, bool):
        return "a complex number" if isinstance(value, np.complexfloating) else "a number"
    if isinstance(value, types.FunctionType | types.BuiltinFunctionType | np.ufunc):
        return "a function (a call without its parentheses?)"
    word = type(value).__name__
    return named.get(type(value), f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}")


def _first_part_problem(answer, expected, exercise):
    for i, parts in enumerate(zip(answer, expected, strict=True)):
        found = _one_problem(*parts, exercise)
        if found:
            name = f" (`{exercise.returns[i]}`)" if exercise.returns else ""
            return Problem(f"In the {_ORDINALS[i]} value{name}: {found}", i)
    return None


def _one_problem(answer, expected, exercise):
    found = _type_problem(answer, expected) or _shape_problem(answer, expected)
    if found:
        return found
    same = exercise.same or (lambda a, e: _close(a, e, exercise))
    if same(answer, expected):
        return None
    return _nan_problem(answer, expected) or "The numbers differ."


def _type_problem(answer, expected):
    needed = "a number" if np.ndim(expected) == 0 else kind(np.asarray(expected))
    if isinstance(answer, list):
        return f"It returned a list; {needed} is needed (`np.array(...)` makes one)."
    if isinstance(answer, tuple):
        return f"It returned a tuple; {needed} is needed (is there a comma too many?)."
    if isinstance(answer, int | float | np.number | np.ndarray) and not isinstance(
        answer, bool
    ):
        return _dtype_problem(np.asarray(answer).dtype)
    return f"It returned {kind(answer)}; {needed} is needed."


def _dtype_problem(dtype):
    if dtype.kind in _NUMERIC:
        return None
    words = {"c": "complex numbers", "b": "True and False", "O": "Python objects"}
    return f"It returned {words.get(dtype.kind, 'text')}; real numbers are needed."


def _shape_problem(answer, expected):
    if np.shape(answer) == np.shape(expected):
        return None
    return f"It returned shape {np.shape(answer)}; shape {np.shape(expected)} is needed."


def _nan_problem(answer, expected):
    bad = np.isnan(answer) & ~np.isnan(expected)
    if not bad.any():
        return None
    count = int(bad.sum())
    where = f" in {count} of {bad.size} entries" if bad.size > 1 else ""
    return f"It returned nan (not a number){where}."


def _close(answer, expected, exercise):
    with np.errstate(all="ignore"):
        return np.allclose(
            answer, expected, rtol=exercise.rtol, atol=exercise.atol, equal_nan=True
        )


def _names(exercise, n):
    return ", ".join(f"`{name}`" for name in exercise.returns) or f"a tuple of {n}"


def _is_zero_dimensional(value):
    return isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind in "fc"


def _show_number(value, digits):
    return f"{value[()] if isinstance(value, np.ndarray) else value:.{digits}g}"


def _show_array(value, digits):
    if value.dtype.kind not in _NUMERIC:
        return f"an array of {value.dtype.name}"
    return np.array2string(
        value,
        threshold=_MAX_ENTRIES,
        edgeitems=2,
        max_line_width=80,
        formatter={"float_kind": lambda entry: f"{entry:.{digits}g}"},
    )
