"""Lesson 04: the variance of the next layer's pre-activations."""

import numpy as np

from course_lib import meanfield
from course_lib.activations import centered_sigmoid, relu, sigmoid, tanh
from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.tried import tried
from course_lib.exercises.lesson_04.signals_mistakes import MISTAKES, Facts
from course_lib.meanfield import gaussian_mean


def variance_map(q, activation, sigma_w, sigma_b):
    """Return σ_w² E[φ(√q ξ)²] + σ_b² for a standard normal ξ."""
    mean_square = gaussian_mean(lambda z: activation(z) ** 2, q)
    return sigma_w**2 * mean_square + sigma_b**2


def _cases(rng):
    simple = [(4.0, relu, 1.0, 0.0), (0.25, sigmoid, 3.0, 0.0), (2.0, tanh, 1.5, 0.5)]
    edges = [(0.0, sigmoid, 2.0, 3.0), (100.0, sigmoid, 16.0, 0.0), (1e-4, tanh, 1.0, 0.0)]
    kinds = (sigmoid, tanh, relu, centered_sigmoid)
    drawn = [(*_drawn(rng, 0.1, 6.0, 1), kind, *_drawn(rng, 0.3, 5.0, 2)) for kind in kinds]
    return [*simple, *edges, *drawn, (np.array([0.0, 0.5, 4.0, 50.0]), sigmoid, 1.2, 0.4)]


def _drawn(rng, low, high, size):
    return (float(value) for value in rng.uniform(low, high, size).round(2))


@tried((5.0, 2.0), drawn=lambda rng: tuple(_drawn(rng, 0.1, 6.0, 2)))
def _relu_halves(function, q, sigma_w):
    value, right = float(function(q, relu, sigma_w, 0.0)), sigma_w**2 * q / 2
    said = f"q = {q:.4g} becomes {value:.4g}, and {right:.4g} is half of σ_w² q"
    return abs(value - right) < 1e-4 * right, f"σ_w = {sigma_w:.4g}: {said}"


@tried((3.0, sigmoid, 0.5), (0.4, tanh, 2.0),
       drawn=lambda rng: (*_drawn(rng, 0.1, 6, 1), rng.choice([sigmoid, tanh]),
                          *_drawn(rng, 0.1, 3, 1)))  # fmt: skip
def _only_biases(function, q, activation, sigma_b):
    value = float(function(q, activation, 0.0, sigma_b))
    return abs(value - sigma_b**2) < 1e-6 * max(
        1, sigma_b**2
    ), f"σ_w = 0, σ_b = {sigma_b:.4g}: {value:.4g}"


@tried((4.0,), drawn=lambda rng: tuple(_drawn(rng, 0.3, 6.0, 1)))
def _half_at_zero(function, sigma_w):
    value, right = float(function(0.0, sigmoid, sigma_w, 0.0)), sigma_w**2 / 4
    said = f"({sigma_w:.4g} · 1/2)² is {right:.4g}"
    return abs(value - right) < 1e-6 * max(
        1, right
    ), f"sigmoid, σ_w = {sigma_w:.4g}: {value:.4g}, and {said}"


EXERCISES = (
    Exercise(
        name="variance_map",
        lesson="04",
        statement="""The variance of the next layer's pre-activations,
        sigma_w² E[φ(√q ξ)²] + sigma_b², with ξ standard normal.

        q : number or array, the variance in this layer;  returns the same shape
        activation : φ, called as activation(z);  sigma_w, sigma_b : numbers
        `gaussian_mean(f, q)` returns E[f(√q ξ)]: it takes the root of q itself.
        """,
        reference=meanfield.variance_map,
        solution=variance_map,
        cases=_cases,
        mistakes=MISTAKES,
        facts=Facts,
        laws=(
            Law("ReLU lets half of the variance through: σ_w² q/2", _relu_halves),
            Law("without weights only the biases are left: σ_b²", _only_biases),
            Law("at q = 0 every unit gives φ(0): σ_w² φ(0)²", _half_at_zero),
        ),
        hints=(
            "Read the formula from the inside: a pre-activation √q ξ, the activation of it, "
            "its square, the mean of that. Only then come σ_w and σ_b.",
            "`gaussian_mean(f, q)` needs a function f of the pre-activation, `lambda z: ...`: "
            "what is done to `activation(z)` before the mean is taken?",
            "`gaussian_mean(lambda z: activation(z) ** 2, q)` is the mean. What remains is "
            "what the formula does with it: two scales, each entering as a variance.",
        ),
        remark="Poole et al. 2016, equation 3. The mean of φ is not taken away: the weights "
        "have mean 0, and so has the next pre-activation, with or without it.",
        comparison=Close(1e-5, 1e-9),
    ),
)
