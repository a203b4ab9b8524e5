"""What goes wrong with clipping by value in lesson 07."""

from dataclasses import replace

import numpy as np

from course_lib.clipping import clip_global_norm
from course_lib.exercises.engine.facts import known_relation
from course_lib.exercises.engine.formatting import farthest_apart, show_apart
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.relations import close, factors
from course_lib.exercises.engine.seen import Unseen


class ValueFacts:
    """What becomes of single entries x at the limit c, and of the vector as a whole."""

    def __init__(self, seen):
        if not seen.wrong:
            raise Unseen  # the rules ask about cases
        self.seen = seen
        sizes = [g.size for g, _ in seen.cases]
        self.x = np.concatenate([g for g, _ in seen.cases])
        self.c = np.repeat([c for _, c in seen.cases], sizes)
        self.a = np.concatenate(seen.answers)
        gradients = [g for g, _ in seen.cases]
        self.scaled = (
            factors(list(zip(map(np.nan_to_num, seen.answers), gradients, strict=True)))
            is not None
        )
        by_norm = zip(seen.answers, seen.cases, strict=True)
        self.by_norm = all(close(a, clip_global_norm(*case)) for a, case in by_norm)

        pairs = zip(seen.answers, gradients, strict=True)
        self.cut = all(close(a, np.clip(g, a.min(), a.max())) for a, g in pairs)
        self.cut &= (np.abs(self.a - np.clip(self.x, -self.c, self.c)) > 1e-6 * self.c).any()

    def scaled_before(self, measure):
        """Tell whether g is divided by ``measure(g)`` before the cut, times it afterwards."""
        return all(
            close(a, m * np.clip(g / m, -c, c))
            for a, (g, c) in zip(self.seen.answers, self.seen.cases, strict=True)
            if (m := measure(g)) > 0
        )

    def is_(self, *rules):
        """Tell whether one rule ``rule(x, c)`` gives every entry."""
        made = (rule(self.x, self.c) + 0 * self.x for rule in rules)
        return any(np.allclose(self.a, entries, rtol=1e-6, atol=1e-15) for entries in made)

    @property
    def inner_stay(self):
        """Whether what is within the range stays as it is."""
        inner = np.abs(self.x) < self.c
        return np.allclose(self.a[inner], self.x[inner], rtol=1e-6, atol=1e-15)

    @property
    def only_tiny(self):
        """Whether entries that are tiny beside the limit are wrong, and no others."""
        right = np.clip(self.x, -self.c, self.c)
        wrong = ~np.isclose(self.a, right, rtol=1e-6, atol=0)
        return (np.abs(self.x[wrong]) < 1e-9 * self.c[wrong]).all()

    @property
    def some_are_cut(self):
        """Whether every entry is either right or left as it is."""
        right = np.clip(self.x, -self.c, self.c)
        return (np.isclose(self.a, right) | np.isclose(self.a, self.x)).all()

    @property
    def is_nothing_else(self):
        """Whether no plain rule leads from the right answers to those that came."""
        right = np.clip(self.x, -self.c, self.c)
        rounded = np.allclose(self.a, right, rtol=2e-3, atol=1e-7)
        return not rounded and known_relation(self.seen) is None


def _entries(*rules):
    """Return (example, its variants, when) of the mistakes that these rules make."""
    function, *variants = (lambda g, c, rule=rule: rule(g, c) + 0.0 * g for rule in rules)
    return function, tuple(variants), lambda facts: facts.is_(*rules)


def _entry_by_entry(name, sentence, *rules):
    function, variants, when = _entries(*rules)
    return Mistake(name, function, _with_numbers(sentence), variants, when)


def _with_numbers(sentence):
    """Return an explanation: the sentence, then one entry with what came and what is right."""

    def explain(case, answer, expected):
        g, max_value = case
        i = farthest_apart(answer, expected)
        received, right = show_apart(answer[i], expected[i])
        return (
            f"{sentence} With max_value = {max_value:.4g} the entry {g[i]:.4g} becomes "
            f"{received}, and {right} is right."
        )

    return explain


def _scaled_before(name, measure):
    """Return the mistake that entries are divided by a measure of all before the cut."""
    return Mistake(
        f"divided by {name} before",
        lambda g, c: (m := measure(g) or 1.0) * np.clip(g / m, -c, c),
        _with_numbers(
            f"the entries are divided by {name} before they are cut off, so that the "
            f"limits are ±max_value times {name}. It is g itself that is cut off at "
            "±max_value."
        ),
        when=lambda facts: facts.scaled_before(measure),
    )


MISTAKES = (
    Mistake(
        "entries dropped",
        lambda g, c: g[np.abs(g) <= c],
        "what is beyond the range is left out, so that entries are missing. Each of them stays "
        "in its place, as max_value or -max_value.",
    ),
    Mistake(
        "small entries dropped",
        lambda g, c: np.clip(g[np.abs(g) > c], -c, c),
        "what is within the range is left out, so that entries are missing: is there an `if` "
        "without an `else`? Each of them stays in its place, as it is.",
        variants=(lambda g, c: np.clip(g[np.abs(g) >= c], -c, c),),
    ),
    Mistake(
        "result thrown away",
        lambda g, c: g + 0.0,
        _with_numbers("g comes back as it was. `np.clip(g, ...)` makes a new array and leaves "
                      "g alone: what it makes has to be returned."),
        when=lambda facts: facts.is_(lambda x, c: x),
    ),
    _entry_by_entry(
        "one side only",
        "only one side is cut off. Large negative entries make steps as long as large positive "
        "ones: the range is from -max_value to max_value.",
        np.minimum,
        lambda x, c: np.maximum(x, -c),
    ),
    _scaled_before("the largest |entry|", lambda g: np.abs(g).max()),
    _scaled_before("the norm", np.linalg.norm),
    _entry_by_entry(
        "small entries lost",
        "what is within the range becomes 0. It stays as it is: a result that begins with "
        "zeros needs those entries too, `g.copy()` has them.",
        lambda x, c: np.where(np.abs(x) > c, np.sign(x) * c, 0.0),
        lambda x, c: np.where(np.abs(x) > c, c, 0.0),
    ),
    replace(_entry_by_entry(
        "one number for all",
        "every entry becomes the same limit, whatever it was. With np.clip the lower limit "
        "comes first; entries are made smaller by the upper one, larger by the lower one.",
        lambda x, c: -c + 0.0 * x,
        lambda x, c: c + 0.0 * x,
    ), vague=True),
    Mistake(
        "clipped by norm",
        clip_global_norm,
        _with_numbers("the whole vector is shortened to the norm max_value. That is the next "
                      "rule; this one cuts off every entry for itself."),
        when=lambda facts: facts.by_norm,
    ),
    Mistake(
        "whole vector scaled",
        lambda g, c: g * min(1, c / max(np.abs(g).max(), 1e-300)),
        _with_numbers("all entries are multiplied by one factor. That keeps the direction; "
                      "clipping by value cuts off every entry for itself and leaves the small "
                      "ones as they are."),
        when=lambda facts: facts.scaled,
    ),
    _entry_by_entry(
        "sign lost",
        "the sizes are right and the signs are gone: every negative entry that is cut off "
        "would now step the other way, uphill.",
        lambda x, c: np.minimum(np.abs(x), c),
        lambda x, c: np.where(np.abs(x) > c, c, x),
    ),
    _entry_by_entry(
        "sides exchanged",
        "what is beyond the range comes out at the other side of it: what is above max_value "
        "becomes max_value, and what is below -max_value becomes -max_value.",
        lambda x, c: np.where(np.abs(x) > c, -np.sign(x) * c, x),
    ),
    _entry_by_entry(
        "only the signs kept",
        "every entry gets the same size, the small ones too. What is within the range stays as "
        "it is.",
        lambda x, c: np.sign(x) * c,
        lambda x, c: np.where(x > 0, c, -c),
        lambda x, c: np.where(x >= c, c, -c),
        lambda x, c: np.sign(x),
    ),
    Mistake(
        "tiny entries lost",
        lambda g, c: np.interp(g, [-c, c], [-c, c]),
        _with_numbers("tiny entries lose their digits, and all others are right. It happens "
                      "where a number as large as max_value is added on the way and taken away "
                      "again, as `np.interp` does. What is within the range stays as it is."),
        when=lambda facts: facts.only_tiny,
    ),
    Mistake(
        "entries left out",
        lambda g, c: np.append(np.clip(g[:1], -c, c), g[1:]),
        _with_numbers("some entries beyond the range are cut off, and others are left as they "
                      "are. Every one of them is cut off, whatever its place or its sign."),
        variants=(lambda g, c: np.append(np.clip(g[:-1], -c, c), g[-1:]),),
        when=lambda facts: facts.some_are_cut and facts.is_nothing_else,
    vague=True,
    ),
    Mistake(
        "other limits",
        lambda g, c: np.clip(g, -2 * c, 2 * c),
        lambda case, answer, expected: (
            f"entries are cut off, and not at ±max_value: with max_value = {case[1]:.4g} the "
            f"smallest comes out as {answer.min():.4g} and the largest as {answer.max():.4g}."
        ),
        variants=(lambda g, c: np.clip(g, -c, c + 1), lambda g, c: np.clip(g, -c / 2, c / 2)),
        when=lambda facts: facts.cut,
    vague=True,
    ),
    Mistake(
        "within the range",
        lambda g, c: c * np.tanh(g / c),
        _with_numbers("entries within the range are changed. They stay as they are, and only "
                      "what is beyond ±max_value becomes ±max_value."),
        variants=(lambda g, c: g % c,
                  lambda g, c: np.clip(g + 0.01, -c, c),
                  lambda g, c: 2 * np.clip(g, -c, c) * (1 + np.sign(g) / 9)),
        when=lambda facts: not facts.inner_stay and facts.is_nothing_else,
    vague=True,
    ),
    Mistake(
        "beyond the range",
        lambda g, c: np.where(np.abs(g) > c, g / 2, g),
        _with_numbers("what is within the range stays as it is, as it should, and what is "
                      "beyond does not become ±max_value."),
        variants=(lambda g, c: np.where(np.abs(g) > c, np.sign(g) * c / 2, g),
                  lambda g, c: np.where(np.abs(g) > c, g - c, g)),
        when=lambda facts: facts.inner_stay and facts.is_nothing_else,
    vague=True,
    ),
)  # fmt: skip
