"""What goes wrong with the derivative of a chain of sigmoids in lesson 01."""

from functools import cached_property, partial

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


def _slopes(x, weights):
    return slope(trace(x, weights)[1])


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


def _handing_on(pre_activation, handed):
    """Return the product of w σ'(z), with z made of a and w, and another a handed on."""

    def function(x, weights):
        product = 1.0
        for w in weights:
            z = pre_activation(x, w)
            product *= w * slope(z)
            x = handed(x, z)
        return product

    return function


def _handing_on_product(x, weights):
    """Return what comes where the product itself goes on to the next layer."""
    product = 1.0
    for w in weights:
        z = w * x
        product *= w * slope(z)
        x = product
    return product


def _behind(x, weights):
    """Return x and the pre-activations of all layers but the last."""
    return np.array([x, *trace(x, weights)[1][:-1]])


def _numbers(case, answer, expected):
    x, weights = case
    layers = counted(len(weights), "layer")
    return f"With {layers} and x = {x:g} {compared(answer, expected)}"


_told = told_with(_numbers)


class Facts:
    """What an answer makes of a single layer, whatever it does with several."""

    def __init__(self, seen):
        self.seen = seen

    _two_layers = np.array([1.6, -0.9])

    @cached_property
    def _of_two(self):
        """What came of two layers."""
        return self.seen.call(0.7, self._two_layers)

    @cached_property
    def _single(self):
        """Inputs and weights of single layers, and what came of each."""
        layers = [(0.5, 2.0), (1.3, -0.7), (-0.4, 1.8), (2.0, 0.6)]
        values = [self.seen.call(x, np.array([w])) for x, w in layers]
        return *np.array(layers).T, np.array(values, float)

    def single_is(self, factor):
        """Tell whether a single layer gives this, up to its sign."""
        x, w, value = self._single
        z = w * x
        return np.allclose(np.abs(value), np.abs(factor(w, x, z, sigma(z))), rtol=1e-6)

    def layer_is(self, factor):
        """Tell whether two layers give this too, whatever goes from one to the other."""
        x, (v, w) = 0.7, self._two_layers
        z = v * x
        a = sigma(z)
        handed = (a, z, sigma(x), slope(z), x, sigma(a), sigma(v + x), sigma(v * a), v * a, 1.0)
        first = factor(v, x, z, a)
        made = [abs(first * factor(w, b, w * b, sigma(w * b))) for b in handed]
        return self.single_is(factor) and np.isclose(abs(self._of_two), made, rtol=1e-6).any()

    @property
    def is_root(self):
        """Whether answers are the L-th root of the right ones, where that is a number."""
        sizes = [(abs(answer), abs(right) ** (1 / len(weights)))
                 for (_, weights), answer, right in zip(
                     self.seen.cases, self.seen.answers, self.seen.expected, strict=True)
                 if isinstance(answer, float) and np.isfinite(answer)]  # fmt: skip
        return len(sizes) > 4 and np.allclose(*np.transpose(sizes), rtol=1e-6)

    @cached_property
    def is_product_of_x(self):
        """Whether answers are the right one times a number that depends on x alone."""
        chains = [
            np.array(weights) for weights in ([2.0], [-0.7], [1.8, 0.5], [0.6, -1.0, 2.0])
        ]
        ratios = np.array([[self.seen.call(x, w) / _product(x, w) for w in chains]
                           for x in (0.5, -1.3, 2.0)])  # fmt: skip
        first = ratios[:, :1]
        return np.allclose(ratios, first, rtol=1e-6) and np.ptp(first) > 1e-3

    @cached_property
    def adds_to_z(self):
        """Whether a single layer is w σ'(z) with a z that is w x and something more.

        It is read off z > 0, as the slope tells z but for its sign.
        """
        x, w = np.array([[4.0, 2.0], [5.0, 2.0], [4.0, 1.5], [5.0, 1.5]]).T
        layers = zip(x, w[:, None], strict=True)
        slopes = np.array([self.seen.call(*layer) for layer in layers]) / w
        if not ((slopes > 0) & (slopes < 0.25)).all():
            return False
        z = 2 * np.arccosh(1 / (2 * np.sqrt(slopes)))
        added = z - w * x
        return np.allclose(added[::2], added[1::2], atol=1e-4) and np.abs(added).min() > 1e-2


def _layer(name, sentence, *factors):
    """Return the mistake that is known by what it makes of every layer.

    Each of ``factors``, which count alike, gets the layer's weight, input, pre-activation and
    activation.
    """
    examples = (partial(_product_of, factor) for factor in factors)
    rule = lambda facts: any(map(facts.layer_is, factors))  # noqa: E731
    return _told(name, sentence, *examples, when=rule)


def _first_layer(name, sentence, *factors):
    """Return the same for answers that make another thing of several layers."""

    def example(x, weights):
        return _product_of(factors[0], x, weights) * len(weights)

    rule = lambda facts: any(map(facts.single_is, factors))  # noqa: E731
    return _told(
        f"{name} of one layer", f"with one layer alone, {sentence}", example, when=rule
    )


def _product_of(factor, x, weights):
    return np.prod(factor(weights, *trace(x, weights)))


def _chain(name, sentence, function, *variants):
    """Return the mistake that is known by what these functions make of all layers."""
    return _told(name, sentence, function, *variants)


# name, sentence, and what a layer with weight w, input before, z and activation a contributes
_LAYERS = (
    ("weights left out",
     "every layer contributes w σ'(z), and here only σ'(z) is there. The w is the inner "
     "derivative of z = w a.", lambda w, before, z, a: slope(z)),
    ("a factor squared",
     "the weight or the slope is there twice. A layer contributes w σ'(z), each once.",
     lambda w, before, z, a: w**2 * slope(z), lambda w, before, z, a: w * slope(z) ** 2),
    ("activation multiplied as well",
     "what comes out of the layer is multiplied as well. A layer contributes w σ'(z) "
     "alone.", lambda w, before, z, a: w * slope(z) * a),
    ("derivative with respect to the weight",
     "a layer contributes a σ'(z) here, with its input a: that is the derivative with "
     "respect to w. With respect to the input, z = w a has the derivative w.",
     lambda w, before, z, a: before * slope(z)),
    ("weight and input both",
     "the input is multiplied as well. With respect to a, z = w a has the derivative w, "
     "without a. (And the product starts at 1, not at x.)",
     lambda w, before, z, a: w * before * slope(z)),
    ("value in place of the slope",
     "every layer contributes w σ'(z), and here σ(z), the height of the curve, stands in "
     "place of its slope.",
     lambda w, before, z, a: w * a, lambda w, before, z, a: a),
    ("one factor of the slope",
     "the slope is σ(z)(1 - σ(z)), and one of the two factors is missing.",
     lambda w, before, z, a: w * (1 - a)),
    ("another form of the slope",
     "the slope is a(1 - a), with this minus and these parentheses; 1 - a² is that of "
     "tanh.",
     lambda w, before, z, a: w * a * (1 + a), lambda w, before, z, a: w * a - a,
     lambda w, before, z, a: w * (1 - a**2)),
    ("slope taken at the activation",
     "σ' is given a = σ(z) and wants z: the sigmoid is applied twice.",
     lambda w, before, z, a: w * slope(a)),
    ("activation overwritten too early",
     "the slope is taken at w a with the new a = σ(z), and should be at z = w a with the "
     "old one.", lambda w, before, z, a: w * slope(w * a)),
    ("slope taken at the layer's input",
     "σ' is given the input a of the layer and wants z = w a.",
     lambda w, before, z, a: w * slope(before)),
    ("slope taken at w z", "σ' is given w z and wants z = w a, which has its weight already.",
     lambda w, before, z, a: w * slope(w * z)),
    ("slope taken at the weight", "σ' is given the weight and wants z = w a.",
     lambda w, before, z, a: w * slope(w)),
    ("weight added", "z is w + a here. The weight multiplies: z = w a.",
     lambda w, before, z, a: w * slope(w + before)),
    ("slope made from the activation before",
     "a(1 - a) is the slope where a is what comes out of this layer. Here a is what goes "
     "in: compute the new a = σ(z) first.",
     lambda w, before, z, a: w * before * (1 - before)),
    ("takes z for the activation",
     "z(1 - z) is the slope only where z stands for the activation. From the "
     "pre-activation it is σ(z)(1 - σ(z)).",
     lambda w, before, z, a: w * z * (1 - z), lambda w, before, z, a: w * a * (1 - z)),
    ("the largest slope everywhere",
     "every layer is given the slope 1/4, the largest one, which is at z = 0. That makes "
     "a bound, not the derivative.", lambda w, before, z, a: w / 4),
)  # fmt: skip

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
    _chain("x not used",
           "the chain starts at a_0 = x. Here it starts at one number, and another x makes no "
           "difference.",
           lambda x, weights: _product(1.0, weights),
           lambda x, weights: _product(0.0, weights)),
    _chain("slopes one layer behind",
           "each layer is given the slope of the layer before, and the first one σ'(x). The "
           "slope of a layer belongs at its own z.",
           lambda x, weights: np.prod(weights * slope(_behind(x, weights)))),
    _told("a factor too many for x",
          "it is the right product times a number that depends on x alone. The product "
          "starts at 1, not at x, and x itself goes through no sigmoid.",
          lambda x, weights: slope(x) * _product(x, weights),
          lambda x, weights: sigma(x) * _product(x, weights),
          lambda x, weights: x * _product(x, weights),
          when=lambda facts: facts.is_product_of_x),
    _chain("one layer counted twice",
           "it is the right product times one weight, slope or factor of the first or the last "
           "layer. The product starts at 1, and every layer multiplies it once.",
           *(lambda x, weights, of=of, at=at: _product(x, weights) * of(x, weights)[at]
             for at in (0, -1)
             for of in (lambda x, weights: weights, _slopes, _factors))),
    _chain("output multiplied as well",
           "a_L, which comes out of the last layer, is multiplied as well: each layer "
           "contributes w σ'(z) and no more.",
           lambda x, weights: _product(x, weights) * value(x, weights)),
    _told("bias added",
          "something is added to z: this chain has no bias, z is w a and nothing more.",
          *(_handing_on(lambda a, w, shift=shift: w * a + shift(w), lambda a, z: sigma(z))
            for shift in (lambda w: -w / 2, lambda w: 1.0)),
          when=lambda facts: facts.adds_to_z),
    *(_layer(*layer) for layer in _LAYERS),
    _chain("every slope taken at the input",
           "the slope of a layer belongs at that layer's own z = w a, with a from the layer "
           "before. Here it is taken at x itself.",
           _inputs(lambda x, w: x), lambda x, weights: np.prod(weights) * slope(x)),
    _chain("sigmoid forgotten between the layers",
           "what goes on to the next layer is z, and should be a = σ(z): every layer passes "
           "its z through the sigmoid.",
           _inputs(lambda x, w: w * x)),
    _chain("slope handed on",
           "what goes on to the next layer is the slope σ'(z), with w or without, and should "
           "be the activation a = σ(z).",
           _inputs(lambda x, w: slope(w * x)), _inputs(lambda x, w: w * slope(w * x)),
           _handing_on_product),
    _chain("sign in the exponent",
           "what goes on to the next layer is σ(-z) = 1 - σ(z), and should be σ(z), with "
           "exp(-z). The slope is the same for z and -z, so one layer alone is right.",
           _inputs(lambda x, w: sigma(-w * x))),
    _chain("another activation handed on",
           "what goes on to the next layer is not σ(z) but another function of z: the slope is "
           "that of the sigmoid, and so is the activation.",
           _inputs(lambda x, w: np.tanh(w * x)), _inputs(lambda x, w: max(w * x, 0.0)),
           _inputs(lambda x, w: np.exp(-w * x)), _inputs(lambda x, w: 1 + np.exp(-w * x))),
    _chain("sigmoid applied before the weight",
           "a layer is σ(w a): first the weight, then the sigmoid. Here the sigmoid comes "
           "before the weight, z = w σ(a), and x goes through it too.",
           _handing_on(lambda a, w: w * sigma(a), lambda a, z: z)),
    _chain("sigmoid applied twice",
           "what goes on to the next layer has been through the sigmoid twice. A layer is "
           "σ(w a), with the a that came out of the layer before.",
           _handing_on(lambda a, w: w * sigma(a), lambda a, z: sigma(z)),
           _inputs(lambda x, w: sigma(sigma(w * x)))),
    _chain("weight left out on the way",
           "what goes on to the next layer is σ(a), without the weight: it is σ(w a).",
           _inputs(lambda x, w: sigma(x))),
    _chain("weights multiplied first",
           "the weights are multiplied with each other first, with no sigmoid between them. Go "
           "through the layers one after the other.",
           lambda x, weights: np.prod(weights) * slope(np.prod(weights) * x),
           lambda x, weights: np.prod(weights) * slope(np.prod(weights) * x) ** len(weights)),
    _chain("last activation for every slope",
           "every layer is given the slope of the last one. Each has its own: multiply in the "
           "loop that makes the activations, or keep them all.",
           lambda x, weights: np.prod(weights * slope(trace(x, weights)[1][-1]))),
    _chain("one factor for all layers",
           "one layer's factor w σ'(z) is taken for every layer: to the power L. Each layer "
           "has a factor of its own.",
           lambda x, weights: _factors(x, weights)[-1] ** len(weights),
           lambda x, weights: _factors(x, weights)[0] ** len(weights)),
    _chain("slope of one layer only",
           "all weights are there and the slope of one layer only. Each layer contributes its "
           "own w σ'(z).",
           lambda x, weights: np.prod(weights) * slope(trace(x, weights)[1][-1]),
           lambda x, weights: np.prod(weights) * slope(trace(x, weights)[1][0])),
    _chain("one weight for all layers",
           "every layer's slope is multiplied by the same weight. Each layer has its own.",
           lambda x, weights: np.prod(weights[0] * slope(trace(x, weights)[1])),
           lambda x, weights: np.prod(weights[-1] * slope(trace(x, weights)[1]))),
    _told("root of the product",
          "this is the L-th root of the product, the mean factor of a layer. The product "
          "itself is asked for.",
          lambda x, weights: _product(x, weights) ** (1 / len(weights)),
          lambda x, weights: np.abs(_product(x, weights)) ** (1 / len(weights)),
          when=lambda facts: facts.is_root, any_form=True),
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
    *(_first_layer(*layer) for layer in _LAYERS),
)  # fmt: skip
