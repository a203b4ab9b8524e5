"""What goes wrong with clipping layer by layer in lesson 07."""

from functools import cached_property

import numpy as np

from course_lib.clipping import clip_global_norm, clip_value, global_norm
from course_lib.diagnostics import layer_norms
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.relations import close, factors
from course_lib.exercises.engine.seen import Unseen
from course_lib.exercises.engine.values import shape_of
from course_lib.exercises.lesson_07.factor_mistakes import Factors, factor_mistakes


class LayerFacts(Factors):
    """Norm n, limit c and factor k of every layer's part in every case, in one row.

    k is nan where the answer turned the part; ``usual`` are all but the huge ones.
    """

    def __init__(self, seen):
        self.seen = seen

    @cached_property
    def parts(self):
        """(case number, norm, limit, factor, position, layers in the case) of every layer."""
        rows = []
        for i, trial in enumerate(self.seen.trials):
            g, c, layers = trial.case
            if trial.error or shape_of(trial.answer) != g.shape:
                raise Unseen
            for position, layer in enumerate(layers):
                a, part = trial.answer[layer.parameters], g[layer.parameters]
                rows.append((i, float(global_norm(part)), c, _factor(a, part), position,
                             len(layers)))  # fmt: skip
        return np.array(rows)

    @property
    def n(self):
        """The norms."""
        return self.parts[:, 1]

    @property
    def c(self):
        """The limits."""
        return self.parts[:, 2]

    @property
    def k(self):
        """The factors."""
        return self.parts[:, 3]

    @property
    def usual(self):
        """Which layers are of usual size."""
        return (self.n > 1e-3) & (self.n < 1e3)

    @property
    def before_and_after(self):
        """Layers' parts of the gradient, and what became of them."""
        return [
            tuple(np.asarray(x, float)[layer.parameters] for x in (t.case[0], t.answer))
            for t in self.seen.trials
            for layer in t.case[2]
        ]

    @property
    def one_factor_a_case(self):
        """Whether all layers of a case get the same factor."""
        cases = [self.k[(self.parts[:, 0] == i) & (self.n > 0)]
                 for i in np.unique(self.parts[:, 0])]  # fmt: skip
        return all(np.allclose(k, k[0], rtol=1e-4) for k in cases)

    @property
    def one_layer_only(self):
        """Whether only the first, or only the last layer is shortened."""
        right = np.minimum(1, self.target)
        position, count = self.parts[:, 4], self.parts[:, 5]
        ends = (position == 0, position == count - 1)
        return any(self.near(np.where(end, right, 1), self.usual) for end in ends)

    @property
    def threshold_is_shared(self):
        """Whether each layer gets a part of the threshold: 1/L of it, or 1/√L, of L layers."""
        count = self.parts[:, 5]
        shares = (np.minimum(1, self.target / count**power) for power in (0.5, 1))
        return any(self.near(share, self.usual) for share in shares)

    @property
    def only_huge(self):
        """Whether all gradients of usual size are right."""
        usual = [t for t in self.seen.trials if np.abs(t.case[0]).max() < 1e3]
        return all(trial.right for trial in usual)

    @property
    def nan_at_zero(self):
        """Whether all that is wrong is nan in a layer of zeros."""
        lost = [(np.isnan(t.answer), t.case[0]) for t in self.seen.trials if not t.right]
        return all(nan.any() and not g[nan].any() for nan, g in lost)

    def is_(self, *functions):
        """Tell whether one function gives every answer of usual size."""
        return any(
            all(close(t.answer, f(*t.case)) for t in self.seen.trials
                if np.abs(t.case[0]).max() < 1e3)
            for f in functions
        )  # fmt: skip

    @property
    def lists(self):
        """Whether the parts came as a list, one array a layer, where one came at all."""
        returned = [trial for trial in self.seen.trials if trial.error is None]
        return bool(returned) and all(map(_is_list_of_parts, returned))

    @property
    def only_weights(self):
        """Whether as many numbers came as there are weights."""
        return all(
            shape_of(t.answer) == (sum(layer.w.stop - layer.w.start for layer in t.case[2]),)
            for t in self.seen.trials
        )


def _factor(a, part):
    if not part.any():
        return np.nan
    found = factors([(np.asarray(a, float), np.asarray(part, float))])
    return found[0] if found else np.nan


def _is_list_of_parts(trial):
    g, _, layers = trial.case
    shapes = [g[layer.parameters].shape for layer in layers]
    return np.iterable(trial.answer) and list(map(shape_of, trial.answer)) == shapes


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


def _biases_lost(g, max_norm, layers):
    return np.concatenate([clip_global_norm(g[layer.w], max_norm) for layer in layers])


def _whole(g, max_norm, layers):
    return clip_global_norm(g, max_norm)


def _largest_decides(g, max_norm, layers):
    norm = layer_norms(g, layers).max()
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


def _lengthened(part, max_norm):
    return part * (max_norm / global_norm(part))


def _plain(part, max_norm):
    return part * np.minimum(1, max_norm / np.sqrt(np.sum(part**2)))


def _zero_by_zero(part, max_norm):
    norm = global_norm(part)
    return part / norm * np.minimum(norm, max_norm)


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
        "the parts come as a list, one array per layer. One vector in the layout of g is "
        "needed: `np.concatenate(parts)`.",
        variants=(lambda g, max_norm, layers: np.array(_parts(g, max_norm, layers)),),
        when=lambda facts: facts.lists,
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
        variants=(_last_decides,),
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
        variants=(_weights_decide, _biases_zero),
        when=lambda facts: facts.is_(_weights_clipped, _weights_decide, _biases_zero),
    ),
    Mistake(
        "one layer only",
        _first_only,
        _with_norms("one layer is clipped and the others pass. Does the loop go through all of "
                    "`layers`, and `return` stand behind it?"),
        when=lambda facts: facts.one_layer_only,
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
        _with_norms("only the first entries of g are cut off, as many as there are layers: "
                    "`g[i]` is one entry. The part of a layer is `g[layer.parameters]`."),
        when=lambda facts: facts.is_(_entry_for_layer),
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
    *factor_mistakes(_by_layer, _with_norms, "All entries of a layer"),
)  # fmt: skip
