"""What is seen of an answer that accumulates gradients: weights in the steps, and the clip."""

from functools import cached_property

import numpy as np

from course_lib.clipping import clip_global_norm as shorten
from course_lib.exercises.engine.relations import close
from course_lib.exercises.engine.seen import Unseen
from course_lib.exercises.engine.values import fits, shape_of

FREE = 1e6  # a threshold that no gradient here reaches
_SIZES = ((7, 3), (5, 2), (6, 2))
_G = np.array([[3.0, 0.0], [0.0, 4.0], [-1.0, 2.0], [2.0, 2.0], [1.0, -3.0]])  # of which k = 2
_LIMITS = (1.0, 2.2, 0.4, 9.0)  # means of length 2.5, 2.06, 3.16


def groups(n, k):
    """Return the groups of n gradients: each its numbers in order, from 0."""
    return [np.arange(i, min(i + k, n)) for i in range(0, n, k)]


def weights(n, k, of_group=lambda group: 1 / len(group), rest=True):
    """Return what each of n gradients counts in each step, ``of_group(group)`` its members."""
    rows = np.zeros((len(groups(n, k)), n))
    for row, group in zip(rows, groups(n, k), strict=True):
        row[group] = of_group(group)
    return rows if rest or n % k == 0 else rows[:-1]


class Groups:
    """The weight of each gradient in each step, and what becomes of the means at a clip."""

    def __init__(self, seen):
        self._seen = seen

    @cached_property
    def found(self):
        """(n, k, weights) for some n and k, without a clip that acts."""
        return [(n, k, self._weights(n, k)) for n, k in _SIZES]

    def _weights(self, n, k):
        others = np.random.default_rng(n).normal(size=(n, n))
        rows, mixed = (self._steps(g, k) for g in (np.eye(n), others))
        if rows.shape[1] != n or not close(mixed, rows @ others):
            raise Unseen
        return np.where(np.abs(rows) < 1e-9, 0, rows)

    def _steps(self, gradients, k, limit=FREE):
        value = self._seen.outcome(gradients, k, limit).value
        if not fits(value, gradients) or np.ndim(value) != 2:
            raise Unseen
        return np.asarray(value, float)

    def are(self, *ways):
        """Tell whether the weights are ``way(n, k)`` for one of the ways."""
        return any(
            all(w.shape == way(n, k).shape and close(w, way(n, k)) for n, k, w in self.found)
            for way in ways
        )

    def take(self, way):
        """Tell whether each step takes the gradients that have a weight in ``way(n, k)``."""
        return all(
            w.shape == way(n, k).shape and ((w != 0) == (way(n, k) != 0)).all()
            for n, k, w in self.found
        )

    @property
    def overlap(self):
        """Whether there are more steps than groups, and gradients count in several of them."""
        return all(
            len(w) > len(groups(n, k)) and ((w != 0).sum(axis=0) > 1).any()
            for n, k, w in self.found
        )

    def _earlier(self, how):
        """Tell what comes in again in each step: ``how`` of the gradients of groups before."""
        return all(
            len(w) == len(groups(n, k))
            and all(how(row[: group[0]]) for row, group in zip(w[1:], groups(n, k)[1:],
                                                               strict=True))
            for n, k, w in self.found
        )  # fmt: skip

    @property
    def all_come_again(self):
        """Whether all gradients before a group count in its step too."""
        return self._earlier(np.all)

    @property
    def some_come_again(self):
        """Whether each step takes its own gradients, and some of the group before."""
        own = all(
            (row[group] != 0).all() and not row[group[-1] + 1 :].any()
            for n, k, w in self.found
            for row, group in zip(w, groups(n, k), strict=False)
        )
        return own and self._earlier(np.any)

    @property
    def uneven(self):
        """Whether a step takes its own gradients, whose weights add up to 1 and differ."""
        return self.take(weights) and all(
            np.allclose(w.sum(axis=1), 1) for _, _, w in self.found
        )

    def makes(self, n_steps, where=lambda n, k: n >= k):
        """Tell whether ``n_steps(n, k)`` steps are made; outside of ``where`` it may raise."""
        return all(
            shape_of(t.answer) in ((n_steps(len(g), k), g.shape[1]), (0,))
            if t.error is None
            else not where(len(g), k)
            for t in self._seen.trials
            for g, k, _ in [t.case]
        )

    @property
    def drops_the_rest(self):
        """Whether what fills no group of k makes no step, in every case."""
        rest = any(len(g) % k for g, k, _ in self._seen.cases)
        return rest and self.makes(lambda n, k: n // k)

    @property
    def rest_raises(self):
        """Whether an error comes where gradients are left over, and there only."""
        return all(
            isinstance(t.error, ValueError) == (len(t.case[0]) % t.case[1] > 0)
            for t in self._seen.trials
        )

    @property
    def always_one_more(self):
        """Whether a step too many is made, or tried, where nothing is left over."""
        even = [t for t in self._seen.trials if len(t.case[0]) % t.case[1] == 0]
        return all(
            isinstance(t.error, ValueError)
            or shape_of(t.answer) == (len(t.expected) + 1, t.expected.shape[1])
            for t in even
        ) and self.makes(lambda n, k: n // k + 1, lambda n, k: n % k > 0)

    def clipped(self, *ways):
        """Tell whether the steps are ``way(gradients, k, limit)``, with clips that act."""
        return any(
            all(close(self._steps(_G, 2, c), way(_G, 2, c)) for c in _LIMITS) for way in ways
        )

    @property
    def weights_told(self):
        """A sentence on the first step that takes other gradients, or the weights of some."""
        for n, k, w in self.found:
            right, start = weights(n, k), f"from {n} gradients with k = {k}"
            if len(w) != len(right):
                told = f"{start} it makes {len(w)} steps, and {len(right)} are right"
                pairs = enumerate(zip(w, right, strict=False), 1)
                others = (f"; step {j} takes {_places(row)}" for j, (row, good) in pairs
                          if (row != 0).tolist() != (good != 0).tolist())  # fmt: skip
                return f"{told}{next(others, '')}."
            for j, (row, good) in enumerate(zip(w, right, strict=True), 1):
                if (row != 0).tolist() != (good != 0).tolist():
                    return (
                        f"{start} step {j} takes {_places(row)}, and it should take "
                        f"{_places(good)}."
                    )
                if not close(row, good):
                    own = good != 0
                    return (
                        f"{start} and no clip, those of step {j} have the weights "
                        f"{_listed(row[own])}, and {_listed(good[own])} is right."
                    )
        raise Unseen

    @property
    def clip_told(self):
        """A sentence on the first mean that becomes something else than its clip."""
        if not self.are(weights):
            raise Unseen
        for c in _LIMITS:
            right = [shorten(_G[group].mean(axis=0), c) for group in groups(5, 2)]
            for group, step, good in zip(groups(5, 2), self._steps(_G, 2, c), right,
                                         strict=True):  # fmt: skip
                if not close(step, good):
                    mean = _G[group].mean(axis=0)
                    return (
                        f"with max_norm = {c:.4g} a mean {_listed(mean)}, of length "
                        f"{np.linalg.norm(mean):.4g}, becomes {_listed(step)}, and "
                        f"{_listed(good)} is right."
                    )
        raise Unseen


def _places(row):
    numbers = ", ".join(str(i + 1) for i in np.flatnonzero(row))
    return f"gradient {numbers}" if numbers else "none"


def _listed(values):
    return "(" + ", ".join(f"{value:.4g}" for value in values) + ")"
