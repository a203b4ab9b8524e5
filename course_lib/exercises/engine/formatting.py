"""Shows values as short text, the same on every machine."""

import types

import numpy as np

from course_lib.activations import Activation
from course_lib.mlp import Layer

_MAX_ENTRIES = 16
_DIGITS = 4, 8, 12, 17  # so many that a difference shows
_NUMERIC = "iuf"  # kinds of NumPy dtypes that are real numbers


def show(value, digits=4):
    """Return a value as short text: rounded, arrays with their shape, no addresses."""
    if isinstance(value, Layer | Activation) or hasattr(value, "shown_as"):
        return _show_part_of_the_course(value)
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
    return kind(value)


def show_apart(answer, expected):
    """Show answer and expectation with as many digits as it takes to see a difference."""
    for digits in _DIGITS:
        shown = show(answer, digits), show(expected, digits)
        if shown[0] != shown[1]:
            return shown
    return show(answer), show(expected)


def kind(value):
    """Say what sort of thing a value is, with an article."""
    named = {type(None): "None", bool: "True or False", np.bool_: "True or False"}
    named |= {str: "a piece of text", complex: "a complex number", tuple: "a tuple"}
    named |= {
        types.GeneratorType: "a generator (`yield` in place of `return`, or round brackets "
        "where a list needs square ones?)"
    }
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    if isinstance(value, int | float | np.number) and not isinstance(value, bool):
        return "a complex number" if isinstance(value, np.complexfloating) else "a number"
    if isinstance(value, types.FunctionType | types.BuiltinFunctionType | np.ufunc):
        return "a function (a call without its parentheses?)"
    if is_formula(value):
        return "a SymPy formula"
    word = type(value).__name__
    return named.get(type(value), f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}")


def is_formula(value):
    """Tell whether a value is an object of SymPy."""
    return any(base.__module__.partition(".")[0] == "sympy" for base in type(value).__mro__)


def compared(answer, expected):
    """Say what came and what is right, where the two differ most, in digits that differ."""
    answer, expected = (np.ravel(value) for value in (answer, expected))
    if answer.size == expected.size:
        i = farthest_apart(answer, expected)
        answer, expected = answer[i], expected[i]
    received, right = show_apart(answer, expected)
    return f"it gives {received}, and {right} is right."


def listed_apart(answer, expected):
    """Return two rows of numbers as text, in as many digits as it takes to see a difference.

    Parameters
    ----------
    answer, expected : number or ndarray
        Of one shape; what is not a single number is put in parentheses.

    Returns
    -------
    tuple of str
    """
    is_vector = np.ndim(expected) > 0
    sides = [_without_rounding(np.ravel(side)) for side in (answer, expected)]
    for digits in _DIGITS:
        rows = tuple(", ".join(show(entry, digits) for entry in side) for side in sides)
        if rows[0] != rows[1]:
            break
    return tuple(f"({row})" for row in rows) if is_vector else rows


def _without_rounding(row):
    """Return numbers as a list, with 0 for what is left of a difference beside the largest."""
    with np.errstate(all="ignore"):
        largest = np.abs(row).max(initial=0.0)
        return [0.0 if abs(entry) < 1e-15 * largest else float(entry) for entry in row]


def farthest_apart(answer, expected):
    """Return the position, in a row, of the first nan or else of the largest difference."""
    with np.errstate(all="ignore"):
        return int(np.argmax(np.abs(np.ravel(answer) - np.ravel(expected))))


def counted(n, noun):
    """Return a number with its noun: "1 layer", "3 layers"."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def times(n):
    """Return "not at all", "once", "twice" or "3 times"."""
    return {0: "not at all", 1: "once", 2: "twice"}.get(n, f"{n} times")


def rounded(gap):
    """Return a size for evidence: what is only rounding is called 0."""
    return "0" if gap < 1e-9 else f"{gap:.2g}"


def beside_measured(value, measured, tolerance=1e-7, digits=4):
    """Return whether a slope is the measured one, and both as text for evidence."""
    holds = abs(value - measured) < tolerance
    pair = tuple(f"{number:.{digits}f}" for number in (value, measured))
    if not holds and pair[0] == pair[1]:
        pair = show_apart(float(value), float(measured))
    return holds, f"{pair[0]}, measured {pair[1]}"


def _is_zero_dimensional(value):
    return isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind in "iufc"


def _show_part_of_the_course(value):
    if isinstance(value, Layer):
        w, b = (f"{part.start}:{part.stop}" for part in (value.w, value.b))
        return f"{value.fan_in} → {value.fan_out}: w {w}, b {b}"
    return value.name if isinstance(value, Activation) else str(value)


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
