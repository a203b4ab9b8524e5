"""What goes wrong with the factor that a clip puts on a gradient, or on one layer's part."""

import numpy as np

from course_lib.clipping import global_norm
from course_lib.exercises.engine.facts import known_relation
from course_lib.exercises.engine.model import Mistake


class Factors:
    """What became of gradients, or of layers' parts: rules on norm n, limit c, factor k.

    A class derived from it has ``seen``, ``n``, ``c``, ``k`` (nan where a part is turned),
    ``usual`` (which have a size between 1e-3 and 1e3) and ``before_and_after``, the pairs
    (part, what became of it).
    """

    @property
    def long(self):
        """Which parts of usual size are above their limit."""
        return self.usual & (self.n > self.c * (1 + 1e-9))

    @property
    def short(self):
        """Which are below it."""
        return self.usual & (self.n < self.c * (1 - 1e-9))

    @property
    def target(self):
        """The factor that a long part should get, 1 for a zero one."""
        return self.c / np.where(self.n > 0, self.n, self.c)

    @property
    def short_stay(self):
        """Whether every short part stays as it is."""
        return np.allclose(self.k[self.short], 1)

    def long_get(self, *rules):
        """Tell whether long parts get ``rule(n, c)`` for a factor, and short ones stay."""
        n, c, k = self.n[self.long], self.c[self.long], self.k[self.long]
        return self.short_stay and any(np.allclose(k, rule(n, c)) for rule in rules)

    def near(self, expected, where):
        """Tell whether k is what is expected, to a thousandth, so that no epsilon hides it."""
        return np.allclose(self.k[where], expected[where], rtol=1e-3)

    def measured_by(self, *measures):
        """Tell whether a ``measure(g)`` stands in place of the norm, in the factor at least."""
        sizes = map(self._sizes, measures)
        ratios = [np.where(m > 0, self.c / np.where(m > 0, m, 1), np.inf) for m in sizes]
        return any(
            self.near(np.minimum(1, ratio), self.usual)
            or (self.short_stay and self.near(ratio, self.long))
            for ratio in ratios
        )

    def compared_by(self, *measures):
        """Tell whether a ``measure(g)`` is compared with c, and c/n is the factor."""
        return any(
            self.near(np.where(self._sizes(measure) > self.c, self.target, 1), self.usual)
            for measure in measures
        )

    def _sizes(self, measure):
        return np.array([measure(np.asarray(g, float)) for g, _ in self.before_and_after])

    @property
    def one_or_right(self):
        """Whether the factor is 1 or c/n everywhere, and not always 1."""
        k = self.k[self.usual]
        either = np.isclose(k, 1) | np.isclose(k, self.target[self.usual])
        return either.all() and not np.allclose(k, 1)

    @property
    def parted(self):
        """Whether those longer ones that stay are shorter than those that are shortened."""
        stays = np.isclose(self.k[self.long], 1)
        sizes = [x[self.long] for x in (self.n / self.c, self.n)]
        return (
            stays.all()
            or not stays.any()
            or any(x[stays].max() <= x[~stays].min() for x in sizes)
        )

    @property
    def usual_pairs(self):
        """The pairs (part, what became of it) of usual size."""
        pairs = zip(self.before_and_after, self.usual, strict=True)
        return [pair for pair, usual in pairs if usual]

    @property
    def entries_apart(self):
        """Whether each entry gets max_norm/norm or stays, and both happens within one part."""
        rows = zip(self.usual_pairs, self.target[self.usual], strict=True)
        return np.isnan(self.k[self.usual]).any() and all(
            (np.isclose(a, g) | np.isclose(a, g * target)).all() for (g, a), target in rows
        )

    @property
    def is_turned(self):
        """Whether some part is no multiple of itself any more."""
        return np.isnan(self.k[self.usual]).any()

    @property
    def is_nothing_else(self):
        """Whether no plain rule leads from the right answers to those that came."""
        return known_relation(self.seen) is None


def _largest(g):
    return np.abs(g).max()


def _largest_entry(g):
    return g.max()


def _one_norm(g):
    return np.abs(g).sum()


def _mean_norm(g):
    return np.sqrt(np.mean(g**2))


def _square(g):
    return np.sum(g**2)


COMPARED = (_square, _largest, _largest_entry, _one_norm, _mean_norm)


def _min_with(measure):
    """Return the rule that takes another measure for the norm."""
    return lambda g, c: g * min(1, c / max(measure(np.asarray(g, float)), 1e-300))


def _if_above(measure):
    """Return the rule that compares another measure with c, and shortens by the norm."""
    return lambda g, c: g * (c / global_norm(g)) if measure(g) > c else g + 0.0


def _minimum_of_entries(g, c):
    return np.minimum(g, g * c / max(global_norm(g), 1e-300))


def _beyond(change):
    """Return the rule that changes only what is longer than c, by ``change(g, norm, c)``."""
    return lambda g, c: change(g, global_norm(g), c) if global_norm(g) > c else g + 0.0


def _turned_round(g, c):
    norm = global_norm(g)
    return g * (c / norm) if 0 < norm < c else g + 0.0


def factor_mistakes(of_part, with_norms, entries="All entries"):
    """Return the mistakes in what becomes of a gradient, or of a layer's part.

    Parameters
    ----------
    of_part : callable
        Makes the answer of the exercise of a rule ``rule(part, max_norm)``.
    with_norms : callable
        Makes an explanation of a sentence: norms before, after, and as they should be.
    entries : str
        What one factor belongs to.
    """

    def known(name, sentence, when, *rules, any_form=False, vague=False):
        example, *variants = map(of_part, rules)
        return Mistake(
            name, example, with_norms(sentence), tuple(variants), when, any_form, vague=vague
        )

    return (
        known("squared norm",
            "the square of the norm stands where the norm belongs: the root is missing.",
            lambda f: f.measured_by(_square) or f.compared_by(_square),
            _min_with(_square), _if_above(_square)),
        *(
            known(f"{name} for the norm",
                f"another measure than √Σg² decides: {name}, which is {size} than the norm.",
                lambda f, m=measure: f.measured_by(m) or f.compared_by(m),
                _min_with(measure), _if_above(measure))
            for name, size, measure in (
                ("the largest |entry|", "smaller", _largest),
                ("the largest entry, with its sign", "smaller", _largest_entry),
                ("the sum of |entries|", "larger", _one_norm),
                ("the root of the mean square", "√n times smaller", _mean_norm))
        ),
        *(
            known(f"{name} for the norm",
                f"another measure than √Σg² decides: {name}, which is smaller than the norm.",
                lambda f, m=measure: f.measured_by(m),
                _min_with(measure))
            for name, measure in (
                ("the median of |entries|", lambda g: np.median(np.abs(g))),
                ("the mean of |entries|", lambda g: np.abs(g).mean()),
                ("the standard deviation", np.std))
        ),
        known("comparison turned round",
            "what is shorter than max_norm is lengthened to it, and what is longer stays. It "
            "is the other way round: shorten where the norm is above max_norm.",
            lambda f: f.near(np.where(f.short, f.target, 1), f.usual),
            _turned_round, vague=True),
        known("shortened at the wrong norm",
            "the factor is right, and it comes in at another norm than max_norm: what is "
            "shorter than max_norm stays as it is, what is longer is shortened, however "
            "little.",
            lambda f: f.one_or_right and f.parted
            and not f.near(np.minimum(1, f.target), f.usual),
            *(_if_above(lambda g, s=s: global_norm(g) / s) for s in (0.6, 1.2))),
        known("factor upside down",
            "what is longer than max_norm is multiplied by norm/max_norm, which lengthens it: "
            "the factor is max_norm/norm.",
            lambda f: f.long_get(lambda n, c: n / c),
            _beyond(lambda g, n, c: g * (n / c)), vague=True),
        known("norm 1 for max_norm",
            "what is longer than max_norm gets the norm 1: it is divided by its norm, and not "
            "multiplied by max_norm.",
            lambda f: f.long_get(lambda n, c: 1 / n),
            _beyond(lambda g, n, c: g / n)),
        known("shortened by max_norm",
            "what is longer than max_norm becomes shorter by max_norm, and not as long as it: "
            "the factor is max_norm/norm.",
            lambda f: f.long_get(lambda n, c: (n - c) / n),
            _beyond(lambda g, n, c: g * ((n - c) / n))),
        known("short gradients dropped",
            "what is not longer than max_norm becomes 0. It should stay as it is: a result "
            "that begins with zeros needs the short ones too, `g.copy()` has them.",
            lambda f: not f.k[f.short].any() and f.near(f.target, f.long),
            lambda g, c: g * (c / global_norm(g)) if global_norm(g) > c else 0 * g),
        known("entries shortened one by one",
            "within one gradient some entries are shortened and others stay, which turns it. "
            "The norm decides for all of them at once, and the minimum is taken of factors, "
            "min(1, max_norm/norm), not of entries.",
            lambda f: f.entries_apart,
            _minimum_of_entries,
            lambda g, c: np.where(np.abs(g) > c, g * c / max(global_norm(g), 1e-300), g)),
        known("long gradients dropped",
            "a gradient that is too long becomes 0, and its step is lost. Its direction is "
            "still the best one knows: keep it, at the length max_norm. (With `//` the factor "
            "max_norm // norm is 0 wherever norm is larger.)",
            lambda f: f.long_get(lambda n, c: 0 * n),
            _beyond(lambda g, n, c: 0 * g)),
        known("short gradients changed",
            "a gradient that is shorter than max_norm is changed too. It should stay as it "
            "is: `min(1, max_norm/norm)` is 1 there.",
            lambda f: not f.is_turned and not f.short_stay and f.is_nothing_else,
            lambda g, c: g / (1 + global_norm(g) / c),
            lambda g, c: g * (c / np.sqrt(np.sum(g**2) + c**2)),
            lambda g, c: g * (2 if global_norm(g) < 0.4 * c else min(1, c / (
                global_norm(g) + 1e-300))),
            vague=True),
        known("another factor",
            "a gradient that is too long gets another norm than max_norm. The factor "
            "max_norm/norm is what makes it max_norm.",
            lambda f: f.short_stay and not f.is_turned and f.is_nothing_else,
            _beyond(lambda g, n, c: g / 2),
            _beyond(lambda g, n, c: g * (1 - (n - c))),
            _beyond(lambda g, n, c: g * (0.95 * c / n)),
            vague=True),
        known("gradient turned",
            "what comes back is no multiple of the gradient: its direction is lost. "
            f"{entries} are multiplied by one factor, min(1, max_norm/norm).",
            lambda f: f.is_turned and f.is_nothing_else,
            lambda g, c: _beyond(lambda g, n, c: g * (c / n))(g, c) - g.mean(),
            _beyond(lambda g, n, c: np.clip(g, -c, c) * (c / n)),
            _beyond(lambda g, n, c: g * (c / n) * (1 + np.arange(g.size) % 2)),
            vague=True),
    )  # fmt: skip
