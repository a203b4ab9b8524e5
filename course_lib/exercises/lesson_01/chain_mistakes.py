"""What goes wrong with the derivative of a chain of sigmoids in lesson 01."""

import numpy as np

from course_lib.activations import sigmoid as sigma
from course_lib.exercises.engine.formatting import compared, counted
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.kit.measured import difference, is_difference

slope = sigma.derivative


def value(x, weights):
    """Return a_L."""
    return trace(x, weights)[2][-1]


def trace(x, weights):
    """Return the inputs, pre-activations and activations of all layers."""
    a = [x]
    for w in weights:
        a.append(float(sigma(w * a[-1])))
    inputs, outputs = np.array(a[:-1]), np.array(a[1:])
    return inputs, weights * inputs, outputs


def moved(case, t):
    """Return a_L where x is larger by t."""
    x, weights = case
    return value(x + t, weights)


def _layers(factor, together=np.prod):
    """Return the answer that makes each layer's factor from w, its input, z and activation."""

    def function(x, weights):
        return together(factor(weights, *trace(x, weights)))

    return function


def _right(w, before, z, a):
    return w * slope(z)


_product = _layers(_right)


def _linear(x, weights):
    derivative = 1.0
    for w in weights:
        z = w * x
        derivative *= w * slope(z)
        x = z
    return derivative


def _with_numbers(sentence):
    def explain(case, answer, expected):
        x, weights = case
        layers = counted(len(weights), "layer")
        return f"{sentence} With {layers} and x = {x:g} {compared(answer, expected)}"

    return explain


def _explain_factors(case, answer, expected):
    listed = ", ".join(f"{factor:.4g}" for factor in answer)
    return (
        f"these are the factors, one per layer ({listed}). The derivative is their product: "
        "multiply them, `np.prod(...)`."
    )


MISTAKES = (
    Mistake(
        "weights left out",
        _layers(lambda w, before, z, a: slope(z)),
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
        "value in place of the slope",
        _layers(lambda w, before, z, a: w * a),
        _with_numbers("every layer contributes w σ'(z), and here w σ(z) is multiplied: the "
                      "height of the curve in place of its slope."),
        variants=(_layers(lambda w, before, z, a: a),),
    ),
    Mistake(
        "every slope taken at the input",
        lambda x, weights: np.prod(weights * slope(weights * x)),
        _with_numbers("the slope of a layer belongs at that layer's own z = w a, with a from "
                      "the layer before. Here a stays x in every layer."),
        variants=(lambda x, weights: np.prod(weights * slope(x)),),
    ),
    Mistake(
        "sigmoid forgotten between the layers",
        _linear,
        _with_numbers("what goes on to the next layer is z, and should be a = σ(z): every "
                      "layer passes its z through the sigmoid."),
    ),
    Mistake(
        "slope taken at the activation",
        _layers(lambda w, before, z, a: w * slope(a)),
        _with_numbers("σ' is given a = σ(z) and wants z: the sigmoid is applied twice."),
    ),
    Mistake(
        "slope taken at the layer's input",
        _layers(lambda w, before, z, a: w * slope(before)),
        _with_numbers("σ' is given the input a of the layer and wants z = w a."),
    ),
    Mistake(
        "slope made from the activation before",
        _layers(lambda w, before, z, a: w * before * (1 - before)),
        _with_numbers("a(1 - a) is the slope where a is what comes out of this layer. Here a "
                      "is what goes in: compute the new a = σ(z) first."),
    ),
    Mistake(
        "takes z for the activation",
        _layers(lambda w, before, z, a: w * z * (1 - z)),
        _with_numbers("z(1 - z) is the slope only where z stands for the activation. From the "
                      "pre-activation it is σ(z)(1 - σ(z))."),
    ),
    Mistake(
        "sum instead of product",
        _layers(_right, np.sum),
        _with_numbers("the layers' factors w σ'(z) are added. In a composition every function "
                      "stretches what the one before has stretched: they multiply."),
    ),
    Mistake(
        "factors not multiplied",
        _layers(_right, list),
        _explain_factors,
        variants=(_layers(_right, np.array), _layers(_right, tuple)),
    ),
    Mistake(
        "the product starts at 0",
        lambda x, weights: 0.0,
        "this is 0 whatever the weights. A product that starts at 0 stays 0: start it at 1.",
    ),
    Mistake(
        "first layer only",
        lambda x, weights: _product(x, weights[:1]),
        _with_numbers("only the factor of the first layer is there. A `return` inside the loop "
                      "ends it in its first round: it belongs below, in line with the `for`."),
    ),
    Mistake(
        "last factor only",
        lambda x, weights: _layers(_right, lambda factors: factors[-1])(x, weights),
        _with_numbers("only the factor of the last layer is left. `=` puts a new factor in the "
                      "place of the old ones; `*=` multiplies by it."),
    ),
    Mistake(
        "weights in reverse",
        lambda x, weights: _product(x, weights[::-1]),
        _with_numbers("the weights are taken from the last to the first. In the product the "
                      "order is free, and in the chain it is not: the first weight meets x."),
    ),
    Mistake(
        "last layer left out",
        lambda x, weights: _product(x, weights[:-1]),
        _with_numbers("the product stops one layer early: the factor of the last layer is "
                      "missing."),
    ),
    Mistake(
        "first layer left out",
        lambda x, weights: _product(sigma(weights[0] * x), weights[1:]),
        _with_numbers("this is the derivative with respect to the first activation. With "
                      "respect to x there is one factor more, that of the first layer."),
    ),
    Mistake(
        "first weight left out",
        lambda x, weights: _product(x, weights) / weights[0],
        _with_numbers("this is the derivative with respect to the first pre-activation z. With "
                      "respect to x there is one factor more, the first weight."),
    ),
    Mistake(
        "value instead of the derivative",
        value,
        _with_numbers("this is a_L, the output of the chain. Its derivative is asked for."),
    ),
    Mistake(
        "measured instead of derived",
        lambda x, weights: difference(moved, (x, weights), 1e-5),
        "this measures the slope: it moves x a little and looks how far a_L moves. Well done, "
        "and nearly right; lesson 02 checks derivatives this way. Here the product is asked "
        "for, which needs no step and keeps its digits however small it gets.",
        variants=(lambda x, weights: difference(moved, (x, weights), 1e-3, 1, 0),),
        when=is_difference(moved),
    ),
)  # fmt: skip
