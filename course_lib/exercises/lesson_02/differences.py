"""Lesson 02: the gradient measured, by central differences."""

import numpy as np

from course_lib import gradcheck
from course_lib.activations import sigmoid
from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.formatting import listed_apart
from course_lib.exercises.engine.laws import Untried
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.formula import Formula, listed
from course_lib.exercises.lesson_02.differences_mistakes import MISTAKES, DifferenceFacts


def numerical_gradient(f, theta):
    """Return the gradient of f at theta, one coordinate at a time."""
    theta = np.array(theta, dtype=float)  # a copy, and 1 becomes 1.0
    gradient = np.zeros(theta.shape)
    step = 1e-5
    for i in range(theta.size):
        shift = np.zeros(theta.shape)
        shift[i] = step
        gradient[i] = (f(theta + shift) - f(theta - shift)) / (2 * step)
    return gradient


class _OfOneVector(Formula):
    """A formula that says which thing it got in place of one vector: no two read alike."""

    def _whole(self, theta, name):
        if np.ndim(theta) == 0:
            raise ValueError(f"{name} needs the whole vector theta, got one number")
        if np.ndim(theta) == 2:
            rows, columns = np.shape(theta)
            raise ValueError(
                f"{name} takes one vector at a time, got a matrix of {rows} × {columns} numbers"
            )
        return super()._whole(theta, name)


_SQUARE = _OfOneVector("θ₀²", lambda t: t[0] ** 2, 1)
_KINK = _OfOneVector("max(θ₀, 0)", lambda t: max(t[0], 0.0), 1)
_MIXED = _OfOneVector("θ₀² θ₁ + 3 θ₁", lambda t: t[0] ** 2 * t[1] + 3 * t[1], 2)
_WAVES = _OfOneVector(
    "1000 + sin(5 θ₀) + cos(θ₁) θ₂",
    lambda t: 1000 + np.sin(5 * t[0]) + np.cos(t[1]) * t[2],
    3,
)
_NEURON = _OfOneVector("σ(θ₀ + 2 θ₁)", lambda t: sigmoid(t[0] + 2 * t[1]), 2)
_NET = _OfOneVector(
    "(σ(θ₂ σ(θ₀) + θ₃ σ(θ₁)) - 1)²",
    lambda t: (sigmoid(t[2] * sigmoid(t[0]) + t[3] * sigmoid(t[1])) - 1) ** 2,
    4,
)


def _cases(rng):
    small = [(_SQUARE, np.array([3.0])), (_KINK, np.array([0.0]))]
    fixed = [(_MIXED, np.array([1.0, 2.0])), (_WAVES, np.array([0.3, 1.0, -2.0]))]
    drawn = [(f, rng.normal(size=f.n_params)) for f in (_MIXED, _NEURON, _NET, _WAVES, _NET)]
    return [*small, *fixed, *drawn]


def _points_asked(function, theta):
    """Return where f is asked, as distances from θ: shape (n_calls, n_params)."""
    asked = []

    def spy(point):
        if np.shape(point) != np.shape(theta):
            raise ValueError("f needs the whole vector theta")
        asked.append(np.array(point, dtype=float))
        return float(np.sum(point**2))

    function(spy, theta)
    if not asked:
        raise Untried("f is never asked")
    return np.array(asked) - theta


def _both_sides(function):
    moves = _points_asked(function, np.array([3.0]))[:, 0]
    balanced = abs(moves.mean()) < 1e-9
    return balanced, f"θ = 3: asked at {', '.join(f'{3 + move:.13g}' for move in moves[:4])}"


def _one_at_a_time(function):
    theta = np.array([1.0, 2.0, 3.0])
    moves = _points_asked(function, theta)
    elsewhere = np.abs(moves) > 0.1 * np.abs(moves).max()  # putting back leaves rounding
    together = elsewhere.sum(axis=1)
    shown = listed(moves[np.argmax(together)], "+.0e")
    holds = bool((together <= 1).all() and elsewhere.any(axis=0).all())
    return holds, f"f is asked where θ is moved by {shown}"


def _moves_whole_numbers(function):
    moves = np.abs(_points_asked(function, np.array([3])))
    evidence = f"θ = 3: asked as far away as {moves.max():.3g}"
    return bool(0 < moves.max() < 0.5), evidence


def _right_for_whole_numbers(function):
    case = _NEURON, np.array([1, 0])
    value, right = np.asarray(function(*case)), gradcheck.numerical_gradient(*case)
    holds = np.allclose(value, right, rtol=0, atol=1e-3)
    told = listed(value) if holds else "{}, and {} is right".format(*listed_apart(value, right))
    return holds, f"{_NEURON} at (1, 0): {told}"


EXERCISES = (
    Exercise(
        name="numerical_gradient",
        lesson="02",
        statement="""The gradient of f at theta by central differences, with a step of 1e-5,
        one coordinate at a time. theta is not changed.

        f : takes a vector of theta's length, returns a number
        theta : vector, shape (n_params,), whole numbers too;  returns the same shape
        """,
        reference=gradcheck.numerical_gradient,
        solution=numerical_gradient,
        cases=_cases,
        facts=DifferenceFacts,
        mistakes=MISTAKES,
        laws=(
            Law("f is asked as far ahead of θ as behind it", _both_sides),
            Law("while one entry is nudged, all the others stay where θ is", _one_at_a_time),
            Law("whole numbers in theta are nudged as well", _moves_whole_numbers),
            Law(
                "the result is right, and holds fractions, for whole numbers too",
                _right_for_whole_numbers,
            ),
        ),
        hints=(
            "One coordinate first: with a vector that is h in entry i and 0 elsewhere, which "
            "two values of f are compared, and how far apart are the two points?",
            "Make the vector anew for every i (`np.zeros`), so that theta itself stays as it "
            "is. The result needs a place: an array of floats of theta's shape.",
            "In the loop over i: `(f(theta + shift) - f(theta - shift)) / (2 * h)`, h = 1e-5.",
        ),
        remark="`course_lib.gradcheck` has this function for arrays of any shape, and "
        "`check_gradient`, which measures along random directions: two calls of f for each, "
        "however many parameters there are.",
        comparison=Close(1e-4, 1e-6),
    ),
)
