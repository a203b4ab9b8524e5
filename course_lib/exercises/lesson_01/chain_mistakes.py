"""What goes wrong with the derivative of a chain of sigmoids in lesson 01."""

from functools import cached_property

import numpy as np

from course_lib.activations import sigmoid as sigma
from course_lib.exercises.engine.formatting import compared, counted
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.kit.formula import listed
from course_lib.exercises.kit.measured import difference, is_difference
from course_lib.exercises.kit.told import told_with

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


_is_difference = is_difference(moved)


def _factors(x, weights):
    return weights * slope(trace(x, weights)[1])


def _product(x, weights):
    return np.prod(_factors(x, weights))


def _inputs(step):
    """Return the product with slopes at inputs that go from layer to layer by this step."""

    def function(x, weights):
        factors = []
        for w in weights:
            factors.append(w * slope(w * x))
            x = step(x, w)
        return np.prod(factors)

    return function


def _numbers(case, answer, expected):
    x, weights = case
    layers = counted(len(weights), "layer")
    return f"With {layers} and x = {x:g} {compared(answer, expected)}"


_told = told_with(_numbers)


class Facts:
    """What an answer makes of a single layer, whatever it does with several."""

    def __init__(self, seen):
        self.seen = seen

    @cached_property
    def _single(self):
        """Inputs and weights of single layers, and what came of each."""
        layers = [(0.5, 2.0), (1.3, -0.7), (-0.4, 1.8), (2.0, 0.6)]
        values = [self.seen.call(x, np.array([w])) for x, w in layers]
        return *np.array(layers).T, np.array(values, float)

    def layer_is(self, factor):
        """Tell whether a single layer gives this, up to its sign."""
        x, w, value = self._single
        z = w * x
        return np.allclose(np.abs(value), np.abs(factor(w, x, z, sigma(z))), rtol=1e-6)


def _layer(name, sentence, *factors):
    """Return the mistake that is known by what it makes of a single layer.

    Each of ``factors``, which count alike, gets the layer's weight, input, pre-activation and
    activation.
    """
    function, *variants = (
        lambda x, weights, factor=factor: np.prod(factor(weights, *trace(x, weights)))
        for factor in factors
    )
    rule = lambda facts: any(map(facts.layer_is, factors))  # noqa: E731
    return _told(name, sentence, function, *variants, when=rule)


def _chain(name, sentence, function, *variants):
    """Return the mistake that is known by what these functions make of all layers."""
    return _told(name, sentence, function, *variants)


MISTAKES = (
    _chain("slopes left out",
           "every layer contributes w σ'(z), and here only the w are multiplied, as if the "
           "layers were linear.", lambda x, weights: np.prod(weights)),
    _chain("value instead of the derivative",
           "this is a_L, the output of the chain. Its derivative is asked for.", value),
    _chain("last slope left out",
           "the slope σ'(z) of the last layer is missing: a_L has been through the sigmoid as "
           "well.",
           lambda x, weights: _product(x, weights) / slope(trace(x, weights)[1][-1])),
    _chain("first weight left out",
           "this is the derivative with respect to the first pre-activation z. With respect to "
           "x there is one factor more, the first weight.",
           lambda x, weights: _product(x, weights) / weights[0]),
    _layer("weights left out",
           "every layer contributes w σ'(z), and here only σ'(z) is there. The w is the inner "
           "derivative of z = w a.", lambda w, before, z, a: slope(z)),
    _layer("a factor squared",
           "the weight or the slope is there twice. A layer contributes w σ'(z), each once.",
           lambda w, before, z, a: w**2 * slope(z), lambda w, before, z, a: w * slope(z) ** 2),
    _layer("activation multiplied as well",
           "what comes out of the layer is multiplied as well. A layer contributes w σ'(z) "
           "alone.", lambda w, before, z, a: w * slope(z) * a),
    _layer("derivative with respect to the weight",
           "a layer contributes a σ'(z) here, with its input a: that is the derivative with "
           "respect to w. With respect to the input, z = w a has the derivative w.",
           lambda w, before, z, a: before * slope(z)),
    _layer("weight and input both",
           "the input is multiplied as well. With respect to a, z = w a has the derivative w, "
           "without a. (And the product starts at 1, not at x.)",
           lambda w, before, z, a: w * before * slope(z)),
    _layer("value in place of the slope",
           "every layer contributes w σ'(z), and here σ(z), the height of the curve, stands in "
           "place of its slope.",
           lambda w, before, z, a: w * a, lambda w, before, z, a: a),
    _layer("one factor of the slope",
           "the slope is σ(z)(1 - σ(z)), and one of the two factors is missing.",
           lambda w, before, z, a: w * (1 - a)),
    _layer("another form of the slope",
           "the slope is a(1 - a), with this minus and these parentheses; 1 - a² is that of "
           "tanh.",
           lambda w, before, z, a: w * a * (1 + a), lambda w, before, z, a: w * a - a,
           lambda w, before, z, a: w * (1 - a**2)),
    _layer("slope taken at the activation",
           "σ' is given a = σ(z) and wants z: the sigmoid is applied twice.",
           lambda w, before, z, a: w * slope(a)),
    _layer("activation overwritten too early",
           "the slope is taken at w a with the new a = σ(z), and should be at z = w a with the "
           "old one.", lambda w, before, z, a: w * slope(w * a)),
    _layer("slope taken at the layer's input",
           "σ' is given the input a of the layer and wants z = w a.",
           lambda w, before, z, a: w * slope(before)),
    _layer("slope taken at the weight", "σ' is given the weight and wants z = w a.",
           lambda w, before, z, a: w * slope(w)),
    _layer("weight added", "z is w + a here. The weight multiplies: z = w a.",
           lambda w, before, z, a: w * slope(w + before)),
    _layer("slope made from the activation before",
           "a(1 - a) is the slope where a is what comes out of this layer. Here a is what goes "
           "in: compute the new a = σ(z) first.",
           lambda w, before, z, a: w * before * (1 - before)),
    _layer("takes z for the activation",
           "z(1 - z) is the slope only where z stands for the activation. From the "
           "pre-activation it is σ(z)(1 - σ(z)).",
           lambda w, before, z, a: w * z * (1 - z), lambda w, before, z, a: w * a * (1 - z)),
    _layer("the largest slope everywhere",
           "every layer is given the slope 1/4, the largest one, which is at z = 0. That makes "
           "a bound, not the derivative.", lambda w, before, z, a: w / 4),
    _chain("every slope taken at the input",
           "the slope of a layer belongs at that layer's own z = w a, with a from the layer "
           "before. Here it is taken at x itself.",
           _inputs(lambda x, w: x), lambda x, weights: np.prod(weights) * slope(x)),
    _chain("sigmoid forgotten between the layers",
           "what goes on to the next layer is z, and should be a = σ(z): every layer passes "
           "its z through the sigmoid.", _inputs(lambda x, w: w * x)),
    _chain("weight left out on the way",
           "what goes on to the next layer is σ(a), without the weight: it is σ(w a).",
           _inputs(lambda x, w: sigma(x))),
    _chain("last activation for every slope",
           "every layer is given the slope of the last one. Each has its own: multiply in the "
           "loop that makes the activations, or keep them all.",
           lambda x, weights: np.prod(weights * slope(trace(x, weights)[1][-1]))),
    _chain("sum instead of product",
           "the layers' factors w σ'(z) are added. In a composition every function stretches "
           "what the one before has stretched: they multiply.",
           lambda x, weights: np.sum(_factors(x, weights)),
           lambda x, weights: 1 + np.sum(_factors(x, weights)),
           lambda x, weights: np.mean(_factors(x, weights))),
    _chain("first layer only",
           "only the factor of the first layer is there. A `return` inside the loop ends it in "
           "its first round: it belongs below, in line with the `for`.",
           lambda x, weights: _factors(x, weights)[0]),
    _chain("last factor only",
           "only the factor of the last layer is left. `=` puts a new factor in the place of "
           "the old ones; `*=` multiplies by it.",
           lambda x, weights: _factors(x, weights)[-1]),
    _chain("one weight only",
           "one weight is multiplied with the slopes of all layers. Every layer contributes "
           "its own w σ'(z).",
           lambda x, weights: _product(x, weights) / np.prod(weights[1:]),
           lambda x, weights: _product(x, weights) / np.prod(weights[:-1])),
    _chain("weights in reverse",
           "the weights are taken from the last to the first. In the product the order is "
           "free, and in the chain it is not: the first weight meets x.",
           lambda x, weights: _product(x, weights[::-1])),
    _chain("a layer left out",
           "the factor of the first or of the last layer is missing.",
           lambda x, weights: _product(x, weights[:-1]),
           lambda x, weights: _product(x, weights[1:]),
           lambda x, weights: _product(sigma(weights[0] * x), weights[1:])),
    Mistake("factors not multiplied", lambda x, weights: list(_factors(x, weights)),
            lambda case, answer, expected: (
            f"these are the factors, one per layer ({listed(answer)}). The derivative is their "
            "product: multiply them, `np.prod(...)`."
        ), variants=(_factors, lambda x, weights: tuple(_factors(x, weights)))),
    Mistake("the product starts at 0", lambda x, weights: 0.0,
            "this is 0 whatever the weights. A product that starts at 0 stays 0: start it at "
            "1. (With a recursion: what it returns for no weights is 1.)"),
    Mistake("measured instead of derived",
            lambda x, weights: difference(moved, (x, weights), 1e-5),
            "this measures the slope: it moves x a little and looks how far a_L moves. Well "
            "done, and nearly right; lesson 02 checks derivatives this way. Here the product "
            "is asked for, which needs no step and keeps its digits however small it gets.",
            variants=(lambda x, weights: difference(moved, (x, weights), 1e-3, behind=0),),
            when=lambda facts: _is_difference(facts.seen)),
    _told("signs",
          "the size is right and the sign is not: no minus and no |...| belongs into the "
          "product.", lambda x, weights: (-1) ** len(weights) * _product(x, weights),
          lambda x, weights: np.abs(_product(x, weights)),
          when=lambda facts: all(np.isclose(abs(a), abs(e)) for a, e in zip(facts.seen.answers,
              facts.seen.expected, strict=True))),
)  # fmt: skip
