"""Lesson 02: how far a derived and a measured gradient are apart."""

import numpy as np

from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.formatting import compared
from course_lib.exercises.engine.model import Exercise, Law, Mistake
from course_lib.exercises.kit.told import told_with


def relative_error(derived, measured):
    """Return the norm of the difference over the sum of the norms, 0 where both are 0."""
    total = np.linalg.norm(derived) + np.linalg.norm(measured)
    return np.linalg.norm(derived - measured) / total if total else 0.0


def _cases(rng):
    zeros = [([3, 4], [0, 0]), ([0, 0], [3, 4]), ([0, 0, 0], [0, 0, 0])]
    fixed = [*zeros, ([1.0, 2.0], [1.0, 2.0])]
    opposite = [([2.0, -1.0], [-2.0, 1.0]), ([0.1, 0.0], [-0.02, 0.03])]
    drawn = [(size * rng.normal(size=n), off) for size, n, off in
             ((1.0, 3, 1.0), (0.2, 2, 1e-3), (1e4, 5, 1e-5), (1.0, 9, 0.1))]  # fmt: skip
    near = [(g, g * (1 + off * rng.normal(size=g.shape))) for g, off in drawn]
    return [tuple(map(np.array, pair)) for pair in (*fixed, *opposite, *near)]


_PAIR = np.array([1.0, -2.0, 3.0]), np.array([1.0, -1.0, 0.5])


def _either_order(function):
    both = float(function(*_PAIR)), float(function(*_PAIR[::-1]))
    return bool(np.isclose(*both)), f"{both[0]:.4g}, exchanged {both[1]:.4g}"


def _any_unit(function):
    once, small, large = (float(function(*(k * v for v in _PAIR))) for k in (1, 1e-6, 1e3))
    told = f"{once:.4g}, times 1e-6 {small:.4g}, times 1000 {large:.4g}"
    return bool(np.allclose([small, large], once)), told


def _opposite(function):
    value = float(function(_PAIR[0], -_PAIR[0]))
    return bool(np.isclose(value, 1)), f"{value:.4g}"


def _both_zero(function):
    value = float(function(np.zeros(2), np.zeros(2)))
    return value == 0, f"{value:.4g}"


def _quotient(size, total):
    """Return size(d, m) / total(d, m), as it stands and with a way around 0/0."""

    def plain(derived, measured):
        return np.divide(size(derived, measured), total(derived, measured))

    def guarded(derived, measured):
        return plain(derived, measured) if derived.any() or measured.any() else 0.0

    return plain, guarded


def _over_sum(size):
    return _quotient(lambda d, m: size(d - m), lambda d, m: size(d) + size(m))


def _is_right_for_large_ones_only(function):
    small, large = (function(*scale * np.array(_PAIR)) for scale in (1e-6, 1e6))
    right = relative_error(*_PAIR)
    return np.isclose(large, right) and small < 0.9999 * right


def _added(number):
    return lambda d, m: _gap(d, m) / (_norm(d) + _norm(m) + number)


_told = told_with(lambda case, answer, expected: f"Here {compared(answer, expected)}")
_norm, _gap = np.linalg.norm, lambda d, m: np.linalg.norm(d - m)

MISTAKES = (
    Mistake("0/0", _over_sum(_norm)[0],
            "two gradients that are 0 agree, and 0/0 is nan: return 0 where the sum of the "
            "norms is 0."),
    Mistake("a number in the denominator", _added(1e-8),
            "a number that is added to the denominator, or put in its place, hides the error "
            "of small gradients. Return 0 only where the sum of the norms is 0.",
            (lambda d, m: _gap(d, m) / max(_norm(d) + _norm(m), 1e-4),),
            when=lambda seen: _is_right_for_large_ones_only(seen.call)),
    _told("not divided",
          "this is the size of the difference itself: it doubles where both gradients double. "
          "Divide by the sum of their norms.",
          _gap, lambda d, m: _gap(d, m) / 2, lambda d, m: np.abs(d - m).max(),
          when=lambda seen: np.isclose(seen.call(*2 * np.array(_PAIR)), 2 * seen.call(*_PAIR))),
    _told("norm of the sum",
          "the difference is divided by the norm of the sum, in which opposite gradients "
          "cancel. Divide by the sum of their norms.",
          *_quotient(_gap, lambda d, m: _norm(d + m))),
    _told("divided by something else",
          "the difference is divided by one norm only, or by the larger one; or the sum of "
          "both norms has no parentheses. Divided by that sum it is never above 1, in either "
          "order.",
          *_quotient(_gap, lambda d, m: _norm(d)), *_quotient(_gap, lambda d, m: _norm(m)),
          *_quotient(_gap, lambda d, m: max(_norm(d), _norm(m))),
          lambda d, m: np.divide(_gap(d, m), _norm(d)) + _norm(m)),
    _told("difference of the norms",
          "the norms are taken first and subtracted then. Gradients of one length that point "
          "in other directions would agree: subtract the vectors first.",
          *_quotient(lambda d, m: abs(_norm(d) - _norm(m)), lambda d, m: _norm(d) + _norm(m)),
          *_quotient(lambda d, m: _norm(d) - _norm(m), lambda d, m: _norm(d) + _norm(m))),
    _told("another norm",
          "squares without their root, sizes added up, or the largest entry stand in place of "
          "the norm: `np.linalg.norm` is the root of the sum of squares.",
          *_over_sum(lambda v: v @ v), *_over_sum(lambda v: np.abs(v).sum()),
          *_over_sum(lambda v: np.abs(v).max())),
    _told("entry by entry",
          "each entry is divided by its own size. An entry that should be 0 and is measured as "
          "1e-12 then counts as wholly wrong: take the norms of whole vectors.",
          *(lambda d, m, f=f: f(np.abs(d - m) / (np.abs(d) + np.abs(m) + 1e-30))
            for f in (np.mean, np.max)),
          when=lambda seen: seen.call(np.array([1, 1e-6]), np.array([1, 3e-6])) > 0.1),
)  # fmt: skip

EXERCISES = (
    Exercise(
        name="relative_error",
        lesson="02",
        statement="""How far two gradients are apart: the norm of their difference divided by
        the sum of their norms. It is 0 where they are equal, also where both are 0.

        derived, measured : vectors of one shape, (n_params,);  returns one number
        """,
        reference=relative_error,
        cases=_cases,
        mistakes=MISTAKES,
        laws=(
            Law("it is the same in either order", _either_order),
            Law("a gradient in other units has the same relative error", _any_unit),
            Law("opposite gradients are 1 apart", _opposite),
            Law("two gradients that are 0 agree", _both_zero),
        ),
        hints=(
            "Three norms: that of the difference, and that of each gradient.",
            "`np.linalg.norm(v)` is the norm of a vector. What is left to divide by where both "
            "gradients are 0?",
            "`total = np.linalg.norm(derived) + np.linalg.norm(measured)`: divide the norm of "
            "the difference by it, if it is not 0.",
        ),
        remark="Central differences in float64 make it 1e-9 or less for a right gradient of "
        "these nets. Above 1e-3 something is wrong, in the gradient or in the check.",
        comparison=Close(1e-6),
    ),
)
