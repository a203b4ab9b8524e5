"""Lesson 04: χ₁, by which a layer multiplies the expected square of the gradient."""

import numpy as np

from course_lib import meanfield
from course_lib.activations import centered_sigmoid, relu, sigmoid, tanh
from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.tried import tried
from course_lib.exercises.lesson_04.slopes_mistakes import MISTAKES, Facts
from course_lib.meanfield import gaussian_mean, variance_fixed_point


def chi_1(activation, sigma_w, sigma_b):
    """Return σ_w² E[φ'(√q* ξ)²] at the fixed point q* of the variance map."""
    q = variance_fixed_point(activation, sigma_w, sigma_b)
    return sigma_w**2 * gaussian_mean(lambda z: activation.derivative(z) ** 2, q)


def _cases(rng):
    simple = [(relu, 1.0, 0.5), (sigmoid, 4.0, 0.0), (tanh, 1.5, 0.05)]
    edges = [(tanh, 0.8, 0.0), (sigmoid, 16.0, 0.0), (centered_sigmoid, 8.0, 0.0)]
    others = [(tanh, 3.0, 1.0), (sigmoid, 1.0, 2.0), (tanh, 1.08, 0.0)]
    drawn = [(sigmoid, *map(float, rng.uniform([2.0, 0.2], [12.0, 3.0]).round(2)))]
    return [*simple, *edges, *others, *drawn]


def _drawn(low, high):
    return lambda rng: (float(rng.uniform(low, high)), float(rng.uniform(0.1, 1)))


def _drawn_for_relu(rng):
    """Return scales below or above √2, where the variance stays finite or does not."""
    low, high = ((0.4, 1.3), (1.5, 2.5))[rng.integers(2)]
    return _drawn(low, high)(rng)


@tried((1.2, 0.3), (2.0, 0.5), drawn=_drawn_for_relu, n_drawn=2)
def _half_for_relu(function, sigma_w, sigma_b):
    value, right = float(function(relu, sigma_w, sigma_b)), sigma_w**2 / 2
    said = f"{value:.4g}, and σ_w²/2 is {right:.4g}"
    holds = abs(value - right) < 1e-5
    return holds, f"σ_w = {sigma_w:.4g}, σ_b = {sigma_b:.4g}: {said}"


@tried((tanh, 0.5, 0.1), (sigmoid, 4.0, 0.0), (tanh, 3.0, 0.3),
       drawn=lambda rng: (rng.choice([sigmoid, tanh]), *_drawn(0.3, 3)(rng)),
       n_drawn=3)  # fmt: skip
def _below_the_bound(function, activation, sigma_w, sigma_b):
    value = float(function(activation, sigma_w, sigma_b))
    bound = (sigma_w * (0.25 if activation is sigmoid else 1.0)) ** 2
    where = f"{activation.name}, σ_w = {sigma_w:.4g}"
    return 0 <= value <= bound * (1 + 1e-9), f"{where}: {value:.4g}, bound {bound:.4g}"


@tried((2.0,), (5.0,), drawn=lambda rng: (float(rng.uniform(1.5, 5)),), n_drawn=2)
def _saturation(function, sigma_w):
    narrow, wide = (float(function(sigmoid, width, 0.0)) for width in (sigma_w, 2 * sigma_w))
    growth = np.divide(wide, narrow)
    at = f"at σ_w = {sigma_w:.4g}, {wide:.4g} at {2 * sigma_w:.4g}"
    return 1 < growth < 3.99, f"{narrow:.4g} {at}: {growth:.4g} times as much"


EXERCISES = (
    Exercise(
        name="chi_1",
        lesson="04",
        statement="""χ₁ = sigma_w² E[φ'(√q* ξ)²], ξ standard normal, q* the variance at which
        the variance map stays: the growth per layer of the gradient's expected square.

        activation : φ; its slope is activation.derivative(z)
        sigma_w, sigma_b : numbers;  returns a number
        `variance_fixed_point(activation, sigma_w, sigma_b)` returns q*,
        `gaussian_mean(f, q)` returns E[f(√q ξ)].
        """,
        reference=meanfield.chi_1,
        solution=chi_1,
        cases=_cases,
        mistakes=MISTAKES,
        facts=Facts,
        laws=(
            Law("for ReLU it is σ_w²/2, as half of the slopes are 1", _half_for_relu),
            Law("it is at most (σ_w φ'_max)²", _below_the_bound),
            Law("for the sigmoid twice σ_w makes χ₁ larger, and less than 4 times as large",
                _saturation),
        ),
        hints=(
            "Two steps: first the variance q* that deep layers settle at, then the mean "
            "square of the slopes at that variance.",
            "`gaussian_mean` needs a function of the pre-activation: what is done to "
            "`activation.derivative(z)` before the mean is taken?",
            "`q = variance_fixed_point(activation, sigma_w, sigma_b)`; then "
            "`gaussian_mean(lambda z: ..., q)` of the squared slopes. What is still missing "
            "from the formula stands before the mean.",
        ),
        remark="Poole et al. 2016, equation 7. Backward a layer multiplies by W and by φ': "
        "N weights of variance σ_w²/N make σ_w², and the units' slopes make the mean. For ReLU "
        "`course_lib.meanfield` takes σ_w²/2 as it is.",
        comparison=Close(1e-5, 1e-9),
    ),
)  # fmt: skip
