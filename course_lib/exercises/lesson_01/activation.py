"""Lesson 01: the sigmoid."""

import math

import numpy as np

from course_lib import activations
from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.formatting import compared, farthest_apart, rounded
from course_lib.exercises.engine.model import Exercise, Law, Mistake


def sigmoid(z):
    """Return σ(z), in the plain form that lesson 05 makes safe for every z."""
    return 1 / (1 + np.exp(-z))


def cases(rng):
    """Return pre-activations: numbers first, then arrays of several shapes."""
    small = [(2.0,), (0.0,), (-1.0,), (np.array([0.0, 1.0, -1.0]),)]
    shapes = [(1,), (5,), (2, 3), (4, 1), (2, 2, 2)]
    drawn = [(rng.normal(scale=4.0, size=shape),) for shape in shapes]
    return [*small, *drawn, (np.linspace(-25.0, 25.0, 11),)]


def with_numbers(sentence):
    """Return an explanation: the sentence, then what came and what is right."""

    def explain(case, answer, expected):
        z = np.ravel(case[0])[farthest_apart(answer, expected)]
        return f"{sentence} At z = {z:g} {compared(answer, expected)}"

    return explain


def _scalar_only(z):
    return 1 / (1 + math.exp(-z))


def _branching(z):
    if z >= 0:
        return 1 / (1 + np.exp(-z))
    return np.exp(z) / (1 + np.exp(z))


_MISTAKES = (
    Mistake(
        "sign of the exponent",
        lambda z: 1 / (1 + np.exp(z)),
        with_numbers("this is σ(-z), which falls where σ rises: the exponent is -z."),
    ),
    Mistake(
        "minus in the denominator",
        lambda z: 1 / (1 - np.exp(-z)),
        with_numbers("the denominator is 1 + exp(-z); 1 - exp(-z) is 0 at z = 0."),
    ),
    Mistake(
        "missing parentheses",
        lambda z: 1 / 1 + np.exp(-z),
        with_numbers(
            "`1 / 1 + np.exp(-z)` divides 1 by 1 and then adds. Parentheses make the whole sum "
            "the denominator: `1 / (1 + np.exp(-z))`."
        ),
    ),
    Mistake(
        "no 1 in the denominator",
        lambda z: 1 / np.exp(-z),
        with_numbers("this is exp(z), which grows without end; σ stays below 1."),
    ),
    Mistake(
        "tanh instead of the sigmoid",
        np.tanh,
        with_numbers("tanh runs from -1 to 1, σ from 0 to 1: σ(z) = (1 + tanh(z/2)) / 2."),
    ),
    Mistake(
        "derivative instead of the value",
        activations.sigmoid.derivative,
        with_numbers("this is already the derivative σ'(z). The value σ(z) is asked for."),
    ),
    Mistake(
        "math.exp on an array",
        _scalar_only,
        "`math.exp` takes one number, and z may be an array. `np.exp` takes both, and works on "
        "every entry.",
    ),
    Mistake(
        "if on an array",
        _branching,
        "`if` needs one yes or no, and an array of several z gives one for each entry. The "
        "plain formula needs no `if`; lesson 05 shows how to choose entry by entry.",
    ),
)


def _half_at_zero(function):
    value = float(function(0.0))
    return abs(value - 0.5) < 1e-12, f"σ(0) = {value:.4g}"


def _symmetric(function):
    z = np.linspace(-6, 6, 25)
    gap = float(np.abs(function(-z) + function(z) - 1).max())
    return gap < 1e-9, f"largest gap at 25 points: {rounded(gap)}"


def _rises(function):
    values = np.asarray(function(np.linspace(-6, 6, 25)))
    inside = bool(((values > 0) & (values < 1)).all() and (np.diff(values) > 0).all())
    return inside, f"from {values[0]:.3g} at z = -6 to {values[-1]:.3g} at z = 6"


EXERCISES = (
    Exercise(
        name="sigmoid",
        lesson="01",
        statement="""The sigmoid σ(z) = 1 / (1 + exp(-z)), entry by entry.

        z : number or array of any shape;  returns the same shape
        """,
        reference=activations.sigmoid,
        solution=sigmoid,
        cases=cases,
        mistakes=_MISTAKES,
        laws=(
            Law("σ(0) = 1/2", _half_at_zero),
            Law("σ(-z) = 1 - σ(z)", _symmetric),
            Law("σ rises, from above 0 to below 1", _rises),
        ),
        hints=(
            "NumPy has the exponential function: `np.exp`. It takes arrays as well as numbers.",
            "The whole sum 1 + exp(-z) is the denominator: where do the parentheses go?",
            "One line is enough: `return 1 / (...)`, and the dots are the sum.",
        ),
        comparison=Close(1e-9),
        remark="For z below -709 `np.exp(-z)` overflows, with a warning and still the right "
        "value 0. Lesson 05 builds a form that is safe for every z; `course_lib` has one.",
    ),
)
