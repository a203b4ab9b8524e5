"""Lesson 01: the derivative of the sigmoid."""

import numpy as np

from course_lib.activations import sigmoid as sigma
from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.formatting import beside_measured, rounded, show, show_apart
from course_lib.exercises.engine.model import Exercise, Law, Mistake
from course_lib.exercises.kit.measured import (
    difference,
    is_difference,
    is_gradient_of_a_number,
)
from course_lib.exercises.kit.reading import Curve, are
from course_lib.exercises.kit.tried import tried
from course_lib.exercises.lesson_01.activation import cases, told


def sigmoid_derivative(z):
    """Return σ'(z), from the pre-activation z."""
    s = sigma(z)
    return s * (1 - s)


def _moved(case, t):
    return sigma(case[0] + t)


_is_difference = is_difference(_moved)
_spans = is_difference(_moved, 2.0), is_difference(_moved, 0.5)


def _explain_trap(case, answer, expected):
    z, given, slope = (np.ravel(value)[0] for value in (case[0], answer, expected))
    received, right = show_apart(given, slope)
    return (
        "z(1 - z) is the derivative only where z stands for the activation a = σ(z). Here z is "
        f"the pre-activation: at z = {z:g} the activation is {show(sigma(z))}, your function "
        f"gives {received}, and the slope is {right}."
    )


def _powers(curve):
    """Return the exponents of σ(z), of exp(z) and of e that make |y|."""
    return curve.fits(lambda y: np.log(np.abs(y)), lambda z: np.log(sigma(z)), np.array,
                      np.ones_like)  # fmt: skip


def _sum_of_powers(curve):
    """Return the coefficients of 1, σ(z) and σ(z)² that make y, quarters; nan if none do."""
    found = curve.fits(np.array, np.ones_like, sigma, lambda z: sigma(z) ** 2)
    quarters = np.round(4 * found) / 4 + 0.0
    return quarters if are(found - quarters, 0, 0, 0) else np.full(3, np.nan)


def _is_another_sum(constant, once, squared):
    """Tell whether a sum is known, and is no multiple of the right one."""
    return np.isfinite(once) and not (constant == 0 and once == -squared)


def _told_sum(curve):
    """Say which sum of 1, σ(z) and σ(z)² it is."""
    said = ""
    for k, word in zip(_sum_of_powers(curve), ("", "σ(z)", "σ(z)²"), strict=True):
        size = f"{abs(k):g} {word}" if abs(k) != 1 or not word else word
        said += f" {'-' if k < 0 else '+'} {size.strip()}" if k else ""
    said = f"-{said[3:]}" if said.startswith(" - ") else said[3:]
    return f"this is {said or '0'}, and σ'(z) is σ(z) - σ(z)²."


def _contains_z(curve):
    """Tell whether y is a sum of products of z and σ(z), two factors at most."""
    forms = (np.ones_like, sigma, lambda z: sigma(z) ** 2)
    with_z = (np.array, lambda z: z * sigma(z), np.square)
    found = curve.fits(np.array, *forms, *with_z)
    return np.abs(found[3:]).max() > 1e-5


def _is_sum_of_exponentials(curve):
    forms = (np.ones_like, lambda z: np.exp(-z), lambda z: np.exp(-2 * z))
    return np.isfinite(curve.fits(np.array, *forms)).all() and np.ptp(curve.entries[1]) > 0


_MISTAKES = (
    Mistake("takes z for the activation", lambda z: z * (1 - z),
            _explain_trap),
    told("mixes z and the activation",
         "z itself stands in a factor or a term. Both factors are made from the activation: "
         "σ(z)(1 - σ(z)).",
         lambda z: sigma(z) * (1 - z), lambda z: z * sigma(z), lambda z: sigma(z) - z**2,
         when=_contains_z, vague=True),
    told("value instead of the derivative",
         "this is σ(z), the height of the curve. Its slope is asked for.", sigma),
    told("sigmoid applied twice",
         "this is σ'(σ(z)): the sigmoid is applied to a value that has been through it "
         "already. z goes in as it is.", lambda z: sigmoid_derivative(sigma(z))),
    told("sign of the inner derivative",
         "the size is right and the sign is not: σ rises everywhere. The derivative of exp(-z) "
         "is -exp(-z), and its minus cancels that of the power rule.",
         lambda z: -sigmoid_derivative(z)),
    told("no inner derivative",
         "this is σ(z)² in size. The power rule gives -(1 + exp(-z))⁻², and the chain rule "
         "multiplies it by the derivative of 1 + exp(-z), which is missing here. (Or are both "
         "factors σ(z)? The second is 1 - σ(z).)", lambda z: -(sigma(z) ** 2),
         lambda z: sigma(z) ** 2, when=lambda curve: are(_powers(curve), 2, 0, 0)),
    told("one factor only",
         "this is 1 - σ(z) in size. In the quotient rule the denominator is squared, which "
         "brings in the other factor σ(z).", lambda z: 1 - sigma(z), lambda z: sigma(z) - 1,
         when=lambda curve: are(_powers(curve), 1, -1, 0)),
    told("derivative of tanh",
         "1 - a² is the derivative of tanh. The sigmoid's is a(1 - a).",
         lambda z: 1 - sigma(z) ** 2, lambda z: 1 - np.tanh(z) ** 2),
    told("measured over a wrong span",
         "this measures the slope, and the difference is divided by half or by twice the "
         "distance between the two points. What is asked for is the formula, which needs no "
         "step.",
         lambda z: 2 * difference(_moved, (z,), 1e-5),
         lambda z: difference(_moved, (z,), 1e-3, behind=0) / 2,
         when=lambda curve: any(rule(curve.seen) for rule in _spans), vague=True),
    Mistake("measured instead of derived", lambda z: difference(_moved, (z,), 1e-5),
            "this measures the slope: it moves z a little and looks how far σ moves. Well "
            "done, and nearly right; lesson 02 checks derivatives this way. Here the formula "
            "is asked for, which needs no step and is exact: σ' made of σ(z).",
            variants=tuple(lambda z, step=step: difference(_moved, (z,), step, behind=0)
                           for step in (1e-2, 1e-3)),
            when=lambda curve: _is_difference(curve.seen)),
    told("missing parentheses",
         "this is a sum of exponentials, with nothing below the line. The derivative is "
         "`np.exp(-z) / (1 + np.exp(-z)) ** 2`: the whole sum is squared, and the whole square "
         "is the denominator.", lambda z: np.exp(-z) / 1 + np.exp(-z) ** 2,
         when=_is_sum_of_exponentials, vague=True),
    told("slope of ReLU",
         "this is 1 where z is positive and 0 elsewhere: the slope of ReLU. The sigmoid's is "
         "σ(z)(1 - σ(z)).", lambda z: np.where(z > 0, 1.0, 0.0),
         lambda z: np.where(z >= 0, 1.0, 0.0)),
    Mistake("neighbors for a slope", lambda z: np.gradient(sigma(z), z),
            "`np.gradient` and `np.diff` take differences between neighboring entries of an "
            "array. A number has no neighbors, and the entries of z may be any: what is asked "
            "for is the formula, σ' made of σ(z).",
            (lambda z: np.gradient(sigma(z)), lambda z: np.gradient(sigma(z), 1e-5)),
            when=lambda curve: is_gradient_of_a_number(curve.seen), any_form=True),
    Mistake("another sum of σ and σ²", lambda z: sigma(z) * (1 + sigma(z)),
            "Two factors, σ(z) and 1 - σ(z), are multiplied.",
            (lambda z: sigma(z) + (1 - sigma(z)) ** 2, lambda z: 0.25 + 0 * z),
            when=lambda curve: _is_another_sum(*_sum_of_powers(curve)),
            measured=_told_sum, vague=True),
)  # fmt: skip


_AROUND_ZERO = np.linspace(-6, 6, 25)


@tried((_AROUND_ZERO,), drawn=lambda rng: (rng.uniform(-8, 8, 25),))
def _largest_at_zero(function, z):
    at_zero = float(function(0.0))
    largest = float(np.max(function(z)))
    evidence = f"σ'(0) = {at_zero:.4g}, largest of 25 values {largest:.4g}"
    return abs(at_zero - 0.25) < 1e-7 and largest <= 0.25 + 1e-7, evidence


@tried((_AROUND_ZERO,), drawn=lambda rng: (rng.uniform(-8, 8, 25),))
def _even(function, z):
    gap = float(np.abs(function(-z) - function(z)).max())
    return gap < 1e-7, f"largest gap at 25 points: {rounded(gap)}"


@tried((1.0,), (-2.5,), (0.0,), drawn=lambda rng: (float(rng.uniform(-6, 6)),))
def _is_the_slope(function, z):
    measured = difference(_moved, (z,), 1e-5)
    holds, evidence = beside_measured(float(function(z)), float(measured))
    return holds, f"at z = {z:.4g}: {evidence}"


EXERCISES = (
    Exercise(
        name="sigmoid_derivative",
        lesson="01",
        statement="""The derivative σ'(z) of the sigmoid, entry by entry.

        z : number or array of any shape, the PRE-activation;  returns the same shape
        """,
        reference=sigma.derivative,
        solution=sigmoid_derivative,
        cases=cases,
        mistakes=_MISTAKES,
        facts=Curve,
        laws=(
            Law("the largest slope is 1/4, at z = 0", _largest_at_zero),
            Law("σ'(-z) = σ'(z)", _even),
            Law("it is the slope of σ, by central differences", _is_the_slope),
        ),
        hints=(
            "Compute the activation first: `s = sigma(z)`.",
            "SymPy checked that σ' = σ(1 - σ). Which of the two letters, z or s, stands for σ?",
            "With `s = sigma(z)`, return s times (1 minus s).",
        ),
        remark="The letter in the formula is the activation s, and the argument of the "
        "function is z: between the two lies one call of `sigma`.",
        comparison=Close(1e-9, 1e-13),
    ),
)
