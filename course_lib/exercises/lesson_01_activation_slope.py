"""Lesson 01: the derivative of the sigmoid."""

import numpy as np

from course_lib import activations
from course_lib.exercises.lesson_01_activation import (
    cases,
    first,
    rounded,
    sigmoid,
    where,
    with_numbers,
)
from course_lib.exercises.model import Exercise, Law, Mistake


def sigmoid_derivative(z):
    """Return σ'(z), from the pre-activation z."""
    s = sigmoid(z)
    return s * (1 - s)


_MISTAKES = (
    Mistake(
        "takes z for the activation",
        lambda z: z * (1 - z),
        lambda case, answer, expected: (
            "z(1 - z) is the derivative only where z stands for the activation a = σ(z). Here "
            f"z is the pre-activation: at {where(case)} the activation is "
            f"{first(activations.sigmoid(case[0])):.4g}, your function gives "
            f"{first(answer):.4g}, and the slope is {first(expected):.4g}."
        ),
    ),
    Mistake(
        "mixes z and the activation",
        lambda z: sigmoid(z) * (1 - z),
        with_numbers(
            "one factor is made from σ(z), the other from z itself. Both are made from the "
            "activation: σ(z)(1 - σ(z))."
        ),
        variants=(lambda z: z * (1 - sigmoid(z)),),
    ),
    Mistake(
        "value instead of the derivative",
        sigmoid,
        with_numbers("this is σ(z), the height of the curve. Its slope is asked for."),
    ),
    Mistake(
        "sigmoid applied twice",
        lambda z: sigmoid_derivative(sigmoid(z)),
        with_numbers("this is σ'(σ(z)): the sigmoid is applied to a value that has been "
                      "through it already. z goes in as it is."),
    ),
    Mistake(
        "no inner derivative",
        lambda z: -(sigmoid(z) ** 2),
        with_numbers(
            "the power rule gives -(1 + exp(-z))⁻², and the chain rule multiplies this by the "
            "derivative of 1 + exp(-z), which is missing here."
        ),
        variants=(lambda z: sigmoid(z) ** 2,),
    ),
    Mistake(
        "sign of the inner derivative",
        lambda z: -sigmoid_derivative(z),
        with_numbers(
            "the size is right and the sign is not: σ rises everywhere. The derivative of "
            "exp(-z) is -exp(-z), and its minus cancels that of the power rule."
        ),
    ),
    Mistake(
        "plus in the second factor",
        lambda z: sigmoid(z) * (1 + sigmoid(z)),
        with_numbers("the second factor is 1 - σ(z), what is missing to 1."),
    ),
    Mistake(
        "one factor only",
        lambda z: np.exp(-z) / (1 + np.exp(-z)),
        with_numbers(
            "this is 1 - σ(z). In the quotient rule the denominator is squared, which brings "
            "in the other factor σ(z)."
        ),
    ),
    Mistake(
        "derivative of tanh",
        lambda z: 1 - sigmoid(z) ** 2,
        with_numbers("1 - a² is the derivative of tanh. The sigmoid's is a(1 - a)."),
        variants=(lambda z: 1 - np.tanh(z) ** 2,),
    ),
)  # fmt: skip


def _largest_at_zero(function):
    at_zero = float(function(0.0))
    largest = float(np.max(function(np.linspace(-6, 6, 25))))
    evidence = f"σ'(0) = {at_zero:.4g}, largest of 25 values {largest:.4g}"
    return abs(at_zero - 0.25) < 1e-7 and largest <= 0.25 + 1e-7, evidence


def _even(function):
    z = np.linspace(-6, 6, 25)
    gap = float(np.abs(function(-z) - function(z)).max())
    return gap < 1e-7, f"largest gap at 25 points: {rounded(gap)}"


def _is_the_slope(function):
    measured = (activations.sigmoid(1 + 1e-5) - activations.sigmoid(1 - 1e-5)) / 2e-5
    value = float(function(1.0))
    return abs(value - measured) < 1e-7, f"at z = 1: {value:.4f}, measured {measured:.4f}"


EXERCISES = (
    Exercise(
        name="sigmoid_derivative",
        lesson="01",
        statement="""The derivative σ'(z) of the sigmoid, entry by entry.

        z : number or array of any shape, the PRE-activation;  returns the same shape
        """,
        reference=activations.sigmoid.derivative,
        solution=sigmoid_derivative,
        cases=cases,
        mistakes=_MISTAKES,
        laws=(
            Law("the largest slope is 1/4, at z = 0", _largest_at_zero),
            Law("σ'(-z) = σ'(z)", _even),
            Law("it is the slope of σ, by central differences", _is_the_slope),
        ),
        hints=(
            "Compute the activation first: `s = sigmoid(z)`.",
            "SymPy found σ' = σ(1 - σ). Which of the two letters, z or s, stands in it?",
            "With `s = sigmoid(z)`, return s times what is missing from s to 1.",
        ),
        remark="The letter in the formula is the activation s, and the argument of the "
        "function is z: between the two lies one call of `sigmoid`.",
        atol=1e-9,
    ),
)
