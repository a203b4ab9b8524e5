"""What goes wrong with the variance map in lesson 04."""

import numpy as np

from course_lib import meanfield
from course_lib.exercises.engine.formatting import listed_apart
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.kit.wrong_means import (
    HERMITE_NODES,
    close_but_not_exact,
    gauss_hermite,
    sampled,
)
from course_lib.meanfield import gaussian_mean, variance_map


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


def _root_in_f(activation, q):
    return gaussian_mean(lambda z: activation(np.sqrt(q) * z) ** 2, q)


def _root_in_f_alone(activation, q):
    return gaussian_mean(lambda z: activation(np.sqrt(q) * z) ** 2, 1.0)


def _number_for_f(activation, q):
    return gaussian_mean(activation(q) ** 2, q)


def _function_squared(activation, q):
    return gaussian_mean(activation**2, q)


def _z_unknown(activation, q):
    raise NameError("name 'z' is not defined")  # as gaussian_mean(activation(z) ** 2, q) does


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


MISTAKES = (
    Mistake(
        "q in place of √q",
        _assembled(lambda activation, q: _mean_square(activation, np.square(q))),
        _with_numbers("the argument of φ is q z, and should be √q z: q is a variance, and the "
                      "pre-activations are as large as its root. `gaussian_mean(f, q)` takes "
                      "the root itself and hands the pre-activations √q z to f already; with "
                      "another √q in f the root is taken twice, and makes q z of it."),
        variants=(_assembled(_root_in_f),),
    ),
    Mistake(
        "root of q taken twice",
        _assembled(lambda activation, q: _mean_square(activation, np.sqrt(q))),
        _with_numbers("the argument of φ is the fourth root of q, times z. "
                      "`gaussian_mean(f, q)` takes the variance and its root itself."),
    ),
    Mistake(
        "only for a single q",
        _assembled(_root_in_f_alone),
        "single numbers are right, and q may be an array as well. `gaussian_mean(f, q)` takes "
        "the array as it is, and gives one mean for every entry of q.",
        variants=(_assembled(lambda activation, q: _mean_square(activation, float(q))),
                  _assembled(lambda activation, q: _mean_square(activation, q if q else 0.0))),
    ),
    Mistake(
        "a value in place of f",
        _assembled(_number_for_f),
        "`gaussian_mean(f, q)` calls f itself, with the pre-activations: f must be a function, "
        "`lambda z: ...`, and not a value worked out beforehand, nor the square of "
        "`activation` without its argument.",
        variants=(_assembled(_function_squared), _assembled(_z_unknown)),
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
        "not accurate enough: use `gaussian_mean(f, q)`. Every number is close and none is "
        "right, as with a mean over random draws: with 10,000 draws the error is about one "
        "percent, and a hundred times as many give one digit more. `gaussian_mean` sums over a "
        "fine grid with the weights of the normal distribution, and is right to nine digits.",
        when=close_but_not_exact,
    ),
)  # fmt: skip
