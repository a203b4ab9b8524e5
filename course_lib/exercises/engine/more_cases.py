"""Inputs beside the cases of an exercise: in which features that go together there part."""

from itertools import pairwise

import numpy as np


def more_cases(exercise, cases):
    """Return arguments like those of the cases; not all are valid.

    They are drawn anew; cut to one row and made longer, size by size; and one argument at a
    time gets other signs, another size, another order, or another number. No row is 0
    everywhere: there much that is wrong is right.

    Parameters
    ----------
    exercise : Exercise
        Draws its cases.
    cases : list of tuple
        Those that it is checked with.

    Returns
    -------
    list of tuple
    """
    return [*filter(_has_no_empty_row, _made(exercise, cases))]


def sparse_cases(cases, n=8):
    """Return arguments like those of the cases whose floats are 0 and 1 alone, and -1 perhaps.

    There sums cancel and entries are equal, as they hardly are where they are drawn.
    """
    rng = np.random.default_rng(0)
    signed = [any(np.any(np.less(v, 0)) for v in values if _is_array(v))
              for values in zip(*cases, strict=True)]  # fmt: skip

    def drawn(value, has_signs):
        if not _is_array(value) or value.dtype.kind != "f":
            return value
        return rng.integers(-1 if has_signs else 0, 2, value.shape).astype(float)

    made = [tuple(map(drawn, case, signed)) for case in cases for _ in range(n)]
    return [*filter(_has_no_empty_row, made)]


def _has_no_empty_row(args):
    return all(value.any(-1).all() for value in args if _is_array(value))


def _made(exercise, cases):
    for seed in range(3):
        yield from exercise.cases(np.random.default_rng(seed))
    for case in cases:
        yield from _resized(case)
        for i, value in enumerate(case):
            for other in _others(value, [case[i] for case in cases]):
                yield (*case[:i], other, *case[i + 1 :])


def _resized(case):
    """Yield a case with all axes of one size cut to 1, or longer by 1."""
    for n in sorted({n for value in case if _is_array(value) for n in value.shape}):
        for places in [[0]] * (n > 1) + [[*range(n), 0]] * (n > 0):
            yield tuple(_taken(value, n, places) for value in case)


def _taken(value, n, places):
    """Return an array with these places of all axes that have size n."""
    if not _is_array(value):
        return value
    for axis in range(value.ndim):
        if value.shape[axis] == n:
            value = value.take(places, axis)
            if len(places) > n and value.dtype.kind == "f":
                np.moveaxis(value, axis, 0)[-1] *= -1.5  # no row twice
    return value


def _others(value, values):
    """Yield what may stand in the place of an argument that has these values in the cases."""
    if _is_array(value):
        yield from (np.abs(value), -np.abs(value), -value, value[::-1], value * 3)
        if len({v.dtype.kind == "f" for v in values if _is_array(v)}) > 1:
            yield from (
                value.astype(float),
                (np.sign(value) * np.ceil(np.abs(value))).astype(int),
            )
        if value.dtype.kind == "f":
            yield value * 0.7
    elif isinstance(value, int | float) and not isinstance(value, bool):
        numbers = sorted({v for v in values if np.ndim(v) == 0})
        yield from numbers
        if isinstance(value, float):
            yield from ((a + b) / 2 for a, b in pairwise(numbers))


def _is_array(value):
    return isinstance(value, np.ndarray) and value.ndim > 0 and value.dtype.kind in "iuf"
