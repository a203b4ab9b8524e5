"""Lesson 02: the gradient measured, by central differences."""

import numpy as np

from course_lib import gradcheck
from course_lib.activations import sigmoid
from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.formatting import listed_apart
from course_lib.exercises.engine.laws import Untried
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.formula import Formula, listed
from course_lib.exercises.kit.tried import tried
from course_lib.exercises.lesson_02.differences_facts import DifferenceFacts
from course_lib.exercises.lesson_02.differences_mistakes import MISTAKES


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
    "1000 + sin(100 θ₀) + cos(θ₁) θ₂",  # a step of 1e-3 is too long for it
    lambda t: 1000 + np.sin(100 * t[0]) + np.cos(t[1]) * t[2],
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
    """Return the points at which f is asked, shape (n_calls, n_params)."""
    asked = []

    def spy(point):
        if np.shape(point) != np.shape(theta):
            raise ValueError("f needs the whole vector theta")
        asked.append(np.array(point, dtype=float))
        return float(np.sum(point**2))

    function(spy, theta)
    if not asked:
        raise Untried(f"at θ = {listed(theta)} f is never asked")
    return np.array(asked)


def _nudged(points, theta):
    """Tell which entries are nudged in each call: putting back leaves rounding."""
    moves = np.abs(points - theta)
    least = np.maximum(0.1 * moves.max(axis=1, keepdims=True), 1e-15 * np.abs(theta).max())
    return moves > least


def _drawn_theta(rng):
    return (rng.normal(scale=2.0, size=rng.integers(2, 5)),)


def _drawn_whole(rng):
    return (rng.integers(0, 9, size=rng.integers(1, 4)),)


@tried((np.array([3.0]),), drawn=_drawn_theta)
def _both_sides(function, theta):
    points = _points_asked(function, theta)
    nudged = _nudged(points, theta)
    if not nudged.any():
        raise Untried("f is asked at θ only: nothing is nudged")
    moves = np.where(nudged, points - theta, 0)
    ahead, behind = moves.max(axis=0), -moves.min(axis=0)
    uneven = np.abs(ahead - behind)
    i = int(np.argmax(uneven))
    holds = uneven[i] <= 1e-3 * (ahead + behind)[i] + 1e-15 * np.abs(theta).max()
    alone = points[~np.delete(nudged, i, axis=1).any(axis=1)]  # where no other is nudged
    alone = alone if len(alone) else points
    asked = ", ".join(f"{entry:.13g}" for entry in alone[:4, i])
    return holds, f"where θ{_INDEX[i]} = {theta[i]:.6g}: asked at {asked}"


_INDEX = "₀₁₂₃₄₅"


@tried((np.array([1.0, 2.0, 3.0]),), drawn=_drawn_theta)
def _one_at_a_time(function, theta):
    points = _points_asked(function, theta)
    nudged = _nudged(points, theta)
    together = nudged.sum(axis=1)
    if not together.any():
        raise Untried("f is asked at θ only: nothing is nudged")
    if (together > 1).any():
        moves = np.where(nudged, points - theta, 0)
        return (
            False,
            f"f is asked where θ is moved by {listed(moves[np.argmax(together)], '+.0e')}",
        )
    left = [f"θ{_INDEX[i]}" for i in np.flatnonzero(~nudged.any(axis=0))]
    if left:
        verb = "is" if len(left) == 1 else "are"
        raise Untried(f"{' and '.join(left)} of {theta.size} entries {verb} never nudged")
    moved = listed((points - theta)[np.argmax(together)] * nudged[np.argmax(together)], "+.0e")
    return True, f"f is asked where θ is moved by {moved}"


@tried((np.array([3]),), (np.array([0]),), drawn=_drawn_whole)
def _moves_whole_numbers(function, theta):
    farthest = np.abs(_points_asked(function, theta) - theta).max(axis=0)
    nudged = (0 < farthest) & (farthest < 0.5)
    i = int(np.argmin(nudged))
    evidence = f"θ{_INDEX[i]} = {theta[i]}: asked as far away as {farthest[i]:.3g}"
    return bool(nudged.all()), evidence


@tried((np.array([1.0, 2.0, 3.0]),), drawn=lambda rng: (rng.uniform(0.5, 3.0, size=3),))
def _near_the_step(function, theta):
    farthest = np.abs(_points_asked(function, theta) - theta).max()
    evidence = f"θ = {listed(theta)}: asked as far away as {farthest:.2g}"
    return bool(3e-6 < farthest < 5e-5), evidence  # a step may grow with θ


def _drawn_formula(rng):
    f = _NEURON if rng.uniform() < 0.5 else _NET
    return f, rng.integers(-1, 3, size=f.n_params)


@tried((_NEURON, np.array([1, 0])), (_NET, np.array([1, -1, 2, 1])), drawn=_drawn_formula)
def _right_for_whole_numbers(function, *case):
    value, right = np.asarray(function(*case)), gradcheck.numerical_gradient(*case)
    holds = np.allclose(value, right, rtol=0, atol=1e-3)
    told = listed(value) if holds else "{}, and {} is right".format(*listed_apart(value, right))
    return holds, f"{case[0]} at {listed(case[1])}: {told}"


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
            Law("the step is about 1e-5", _near_the_step),
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
