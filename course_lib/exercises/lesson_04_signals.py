"""Lesson 04: the variance of the next layer's pre-activations."""

import numpy as np

from course_lib import meanfield
from course_lib.activations import centered_sigmoid, relu, sigmoid, tanh
from course_lib.exercises.model import Exercise, Law, Mistake
from course_lib.exercises.poor_means import (
    HERMITE_NODES,
    close_but_not_exact,
    gauss_hermite,
    sampled,
)
from course_lib.exercises.shown import listed_apart
from course_lib.meanfield import gaussian_mean


def variance_map(q, activation, sigma_w, sigma_b):
    """Return σ_w² E[φ(√q z)²] + σ_b² for a standard normal z."""
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


def _assembled(mean):
    """Return the map with another way of arriving at E[φ(√q z)²]."""
    return lambda q, activation, sigma_w, sigma_b: sigma_w**2 * mean(activation, q) + sigma_b**2


def _mean_square(activation, q):
    return gaussian_mean(lambda z: activation(z) ** 2, q)


def _mean_square_by(mean):
    return _assembled(lambda activation, q: mean(lambda z: activation(z) ** 2, q))


def _square_of_mean(activation, q):
    return gaussian_mean(activation, q) ** 2


def _mean_square_slope(activation, q):
    return gaussian_mean(lambda z: activation.derivative(z) ** 2, q)


def _two_layers(q, activation, sigma_w, sigma_b):
    next_q = variance_map(q, activation, sigma_w, sigma_b)
    return variance_map(next_q, activation, sigma_w, sigma_b)


def _listed(values):
    shown = ", ".join(f"{value:.4g}" for value in np.ravel(values))
    return f"({shown})" if np.ndim(values) else shown


def _numbers(case, answer, expected):
    q, activation, sigma_w, sigma_b = case
    received, right = listed_apart(answer, expected)
    return (
        f"For the {activation.name} with q = {_listed(q)}, σ_w = {sigma_w:g}, "
        f"σ_b = {sigma_b:g} it gives {received}, and {right} is right."
    )


def _with_numbers(sentence):
    return lambda *observed: f"{sentence} {_numbers(*observed)}"


_MISTAKES = (
    Mistake(
        "q in place of √q",
        _assembled(lambda activation, q: _mean_square(activation, np.square(q))),
        _with_numbers("the argument of φ is q z, and should be √q z: q is a variance, and the "
                      "pre-activations are as large as its root. `gaussian_mean(f, q)` takes "
                      "the root itself and hands √q z to f; another √q in f makes q z of it."),
    ),
    Mistake(
        "root of q taken twice",
        _assembled(lambda activation, q: _mean_square(activation, np.sqrt(q))),
        _with_numbers("the argument of φ is the fourth root of q, times z. "
                      "`gaussian_mean(f, q)` takes the variance and its root itself."),
    ),
    Mistake(
        "q left out",
        _assembled(lambda activation, q: _mean_square(activation, np.ones_like(q))),
        _with_numbers("the mean is taken at variance 1, whatever q is. The pre-activations "
                      "are √q z."),
    ),
    Mistake(
        "scale not squared",
        lambda q, activation, sigma_w, sigma_b: sigma_w * _mean_square(activation, q)
        + sigma_b**2,
        _with_numbers("σ_w and σ_b are standard deviations, and variances add: both are "
                      "squared."),
        variants=(
            lambda q, activation, sigma_w, sigma_b: sigma_w**2 * _mean_square(activation, q)
            + sigma_b,
            lambda q, activation, sigma_w, sigma_b: sigma_w * _mean_square(activation, q)
            + sigma_b,
        ),
    ),
    Mistake(
        "weights left out",
        lambda q, activation, sigma_w, sigma_b: _mean_square(activation, q) + sigma_b**2,
        _with_numbers("this is the mean square of the activations, plus the biases. The "
                      "weights multiply the activations: σ_w² is missing."),
    ),
    Mistake(
        "biases left out",
        lambda q, activation, sigma_w, sigma_b: sigma_w**2 * _mean_square(activation, q),
        _with_numbers("the biases have a variance too: + σ_b²."),
    ),
    Mistake(
        "square of the mean",
        _assembled(_square_of_mean),
        _with_numbers("the mean is taken first and squared then. E[φ²] is not E[φ]²: "
                      "activations of either sign cancel in the second and not in the first."),
    ),
    Mistake(
        "mean subtracted",
        _assembled(lambda activation, q: _mean_square(activation, q)
                   - _square_of_mean(activation, q)),
        _with_numbers("this is the variance of the activations, E[φ²] - E[φ]². The weights "
                      "have mean 0, so that z of the next layer has mean 0 whatever the mean "
                      "of φ: its variance contains the whole E[φ²]."),
    ),
    Mistake(
        "no square of the activation",
        _assembled(gaussian_mean),
        _with_numbers("this takes E[φ], the mean. A variance is made of squares: E[φ²]."),
        variants=(_assembled(lambda activation, q: gaussian_mean(
            lambda z: np.abs(activation(z)), q)),),
    ),
    Mistake(
        "slope instead of the value",
        _assembled(_mean_square_slope),
        _with_numbers("φ' stands where φ belongs. The slopes decide how gradients grow, in χ₁; "
                      "signals go through φ itself."),
    ),
    Mistake(
        "no mean taken",
        _assembled(lambda activation, q: activation(np.sqrt(q)) ** 2),
        _with_numbers("φ is evaluated at one place only. The pre-activations are spread: the "
                      "mean goes over all √q z, z from a normal distribution."),
        variants=(_assembled(lambda activation, q: activation(q) ** 2),),
    ),
    Mistake(
        "root of the variance",
        lambda *case: np.sqrt(variance_map(*case)),
        _with_numbers("this is the standard deviation of the next pre-activations; their "
                      "variance is asked for, without a root."),
    ),
    Mistake(
        "two layers at once",
        _two_layers,
        _with_numbers("the map is applied twice. One call goes one layer further."),
    ),
    Mistake(
        "fixed point instead of one step",
        lambda q, *net: np.full(np.shape(q), meanfield.variance_fixed_point(*net)),
        _with_numbers("this is q*, where the variance settles after many layers, whatever q it "
                      "began with. One call goes one layer further."),
    ),
    Mistake(
        "Gauss-Hermite nodes",
        _mean_square_by(gauss_hermite(20)),
        _with_numbers("Gauss-Hermite nodes are right for polynomials. At large q the "
                      "activation is nearly a step, which lies somewhere between two of them. "
                      "`gaussian_mean(f, q)` crowds its nodes around 0."),
        variants=tuple(_mean_square_by(gauss_hermite(n)) for n in HERMITE_NODES),
    ),
    Mistake(
        "sampled, or a coarse sum",
        _mean_square_by(sampled),
        "every number is close and none is right, as with a mean over random draws: with "
        "10,000 draws the error is about one percent, and a hundred times as many give one "
        "digit more. `gaussian_mean(f, q)` sums over a fine grid with the weights of the "
        "normal distribution, and is right to nine digits.",
        resembles=close_but_not_exact,
    ),
)  # fmt: skip


def _relu_halves(function):
    value = float(function(5.0, relu, 2.0, 0.0))
    return abs(value - 10) < 1e-3, f"σ_w = 2: q = 5 becomes {value:.4g}, and 2 q is 10"


def _only_biases(function):
    value = float(function(3.0, sigmoid, 0.0, 0.5))
    return abs(value - 0.25) < 1e-9, f"σ_w = 0, σ_b = 0.5: {value:.4g}"


def _half_at_zero(function):
    value = float(function(0.0, sigmoid, 4.0, 0.0))
    return abs(value - 4) < 1e-6, f"sigmoid, σ_w = 4: {value:.4g}, and (4 · 1/2)² is 4"


EXERCISES = (
    Exercise(
        name="variance_map",
        lesson="04",
        statement="""The variance of the next layer's pre-activations,
        sigma_w² E[φ(√q z)²] + sigma_b², with z standard normal.

        q : number or array, the variance in this layer;  returns the same shape
        activation : φ, called as activation(z);  sigma_w, sigma_b : numbers
        `gaussian_mean(f, q)` returns E[f(√q z)]: it takes the root of q itself.
        """,
        reference=meanfield.variance_map,
        solution=variance_map,
        cases=_cases,
        mistakes=_MISTAKES,
        laws=(
            Law("ReLU lets half of the variance through: σ_w² q/2", _relu_halves),
            Law("without weights only the biases are left: σ_b²", _only_biases),
            Law("at q = 0 every unit gives φ(0): σ_w² φ(0)²", _half_at_zero),
        ),
        hints=(
            "Read the formula from the inside: a pre-activation √q z, the activation of it, "
            "its square, the mean of that. Only then come σ_w and σ_b.",
            "`gaussian_mean(f, q)` needs a function f of the pre-activation: "
            "`lambda z: activation(z) ** 2`.",
            "`sigma_w**2 * gaussian_mean(lambda z: activation(z) ** 2, q)`, and one term more.",
        ),
        remark="Poole et al. 2016, equation 3. The mean of φ is not taken away: the weights "
        "have mean 0, and so has the next pre-activation, with or without it.",
        rtol=1e-5,
        atol=1e-9,
    ),
)
