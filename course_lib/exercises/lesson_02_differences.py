"""Lesson 02: the gradient measured, by central differences."""

import numpy as np

from course_lib import gradcheck
from course_lib.activations import sigmoid
from course_lib.exercises.formula import Formula
from course_lib.exercises.model import Exercise, Law, Mistake


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


_SQUARE = Formula("θ₀²", lambda t: t[0] ** 2, 1)
_KINK = Formula("max(θ₀, 0)", lambda t: max(t[0], 0.0), 1)
_MIXED = Formula("θ₀² θ₁ + 3 θ₁", lambda t: t[0] ** 2 * t[1] + 3 * t[1], 2)
_WAVES = Formula("1000 + sin(5 θ₀) + cos(θ₁) θ₂",
                 lambda t: 1000 + np.sin(5 * t[0]) + np.cos(t[1]) * t[2], 3)  # fmt: skip
_NEURON = Formula("σ(θ₀ + 2 θ₁)", lambda t: sigmoid(t[0] + 2 * t[1]), 2)
_NET = Formula(
    "(σ(θ₂ σ(θ₀) + θ₃ σ(θ₁)) - 1)²",
    lambda t: (sigmoid(t[2] * sigmoid(t[0]) + t[3] * sigmoid(t[1])) - 1) ** 2,
    4,
)


def _cases(rng):
    small = [(_SQUARE, np.array([3.0])), (_KINK, np.array([0.0]))]
    fixed = [(_MIXED, np.array([1.0, 2.0])), (_WAVES, np.array([0.3, 1.0, -2.0]))]
    drawn = [(f, rng.normal(size=f.n_params)) for f in (_MIXED, _NEURON, _NET, _WAVES, _NET)]
    return [*small, *fixed, *drawn]


def _differences(step=1e-5, ahead=1.0, behind=1.0, span=2.0):
    """Return differences f(θ + ahead·h) - f(θ - behind·h), divided by span·h."""

    def function(f, theta):
        gradient = np.zeros(theta.shape)
        for i in range(theta.size):
            shift = np.zeros(theta.shape)
            shift[i] = step
            difference = f(theta + ahead * shift) - f(theta - behind * shift)
            gradient[i] = difference / (span * step)
        return gradient

    return function


def _not_restored(f, theta):
    gradient = np.zeros(theta.shape)
    for i in range(theta.size):
        theta[i] += 1e-5
        above = f(theta)
        theta[i] -= 2e-5
        gradient[i] = (above - f(theta)) / 2e-5
    return gradient


def _left_above(f, theta):
    gradient = np.zeros(theta.shape)
    for i in range(theta.size):
        below = f(theta - 1e-5 * np.eye(theta.size)[i])
        theta[i] += 1e-5
        gradient[i] = (f(theta) - below) / 2e-5
    return gradient


def _all_at_once(f, theta):
    slope = (f(theta + 1e-5) - f(theta - 1e-5)) / 2e-5
    return np.full(theta.shape, slope)


def _one_coordinate(f, theta):
    return np.array([(f(t + 1e-5) - f(t - 1e-5)) / 2e-5 for t in theta])


def _whole_numbers(f, theta):
    gradient = np.zeros(theta.shape)
    for i in range(theta.size):
        above, below = theta.copy(), theta.copy()
        above[i] += 1e-5
        below[i] -= 1e-5
        gradient[i] = (f(above) - f(below)) / 2e-5
    return gradient


def _numbers(case, answer, expected):
    f, theta = case
    at = ", ".join(f"{t:.4g}" for t in theta)
    received, right = (", ".join(f"{v:.6g}" for v in np.ravel(g)) for g in (answer, expected))
    return f"For {f} at θ = ({at}) it gives ({received}), and ({right}) is right."


def _with_numbers(sentence):
    return lambda *observed: f"{sentence} {_numbers(*observed)}"


_MISTAKES = (
    Mistake(
        "one-sided difference",
        _differences(behind=0.0, span=1.0),
        _with_numbers("this looks to one side of θ only. At a corner it sees one of two "
                      "slopes, and elsewhere its error shrinks as h, not as h². Take "
                      "f(θ + h) - f(θ - h), divided by 2h."),
        variants=(
            *(_differences(step, 1.0, 0.0, 1.0) for step in (1e-3, 1e-4, 1e-6, 1e-7, 1e-8)),
            *(_differences(step, 0.0, 1.0, 1.0) for step in (1e-3, 1e-4, 1e-5, 1e-6, 1e-8)),
        ),
    ),
    Mistake(
        "divided by h, not by 2h",
        _differences(span=1.0),
        _with_numbers("the two points are 2h apart, and the difference is divided by h: every "
                      "entry is twice as large as it should be."),
    ),
    Mistake(
        "one-sided difference divided by 2h",
        _differences(behind=0.0),
        _with_numbers("f(θ + h) - f(θ) spans h only, and is divided by 2h: every entry is half "
                      "of what it should be. Replace f(θ) by f(θ - h)."),
        variants=(_differences(1e-6, behind=0.0), _differences(1e-4, behind=0.0)),
    ),
    Mistake(
        "sign of the difference",
        _differences(span=-2.0),
        _with_numbers("the difference is f(θ - h) - f(θ + h): what lies ahead comes first."),
    ),
    Mistake(
        "all coordinates moved at once",
        _all_at_once,
        _with_numbers("`theta + h` moves every coordinate, and the slopes of all directions "
                      "are added up. Move one coordinate at a time: add h to entry i only."),
    ),
    Mistake(
        "only one coordinate handed to f",
        _one_coordinate,
        "f is called with a single entry of theta. It is a function of the whole vector: copy "
        "theta, change entry i of the copy, and hand over the copy.",
    ),
    Mistake(
        "theta not put back",
        _not_restored,
        lambda case, answer, expected: (
            "entry i of theta is moved and stays moved, so that the next entries are measured "
            "elsewhere, and the caller's theta has changed at the end. Move a copy."
        ),
        variants=(_left_above,),
    ),
    Mistake(
        "step too large",
        _differences(0.1),
        _with_numbers("the step is so large that the curve bends between the two points. The "
                      "error shrinks as h²: try 1e-5."),
        variants=tuple(_differences(step) for step in (1.0, 0.5, 0.2, 0.05, 0.02, 0.01)),
    ),
    Mistake(
        "step too small",
        _differences(1e-12),
        _with_numbers("the step is so small that f(θ + h) and f(θ - h) agree in nearly all "
                      "their 16 digits; what is left of them is rounding. Near 1e-5 "
                      "rounding and bending are both small."),
        variants=tuple(_differences(10.0**-k) for k in (10, 11, 13, 14, 15, 16, 20)),
    ),
    Mistake(
        "whole numbers stay whole",
        _whole_numbers,
        "an array of whole numbers cannot hold 3 + 1e-5: NumPy cuts it back to 3 without a "
        "word, and 3 - 1e-5 to 2. Begin with `theta = np.array(theta, dtype=float)`, which is "
        "a copy as well.",
    ),
)  # fmt: skip


def _both_sides(function):
    asked = []

    def spy(theta):
        asked.append(float(theta[0]))
        return theta[0] ** 2

    function(spy, np.array([3.0]))
    balanced = bool(asked) and abs(np.mean(asked) - 3) < 1e-9
    return balanced, f"θ = 3: asked at {', '.join(f'{point:.8g}' for point in asked[:4])}"


def _whole_numbers_count(function):
    value = np.asarray(function(_MIXED, np.array([1, 2])), dtype=float)
    shown = ", ".join(f"{entry:.4f}" for entry in value)
    return bool(np.allclose(value, [4, 4], rtol=1e-4)), f"{_MIXED} at (1, 2): ({shown})"


EXERCISES = (
    Exercise(
        name="numerical_gradient",
        lesson="02",
        statement="""The gradient of f at theta by central differences, with a step of 1e-5,
        one coordinate at a time. theta is not changed.

        f : takes an array of theta's shape, returns a number
        theta : array, shape (n_params,), whole numbers too;  returns the same shape
        """,
        reference=gradcheck.numerical_gradient,
        solution=numerical_gradient,
        cases=_cases,
        mistakes=_MISTAKES,
        laws=(
            Law("f is asked as far ahead of θ as behind it", _both_sides),
            Law("whole numbers in theta are numbers too", _whole_numbers_count),
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
        rtol=1e-4,
        atol=1e-6,
    ),
)
