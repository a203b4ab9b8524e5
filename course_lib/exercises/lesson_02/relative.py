"""Lesson 02: how far a derived and a measured gradient are apart."""

import numpy as np

from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.tried import tried
from course_lib.exercises.lesson_02.relative_mistakes import MISTAKES, Quotient


def relative_error(derived, measured):
    """Return the norm of the difference over the sum of the norms, 0 where both are 0."""
    total = np.linalg.norm(derived) + np.linalg.norm(measured)
    return np.linalg.norm(derived - measured) / total if total else 0.0


def _cases(rng):
    zeros = [([3, 4], [0, 0]), ([0, 0], [3, 4]), ([0, 0, 0], [0, 0, 0])]
    fixed = [*zeros, ([1.0, 2.0], [1.0, 2.0])]
    opposite = [([2.0, -1.0], [-2.0, 1.0]), ([0.1, 0.0], [-0.02, 0.03])]
    # sums that cancel, and gradients that have vanished but for a little
    cancel = [([1.0, -1.0], [-1.0, 1.0]), ([1.0, 0.0], [-1.0, 0.0])]
    tiny = [([1e-9, 0.0], [2e-9, 0.0]), ([3e-20, 1e-20], [-1e-20, 2e-20])]
    drawn = [(size * rng.normal(size=n), off) for size, n, off in
             ((1.0, 3, 1.0), (0.2, 2, 1e-3), (1e4, 5, 1e-5), (1.0, 9, 0.1))]  # fmt: skip
    near = [(g, g * (1 + off * rng.normal(size=g.shape))) for g, off in drawn]
    return [tuple(map(np.array, pair)) for pair in (*fixed, *opposite, *cancel, *tiny, *near)]


_PAIR = np.array([1.0, -2.0, 3.0]), np.array([1.0, -1.0, 0.5])


def _drawn_pair(rng):
    size, n = 10.0 ** rng.uniform(-5, 3), int(rng.integers(2, 6))
    pair = size * rng.normal(size=(2, n)) * rng.uniform(0.2, 3, size=(2, 1))
    pair[0] *= rng.uniform() < 0.7
    return tuple(pair)


_SMALL_PAIR = 1e-6 * np.array([3.0, 4.0]), np.array([-2e-6, 1e-6])


_on_pairs = tried(_PAIR, _SMALL_PAIR, drawn=_drawn_pair)


@tried(_PAIR, _SMALL_PAIR, (np.array([3.0, 4.0]), np.zeros(2)), drawn=_drawn_pair)
def _either_order(function, derived, measured):
    both = float(function(derived, measured)), float(function(measured, derived))
    return bool(np.isclose(*both)), f"{both[0]:.4g}, exchanged {both[1]:.4g}"


@tried(_PAIR, drawn=lambda rng: tuple(10 ** rng.uniform(0, 3) * rng.normal(size=(2, 4))))
def _any_unit(function, *pair):
    once, small, large = (float(function(*(k * v for v in pair))) for k in (1, 1e-20, 1e3))
    told = f"{once:.4g}, times 1e-20 {small:.4g}, times 1000 {large:.4g}"
    return bool(np.allclose([small, large], once, rtol=1e-5, atol=0)), told


@_on_pairs
def _opposite(function, _, vector):
    value = float(function(vector, -vector))
    return bool(np.isclose(value, 1)), f"{value:.4g}"


@tried((2,), (5,), drawn=lambda rng: (int(rng.integers(1, 9)),))
def _both_zero(function, n_params):
    value = float(function(np.zeros(n_params), np.zeros(n_params)))
    return value == 0, f"{value:.4g}"


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
        facts=Quotient,
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
        remark="At initial values, central differences in float64 make it 1e-9 or less for a "
        "right gradient of these nets. Above 1e-3 something is wrong, in the gradient or in "
        "the check.",
        comparison=Close(1e-6),
    ),
)
