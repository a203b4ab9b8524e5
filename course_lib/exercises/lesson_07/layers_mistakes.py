"""What goes wrong with clipping layer by layer in lesson 07."""

import numpy as np

from course_lib.clipping import clip_global_norm, clip_layer_norms, clip_value, global_norm
from course_lib.diagnostics import layer_norms
from course_lib.exercises.engine.model import Mistake


def _by_layer(clip):
    """Return the answer ``clip(part, max_norm)`` of every layer's part."""

    def function(g, max_norm, layers):
        return np.concatenate([clip(g[layer.parameters], max_norm) for layer in layers])

    return function


def _parts(g, max_norm, layers):
    return [clip_global_norm(g[layer.parameters], max_norm) for layer in layers]


def _weights_and_biases_apart(g, max_norm, layers):
    parts = [clip_global_norm(g[part], max_norm) for layer in layers for part in layer[2:4]]
    return np.concatenate(parts)


def _weights_clipped(g, max_norm, layers):
    out = g.copy()
    for layer in layers:
        out[layer.w] = clip_global_norm(g[layer.w], max_norm)
    return out


def _weights_decide(g, max_norm, layers):
    out = g.copy()
    for layer in layers:
        factor = np.minimum(1, max_norm / global_norm(g[layer.w]))
        out[layer.parameters] = factor * g[layer.parameters]
    return out


def _biases_lost(g, max_norm, layers):
    return np.concatenate([clip_global_norm(g[layer.w], max_norm) for layer in layers])


def _one_factor(measure):
    """Return the answer that multiplies all layers by one factor, from all their norms."""

    def function(g, max_norm, layers):
        norm = measure(layer_norms(g, layers))
        return g * min(1, max_norm / norm) if norm > 0 else g + 0.0

    return function


def _shared(divisor):
    """Return the answer that divides max_norm by this function of the number of layers."""

    def function(g, max_norm, layers):
        return clip_layer_norms(g, max_norm / divisor(len(layers)), layers)

    return function


def _only(position):
    def function(g, max_norm, layers):
        out = g.copy()
        part = layers[position].parameters
        out[part] = clip_global_norm(g[part], max_norm)
        return out

    return function


def _in_place(g, max_norm, layers):
    for layer in layers:
        g[layer.parameters] = clip_global_norm(g[layer.parameters], max_norm)
    return g


def _lengthened(part, max_norm):
    return part * (max_norm / global_norm(part))


def _lengthened_unless_zero(part, max_norm):
    return _lengthened(part, max_norm) if part.any() else part


def _plain(part, max_norm):
    return part * np.minimum(1, max_norm / np.sqrt(np.sum(part**2)))


def _zero_by_zero(part, max_norm):
    norm = global_norm(part)
    return part / norm * np.minimum(norm, max_norm)


def _listed(values):
    return "(" + ", ".join(f"{value:.4g}" for value in np.ravel(values)) + ")"


def _with_norms(sentence):
    """Return an explanation: the sentence, then the layers' norms: raw, answered, right."""

    def explain(case, answer, expected):
        g, max_norm, layers = case
        raw, received, right = (_listed(layer_norms(x, layers)) for x in (g, answer, expected))
        return (
            f"{sentence} With max_norm = {max_norm:.4g} the norms {raw} of the layers become "
            f"{received}, and {right} is right."
        )

    return explain


MISTAKES = (
    Mistake(
        "whole vector clipped",
        lambda g, max_norm, layers: clip_global_norm(g, max_norm),
        _with_norms("the whole gradient is shortened by one factor. So it is with the norm of "
                    "the layers' norms, which is that of the whole. Here every layer is "
                    "measured and shortened for itself."),
        variants=(lambda g, max_norm, layers: _plain(g, max_norm),),
    ),
    Mistake(
        "one factor from all norms",
        _one_factor(np.max),
        _with_norms("one factor, made from the norms of all layers, shortens them all. Short "
                    "layers should stay as they are, whatever the others do."),
        variants=(_one_factor(np.sum), _one_factor(np.mean)),
    ),
    Mistake(
        "weights and biases apart",
        _weights_and_biases_apart,
        _with_norms("weights and biases are clipped apart, as PyTorch's parameters would be if "
                    "each got a call of its own. A layer is both, one vector with one norm: "
                    "`layer.parameters`."),
    ),
    Mistake(
        "biases left out",
        _weights_clipped,
        _with_norms("the biases are not treated with the weights. `layer.parameters` spans "
                    "both, and both get the layer's factor."),
        variants=(_weights_decide,),
    ),
    Mistake(
        "biases lost",
        _biases_lost,
        lambda case, answer, expected: (
            f"only the weights are in the result: {len(answer)} entries, and g has "
            f"{len(expected)}. `layer.parameters` spans the weights and the biases."
        ),
    ),
    Mistake(
        "limit divided among the layers",
        _shared(np.sqrt),
        _with_norms("every layer gets a share of max_norm. That bounds the whole gradient by "
                    "max_norm; here each layer may have all of it, and the whole √L times as "
                    "much."),
        variants=(_shared(float),),
    ),
    Mistake(
        "one layer only",
        _only(0),
        _with_norms("one layer is clipped and the others pass. Does the loop go through all of "
                    "`layers`, and `return` stand behind it?"),
        variants=(_only(-1),),
    ),
    Mistake(
        "parts not joined",
        _parts,
        "the parts are right, and they are a list, one array per layer. One vector in the "
        "layout of g is needed: `np.concatenate(parts)`.",
        variants=(lambda g, max_norm, layers: tuple(_parts(g, max_norm, layers)),
                  lambda g, max_norm, layers: np.array(_parts(g, max_norm, layers))),
    ),
    Mistake(
        "short layers lengthened",
        _by_layer(_lengthened_unless_zero),
        _with_norms("the factor lacks its `min(1, ...)`: layers with a short gradient get one "
                    "as long as max_norm."),
        variants=(_by_layer(_lengthened),),
    ),
    Mistake(
        "0/0 for a zero layer",
        _by_layer(_zero_by_zero),
        "a layer whose gradient is zero has the norm 0, and 0/0 is nan. Divide only where the "
        "norm is above max_norm; `shorten` does.",
    ),
    Mistake(
        "plain norm",
        _by_layer(_plain),
        _with_norms("the norm is the plain √Σg², whose squares overflow: max_norm/inf is 0, "
                    "and the layer's step is lost without a word. `shorten` measures safely."),
    ),
    Mistake(
        "clipped by value",
        lambda g, max_norm, layers: clip_value(g, max_norm),
        _with_norms("every entry is cut off for itself. Within a layer the direction should "
                    "stay: one factor per layer."),
    ),
    Mistake(
        "argument changed in place",
        _in_place,
        "the values are right, and the caller's gradient was overwritten: `g[...] = ...` "
        "writes into it, and so does `part *= factor`, as a slice is a view and no copy. "
        "Collect the parts and join them with `np.concatenate`, or begin with `g.copy()`.",
    ),
)  # fmt: skip
