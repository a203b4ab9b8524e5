"""What goes wrong with the norms of the layers in lesson 03."""

from functools import cached_property

import numpy as np

from course_lib.activations import sigmoid
from course_lib.diagnostics import layer_norms
from course_lib.exercises.engine.formatting import counted
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.seen import Unseen
from course_lib.exercises.kit.formula import listed
from course_lib.exercises.kit.reading import are, fitted, in_rows
from course_lib.exercises.kit.told import told_with
from course_lib.mlp import MLP

norm = np.linalg.norm


class Facts:
    """The numbers that came, and the parts of the gradients that they belong to."""

    def __init__(self, seen):
        self.seen = seen

    @cached_property
    def _layers(self):
        """Each layer of gradients that are not 0, with its gradient and what came for it."""
        if not self.seen.regular:
            raise Unseen
        together = zip(self.seen.cases, self.seen.answers, strict=True)
        return [
            (layer, grad, value)
            for (grad, layers), values in together
            for layer, value in zip(layers, values, strict=True)
            if grad.any()
        ]

    def powers(self, part="parameters", order=2):
        """Return how the numbers are made of the norms and sizes of these parts.

        The three are the exponents of the norm, of the number of entries and of e.
        """
        parts = [grad[getattr(layer, part)] for layer, grad, _ in self._layers]
        values = np.array([value for *_, value in self._layers])
        norms, sizes = (
            np.array([f(p) for p in parts]) for f in (lambda p: norm(p, order), len)
        )
        return fitted(np.log(np.abs(values)), np.log(norms), np.log(sizes), np.ones(len(sizes)))

    @property
    def sums_of_norms(self):
        """Whether the numbers are powers of the norm of weights plus that of biases."""
        sums = [norm(grad[layer.w]) + norm(grad[layer.b]) for layer, grad, _ in self._layers]
        values = np.array([value for *_, value in self._layers])
        return are(fitted(np.log(values), np.log(sums), np.ones(len(sums))), None, None)

    @property
    def sizes(self):
        """How many numbers came, and how many layers there are, case by case."""
        return [
            (row.size, len(layers))
            for row, (_, layers) in zip(in_rows(self.seen), self.seen.cases, strict=True)
        ]

    @property
    def is_cut_otherwise(self):
        """Whether the squares add to that of the whole norm, in another number of parts."""
        together = [norm(row) for row in in_rows(self.seen)]
        return np.allclose(together, [norm(grad) for grad, _ in self.seen.cases], rtol=1e-6)

    @property
    def is_in_other_order(self):
        """Whether the right numbers came, in some order."""
        pairs = zip(in_rows(self.seen), self.seen.expected, strict=True)
        return all(np.allclose(np.sort(a), np.sort(e)) for a, e in pairs)

    @property
    def same_for_all(self):
        """Whether all layers of a case are given one number."""
        pairs = zip(self.seen.answers, self.seen.expected, strict=True)
        return all(np.ptp(answer) == 0 for answer, expected in pairs if np.any(expected))

    def is_alone(self, i):
        """Tell whether the right value of one layer is all that came."""
        pairs = zip(in_rows(self.seen), self.seen.expected, strict=True)
        return all(a.size == 1 and np.allclose(a, e[i], rtol=1e-6) for a, e in pairs)


def _of_each(measure, part="parameters"):
    """Return the answer that takes this measure of each layer's part."""

    def function(grad, layers):
        return np.array([measure(grad[getattr(layer, part)]) for layer in layers])

    return function


def _running_on(grad, layers):
    return np.array([norm(grad[: layer.parameters.stop]) for layer in layers])


def _weights_and_biases(grad, layers):
    return _of_each(norm, "w")(grad, layers) + _of_each(norm, "b")(grad, layers)


def _numbers(case, answer, expected):
    return (
        f"For {counted(len(case[1]), 'layer')} it gives {listed(answer)}, and "
        f"{listed(expected)} is right."
    )


_told = told_with(_numbers)

MISTAKES = (
    _told("weights only",
          "the biases are left out. A layer's parameters are its weights and its biases: "
          "`layer.parameters` spans both.", _of_each(norm, "w"),
          _of_each(lambda part: np.sum(part**2), "w"),
          when=lambda facts: any(
              are(facts.powers("w", order), None, None, None) for order in (1, 2))),
    _told("biases only",
          "`layer.b` is where the biases lie. The weights belong to the layer as well: "
          "`layer.parameters` spans both.", _of_each(norm, "b"),
          _of_each(lambda part: np.sum(part**2), "b"),
          when=lambda facts: are(facts.powers("b"), None, None, None)),
    _told("no square root",
          "this is the sum of the squares; the norm is its square root.",
          _of_each(lambda part: np.sum(part**2)),
          when=lambda facts: are(facts.powers(), 2, 0, 0)),
    _told("mean over the entries",
          "a norm is the root of a sum, not of a mean: divided by the number of entries, a "
          "wide layer would look as small as a narrow one.",
          _of_each(lambda part: np.sqrt(np.mean(part**2))),
          _of_each(lambda part: np.mean(part**2)), when=lambda facts: facts.powers()[1] < -0.4),
    _told("another power of the norm",
          "this is made of the sum of squares by another power or factor: the norm is its "
          "square root, and nothing else.", _of_each(lambda part: np.sum(part**2) / 2),
          when=lambda facts: are(facts.powers(), None, None, None) and not
              are(facts.powers()[:2], 1, 0)),
    _told("sum of absolute values",
          "this is made of the sum of |entries|, another norm (L1). Here the norm is the "
          "length of the vector: √(sum of squares).", _of_each(lambda part: np.abs(part).sum()),
          _of_each(lambda part: np.abs(part).mean()),
          _of_each(lambda part: np.sqrt(np.abs(part).sum())),
          when=lambda facts: are(facts.powers(order=1), None, None, None)),
    _told("squared twice",
          "the entries are squared, and `np.linalg.norm` squares them again: fourth powers are "
          "added. Either square, add and take the root, or hand the entries to "
          "`np.linalg.norm` as they are.",
          _of_each(lambda part: norm(part**2)), _of_each(lambda part: np.sqrt(norm(part**2))),
          lambda *case: np.sqrt(_of_each(lambda part: norm(part**2), "w")(*case)
              + _of_each(lambda part: norm(part**2), "b")(*case)),
          lambda *case: _of_each(lambda part: norm(part**2), "w")(*case)
              + _of_each(lambda part: norm(part**2), "b")(*case)),
    _told("mean taken off",
          "the mean of a layer's entries is taken off first, as `np.std` and `np.var` do. A "
          "norm measures from 0.", _of_each(lambda part: np.std(part) * np.sqrt(len(part))),
          _of_each(np.std), _of_each(np.var),
          _of_each(lambda part: norm(part - part.mean()))),
    _told("largest entry",
          "this is the largest |entry|. The norm takes all entries: √(sum of squares).",
          _of_each(lambda part: np.abs(part).max()), _of_each(np.max)),
    _told("sum without squares",
          "the entries are added as they are, so that positive and negative ones cancel. "
          "Square each entry first, then add, then take the root.", _of_each(np.sum),
          _of_each(np.mean), _of_each(lambda part: np.sqrt(np.sum(part) ** 2)),
          _of_each(lambda part: np.sqrt(np.sum(part)))),
    _told("norms of weights and biases added",
          "norms do not add: 3 and 4 at right angles make 5, not 7. Squares add, and the root "
          "comes last.", _weights_and_biases,
          lambda *case: np.sqrt(_weights_and_biases(*case)),
          when=lambda facts: facts.sums_of_norms),
    _told("part of a layer runs on",
          "a layer's number contains its neighbors': the part runs on to one end of the "
          "vector, or a sum is not begun anew for each layer.", _running_on,
          lambda grad, layers: np.array(
              [norm(grad[layer.parameters.start:]) for layer in layers]),
          lambda grad, layers: np.cumsum(layer_norms(grad, layers))),
    _told("one number for all layers",
          "every layer is given the same number. Take the layer's own part: "
          "`grad[layer.parameters]`.", lambda grad, layers: np.full(len(layers), norm(grad)),
          when=lambda facts: facts.same_for_all),
    Mistake("norm of the whole gradient", lambda grad, layers: norm(grad),
            "this is the one norm of the whole gradient. Take it of each layer's part: "
            "`grad[layer.parameters]`."),
    Mistake("weights and biases apart",
            lambda grad, layers: [
                norm(grad[part]) for layer in layers for part in (layer.w, layer.b)],
            "there are two numbers for each layer, one for its weights and one for its biases. "
            "A layer has one norm: `layer.parameters` spans both.",
            when=lambda facts: all(n == 2 * n_layers for n, n_layers in facts.sizes),
            any_form=True),
    _told("cut in other places",
          "the squares of the norms add to that of the whole gradient, and the parts begin and "
          "end elsewhere than the layers do, as with parts of one length: "
          "`grad[layer.parameters]` is a layer's part.",
          lambda grad, layers: np.array([norm(p) for p in np.array_split(grad, len(layers))]),
          when=lambda facts: facts.is_cut_otherwise and not facts.is_in_other_order),
    _told("single entries",
          "`grad[i]` is one number of the flat vector, and no layer. The entries of a layer "
          "are `grad[layer.parameters]`.", lambda grad, layers: np.abs(grad[: len(layers)])),
    Mistake("a layer as index", lambda grad, layers: [norm(grad[layer]) for layer in layers],
            "a layer is no index, and `.parameters` is only a slice, which says where its "
            "entries lie. The entries are `grad[layer.parameters]`.",
            variants=(lambda grad, layers: [norm(layer.parameters) for layer in layers],)),
    Mistake("return inside the loop", lambda grad, layers: layer_norms(grad, layers)[[0]],
            "only the first layer's norm comes back: a `return` inside the loop ends the "
            "function in its first round. Put it below the loop, as far to the left as `for`.",
            when=lambda facts: facts.is_alone(0), any_form=True),
    Mistake("begun anew in every round", lambda grad, layers: layer_norms(grad, layers)[[-1]],
            "only the last layer's norm is left: the list is made inside the loop, or its name "
            "is given a new value there, so every round forgets the one before. Make the empty "
            "list above the loop and append to it.", when=lambda facts: facts.is_alone(-1),
            any_form=True),
    Mistake("another net's layers",
            lambda grad, layers: _of_each(norm)(grad, MLP([64] * 31, sigmoid).layers),
            "there are as many numbers in every case, whatever `layers` holds: did you use the "
            "argument `layers`? `net.layers` is one net's; the function serves every net.",
            when=lambda facts: len({n for n, _ in facts.sizes}) == 1 and facts.is_cut_otherwise,
            any_form=True),
)  # fmt: skip
