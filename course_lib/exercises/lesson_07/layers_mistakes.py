"""What goes wrong with clipping layer by layer in lesson 07."""

import numpy as np

from course_lib.clipping import clip_global_norm, clip_value, global_norm
from course_lib.diagnostics import layer_norms
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.relations import close
from course_lib.exercises.lesson_07.factor_mistakes import COMPARED, factor_mistakes


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


def _biases_clipped(g, max_norm, layers):
    out = g.copy()
    for layer in layers:
        out[layer.b] = clip_global_norm(g[layer.b], max_norm)
    return out


def _biases_zero(g, max_norm, layers):
    out = np.zeros_like(g)
    for layer in layers:
        out[layer.w] = clip_global_norm(g[layer.w], max_norm)
    return out


def _weights_decide(g, max_norm, layers):
    out = g.copy()
    for layer in layers:
        factor = np.minimum(1, max_norm / global_norm(g[layer.w]))
        out[layer.parameters] = factor * g[layer.parameters]
    return out


def _weights_by_layer(g, max_norm, layers):
    out = g.copy()
    for layer in layers:
        out[layer.w] = clip_global_norm(g[layer.parameters], max_norm)[
            : layer.w.stop - layer.w.start
        ]
    return out


def _biases_lost(g, max_norm, layers):
    return np.concatenate([clip_global_norm(g[layer.w], max_norm) for layer in layers])


def _whole(g, max_norm, layers):
    return clip_global_norm(g, max_norm)


def _largest_decides(g, max_norm, layers):
    norm = layer_norms(g, layers).max()
    return g * min(1, max_norm / norm) if norm > 0 else g + 0.0


def _mean_decides(g, max_norm, layers):
    norm = layer_norms(g, layers).mean()
    return g * min(1, max_norm / norm) if norm > 0 else g + 0.0


def _last_decides(g, max_norm, layers):
    norms = layer_norms(g, layers)
    return g * (max_norm / np.append(norms[norms > max_norm], max_norm)[-2:][0])


def _first_only(g, max_norm, layers):
    out = g.copy()
    part = layers[0].parameters
    out[part] = clip_global_norm(g[part], max_norm)
    return out


def _threshold_shared(power):
    """Return the answer that leaves each layer a part of the threshold only."""

    def function(g, max_norm, layers):
        return _by_layer(clip_global_norm)(g, max_norm / len(layers) ** power, layers)

    return function


def _entry_for_layer(g, max_norm, layers):
    out = g.copy()
    out[: len(layers)] = clip_value(g[: len(layers)], max_norm)
    return out


def _entry_shortened(g, max_norm, layers):
    out = g.copy()
    for i, norm in enumerate(layer_norms(g, layers)):
        out[i] *= np.minimum(1, max_norm / norm)
    return out


def _lengthened(part, max_norm):
    return part * (max_norm / global_norm(part))


def _plain(part, max_norm):
    return part * np.minimum(1, max_norm / np.sqrt(np.sum(part**2)))


def _zero_by_zero(part, max_norm):
    norm = global_norm(part)
    return part / norm * np.minimum(norm, max_norm)


def _one_passes(place):
    """Return the answer that shortens all layers but the first or the last."""

    def function(g, max_norm, layers):
        parts = _parts(g, max_norm, layers)
        parts[place] = g[layers[place].parameters]
        return np.concatenate(parts)

    return function


def _largest_only(g, max_norm, layers):
    parts = [g[layer.parameters] for layer in layers]
    i = int(np.argmax(layer_norms(g, layers)))
    parts[i] = clip_global_norm(parts[i], max_norm)
    return np.concatenate(parts)


def _lengthened_above(measure):
    """Return the answer that compares norms with a measure of all of them."""

    def function(g, max_norm, layers):
        limit = measure(layer_norms(g, layers))
        parts = [g[layer.parameters] for layer in layers]
        return np.concatenate(
            [_lengthened(p, max_norm) if global_norm(p) > limit else p for p in parts]
        )

    return function


def _long_by_whole(g, max_norm, layers):
    norm = global_norm(g)

    def clip(part, c):
        return part * (c / norm) if global_norm(part) > c else part

    return _by_layer(clip)(g, max_norm, layers)


def _every_other(g, max_norm, layers):
    parts = [g[layer.parameters] for layer in layers]
    parts[::2] = _parts(g, max_norm, layers)[::2]
    return np.concatenate(parts)


def _whole_each(g, max_norm, layers):
    return np.concatenate([clip_global_norm(g, max_norm) for _ in layers])


def _added(g, max_norm, layers):
    return np.sum(_parts(g, max_norm, layers))


def _added_by_entry(g, max_norm, layers):
    return sum(_parts(g, max_norm, layers))


def _equal_parts(g, max_norm, layers):
    n = len(g) // len(layers)
    return np.concatenate([clip_global_norm(g[i * n : (i + 1) * n], max_norm)
                           for i in range(len(layers))])  # fmt: skip


def _split(g, max_norm, layers):
    parts = np.array_split(g, len(layers))
    return np.concatenate([clip_global_norm(part, max_norm) for part in parts])


def _indexed(g, max_norm, layers):
    return np.concatenate([clip_global_norm(g[layer], max_norm) for layer in layers])


def _before(g, max_norm, layers):
    out = g.copy()
    for layer in layers:
        out[layer.parameters] = clip_global_norm(out, max_norm)[layer.parameters]
    return out


def listed(values):
    """Return numbers as text, in parentheses."""
    return "(" + ", ".join(f"{value:.4g}" for value in np.ravel(values)) + ")"


def _with_norms(sentence):
    """Return an explanation: the sentence, then the layers' norms: raw, answered, right."""

    def explain(case, answer, expected):
        g, max_norm, layers = case
        raw, received, right = (listed(layer_norms(x, layers)) for x in (g, answer, expected))
        return (
            f"{sentence} With max_norm = {max_norm:.4g} the norms {raw} of the layers become "
            f"{received}, and {right} is right."
        )

    return explain


MISTAKES = (
    Mistake(
        "parts not joined",
        _parts,
        "the parts, one array per layer, are not joined. One vector in the layout of g is "
        "needed: `np.concatenate(parts)`. (A list is none, and rows of an array would have to "
        "be of equal length.)",
        variants=(lambda g, max_norm, layers: np.array(_parts(g, max_norm, layers)),),
        when=lambda facts: facts.lists,
        any_form=True,
    ),
    Mistake(
        "parts added",
        _added,
        "the parts are added up, and not joined: one vector in the layout of g is needed, "
        "`np.concatenate(parts)`.",
        variants=(_added_by_entry,),
        when=lambda facts: facts.in_form(_added, _added_by_entry),
        any_form=True,
    ),
    Mistake(
        "whole gradient for each layer",
        _whole_each,
        "the whole of g comes once for each layer. Of one layer there is "
        "`g[layer.parameters]`.",
        when=lambda facts: facts.in_form(_whole_each),
        any_form=True,
    ),
    Mistake(
        "parts of equal length",
        _equal_parts,
        "g is cut into parts of equal length, and layers have different ones: the part of a "
        "layer is `g[layer.parameters]`.",
        variants=(_split,),
        when=lambda facts: facts.in_form(_equal_parts, _split),
        any_form=True,
    ),
    Mistake(
        "a layer as index",
        _indexed,
        "a layer of `layers` is no index: it holds several. The slice of its part is "
        "`layer.parameters`.",
        when=lambda facts: facts.raises(IndexError, "too many indices"),
        any_form=True,
    ),
    Mistake(
        "biases lost",
        _biases_lost,
        lambda case, answer, expected: (
            f"only the weights are in the result: {len(answer)} entries, and g has "
            f"{len(expected)}. `layer.parameters` spans the weights and the biases."
        ),
        when=lambda facts: facts.only_weights,
        any_form=True,
    ),
    Mistake(
        "0/0 for a zero layer",
        _by_layer(_zero_by_zero),
        "a layer whose gradient is zero has the norm 0, and 0/0 is nan. Divide only where the "
        "norm is above max_norm; `shorten` does.",
        when=lambda facts: facts.nan_at_zero,
    ),
    Mistake(
        "parts not put back",
        lambda g, max_norm, layers: g + 0.0,
        "g comes back as it was. What `shorten` makes of a part is a new array: it has to be "
        "put into the result, `out[layer.parameters] = ...`; `part = ...` gives a name only.",
        when=lambda facts: all(close(t.answer, t.case[0]) for t in facts.seen.trials),
        vague=True,
    ),
    Mistake(
        "whole vector clipped",
        _whole,
        _with_norms("the whole gradient is shortened by one factor. So it is with the norm of "
                    "the layers' norms, which is that of the whole. Here every layer is "
                    "measured and shortened for itself."),
        when=lambda facts: facts.is_(_whole),
    ),
    Mistake(
        "one factor from all norms",
        _largest_decides,
        _with_norms("one factor shortens all layers. Short layers should stay as they are, "
                    "whatever the others do."),
        variants=(_last_decides, _mean_decides),
        when=lambda facts: facts.one_factor_a_case
        and not facts.near(np.ones_like(facts.n), facts.usual),
    ),
    Mistake(
        "weights and biases apart",
        _weights_and_biases_apart,
        _with_norms("weights and biases are clipped apart, as PyTorch's parameters would be if "
                    "each got a call of its own. A layer is both, one vector with one norm: "
                    "`layer.parameters`."),
        when=lambda facts: facts.is_(_weights_and_biases_apart),
    ),
    Mistake(
        "biases left out",
        _weights_clipped,
        _with_norms("the biases are not treated with the weights. `layer.parameters` spans "
                    "both, and both get the layer's factor."),
        variants=(_weights_decide, _biases_zero, _weights_by_layer),
        when=lambda facts: facts.is_(
            _weights_clipped, _weights_decide, _biases_zero, _weights_by_layer
        ),
    ),
    Mistake(
        "weights left out",
        _biases_clipped,
        _with_norms("only the biases are shortened. `layer.parameters` spans the weights too, "
                    "and both get the layer's factor."),
        when=lambda facts: facts.is_(_biases_clipped),
    ),
    Mistake(
        "one layer only",
        _first_only,
        _with_norms("one layer is clipped and the others pass. Does the loop go through all of "
                    "`layers`, and `return` stand behind it?"),
        when=lambda facts: facts.one_layer_only,
    ),
    *(
        Mistake(
            f"{name} layer passes",
            _one_passes(place),
            _with_norms(f"the {name} layer is never shortened, and the others are right: where "
                        "does the loop begin, and where does it end?"),
            when=lambda facts, place=place: facts.passes(place),
        )
        for name, place in (("first", 0), ("last", -1))
    ),
    Mistake(
        "some layers pass",
        _largest_only,
        _with_norms("some layers that are too long are shortened rightly, and others pass. "
                    "Every one of `layers` is treated, whatever the others are."),
        variants=(_every_other,),
        when=lambda facts: facts.one_or_right
        and facts.short_stay
        and not facts.parted
        and not facts.compared_by(*COMPARED),
    ),
    Mistake(
        "compared with another number",
        _lengthened_above(np.mean),
        _with_norms("the factor max_norm/norm is right, and it comes in at the wrong layers: "
                    "some that are longer than max_norm stay, and some that are shorter are "
                    "lengthened. Compare each layer's norm with max_norm."),
        when=lambda facts: facts.others_decide,
        vague=True,
    ),
    Mistake(
        "short layers lengthened",
        _by_layer(_lengthened),
        _with_norms("the factor lacks its `min(1, ...)`: layers with a short gradient get one "
                    "as long as max_norm."),
        when=lambda facts: facts.near(facts.target, facts.usual),
    ),
    Mistake(
        "plain norm",
        _by_layer(_plain),
        _with_norms("the norm is the plain √Σg², whose squares overflow: max_norm/inf is 0, "
                    "and the layer's step is lost without a word. `shorten` measures safely."),
        when=lambda facts: facts.only_huge,
    ),
    Mistake(
        "clipped by value",
        lambda g, max_norm, layers: clip_value(g, max_norm),
        _with_norms("every entry is cut off for itself. Within a layer the direction should "
                    "stay: one factor per layer."),
        when=lambda facts: facts.is_(lambda g, c, layers: clip_value(g, c)),
    ),
    Mistake(
        "entry i in place of layer i",
        _entry_for_layer,
        _with_norms("only the first entries of g are changed, as many as there are layers: "
                    "`g[i]` is one entry. The part of a layer is `g[layer.parameters]`."),
        variants=(_entry_shortened,),
        when=lambda facts: facts.only_first_entries,
    ),
    Mistake(
        "threshold shared among the layers",
        _threshold_shared(0.5),
        _with_norms("the threshold is divided by the number of layers, or by its root. Each "
                    "layer has the whole max_norm for itself."),
        variants=(_threshold_shared(1),),
        when=lambda facts: facts.threshold_is_shared,
        vague=True,
    ),
    Mistake(
        "other layers count",
        _before,
        _with_norms("what becomes of a layer depends on the gradients of other layers. Each is "
                    "measured and shortened for itself, by its own norm, to max_norm."),
        variants=(_long_by_whole,),
        when=lambda facts: facts.others_matter,
        vague=True,
    ),
    *factor_mistakes(_by_layer, _with_norms, "All entries of a layer"),
)  # fmt: skip
