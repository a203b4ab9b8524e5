"""What goes wrong with the overflow-safe norm in lesson 07."""

from dataclasses import replace
from functools import cached_property

import numpy as np

from course_lib.exercises.engine.facts import known_relation
from course_lib.exercises.engine.formatting import compared
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.relations import close
from course_lib.exercises.engine.seen import Unseen
from course_lib.exercises.engine.values import fits


class NormFacts:
    """What an answer makes of gradients of usual, huge and tiny size, and of zero."""

    def __init__(self, seen):
        if not seen.wrong:
            raise Unseen  # the rules ask about cases
        self.seen = seen
        self.gradients = [g for (g,) in seen.cases]
        self.norms = np.array(seen.expected, float)
        self.right = np.array([trial.right for trial in seen.trials])
        with np.errstate(over="ignore"):
            self.sums = np.array([np.abs(g).sum() for g in self.gradients])
        self.usual = (self.norms > 1e-3) & (self.norms < 1e3)
        self.single = np.array([g.dtype == np.float32 for g in self.gradients])

    @cached_property
    def answers(self):
        """What came, numbers all."""
        if not all(map(fits, self.seen.answers, self.seen.expected)):
            raise Unseen
        return np.array(self.seen.answers, float)

    def is_divided_by(self, measure):
        """Tell whether gradients of usual size came back, divided by ``measure(g, norm)``."""
        pairs = zip(self.gradients, self.norms, self.seen.answers, strict=True)
        usual = [(a, g / measure(g, n)) for g, n, a in pairs if 1e-3 < n < 1e3]
        return all(fits(a, made) and close(a, made) for a, made in usual)

    def is_(self, measure):
        """Tell whether the answer is ``measure(g, norm)`` for gradients of usual size."""
        pairs = zip(self.gradients, self.norms, strict=True)
        measured = np.array([measure(np.asarray(g, float), n) for g, n in pairs])
        return close(self.answers[self.usual], measured[self.usual])

    @property
    def few_told(self):
        """A sentence on what becomes of few entries, of which not all come out right."""
        rows = [np.array(row) for row in ((3.0,), (3.0, -4.0), (-2.0, -2.0, -1.0))]
        pairs = [(float(self.seen.call(row)), float(self.seen.right(row))) for row in rows]
        if all(close(*pair) for pair in pairs):
            raise Unseen
        came = ", ".join(f"{value:.4g}" for value, _ in pairs)
        return f"(3), (3, -4) and (-2, -2, -1) come out as {came}; 3, 5 and 3 are right."

    @property
    def only_unusual(self):
        """Whether all gradients of usual size have the right norm."""
        return self.right[self.usual].all()

    def is_right_for(self, *entries):
        """Tell whether a gradient of these entries, in float64, has its norm."""
        g = np.array(entries)
        return close(self.seen.call(g), self.seen.right(g))

    @property
    def has_other_scale(self):
        """Whether a tiny entry beside usual ones spoils the norm, or two that cancel do."""
        if not (self.is_right_for(3.0, -4.0, 2.0) and self.is_right_for(2.0, 3.0, 5.0)):
            return False
        row, at = (1e-200, 1e-200, 1e-200, 2.0), range(4)
        beside_tiny = all(self.is_right_for(*row[i:], *row[:i]) for i in at)
        return not (beside_tiny and self.is_right_for(2.0, -2.0))

    @property
    def is_cut_off(self):
        """Whether long gradients alone come out too short, and none as 0, inf or nan."""
        long, told = self.norms > 1e10, self.answers / np.maximum(self.norms, 1e-300)
        off = long & ~self.right
        usual = self.right[self.usual].all()
        return bool(usual and off.any() and (0 < told[off]).all() and (told[off] < 0.9).all())

    def answers_where(self, test):
        """Return the answers for norms that pass a test."""
        return self.answers[test(self.norms)]


def _is(measure):
    return lambda facts: facts.is_(measure)


def _scaled(sum_up, largest=lambda g: np.abs(g).max()):
    """Return the answer ``sum_up(scale, g / scale)``."""

    def function(g):
        scale = largest(g)
        return sum_up(scale, g / scale) if scale != 0 else 0.0

    return function


def _root(scale, ratios):
    return scale * np.sqrt(np.sum(ratios**2))


def _shifted(entries, largest=lambda g: np.abs(g).max(), back=1):
    """Return the answer that subtracts the largest entry, and adds it again ``back`` times."""

    def function(g):
        scale = largest(g)
        return back * scale + np.sqrt(np.sum((entries(g) - scale) ** 2))

    return function


_SHIFTED = [
    _shifted(entries, largest, back)
    for entries in (np.abs, np.array)
    for largest in (lambda g: np.abs(g).max(), np.max)
    for back in (1, 0)
]


def _zero_divided(mistake):
    """Return the mistake with its example once more, without a way out for a zero gradient."""

    def function(g):
        return mistake.function(g) if g.any() else np.nan

    return replace(mistake, variants=(*mistake.variants, function))


def _listed(g):
    shown = ", ".join(f"{entry:.4g}" for entry in g[:4])
    return f"({shown}{', ...' if len(g) > 4 else ''})"


def _with_numbers(sentence):
    """Return an explanation: the sentence, then the vector with what came and what is right."""

    def explain(case, answer, expected):
        g = case[0]
        return f"{sentence} For {_listed(g)} in {g.dtype} {compared(answer, expected)}"

    return explain


_MEASURES = (
    Mistake(
        "no square root",
        lambda g: np.sum(g**2),
        _with_numbers("no root is taken of the sum of the squares. The norm is the root of "
                      "it."),
        variants=(_scaled(lambda scale, ratios: scale * np.sum(ratios**2)),),
        when=lambda facts: facts.is_(lambda g, n: n**2)
        or facts.is_(lambda g, n: n**2 / 2) or facts.is_(lambda g, n: n**2 / len(g))
        or facts.is_(lambda g, n: n**2 / np.abs(g).max()),
    ),
    Mistake(
        "not multiplied back",
        _scaled(lambda scale, ratios: np.sqrt(np.sum(ratios**2))),
        _with_numbers("after the division by the largest |entry| the root is the norm of the "
                      "ratios, between 1 and √n. Multiply it by what was divided by, once and "
                      "outside the root."),
        when=_is(lambda g, n: n / np.abs(g).max()),
    ),
    Mistake(
        "multiplied inside the root",
        _scaled(lambda scale, ratios: np.sqrt(scale * np.sum(ratios**2))),
        _with_numbers("one root of the largest |entry| m is missing, as where m stands inside "
            "the root: √(m · sum). It belongs outside: m · √(sum of the squared ratios)."
        ),
        when=_is(lambda g, n: n / np.sqrt(np.abs(g).max())),
    ),
    Mistake(
        "multiplied once too often",
        _scaled(lambda scale, ratios: scale**2 * np.sqrt(np.sum(ratios**2))),
        _with_numbers("this is the norm times the largest |entry|: one factor too many. What "
                      "was divided by is multiplied back once and outside the root."),
        when=_is(lambda g, n: n * np.abs(g).max()),
    ),
    Mistake(
        "largest entry with its sign",
        _scaled(_root, np.max),
        _with_numbers("the scale is the largest entry with its sign: it may be negative, or 0, "
                      "or tiny beside a large negative one. Take `np.abs(g).max()`."),
        variants=(lambda g: _root(g.max(), g / g.max()),),
        when=lambda facts: facts.is_(lambda g, n: np.sign(g.max()) * n)
        or facts.is_(lambda g, n: np.sign(g.max()) * n if g.max() else np.nan),
    ),
    Mistake(
        "sum of absolute values",
        lambda g: np.abs(g).sum(),
        _with_numbers("this is Σ|g|, another norm (L1): each entry counts by its size. The "
                      "length of a vector is √Σg²: squares, then their sum, then one root."),
        when=_is(lambda g, n: np.abs(g).sum()),
    ),
    Mistake(
        "largest entry",
        lambda g: g.max(),
        _with_numbers("this is the largest |entry|, another norm (L∞). It is what to divide "
                      "by; the root of the sum of the squared ratios is still missing."),
        variants=(lambda g: np.abs(g).max(),),
        when=lambda facts: facts.is_(lambda g, n: np.abs(g).max())
        or facts.is_(lambda g, n: g.max()),
    ),
    Mistake(
        "mean over the entries",
        lambda g: np.sqrt(np.mean(g**2)),
        _with_numbers("a norm is the root of a sum, not of a mean: this is the typical size of "
                      "an entry (RMS), √n times smaller."),
        when=_is(lambda g, n: n / np.sqrt(len(g))),
    ),
)  # fmt: skip
MISTAKES = (
    *map(_zero_divided, _MEASURES),
    Mistake(
        "entries not squared",
        lambda g: np.abs(np.sum(g)),
        _with_numbers("the entries are added without being squared. Squares first, then the "
                      "sum, then the root."),
        variants=(np.sum, lambda g: np.sqrt(np.abs(g).sum())),
        when=lambda facts: facts.is_(lambda g, n: np.sum(g))
        or facts.is_(lambda g, n: np.sqrt(np.abs(g).sum()))
        or facts.is_(lambda g, n: abs(np.sum(g))),
    ),
    Mistake(
        "mean taken off",
        lambda g: np.std(g) * np.sqrt(len(g)),
        _with_numbers("the mean of the entries is taken off first, as `np.std` does. A norm "
                      "measures from 0."),
        when=_is(lambda g, n: np.std(g) * np.sqrt(len(g))),
    ),
    Mistake(
        "the gradient divided by its norm",
        lambda g: g / np.linalg.norm(g),
        "this is the gradient divided by its norm, a vector of length 1. The norm itself is "
        "asked for: one number.",
        when=lambda facts: facts.is_divided_by(lambda g, n: n),
        any_form=True,
    ),
    Mistake(
        "the ratios, not their norm",
        lambda g: g / np.abs(g).max(),
        "this is the gradient divided by its largest |entry|, a vector. The root of the sum of "
        "its squares is one number, and times the largest |entry| it is the norm.",
        when=lambda facts: facts.is_divided_by(lambda g, n: np.abs(g).max()),
        any_form=True,
    ),
    Mistake(
        "another norm for a zero gradient",
        lambda g: _scaled(_root)(g) if g.any() else 1.0,
        _with_numbers("every gradient has its norm but one of zeros alone. Return 0.0 where "
                      "the largest |entry| is 0."),
        when=lambda facts: facts.right[facts.norms > 0].all()
        and np.isfinite(facts.answers_where(lambda n: n == 0)).all(),
    ),
    Mistake(
        "subtracted instead of divided",
        _shifted(np.abs),
        _with_numbers("the largest entry is subtracted from all of them, as in a softmax. That "
                      "changes no probability, and it does change a norm. Divide by the "
                      "largest |entry|, and multiply the root by it."),
        variants=(_shifted(np.array), _shifted(np.abs, back=0), _shifted(np.array, back=0)),
        when=lambda facts: any(facts.is_(lambda g, n, way=way: way(g)) for way in _SHIFTED),
    ),
    Mistake(
        "a constant added",
        lambda g: np.sqrt(np.sum(g**2) + 1e-7),
        _with_numbers("a constant is added so that nothing is divided by 0, or that no root "
                      "is 0. A zero gradient then has another norm than 0, and beside small "
                      "entries the constant is enormous. Treat the zero gradient by itself: "
                      "`if scale == 0`."),
        variants=(lambda g: np.sqrt(np.sum(g**2)) + 1e-6,),
        when=lambda facts: (facts.answers_where(lambda n: n == 0) > 0).any(),
    ),
    Mistake(
        "another scale than the largest",
        lambda g: np.linalg.norm(g / g[0]) * abs(g[0]) if g[0] else 0.0,
        _with_numbers("most norms are right, and not where the largest |entry| stands beside "
                      "tiny ones, or beside one of the other sign: what all are divided by is "
                      "another number, such as one certain entry, a median or a sum in which "
                      "signs cancel. Divide by the largest |entry|: then no ratio exceeds 1."),
        variants=(lambda g: np.linalg.norm(g / g[-1]) * abs(g[-1]) if g[-1] else 0.0,
                  _scaled(_root, lambda g: np.median(np.abs(g))),
                  _scaled(_root, lambda g: abs(g.sum()))),
        when=lambda facts: facts.has_other_scale,
        vague=True,
    ),
    Mistake(
        "0/0 for a zero gradient",
        lambda g: _root(np.abs(g).max(), g / np.abs(g).max()),
        "a zero gradient has the largest entry 0, and 0/0 is nan: one nan, and every parameter "
        "is nan after the step. Return 0.0 where the largest |entry| is 0.",
        when=lambda facts: facts.right[facts.norms > 0].all()
        and np.isnan(facts.answers_where(lambda n: n == 0)).all(),
    ),
    Mistake(
        "1/scale overflows",
        lambda g: _root(np.abs(g).max(), g * (1 / np.abs(g).max())) if g.any() else 0.0,
        _with_numbers("`1 / scale` is inf where the scale is below 3e-39 in float32: such "
                      "numbers are kept, with fewer digits, and have no reciprocal. Divide g "
                      "by the scale itself."),
        when=lambda facts: facts.right[~facts.single | (facts.norms > 1e-38)].all(),
    ),
    Mistake(
        "tiny gradients lost",
        lambda g: _root(np.abs(g).max() + 1e-12, g / (np.abs(g).max() + 1e-12)),
        _with_numbers("all but tiny gradients have their norm. A constant that is added to the "
                      "scale, or compared with it, is enormous beside entries of 1e-200, and "
                      "the squares of these are 0. Divide by the largest |entry| at every "
                      "size, and treat only 0 by itself: `if scale == 0`."),
        variants=(
            lambda g: _scaled(_root)(g) if np.abs(g).max() > 1e-8 else 0.0,
            lambda g: _root(np.abs(g).max() + 1e-30, g / (np.abs(g).max() + 1e-30)),
        ),
        when=lambda facts: facts.only_unusual and facts.right[facts.norms > 1e3].all()
        and np.isfinite(facts.answers).all(),
    ),
    Mistake(
        "turned into float32",
        lambda g: _scaled(_root)(g.astype(np.float32)),
        _with_numbers("a gradient in float64 is handled as if it were float32, which ends at "
                      "3e38 and begins at 1e-45: entries of 1e60 are inf there. Keep the dtype "
                      "of g, or take float64."),
        when=lambda facts: facts.only_unusual and facts.right[facts.single].all()
        and facts.is_right_for(1e30, 1e30) and not facts.is_right_for(1e60, 1e60),
    ),
    Mistake(
        "cut off",
        lambda g: np.sqrt(np.sum(np.clip(g, -1e18, 1e18) ** 2)),
        _with_numbers("long gradients come out too short: their entries are cut off, as by "
                      "`np.clip`, or not all are counted. Nothing has to be cut: divide by the "
                      "largest |entry| before squaring."),
        when=lambda facts: facts.is_cut_off,
    ),
    Mistake(
        "a scale that is not the largest entry",
        lambda g: _scaled(_root, lambda g: np.abs(g).mean())(g),
        _with_numbers("all is right but where the sum of the |entries| leaves the range of "
                      "floats, which the norm does not: divide by the largest |entry| itself, "
                      "not by a sum, a mean or a root."),
        variants=(_scaled(_root, lambda g: np.abs(g).sum()),),
        when=lambda facts: facts.right[np.isfinite(facts.sums)].all(),
    ),
    Mistake(
        "float64 for the squares",
        lambda g: np.sqrt(np.sum(g.astype(np.float64) ** 2)),
        _with_numbers("squares in float64 have room enough for every float32, and this is a "
                      "good way for them. A gradient that is float64 already still overflows. "
                      "Dividing by the largest |entry| first helps both."),
        when=lambda facts: facts.only_unusual and facts.right[facts.single].all()
        and not np.isfinite(facts.answers).all(),
    ),
    Mistake(
        "squares overflow",
        lambda g: np.sqrt(np.sum(g**2)),
        _with_numbers("the squares leave the range of floats though the norm does not: in "
                      "float32 1e20 squared is inf and 1e-25 squared is 0, in float64 the same "
                      "happens at 1e200. `np.linalg.norm` squares too, and so does a root over "
                      "scale² times the sum. Divide by the largest |entry| before squaring."),
        when=lambda facts: facts.only_unusual,
    ),
    Mistake(
        "another measure",
        lambda g: np.prod(g),
        "Square every entry, add the squares, and take one root of the sum.",
        variants=(lambda g: np.sqrt(np.sum(np.abs(g) ** 3)),),
        when=lambda facts: bool(facts.few_told) and known_relation(facts.seen) is None,
        measured=lambda facts: facts.few_told,
        vague=True,
    ),
)  # fmt: skip
