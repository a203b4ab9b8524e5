"""The few rules and checks of arguments that all modules share: each names argument and value.

The rule of precision stands here: the dtype is the caller's; whole numbers and bool become
float64; complex numbers stay what they are where they make sense.
"""

import math
import operator

import numpy as np


def inexact(values, name):
    """Return values as an array that can hold fractions, in the caller's precision.

    Parameters
    ----------
    values : array_like
        Numbers. Float and complex stay as they are; whole numbers and bool become float64.
    name : str
        What the caller knows them as.

    Returns
    -------
    ndarray
        ``values`` itself where that is such an array already.

    Raises
    ------
    ValueError
        If ``values`` are not numbers.
    """
    try:
        array = np.asarray(values)
        kind = array.dtype.kind
        if kind in "fc":
            return array
        if kind == "O":  # fractions, numbers of SymPy, whole numbers of any size
            array, kind = np.frompyfunc(float, 1, 1)(array), "i"
    except (TypeError, ValueError, OverflowError):
        kind = None
    if kind not in ("b", "i", "u"):
        raise ValueError(f"{name} must hold numbers, got {values!r}")
    return np.asarray(array, np.float64)


def real(values, name):
    """Return what `inexact` returns, for functions that a complex number has no place in."""
    array = inexact(values, name)
    if array.dtype.kind == "c":
        raise ValueError(f"{name} must be real, got an array of {array.dtype}")
    return array


def in_precision_of(array, values, name):
    """Return values in the precision of a float array; complex ones stay complex."""
    values = inexact(values, name)
    if values.dtype.kind == "c":
        return values
    return values.astype(array.real.dtype, copy=False)


def float_dtype(dtype):
    """Return a dtype for parameters or data; raise ValueError where it holds no fractions."""
    if np.dtype(dtype).kind not in "fc":
        raise ValueError(f"dtype must be one of floats, got {dtype!r}")
    return np.dtype(dtype)


def require_positive(name, value):
    """Raise ValueError unless ``value`` is a finite number > 0."""
    if not (is_number(value) and math.isfinite(value) and value > 0):
        raise ValueError(f"{name} must be a finite number > 0, got {value!r}")


def require_non_negative(name, value):
    """Raise ValueError unless ``value`` is a finite number ≥ 0."""
    if not (is_number(value) and math.isfinite(value) and value >= 0):
        raise ValueError(f"{name} must be a finite number >= 0, got {value!r}")


def require_finite(name, value):
    """Raise ValueError unless ``value`` is a finite number."""
    if not (is_number(value) and math.isfinite(value)):
        raise ValueError(f"{name} must be a finite number, got {value!r}")


def require_count(name, value, at_least=1, at_most=math.inf):
    """Raise ValueError unless ``value`` is a whole number from ``at_least`` to ``at_most``."""
    if not (_is_whole(value) and at_least <= value <= at_most):
        limits = f">= {at_least}" if at_most == math.inf else f"in {at_least}..{at_most}"
        raise ValueError(f"{name} must be a whole number {limits}, got {value!r}")


def _is_whole(value):
    try:
        operator.index(value)
    except TypeError:
        return False
    return not isinstance(value, (bool, np.bool_))


def is_number(value):
    """Tell whether value is one real number: no bool, no text, nothing complex."""
    if type(value) in (int, float):  # nearly always: the rest costs more than the comparison
        return True
    try:
        array = np.asarray(value)
        if array.ndim > 0 or array.dtype.kind not in "iufO":
            return False
        float(value)
    except (TypeError, ValueError, OverflowError):
        return False
    return True
