"""What is seen of an answer that clips layer by layer: what becomes of each layer's part."""

from functools import cached_property

import numpy as np

from course_lib.clipping import global_norm
from course_lib.exercises.engine.relations import close, factors
from course_lib.exercises.engine.seen import Unseen
from course_lib.exercises.engine.values import fits, shape_of
from course_lib.exercises.lesson_07.factor_mistakes import Factors


class LayerFacts(Factors):
    """Norm n, limit c and factor k of every layer's part in every case, in one row.

    k is nan where the answer turned the part; ``usual`` are all but the huge ones.
    """

    def __init__(self, seen):
        if not seen.wrong:
            raise Unseen  # the rules ask about cases
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

    def passes(self, place):
        """Tell whether the layer at one place, 0 or -1, is never shortened, the others are."""
        right, position, count = np.minimum(1, self.target), self.parts[:, 4], self.parts[:, 5]
        out = position == (0 if place == 0 else count - 1)
        return bool((right[out & self.usual] < 1).any()) and self.near(
            np.where(out, 1, right), self.usual
        )

    @property
    def only_first_entries(self):
        """Whether no more entries are changed than there are layers, from the first on."""
        pairs = [(t.answer, *t.case[::2]) for t in self.seen.trials]
        return all(close(a[len(layers) :], g[len(layers) :]) for a, g, layers in pairs) and any(
            not close(a, g) for a, g, _ in pairs
        )

    @property
    def others_decide(self):
        """Whether the factor is right and some long parts stay, some short ones get it."""
        stays = np.isclose(self.k[self.long], 1)
        return self.one_or_right and stays.any() and not self.short_stay

    @property
    def others_matter(self):
        """Whether what becomes of a layer depends on the gradient of another one."""
        layers = next(t.case[2] for t in self.seen.trials if len(t.case[2]) > 2)
        g = np.random.default_rng(3).normal(size=layers[-1].parameters.stop)
        for factor, layer in zip((2.0, 0.1, 3.0), layers, strict=True):
            part = g[layer.parameters]
            g[layer.parameters] = factor * part / np.linalg.norm(part)
        before = self.seen.call(g.copy(), 1.0, layers)
        for layer in layers:
            moved = g.copy()
            moved[layer.parameters] *= 1.3
            after = self.seen.call(moved, 1.0, layers)
            if any(not close(before[other.parameters], after[other.parameters])
                   for other in layers if other is not layer):  # fmt: skip
                return True
        return False

    def in_form(self, *functions):
        """Tell whether one function gives what came, or raises too, whatever the form."""
        return any(all(_comes(t, f) for t in self.seen.trials) for f in functions) and any(
            t.error is None for t in self.seen.trials
        )

    def raises(self, kind, words):
        """Tell whether every case raised such an error."""
        return all(isinstance(t.error, kind) and words in str(t.error)
                   for t in self.seen.trials)  # fmt: skip

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


def _comes(trial, function):
    try:
        made = function(*trial.case)
    except ValueError:
        return isinstance(trial.error, ValueError)
    same = fits(trial.answer, made) and shape_of(trial.answer) == np.shape(made)
    return same and close(trial.answer, made)


def _factor(a, part):
    if not part.any():
        return np.nan
    found = factors([(np.asarray(a, float), np.asarray(part, float))])
    return found[0] if found else np.nan


def _is_list_of_parts(trial):
    g, _, layers = trial.case
    shapes = [g[layer.parameters].shape for layer in layers]
    return np.iterable(trial.answer) and list(map(shape_of, trial.answer)) == shapes
