"""What goes wrong with the derivative of a chain of sigmoids in lesson 01."""

import numpy as np

from course_lib.activations import sigmoid as sigma
from course_lib.exercises.engine.formatting import compared, counted
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.kit.formula import listed
from course_lib.exercises.kit.measured import difference, is_difference
from course_lib.exercises.kit.told import told_with

slope = sigma.derivative


def moved(case, t):
    """Return a_L where x is larger by t."""
    x, weights = case
    return trace(x + t, weights)[2][-1]


def trace(x, weights):
    """Return the inputs, pre-activations and activations of all layers."""
    a = [x]
    for w in weights:
        a.append(float(sigma(w * a[-1])))
    inputs, outputs = np.array(a[:-1]), np.array(a[1:])
    return inputs, weights * inputs, outputs


def _factors(x, weights):
    return weights * slope(trace(x, weights)[1])


def _product(x, weights):
    return np.prod(_factors(x, weights))


def _layers(factor):
    """Return the product of ``factor(w, input, z, activation)`` over the layers."""
    return lambda x, weights: np.prod(factor(weights, *trace(x, weights)))


def _handing_on(handed, factor=lambda w, a: w * slope(w * a)):
    """Return the product of factors where ``handed(w, a)`` goes on to the next layer."""

    def function(x, weights):
        product = 1.0
        for w in weights:
            product *= factor(w, x)
            x = handed(w, x)
        return product

    return function


def _outside(x, weights):
    product = 1.0
    for w in weights:
        product *= w * slope(x)
        x = w * sigma(x)
    return product


def _of_tanh(x, weights):
    product = 1.0
    for w in weights:
        x = np.tanh(w * x)
        product *= w * (1 - x**2)
    return product


def _without(part, i):
    """Return the product without the weight (0), the slope (1) or both of a layer."""

    def function(x, weights):
        parts = np.array([weights, slope(trace(x, weights)[1])], float)
        parts[slice(None) if part is None else part, i] = 1
        return np.prod(parts)

    return function


def _numbers(case, answer, expected):
    x, weights = case
    layers = counted(len(weights), "layer")
    return f"With {layers} and x = {x:g} {compared(answer, expected)}"


_told = told_with(_numbers)
_HANDED_ON = (
    ("the input", "the layer's input once more, so that every layer gets x", lambda w, a: a),
    ("the slope", "the slope σ'(w a)", lambda w, a: slope(w * a)),
    ("the activation, activated,", "what has been through the sigmoid twice",
     lambda w, a: sigma(sigma(w * a))),
    ("w times the activation", "w times the activation", lambda w, a: w * sigma(w * a)),
    ("σ of the input, without w,", "σ(a), without the weight", lambda w, a: sigma(a)),
    ("z", "z = w a", lambda w, a: w * a),
)  # fmt: skip
_OTHER_FACTORS = (
    ("weights left out", "σ'(w a) without the w", lambda w, a: slope(w * a)),
    ("slope taken at the activation", "w σ'(σ(w a)), the slope at the activation",
     lambda w, a: w * slope(sigma(w * a))),
    ("value in place of the slope", "w σ(w a), the value in place of the slope",
     lambda w, a: w * sigma(w * a)),
    ("slopes at the input", "w σ'(a), the slope at its input", lambda w, a: w * slope(a)),
    ("derivative with respect to the weight", "a σ'(w a), with its input in place of w",
     lambda w, a: a * slope(w * a)),
)  # fmt: skip

MISTAKES = (
    _told("slopes left out",
          "every layer contributes w σ'(z), and here only the w are multiplied, as if the "
          "layers were linear.", lambda x, weights: np.prod(weights)),
    _told("weights left out",
          "every layer contributes w σ'(z), and here only σ'(z) is there. The w is the inner "
          "derivative of z = w a.", _layers(lambda w, before, z, a: slope(z))),
    _told("value instead of the derivative",
          "this is a_L, the output of the chain. Its derivative is asked for.",
          lambda x, weights: moved((x, weights), 0)),
    _told("derivative with respect to the weight",
          "a layer contributes a σ'(z) here, with its input a: that is the derivative with "
          "respect to w. With respect to the input, z = w a has the derivative w.",
          _layers(lambda w, before, z, a: before * slope(z))),
    _told("value in place of the slope",
          "every layer contributes w σ'(z), and here σ(z), the height of the curve, stands in "
          "place of its slope.", _layers(lambda w, before, z, a: w * a)),
    _told("slope taken at the activation",
          "σ' is given a = σ(z) and wants z: the sigmoid is applied twice.",
          _layers(lambda w, before, z, a: w * slope(a))),
    _told("activation overwritten too early",
          "the slope is taken at w a with the new a = σ(z), and should be at z = w a with the "
          "old one.", _layers(lambda w, before, z, a: w * slope(w * a))),
    _told("slope made of the layer's input",
          "a(1 - a) is made of the activation that comes into the layer. It is the slope of σ "
          "where a = σ(z) is what goes out.",
          _layers(lambda w, before, z, a: w * before * (1 - before))),
    _told("σ(x) in place of x",
          "the first layer is given σ(x), and should get x itself: the first weight multiplies "
          "x, z = w x.", lambda x, weights: _product(float(sigma(x)), weights)),
    _told("takes z for the activation",
          "z(1 - z) is the slope only where z stands for the activation. From the "
          "pre-activation it is σ(z)(1 - σ(z)).",
          _layers(lambda w, before, z, a: w * z * (1 - z)),
          _layers(lambda w, before, z, a: w * a * (1 - z))),
    _told("sigmoid forgotten between the layers",
          "what goes on to the next layer is z, and should be a = σ(z): every layer passes "
          "its z through the sigmoid.", _handing_on(lambda w, a: w * a)),
    *(_told(f"{what} handed on",
            f"what goes on to the next layer is {said}, and should be the activation "
            "a = σ(w a).", _handing_on(handed), vague=True)
      for what, said, handed in _HANDED_ON[:-1]),
    _told("weight outside the sigmoid",
          "this is the derivative of another chain, a_l = w σ(a_(l-1)): the weight stands "
          "outside the sigmoid. Here it stands inside, a_l = σ(w a_(l-1)).",
          _outside),
    *(_told(f"{what} of the {which} layer missing",
            f"the {what} of the {which} layer is missing. Each layer contributes w σ'(z), "
            "the first and the last as well.", _without(part, i), vague=True)
      for which, i in (("last", -1), ("first", 0))
      for what, part in (("slope", 1), ("weight", 0), ("factor", None))),
    _told("derivative of tanh",
          "1 - a² is the slope of tanh. The sigmoid's is a(1 - a).",
          _layers(lambda w, before, z, a: w * (1 - a**2)),
          _layers(lambda w, before, z, a: w * (1 - np.tanh(z) ** 2))),
    _told("one factor of the slope only",
          "a layer contributes w times a, or w times 1 - a, squared perhaps. The slope is the "
          "product of both, a(1 - a).",
          _layers(lambda w, before, z, a: w * (1 - a)),
          _layers(lambda w, before, z, a: w * a**2)),
    _told("one weight only",
          "the slopes of all layers are there, and the weight of one layer only. Each layer "
          "contributes its own w σ'(z).",
          *(lambda x, weights, i=i: np.prod(slope(trace(x, weights)[1])) * weights[i]
            for i in (-1, 0))),
    _told("tanh in place of the slope",
          "every layer contributes w σ'(z), and here tanh(z) stands in place of the slope.",
          _layers(lambda w, before, z, a: w * np.tanh(z))),
    _told("a chain of tanh",
          "this is the derivative of a chain of tanh layers. Here every layer is a sigmoid.",
          _of_tanh),
    _told("largest slope in every layer",
          "every slope is taken as 1/4, the largest there is: that is a bound, and x has no "
          "part in it. Each layer has the slope σ'(z) at its own z.",
          lambda x, weights: np.prod(weights / 4),
          lambda x, weights: np.prod(np.abs(weights) / 4)),
    _told("mean in place of the product",
          "the layers' factors w σ'(z) are averaged. In a composition every function "
          "stretches what the one before has stretched: they multiply.",
          lambda x, weights: np.mean(_factors(x, weights))),
    _told("the value times the derivative",
          "the product is multiplied by a_L, the output of the chain, besides. It starts at 1.",
          lambda x, weights: _product(x, weights) * moved((x, weights), 0), vague=True),
    _told("last activation for every slope",
          "every layer is given the slope of the last one. Each has its own: multiply in the "
          "loop that makes the activations, or keep them all.",
          lambda x, weights: np.prod(weights * slope(trace(x, weights)[1][-1]))),
    _told("slope of one layer only",
          "all weights are there and the slope of one layer only. Each layer contributes its "
          "own w σ'(z).",
          lambda x, weights: np.prod(weights) * slope(trace(x, weights)[1][-1])),
    _told("one factor for all layers",
          "one layer's factor w σ'(z) is taken for every layer: to the power L. Each layer "
          "has a factor of its own.",
          lambda x, weights: _factors(x, weights)[-1] ** len(weights)),
    _told("weights multiplied first",
          "the weights are multiplied with each other first, with no sigmoid between them. Go "
          "through the layers one after the other.",
          lambda x, weights: np.prod(weights) * slope(np.prod(weights) * x)),
    *(_told(f"{name}, and {what} handed on",
            f"two things: a layer contributes {factor_said}, where w σ'(w a) is right; and "
            f"what goes on to the next layer is {said}, and should be the activation "
            "a = σ(w a).", _handing_on(handed, factor), vague=True)
      for name, factor_said, factor in _OTHER_FACTORS for what, said, handed in _HANDED_ON),
    _told("slopes at the input",
          "the slope is taken at the layer's input a, and should be at z = w a.",
          _layers(lambda w, before, z, a: w * slope(before)), vague=True),
    _told("weights in reverse",
          "the weights are taken from the last to the first. In the product the order is "
          "free, and in the chain it is not: the first weight meets x.",
          lambda x, weights: _product(x, weights[::-1])),
    _told("sum instead of product",
          "the layers' factors w σ'(z) are added. In a composition every function stretches "
          "what the one before has stretched: they multiply.",
          lambda x, weights: np.sum(_factors(x, weights))),
    _told("first layer only",
          "only the factor of the first layer is there. A `return` inside the loop ends it in "
          "its first round: it belongs below, in line with the `for`.",
          lambda x, weights: _factors(x, weights)[0]),
    _told("last factor only",
          "only the factor of the last layer is left. `=` puts a new factor in the place of "
          "the old ones; `*=` multiplies by it.", lambda x, weights: _factors(x, weights)[-1]),
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
            when=is_difference(moved)),
)  # fmt: skip
