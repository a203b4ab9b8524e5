"""Lesson 01: the derivative of a chain of sigmoids."""

import numpy as np

from course_lib.activations import sigmoid
from course_lib.exercises.model import Exercise, Law, Mistake


def chain_derivative(x, weights):
    """Return da_L/dx of the chain a_l = σ(w_l a_(l-1)), a_0 = x.

    Parameters
    ----------
    x : float
        Input of the chain.
    weights : ndarray, shape (n_layers,)
        One weight a layer, the first layer first.

    Returns
    -------
    float
    """
    a, derivative = x, 1.0
    for w in weights:
        z = w * a
        derivative = derivative * w * sigmoid.derivative(z)
        a = sigmoid(z)
    return derivative


def _cases(rng):
    small = [(0.5, np.array([2.0])), (1.0, np.array([2.0, -3.0]))]
    depths = (2, 3, 3, 5, 8, 12)
    drawn = [(float(rng.normal()), rng.normal(scale=3.0, size=depth)) for depth in depths]
    return [*small, *drawn, (0.3, np.full(6, 5.0))]


def _trace(x, weights):
    """Return the inputs, pre-activations and activations of all layers."""
    a = [x]
    for w in weights:
        a.append(float(sigmoid(w * a[-1])))
    inputs, outputs = np.array(a[:-1]), np.array(a[1:])
    return inputs, weights * inputs, outputs


def _without_weights(x, weights):
    _, z, _ = _trace(x, weights)
    return np.prod(sigmoid.derivative(z))


def _sum(x, weights):
    _, z, _ = _trace(x, weights)
    return np.sum(weights * sigmoid.derivative(z))


def _of_activations(x, weights):
    _, _, a = _trace(x, weights)
    return np.prod(weights * sigmoid.derivative(a))


def _of_inputs(x, weights):
    inputs, _, _ = _trace(x, weights)
    return np.prod(weights * sigmoid.derivative(inputs))


def _article_trap(x, weights):
    _, z, _ = _trace(x, weights)
    return np.prod(weights * z * (1 - z))


def _value(x, weights):
    return _trace(x, weights)[2][-1]


def _no_input_weight(x, weights):
    """Give the derivative by the first pre-activation, which lacks the factor w_1."""
    return chain_derivative(x, weights) / weights[0]


def _numbers(case, answer, expected):
    x, weights = case
    layers = "one layer" if len(weights) == 1 else f"{len(weights)} layers"
    return f"With {layers} and x = {x:g} it gives {answer:.4g}, and {expected:.4g} is right."


def _with_numbers(sentence):
    return lambda *observed: f"{sentence} {_numbers(*observed)}"


_MISTAKES = (
    Mistake(
        "weights left out",
        _without_weights,
        _with_numbers("every layer contributes w σ'(z), and here only σ'(z) is multiplied. The "
                      "w is the inner derivative of z = w a."),
    ),
    Mistake(
        "slopes left out",
        lambda x, weights: np.prod(weights),
        _with_numbers("every layer contributes w σ'(z), and here only the w are multiplied, as "
                      "if the layers were linear."),
    ),
    Mistake(
        "every slope taken at the input",
        lambda x, weights: np.prod(weights * sigmoid.derivative(weights * x)),
        _with_numbers("the slope of a layer belongs at that layer's own z = w a, with a from "
                      "the layer before. Here a stays x in every layer."),
        variants=(lambda x, weights: np.prod(weights * sigmoid.derivative(x)),),
    ),
    Mistake(
        "slope taken at the activation",
        _of_activations,
        _with_numbers("σ' is given a = σ(z) and wants z: the sigmoid is applied twice."),
    ),
    Mistake(
        "slope taken at the layer's input",
        _of_inputs,
        _with_numbers("σ' is given the input a of the layer and wants z = w a."),
    ),
    Mistake(
        "takes z for the activation",
        _article_trap,
        _with_numbers("z(1 - z) is the slope only where z stands for the activation. From the "
                      "pre-activation it is σ(z)(1 - σ(z))."),
    ),
    Mistake(
        "sum instead of product",
        _sum,
        _with_numbers("the layers' factors w σ'(z) are added. In a composition every function "
                      "stretches what the one before has stretched: they multiply."),
    ),
    Mistake(
        "last layer left out",
        lambda x, weights: chain_derivative(x, weights[:-1]),
        _with_numbers("the product stops one layer early: the factor of the last layer is "
                      "missing."),
    ),
    Mistake(
        "first layer left out",
        lambda x, weights: chain_derivative(sigmoid(weights[0] * x), weights[1:]),
        _with_numbers("this is the derivative by the first activation. By x there is one "
                      "factor more, that of the first layer."),
    ),
    Mistake(
        "first weight left out",
        _no_input_weight,
        _with_numbers("this is the derivative by the first pre-activation z. By x there is one "
                      "factor more, the first weight."),
    ),
    Mistake(
        "value instead of the derivative",
        _value,
        _with_numbers("this is a_L, the output of the chain. Its derivative is asked for."),
    ),
)  # fmt: skip


def _bounded(function):
    weights = np.array([2.0, -3.0, 1.5, 4.0])
    value, bound = abs(function(0.7, weights)), float(np.prod(np.abs(weights) / 4))
    return value <= bound, f"four layers: {value:.3g}, bound {bound:.3g}"


def _measured(function):
    weights = np.array([2.0, -3.0, 1.5])
    ends = [_value(0.7 + step, weights) for step in (1e-5, -1e-5)]
    slope, value = (ends[0] - ends[1]) / 2e-5, function(0.7, weights)
    return abs(value - slope) < 1e-7, f"three layers: {value:.5f}, measured {slope:.5f}"


EXERCISES = (
    Exercise(
        name="chain_derivative",
        lesson="01",
        statement="""The derivative da_L/dx of a chain of sigmoid layers:
        a_0 = x, z_l = w_l a_(l-1), a_l = σ(z_l) for l = 1 ... L.

        x : number;  weights : array, shape (L,), w_1 first;  returns a number
        """,
        reference=chain_derivative,
        cases=_cases,
        mistakes=_MISTAKES,
        laws=(
            Law("every factor is at most |w| / 4", _bounded),
            Law("it is the slope of the chain, by central differences", _measured),
        ),
        hints=(
            "One layer first: what is the derivative of σ(w x) by x? It has two factors.",
            "Go through the weights in a loop and carry two things along: the activation a, "
            "and the product so far.",
            "In the loop: z = w a; multiply the product by w and by `sigmoid_derivative(z)`; "
            "then a = σ(z). Begin with a = x and the product 1.",
        ),
        remark="One pass forward gives both, the activation and the derivative. "
        "Backpropagation takes the same product from the other end.",
        atol=1e-15,
    ),
)
