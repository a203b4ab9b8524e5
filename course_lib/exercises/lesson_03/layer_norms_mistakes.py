"""What goes wrong with the norms of the layers in lesson 03."""

import numpy as np

from course_lib.activations import sigmoid
from course_lib.diagnostics import layer_norms
from course_lib.exercises.engine.formatting import counted
from course_lib.exercises.engine.model import Mistake
from course_lib.mlp import MLP


def _of_each(measure, part="parameters"):
    """Return the answer that takes this measure of each layer's part."""

    def function(grad, layers):
        return np.array([measure(grad[getattr(layer, part)]) for layer in layers])

    return function


def _cumulative(grad, layers):
    return np.array([np.linalg.norm(grad[: layer.parameters.stop]) for layer in layers])


def _from_here_on(grad, layers):
    return np.array([np.linalg.norm(grad[layer.parameters.start :]) for layer in layers])


def _weights_and_biases(grad, layers):
    norm = np.linalg.norm
    return np.array([norm(grad[layer.w]) + norm(grad[layer.b]) for layer in layers])


def _one_number_each(grad, layers):
    return np.array([np.linalg.norm(grad[part]) for layer in layers for part in layer[2:4]])


def _pairs(grad, layers):
    return _one_number_each(grad, layers).reshape(-1, 2)


def _spectral(grad, layers):
    shapes = [(layer.fan_out, layer.fan_in) for layer in layers]
    matrices = [
        grad[layer.w].reshape(shape) for layer, shape in zip(layers, shapes, strict=True)
    ]
    return np.array([np.linalg.norm(matrix, 2) for matrix in matrices])


def _only(i):
    """Return the answer whose loop leaves one layer's norm, in a list."""
    return lambda grad, layers: layer_norms(grad, layers)[[i]]


def _of_the_lessons_net(grad, layers):
    return _of_each(np.linalg.norm)(grad, MLP([64] * 31, sigmoid).layers)


def listed(values):
    """Return norms as text, in parentheses."""
    return "(" + ", ".join(f"{value:.4g}" for value in np.ravel(values)) + ")"


def _with_numbers(sentence):
    """Return an explanation: the sentence, then what came and what is right."""

    def explain(case, answer, expected):
        return (
            f"{sentence} For {counted(len(case[1]), 'layer')} it gives {listed(answer)}, and "
            f"{listed(expected)} is right."
        )

    return explain


def _explain_weights_only(case, answer, expected):
    grad, layers = case
    missing = float(np.linalg.norm(grad[layers[0].b]))
    return (
        "the biases are left out. A layer's parameters are its weights and its biases: "
        f"`layer.parameters` spans both. The biases of the first layer have the norm "
        f"{missing:.4g}, and the layer has {expected[0]:.4g}, not {answer[0]:.4g}."
    )


MISTAKES = (
    Mistake("weights only", _of_each(np.linalg.norm, "w"), _explain_weights_only),
    Mistake(
        "biases only",
        _of_each(np.linalg.norm, "b"),
        _with_numbers("`layer.b` is where the biases lie. The weights belong to the layer as "
                      "well: `layer.parameters` spans both."),
    ),
    Mistake(
        "no square root",
        _of_each(lambda part: np.sum(part**2)),
        _with_numbers("this is the sum of the squares; the norm is its square root."),
    ),
    Mistake(
        "mean over the entries",
        _of_each(lambda part: np.sqrt(np.mean(part**2))),
        _with_numbers("a norm is the root of a sum, not of a mean: divided by the number of "
                      "entries, a wide layer would look as small as a narrow one."),
        variants=(_of_each(lambda part: np.mean(part**2)),
                  _of_each(lambda part: np.mean(np.abs(part)))),
    ),
    Mistake(
        "sum without squares",
        _of_each(np.sum),
        _with_numbers("the entries are added as they are, so that positive and negative ones "
                      "cancel. Squares first, then the sum, then the root."),
        variants=(_of_each(np.mean),),
    ),
    Mistake(
        "sum of absolute values",
        _of_each(lambda part: np.abs(part).sum()),
        _with_numbers("this is the sum of |entries|, another norm (L1). Here the norm is the "
                      "length of the vector: √(sum of squares)."),
    ),
    Mistake(
        "largest entry",
        _of_each(lambda part: np.abs(part).max()),
        _with_numbers("this is the largest |entry|. The norm takes all entries: √(sum of "
                      "squares)."),
        variants=(_of_each(np.max),),
    ),
    Mistake(
        "last layer first",
        lambda grad, layers: layer_norms(grad, layers)[::-1],
        _with_numbers("the norms are right and stand in reverse. The gradient arrives at the "
                      "last layer first; the list begins with the first layer all the same."),
    ),
    Mistake(
        "part of a layer runs on",
        _cumulative,
        _with_numbers("every part runs on to one end of the vector, so that a layer's norm "
                      "contains its neighbors'. `layer.parameters` is a slice with both ends."),
        variants=(_from_here_on,),
    ),
    Mistake(
        "whole gradient every time",
        lambda grad, layers: np.full(len(layers), np.linalg.norm(grad)),
        _with_numbers("every number is the norm of the whole gradient. Take the layer's part "
                      "first: `grad[layer.parameters]`."),
        variants=(lambda grad, layers: np.linalg.norm(grad),),
    ),
    Mistake(
        "norms of weights and biases added",
        _weights_and_biases,
        _with_numbers("norms do not add: 3 and 4 at right angles make 5, not 7. Squares add, "
                      "and the root comes last."),
    ),
    Mistake(
        "weights and biases apart",
        _one_number_each,
        lambda case, answer, expected: (
            f"there are {np.size(answer)} numbers for {counted(len(case[1]), 'layer')}, one "
            "for the weights and one for the biases of each. A layer has one norm: "
            "`layer.parameters` spans both."
        ),
        variants=(_pairs,),
    ),
    Mistake(
        "largest singular value",
        _spectral,
        _with_numbers("`np.linalg.norm(w, 2)` of the weights as a matrix is their largest "
                      "singular value. Here the layer's part is one long vector, with the "
                      "biases."),
    ),
    Mistake(
        "share of the whole",
        lambda grad, layers: layer_norms(grad, layers) / np.linalg.norm(grad),
        _with_numbers("the norms are divided by the norm of the whole gradient. Undivided, "
                      "they tell whether the gradient explodes."),
    ),
    Mistake(
        "a layer left out",
        lambda grad, layers: layer_norms(grad, layers)[:-1],
        lambda case, answer, expected: (
            f"the answer has length {np.size(answer)}, and `layers` has length "
            f"{len(case[1])}. Every entry of it has weights and biases, the first and the last "
            "included."
        ),
        variants=(lambda grad, layers: layer_norms(grad, layers)[1:],),
    ),
    Mistake(
        "return inside the loop",
        _only(0),
        "only the first layer's norm comes back: a `return` inside the loop ends the function "
        "in its first round. Put it below the loop, as far to the left as `for`.",
        variants=(lambda grad, layers: layer_norms(grad, layers)[0],),
    ),
    Mistake(
        "begun anew in every round",
        _only(-1),
        "only the last layer's norm is left: the list is made inside the loop, or its name is "
        "given a new value there, so every round forgets the one before. Make the empty list "
        "above the loop and append to it.",
        variants=(lambda grad, layers: layer_norms(grad, layers)[-1],),
    ),
    Mistake(
        "another net's layers",
        _of_the_lessons_net,
        lambda case, answer, expected: (
            f"there are {np.size(answer)} numbers, as many as the lesson's net has layers, and "
            f"{len(case[1])} are needed: did you use the argument `layers`? `net.layers` is "
            "one net's; the function has to serve every net."
        ),
    ),
)  # fmt: skip
