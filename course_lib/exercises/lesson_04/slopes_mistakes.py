"""What goes wrong with χ₁ in lesson 04."""

from functools import cache

import numpy as np

from course_lib import meanfield
from course_lib.exercises.engine.formatting import compared
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.kit.wrong_means import (
    HERMITE_NODES,
    close_but_not_exact,
    gauss_hermite,
    node_at_zero,
    relative_errors,
    sampled,
)
from course_lib.meanfield import gaussian_mean

# most mistakes begin with one of these
variance_fixed_point, chi_1 = map(cache, (meanfield.variance_fixed_point, meanfield.chi_1))


def _mean_square_slope(activation, q):
    return gaussian_mean(lambda z: activation.derivative(z) ** 2, q)


def _mean_slope(activation, q):
    return gaussian_mean(activation.derivative, q)


def _assembled(moment):
    """Return σ_w² times another moment of the slopes at the fixed point."""

    def function(activation, sigma_w, sigma_b):
        q = variance_fixed_point(activation, sigma_w, sigma_b)
        return sigma_w**2 * moment(activation, q)

    return function


def _mean_square_by(mean):
    return _assembled(lambda activation, q: mean(lambda z: activation.derivative(z) ** 2, q))


def _at(variance):
    """Return χ₁ at another variance than the fixed point."""
    return lambda activation, sigma_w, sigma_b: (
        sigma_w**2 * _mean_square_slope(activation, variance(activation, sigma_w, sigma_b))
    )


def _after(n_layers, q=1.0):
    """Return the variance after so many layers, from the variance q of the first one."""

    def variance(activation, sigma_w, sigma_b):
        reached = q
        for _ in range(n_layers):
            reached = meanfield.variance_map(reached, activation, sigma_w, sigma_b)
        return reached

    return variance


def _slope_at_activation(activation, q):
    return gaussian_mean(lambda z: activation.derivative(activation(z)) ** 2, q)


def _sigmoid_slope(activation, q):
    return gaussian_mean(lambda z: (activation(z) * (1 - activation(z))) ** 2, q)


def _number_for_f(activation, q):
    return gaussian_mean(activation.derivative(q) ** 2, q)


def _function_squared(activation, q):
    return gaussian_mean(activation.derivative**2, q)


def _wrong_for_relu_alone(seen):
    relu_error, *errors = relative_errors(seen)  # ReLU comes first
    return bool(1e-5 < relu_error < 0.05 and max(errors) < 1e-5)


def _numbers(case, answer, expected):
    activation, sigma_w, sigma_b = case
    return (
        f"For the {activation.name} with σ_w = {sigma_w:g}, σ_b = {sigma_b:g} "
        f"{compared(answer, expected)}"
    )


def _with_numbers(sentence):
    return lambda *observed: f"{sentence} {_numbers(*observed)}"


def _explain_variance(case, answer, expected):
    q = variance_fixed_point(*case)
    return (
        f"the slopes are taken at the variance q = 1. Deep in the net the variance is at its "
        f"fixed point, here q* = {q:.4g}: `variance_fixed_point` finds it. "
        f"{_numbers(case, answer, expected)}"
    )


MISTAKES = (
    Mistake("at q = 1", _at(lambda *scales: 1.0), _explain_variance),
    Mistake(
        "variance not at its fixed point",
        _at(_after(1)),
        _with_numbers("the variance map has been applied, and has not arrived everywhere: q "
                      "must not change any more from layer to layer. Where the map lies close "
                      "to the diagonal it creeps; `variance_fixed_point` does not."),
        variants=(*(_at(_after(n))
                    for n in (2, 3, 4, 5, 6, 8, 10, 12, 15, 16, 20, 25, 30, 40, 50)),
                  _at(_after(1, q=0.0)),
                  _at(lambda activation, sigma_w, sigma_b: sigma_w**2 + sigma_b**2)),
    ),
    Mistake(
        "biases left out of the fixed point",
        _at(lambda activation, sigma_w, sigma_b: variance_fixed_point(activation, sigma_w)),
        _with_numbers("q* is that of a net without biases. They do not stand in the formula of "
                      "χ₁, and they do decide where the variance settles: "
                      "`variance_fixed_point(activation, sigma_w, sigma_b)`."),
    ),
    Mistake(
        "slope at 0",
        _at(lambda *scales: 0.0),
        _with_numbers("this is (σ_w φ'(0))², as if every unit sat at z = 0. They are spread "
                      "with variance q*, and where they saturate their slopes are small."),
    ),
    Mistake(
        "the textbook bound",
        lambda activation, sigma_w, sigma_b: (sigma_w * activation.max_slope) ** 2,
        _with_numbers("every unit is given the largest slope, φ'_max. That makes a bound, "
                      "(σ_w φ'_max)², which the truth never exceeds. χ₁ takes the mean over "
                      "the slopes that there are."),
        variants=(lambda activation, sigma_w, sigma_b: sigma_w * activation.max_slope,),
    ),
    Mistake(
        "value instead of the slope",
        _assembled(lambda activation, q: gaussian_mean(lambda z: activation(z) ** 2, q)),
        _with_numbers("φ stands where φ' belongs. That mean drives the variance of signals; "
                      "backward, each layer multiplies by `activation.derivative(z)`."),
    ),
    Mistake(
        "the sigmoid's slope for every activation",
        _assembled(_sigmoid_slope),
        _with_numbers("a (1 - a) is the slope of the sigmoid alone, and φ may be any "
                      "activation: `activation.derivative(z)` knows its own slope."),
    ),
    Mistake(
        "a value in place of f",
        _assembled(_number_for_f),
        "`gaussian_mean(f, q)` calls f itself, with the pre-activations: f must be a function, "
        "`lambda z: ...`, and not a value worked out beforehand, nor the square of "
        "`activation.derivative` without its argument.",
        variants=(_assembled(_function_squared),),
    ),
    Mistake(
        "slope taken at the activation",
        _assembled(_slope_at_activation),
        _with_numbers("`derivative` is given φ(z) and wants the pre-activation z."),
    ),
    Mistake(
        "square of the mean slope",
        _assembled(lambda activation, q: _mean_slope(activation, q) ** 2),
        _with_numbers("the mean is taken first and squared then. The mean of the squares is "
                      "larger, most of all where few units have a slope and the others none."),
    ),
    Mistake(
        "slope not squared",
        _assembled(_mean_slope),
        _with_numbers("this takes the mean of φ'. χ₁ is about the square of the gradient, so "
                      "the slope enters squared."),
    ),
    Mistake(
        "σ_w not squared",
        lambda activation, sigma_w, sigma_b: chi_1(activation, sigma_w, sigma_b) / sigma_w,
        _with_numbers("χ₁ is about the square of the gradient, so the weights enter with their "
                      "variance: σ_w²."),
        variants=(lambda activation, sigma_w, sigma_b: chi_1(activation, sigma_w, sigma_b)
                  / sigma_w**2,),
    ),
    Mistake(
        "growth of the norm",
        lambda *case: np.sqrt(chi_1(*case)),
        _with_numbers("this is √χ₁, by which the norm grows in a layer. χ₁ itself belongs to "
                      "the square of the norm."),
    ),
    Mistake(
        "the logarithm of it",
        lambda *case: np.log10(chi_1(*case)),
        _with_numbers("this is the logarithm of the growth, 0 where the gradient keeps its "
                      "size. χ₁ itself is asked for, 1 there."),
        variants=(lambda *case: np.log10(chi_1(*case)) / 2, lambda *case: np.log(chi_1(*case))),
    ),
    Mistake(
        "q* in place of its root",
        _assembled(lambda activation, q: _mean_square_slope(activation, q**2)),
        _with_numbers("the slopes are taken at q* z, and should be at √q* z. "
                      "`gaussian_mean(f, q)` takes the root itself and hands √q z to f; "
                      "another √q in f makes q z of it."),
    ),
    Mistake(
        "root of q* taken twice",
        _assembled(lambda activation, q: _mean_square_slope(activation, np.sqrt(q))),
        _with_numbers("`gaussian_mean(f, q)` takes the variance, and its root itself: here the "
                      "root is taken twice."),
    ),
    Mistake(
        "no mean taken",
        _assembled(lambda activation, q: activation.derivative(np.sqrt(q)) ** 2),
        _with_numbers("the slope is taken at one place only. The pre-activations are spread: "
                      "the mean goes over all √q* z."),
        variants=(_assembled(lambda activation, q: activation.derivative(q) ** 2),),
    ),
    Mistake(
        "biases added",
        lambda activation, sigma_w, sigma_b: chi_1(activation, sigma_w, sigma_b) + sigma_b**2,
        _with_numbers("σ_b² is added, as in the variance map. A bias does not depend on the "
                      "layer below, so no gradient passes through it."),
    ),
    Mistake(
        "Gauss-Hermite nodes",
        _mean_square_by(gauss_hermite(20)),
        _with_numbers("Gauss-Hermite nodes are right for polynomials. At large q* the slope is "
                      "a narrow peak around z = 0, and falls between the nodes. "
                      "`gaussian_mean(f, q)` crowds its nodes there."),
        variants=tuple(_mean_square_by(gauss_hermite(n)) for n in HERMITE_NODES),
    ),
    Mistake(
        "a node on ReLU's step",
        _mean_square_by(node_at_zero),
        _with_numbers("a sum over a grid with a node at z = 0 counts ReLU's step for one side. "
                      "A grid of midpoints has no node there, nor has that of "
                      "`gaussian_mean(f, q)`."),
        when=_wrong_for_relu_alone,
    ),
    Mistake(
        "sampled, or a coarse sum",
        _mean_square_by(sampled),
        "not accurate enough: use `gaussian_mean(f, q)`. Every number is close and none is "
        "right, as with a mean over random draws, or with a grid that is too coarse for φ', "
        "which is a narrow peak where q* is large. `gaussian_mean` puts its grid where the "
        "peak is, and is right to nine digits.",
        when=close_but_not_exact,
    ),
)  # fmt: skip
