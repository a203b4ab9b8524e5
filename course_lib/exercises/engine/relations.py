"""How the numbers of an answer relate to the right ones: what can be read off them alone.

Each function gets pairs ``(answer, expected)``, one a case, and returns what the answer *is* in
words, such as "minus the right value", or None. What it says is true of every pair.
"""

from functools import partial
from itertools import permutations

import numpy as np

_EACH = (
    ("minus the right value", np.negative),
    ("the root of the right value", np.sqrt),
    ("the square of the right value", np.square),
    ("1 over the right value", np.reciprocal),
    ("1 minus the right value", lambda e: 1 - e),
    ("the right value without its sign", np.abs),
    ("the right value, with 0 for what is negative", lambda e: np.maximum(e, 0)),
    ("the right value, with 0 for what is positive", lambda e: np.minimum(e, 0)),
    ("the sign of the right value", np.sign),
    ("tanh of the right value", np.tanh),
    ("the logarithm of the right value", np.log),
    ("the logarithm, to base 10, of the right value", np.log10),
    ("the right value cut to a whole number", np.trunc),
    ("the right value cut down to a whole number", np.floor),
    ("the right value rounded to a whole number", np.round),
    *(
        (f"the right value rounded to {n} decimals", partial(np.round, decimals=n))
        for n in range(1, 7)
    ),
)
_ARRANGED = (
    ("the right numbers, transposed", np.transpose),
    ("the right numbers, the last one first", lambda e: np.flip(e, 0)),
)
_SCALED = (
    ("the right value divided by its norm", lambda e: e / np.sqrt(np.sum(e**2))),
    ("the right value divided by its largest entry", lambda e: e / np.max(e)),
    ("the right value divided by its largest |entry|", lambda e: e / np.max(np.abs(e))),
    ("the right value divided by its sum", lambda e: e / np.sum(e)),
    ("the right value less its mean", lambda e: e - np.mean(e)),
)
_SUMMED = tuple(
    (f"the right value, {words} over axis {axis}", partial(function, axis=axis, keepdims=kept))
    for words, function in (("summed", np.sum), ("averaged", np.mean))
    for axis in (0, 1)
    for kept in (False, True)
)
_ONE_NUMBER = (
    ("the sum of all the right numbers", np.sum),
    ("the mean of the right numbers", np.mean),
    ("the norm of the right numbers", lambda e: np.sqrt(np.sum(e**2))),
    ("the largest of the right numbers", np.max),
    ("only the first of the right numbers", lambda e: np.ravel(e)[0]),
    ("only the last of the right numbers", lambda e: np.ravel(e)[-1]),
)
_NOT_YET = (
    ("the right value several times over", lambda a: a[0] if np.ptp(a) == 0 else np.nan),
    ("terms not added up: their sum over axis 0 is the right value", lambda a: a.sum(0)),
    ("numbers not averaged: their mean over axis 0 is the right value", lambda a: a.mean(0)),
    ("one entry too many: without the first it is right", lambda a: a[1:]),
    ("one entry too many: without the last it is right", lambda a: a[:-1]),
    ("a list of values, whose last is the right one", lambda a: a[-1]),
    ("a list of values, whose first is the right one", lambda a: a[0]),
)


def close(a, b, rtol=1e-6):
    """Tell whether two arrays of any shapes agree in all entries, to rounding in float32."""
    if np.shape(a) != np.shape(b):
        return False
    with np.errstate(all="ignore"):
        scale = np.max(np.abs(b), initial=0.0, where=np.isfinite(b))
        return np.allclose(a, b, rtol=rtol, atol=1e-12 * scale, equal_nan=True)


def same_form(pairs):
    """Return what the answers are, made entry by entry of right values of their shape."""
    return (
        _one_constant(pairs)
        or _by_entry(pairs)
        or _of_right(pairs, _ARRANGED)
        or _constant_factor(pairs)
        or _of_right(pairs, _SCALED)
        or _constant_added(pairs)
        or _other_signs(pairs)
        or _reordered(pairs)
        or _cut_off(pairs)
        or _one_written(pairs)
    )


def other_form(pairs):
    """Return what the answers are, where their shapes are not the right ones."""
    if all(a.size == e.size and close(np.ravel(a), np.ravel(e)) for a, e in pairs):
        turned = _of_right(pairs, _ARRANGED)
        return turned or "the right numbers in another shape"
    return (
        _of_right(pairs, _ARRANGED + _ONE_NUMBER)
        or _right_made_of(pairs)
        or _of_right(pairs, _SHORTENED)
        or _of_tables(pairs)
        or _a_part(pairs)
        or (_one_constant(pairs) if all(a.ndim == 0 for a, _ in pairs) else None)
    )


def _a_part(pairs):
    """Tell whether the answers are where the right values begin or end."""
    if all(a.ndim == 1 and e.ndim == 2 and len(e) for a, e in pairs):
        rows = (("last", -1), ("first", 0))
        right = (end for end, i in rows if all(close(a, e[i]) for a, e in pairs))
        return next((f"only the {end} row of the right value" for end in right), None)
    if not all(a.ndim == e.ndim == 1 and 0 < a.size <= e.size for a, e in pairs):
        return None
    if all(close(a, e[-a.size :]) for a, e in pairs):
        return "only the last of the right numbers"
    return "only the first of the right numbers" * all(close(a, e[: a.size]) for a, e in pairs)


_SHORTENED = (
    ("the right numbers without the last one", lambda e: e[:-1]),
    ("the right numbers without the first one", lambda e: e[1:]),
)


def factors(pairs):
    """Return for each pair the one factor between answer and right value, nan where none is.

    None where some answer is no multiple of the right value.
    """
    found = []
    for a, e in pairs:
        finite = np.isfinite(e) & (e != 0)
        if not finite.any():
            # a nan is no multiple of 0, nor is a number of inf
            if np.any(a[e == 0]) or np.isfinite(a[np.isinf(e)]).any():
                return None
            found.append(np.nan)
            continue
        factor = a[finite].flat[0] / e[finite].flat[0]
        if not np.isfinite(factor) or not close(a, factor * e):
            return None
        found.append(float(factor))
    return found


def _by_entry(pairs):
    found = [(words, _where_each(function, pairs)) for words, function in _EACH]
    told = [(words, where) for words, where in found if where is not None]
    numbers = [words.split()[-2] for words, _ in told if words.endswith("decimals")]
    if told and len(told) == len(numbers):
        return f"the right value rounded to {' or '.join(numbers)} decimals"
    return "".join(told[0]) if told else None


def _where_each(function, pairs):
    """Return where answers are this function of right values, in words; None if nowhere.

    Two of them at least have to be wrong, or none can tell.
    """
    with np.errstate(all="ignore"):
        made = [(a, e, function(np.asarray(e, float))) for a, e in pairs]
    if sum(int(_apart(m, e).sum()) for _, e, m in made) < 2:
        return None
    if all(close(a[np.isfinite(m)], m[np.isfinite(m)]) for a, _, m in made):
        return "" if all(close(a, m) for a, _, m in made) else ", where it is finite"
    known = [(a, m, np.isfinite(m) & np.isfinite(e)) for a, e, m in made]
    if all(close(a[finite], m[finite]) for a, m, finite in known):
        return ", where the right value is finite"
    return None


def _apart(made, right):
    return np.isfinite(made) & np.isfinite(right) & ~np.isclose(made, right, rtol=1e-5, atol=0)


def _of_right(pairs, table):
    return _first(pairs, table, lambda a, e, function: e.ndim and close(a, function(e)))


def _right_made_of(pairs):
    return _first(
        pairs, _NOT_YET, lambda a, e, function: a.ndim and a.size and close(function(a), e)
    )


def _first(pairs, table, test):
    for words, function in table:
        if (
            any(a.size for a, _ in pairs)
            and all(e.size and test(a, e, function) for a, e in pairs)
            and not all(close(a, e) for a, e in pairs)
        ):
            return words
    return None


def _constant_factor(pairs):
    found = factors(pairs)
    known = [k for k in found or () if not np.isnan(k)]
    n_entries = sum(np.count_nonzero(e) for _, e in pairs)
    if n_entries < 2 or not known or not np.allclose(known, known[0], rtol=1e-6):
        return None
    if abs(known[0] - 1) < 1e-6:
        return None  # which is a matter of digits
    return f"{_fraction(known[0])} times the right value"


def _one_constant(pairs):
    """Tell whether one number came in all places, where several are right."""
    came = np.concatenate([np.ravel(a) for a, _ in pairs])
    right = np.concatenate([np.ravel(e) for _, e in pairs])
    constant = came.size > 2 and np.ptp(came) == 0 and not np.allclose(right, right[0])
    if not constant:
        return None
    return f"{came[0]:.4g} everywhere" if came[0] else "0"


def _of_tables(pairs):
    return _of_right(pairs, _SUMMED) if all(e.ndim == 2 for _, e in pairs) else None


def mixture(pairs, others):
    """Return k and m with which every answer is k times the right value plus m times another.

    None unless that is so of all entries, and of more of them than chance allows.
    """
    if any(not a.shape == e.shape == v.shape for (a, e), v in zip(pairs, others, strict=True)):
        return None
    a, e = (np.concatenate([np.ravel(pair[i]) for pair in pairs]) for i in (0, 1))
    columns = np.column_stack([e, np.concatenate([*map(np.ravel, others)])])
    if len(a) < 5 or not (np.isfinite(columns).all() and np.isfinite(a).all()):
        return None
    found, _, rank, _ = np.linalg.lstsq(columns, a, rcond=None)
    return tuple(found) if rank == 2 and close(a, columns @ found) else None


def _fraction(k):
    for n in range(2, 11):
        if abs(k * n - 1) < 1e-6:
            return f"1/{n}"
    return f"{k:.4g}"


def _constant_added(pairs):
    gaps = np.concatenate([np.ravel(a - e) for a, e in pairs])
    size = max(np.max(np.abs(e), initial=0.0) for _, e in pairs)
    if gaps.size < 3 or not np.isfinite(gaps).all() or abs(gaps[0]) < 1e-9 * size:
        return None
    if not np.allclose(gaps, gaps[0], rtol=1e-6, atol=1e-12 * size):
        return None
    return f"the right value {'plus' if gaps[0] > 0 else 'minus'} {abs(gaps[0]):.4g}"


def own_factors(found):
    """Say that answers are the right ones times a factor of their own, None if it is 1."""
    shown = [f"{k:.3g}" for k in found if not np.isnan(k) and abs(k - 1) > 1e-6]
    if not shown:
        return None  # which is a matter of digits
    listed = f"{', '.join(shown[:3])}{', ...' * (len(shown) > 3)}"
    if len(shown) == len(found):
        return f"the right value times a factor that changes: {listed}"
    return (
        f"the right value in {len(found) - len(shown)} of {len(found)} cases, and elsewhere "
        + (f"{listed} times it")
    )


def norms(pairs):
    """Return what can be measured of the right values, as {words: one number for each case}."""
    sizes = [np.abs(e).ravel() for _, e in pairs]
    if all(size.size == 1 for size in sizes):
        return {}
    return {
        "its norm": np.array([np.sqrt(np.sum(size**2)) for size in sizes]),
        "its largest |entry|": np.array([size.max(initial=0.0) for size in sizes]),
    }


def _cut_off(pairs):
    """Tell whether the right values are cut off on both sides, or on one, several of them."""
    answer, right = (np.concatenate([np.ravel(p[i]) for p in pairs]) for i in (0, 1))
    low, high = answer.min(initial=0.0), answer.max(initial=0.0)
    digits = 1e-6 * max(high, -low)
    cut = right < low - digits, right > high + digits
    if max(map(np.sum, cut)) < 2 or np.all(cut[0] | cut[1]):
        return None
    if not close(answer, np.clip(right, low, high)):
        return None
    if abs(low + high) < 1e-9 * high:
        return f"the right value cut off at ±{high:.4g}"
    limits = [f"{limit:.4g}" for limit, far in zip((low, high), cut, strict=True) if far.any()]
    return f"the right value cut off at {' and '.join(limits)}"


def _other_signs(pairs):
    """Tell whether only signs are wrong, and in how many entries."""
    if not all(close(np.abs(a), np.abs(e)) for a, e in pairs):
        return None
    n_turned = sum(int(np.sum(a * e < 0)) for a, e in pairs)
    n = sum(int(np.count_nonzero(e)) for _, e in pairs)
    return (
        f"the right value but for the sign of {n_turned} of {n} numbers, all cases counted"
        if n_turned
        else None
    )


def _one_written(pairs):
    """Tell whether all entries but one, at the same end, are 0, where others are right."""
    pairs = [(a, e) for a, e in pairs if a.ndim and len(a) > 1]
    for words, rest in (("first", slice(1, None)), ("last", slice(None, -1))):
        if not any(np.any(a[rest]) for a, _ in pairs) and any(
            np.any(e[rest]) for _, e in pairs
        ):
            return f"0 but for the {words} entry: the others are never written"
    return None


def _reordered(pairs):
    moved = [not close(a, e) for a, e in pairs]
    alike = all(close(np.sort(np.ravel(a)), np.sort(np.ravel(e))) for a, e in pairs)
    if not alike or not any(moved):
        return None
    return f"the right numbers, {'' if all(moved) else 'in some cases '}in another order"


def order_of_parts(answers, expected):
    """Return the positions that right values stand at in several returned ones, None if none.

    Parameters
    ----------
    answers, expected : list of tuple of ndarray
        Case by case.
    """
    n = len(expected[0])
    for order in permutations(range(n)):
        if order != tuple(range(n)) and all(
            close(a[i], e[j])
            for a, e in zip(answers, expected, strict=True)
            for i, j in enumerate(order)
        ):
            return order
    return None
