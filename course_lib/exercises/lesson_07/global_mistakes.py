"""What goes wrong with clipping by the global norm in lesson 07."""

from functools import cached_property

import numpy as np

from course_lib.clipping import clip_value, global_norm
from course_lib.exercises.engine.formatting import show_apart
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.relations import close, factors
from course_lib.exercises.engine.seen import Unseen
from course_lib.exercises.engine.values import fits
from course_lib.exercises.lesson_07.factor_mistakes import Factors, factor_mistakes


class ClipFacts(Factors):
    """Norm n, limit c and the factor k that the answer put on g, in every case.

    k is nan where the answer turned g or is not finite. ``usual`` are gradients of a size
    between 1e-3 and 1e3 with such limits; ``long`` and ``short`` are among them.
    """

    def __init__(self, seen):
        if not seen.wrong:
            raise Unseen  # the rules ask about cases
        self.seen = seen

    @cached_property
    def n(self):
        """The norms."""
        return np.array([float(global_norm(g)) for g, _ in self.seen.cases])

    @cached_property
    def c(self):
        """The limits."""
        return np.array([c for _, c in self.seen.cases])

    @cached_property
    def k(self):
        """The factors."""
        return np.array([_factor(trial) for trial in self.seen.trials])

    @cached_property
    def right(self):
        """Which cases are right."""
        return np.array([trial.right for trial in self.seen.trials])

    @property
    def usual(self):
        """Which gradients and limits are of usual size."""
        return (self.n > 1e-3) & (self.n < 1e3)

    @property
    def before_and_after(self):
        """Gradients, and what became of them."""
        return [
            (np.asarray(t.case[0], float), np.asarray(t.answer, float))
            for t in self.seen.trials
        ]

    @property
    def only_unusual(self):
        """Whether all gradients of usual size are right."""
        return self.right[self.usual].all()

    @property
    def is_lost(self):
        """Whether huge gradients that come out wrong became 0."""
        return not self.k[~self.right & (self.n > 1e10)].any()

    @property
    def is_float32(self):
        """Whether entries of 1e30 in float64 are clipped rightly, and those of 1e60 are not."""
        pairs = [(np.full(2, size), 1.0) for size in (1e30, 1e60)]
        same = [close(self.seen.call(*pair), self.seen.right(*pair)) for pair in pairs]
        return same == [True, False]

    @property
    def by_value(self):
        """Whether every entry is cut off for itself."""
        pairs = list(zip(self.seen.answers, self.seen.cases, strict=True))
        return all(close(a, clip_value(*case)) for a, case in pairs)

    @property
    def constant(self):
        """Whether the factor of long gradients is c/(n + a constant > 0)."""
        added = self.c[self.long] / self.k[self.long] - self.n[self.long]
        kept = np.allclose(self.k[self.short], 1)
        return bool(kept and (added > 1e-5).all() and np.ptp(added) < 0.05 * added.max())

    @property
    def nan_at_zero(self):
        """Whether only a zero gradient is wrong."""
        return self.right[self.n > 0].all()


def _factor(trial):
    answer, g = trial.answer, trial.case[0]
    if not fits(answer, trial.expected) or np.shape(answer) != g.shape:
        return np.nan
    found = factors([(np.asarray(answer, float), np.asarray(g, float))])
    return found[0] if found else np.nan


def cosine(a, b):
    """Return the cosine between two gradients of any size, 0 where one is zero."""
    norms = float(global_norm(a)), float(global_norm(b))
    if 0 in norms:
        return 0.0
    return float((np.asarray(a, float) / norms[0]) @ (np.asarray(b, float) / norms[1]))


def by_factor(factor):
    """Return the answer g · factor(norm, max_norm)."""
    return lambda g, max_norm: g * factor(global_norm(g), max_norm)


def _with_norms(sentence):
    """Return an explanation: the sentence, then norms before, after, and as they should be."""

    def explain(case, answer, expected):
        g, max_norm = case
        received, right = show_apart(global_norm(answer), global_norm(expected))
        return (
            f"{sentence} With max_norm = {max_norm:.4g} a gradient of norm "
            f"{global_norm(g):.4g} gets the norm {received}, and {right} is right."
        )

    return explain


def _explain_entries(case, answer, expected):
    g, max_norm = case
    return (
        "every entry is cut off for itself. That turns the gradient: with max_norm = "
        f"{max_norm:.4g} the cosine between raw and clipped is {cosine(g, answer):.4g}, and it "
        "should be 1. All entries are multiplied by one factor."
    )


def _plain(g):
    return np.sqrt(np.sum(g**2))


def _min_with(measure):
    """Return the answer that takes another measure for the norm."""
    return lambda g, max_norm: g * np.minimum(1, max_norm / measure(g))


def _in_float32(g, max_norm):
    g = g.astype(np.float32)
    norm = global_norm(g)
    return g * (max_norm / norm) if norm > max_norm else g


def _product_first(g, max_norm):
    norm = global_norm(g)
    return g * max_norm / norm if norm > max_norm else g + 0.0


MISTAKES = (
    Mistake(
        "factor returned",
        lambda g, max_norm: min(1.0, max_norm / global_norm(g)),
        "this is the factor, or the norm. The gradient times the factor is needed, an array of "
        "its shape. (PyTorch's `clip_grad_norm_` returns the norm, and overwrites the "
        "gradients.)",
        variants=(lambda g, max_norm: global_norm(g),),
        when=lambda facts: all(isinstance(a, float | np.number | np.ndarray) and not np.ndim(a)
                               for a in facts.seen.answers),
        any_form=True,
    ),
    Mistake("clipped by value", clip_value, _explain_entries,
            when=lambda facts: facts.by_value),
    Mistake(
        "division by a norm of 0",
        lambda g, max_norm: g / global_norm(g) * np.minimum(global_norm(g), max_norm),
        "a zero gradient has the norm 0. 0/0 is nan, and one nan is enough to make every "
        "parameter nan after the step; max_norm/0 is inf for a NumPy float, and an error for "
        "Python's own floats. Divide only where the norm is above max_norm, which is > 0.",
        variants=(lambda g, max_norm: g * min(1, max_norm / float(global_norm(g))),),
        when=lambda facts: facts.nan_at_zero,
        any_form=True,
    ),
    Mistake(
        "product before quotient",
        _product_first,
        "`g * max_norm / norm` forms g · max_norm first, which underflows to 0 where both are "
        "tiny (in float32 3e-25 · 1e-25 is 0), and overflows where both are huge. The factor "
        "is an ordinary number: with parentheses, `g * (max_norm / norm)`, it is formed first.",
        when=lambda facts: facts.right[facts.n > 1e-20].all()
        and (facts.k[(0 < facts.n) & (facts.n < 1e-20)] == 0).all(),
    ),
    Mistake(
        "a constant in the denominator",
        _min_with(lambda g: global_norm(g) + 1e-6),
        _with_norms("a small constant is added to the norm, as in PyTorch, which adds 1e-6. "
                    "For norms near 1 nobody sees it. Where the threshold itself is as small, "
                    "the gradient comes out too short. A zero gradient is better kept apart: "
                    "divide only where the norm is above max_norm."),
        variants=(_min_with(lambda g: global_norm(g) + 1e-12),
                  by_factor(lambda n, c: c / (n + 1e-3) if n > c else 1.0)),
        when=lambda facts: facts.constant
        or (facts.only_unusual and facts.right[facts.n > 1e3].all()),
    ),
    Mistake(
        "turned into float32",
        _in_float32,
        "a gradient in float64 is handled as if it were float32, which ends at 3e38: entries "
        "of 1e60 are inf there. Keep the dtype of g.",
        when=lambda facts: facts.only_unusual and facts.is_float32,
    ),
    Mistake(
        "plain norm",
        _min_with(_plain),
        _with_norms("the norm is the plain √Σg². Where its squares overflow it is inf, and "
                    "max_norm/inf is 0: the step is lost without a word (PyTorch's is, too). "
                    "Where they underflow it is 0, and nothing is clipped. Call "
                    "`safe_norm(g)`."),
        variants=(lambda g, max_norm: g * (max_norm / _plain(g)) if _plain(g) > max_norm else
                  g + 0.0,
                  _min_with(lambda g: np.sqrt(np.sum(g.astype(np.float64) ** 2)))),
        when=lambda facts: facts.only_unusual and facts.is_lost,
    ),
    Mistake(
        "short gradients lengthened",
        by_factor(lambda norm, max_norm: max_norm / norm),
        _with_norms("the factor is max_norm/norm without `min(1, ...)`. A short gradient has a "
                    "factor above 1: near the minimum, where steps should shrink, they would "
                    "all be as long as max_norm."),
        variants=(lambda g, max_norm: g * max_norm / (_plain(g) + 1e-10),),
        when=lambda facts: facts.near(facts.c / np.maximum(facts.n, 1e-9), facts.usual),
        any_form=True,
    ),
    *factor_mistakes(lambda rule: rule, _with_norms),
)  # fmt: skip
