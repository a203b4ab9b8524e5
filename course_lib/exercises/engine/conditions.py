"""Where an answer is right, if one property of the input tells right from wrong."""

import numpy as np

from course_lib.exercises.engine.quantities import quantities


def by_case(parameters, cases, right):
    """Return in words which cases are right, None if no one property tells them apart.

    Parameters
    ----------
    parameters : tuple of str
        Names of the arguments.
    cases : list of tuple
    right : ndarray of bool
    """
    if right.sum() < 1 or (~right).sum() < 1:
        return None
    kinds = _by_value(parameters, cases, right) or _by_kind(parameters, cases, right)
    if kinds or right.sum() < 2 or (~right).sum() < 2:
        return kinds
    parted = [
        _parted(words, numbers, right)
        for words, numbers in quantities(parameters, cases).items()
        if not words.startswith("1 - ")
    ]
    parted = [words for words in parted if words]
    return parted[0] if len(parted) == 1 else None


def by_entry(parameters, cases, pairs, wrong):
    """Return which entries are right, in words and as an array; None if that is not plain.

    Parameters
    ----------
    parameters : tuple of str
        Names of the arguments.
    cases : list of tuple
    pairs : list of (ndarray, ndarray)
        Answers and what is right, of equal shapes.
    wrong : list of ndarray of bool
        Which entries are wrong. Where 0 is right and came it may be by accident.
    """
    flat = np.concatenate([*map(np.ravel, wrong)])
    if flat.all() or not flat.any():
        return None
    for i, name in enumerate(parameters):
        values = [case[i] for case in cases]
        if all(
            isinstance(v, np.ndarray | int | float) and np.shape(v) == e.shape
            for v, (_, e) in zip(values, pairs, strict=True)
        ):
            x = np.concatenate([np.ravel(np.asarray(v, float)) for v in values])
            told = flat | np.concatenate([np.ravel(e != 0) for _, e in pairs])
            found = _by_sign(name, x[told], flat[told])
            found = found or _parted(f"|{name}|", np.abs(x[told]), ~flat[told])
            if found:
                return found, ~flat
    return _by_place(wrong)


def _by_value(parameters, cases, right):
    """Tell cases apart by the value of one number among the arguments."""
    for i, name in enumerate(parameters):
        values = [case[i] for case in cases]
        if all(isinstance(value, int | float) for value in values):
            good = {value for value, ok in zip(values, right, strict=True) if ok}
            bad = {value for value, ok in zip(values, right, strict=True) if not ok}
            one = len(good) == 1 and (right.sum() > 1 or good & {0, 1})
            if one and len(bad) > 1 and not good & bad:
                return f"`{name}` is {good.pop():.4g}"
    return None


def _by_kind(parameters, cases, right):
    """Tell cases apart by what sort of thing one argument is."""
    tests = (
        ("is one number", lambda v: np.ndim(v) == 0),
        ("is an array", lambda v: np.ndim(v) > 0),
        ("holds whole numbers", lambda v: v.dtype.kind in "iu"),
        ("holds float64", lambda v: v.dtype == np.float64),
        ("has one row", lambda v: v.ndim == 2 and len(v) == 1),
        ("has one entry", lambda v: v.size == 1),
        ("is square", lambda v: v.ndim == 2 and v.shape[0] == v.shape[1]),
        ("is 0 everywhere", lambda v: not v.any()),
        ("has no negative entry", lambda v: v.size and (v >= 0).all()),
        ("has no positive entry", lambda v: v.size and (v <= 0).all()),
        ("is not 0 everywhere", lambda v: v.any()),
    )
    for words, test in tests:
        for i, name in enumerate(parameters):
            values = [case[i] for case in cases]
            if all(isinstance(v, np.ndarray | int | float) for v in values):
                fits = np.array([bool(test(np.asarray(v))) for v in values])
                if (fits == right).all():
                    return f"`{name}` {words}"
    return None


def _parted(words, numbers, right):
    """Tell right from wrong by a threshold."""
    good, bad = numbers[right], numbers[~right]
    if not np.isfinite(numbers).all() or min(map(len, map(np.unique, (good, bad)))) < 2:
        return None
    if good.max() < bad.min():
        return f"{words} is {good.max():.4g} or less"
    return f"{words} is {good.min():.4g} or more" if bad.max() < good.min() else None


def _by_sign(name, x, wrong):
    for words, test in ((">= 0", x >= 0), ("> 0", x > 0), ("<= 0", x <= 0), ("< 0", x < 0)):
        if (test == ~wrong).all() and x[test].any():  # what holds at 0 alone is no half
            return f"`{name}` {words}"
    return None


def _by_place(wrong):
    """Tell entries apart by where they stand in a row of numbers."""
    if not all(part.ndim == 1 for part in wrong) or all(part.size < 2 for part in wrong):
        return None
    flat = np.concatenate(wrong)
    for words, place in (("the first", 0), ("the last", -1)):
        ends = np.concatenate([np.arange(part.size) == place % part.size for part in wrong])
        if not flat[~ends].any():
            return f"an entry is not {words}", ~ends
        if not flat[ends].any() and flat[~ends].all():
            return f"an entry is {words}", ends
    return None
