"""Lesson 09: the rule that turns two counts into a word."""

from dataclasses import dataclass

import numpy as np

from course_lib import statistics
from course_lib.exercises.engine.comparison import Close, Unobservable
from course_lib.exercises.engine.formatting import kind
from course_lib.exercises.engine.model import Exercise, Law, Mistake
from course_lib.exercises.kit.tried import tried
from course_lib.experiments import comparison

WORDS = ("makes worse", "not shown", "helps", "cures")


def remedy_verdict(solved, without, n):
    """Return the word for a remedy, from how many of n runs are solved with it and without."""
    low, high = statistics.wilson_interval(solved, n)
    low_without, high_without = statistics.wilson_interval(without, n)
    if low > high_without:
        return "cures" if solved >= 0.9 * n else "helps"
    return "makes worse" if high < low_without else "not shown"


@dataclass(frozen=True)
class Worded(Close):
    """Words are compared, by their place among the four."""

    agreement = "agree with the course's own rule"
    acts = True

    def observe(self, value, *args):
        """Return the place of a word."""
        if isinstance(value, str) and value in WORDS:
            return WORDS.index(value)
        given = kind(value) + (f", {value[:20]!r}" if isinstance(value, str) else "")
        raise Unobservable(
            f"It returned {given}; one of {', '.join(map(repr, WORDS))} is needed."
        )

    def mismatch(self, answer, expected):
        """Say which word came."""
        same = answer == expected
        return "" if same else f'It says "{WORDS[answer]}" where "{WORDS[expected]}" is right.'

    def rows(self, answer, expected):
        """Return both words."""
        return [("received", WORDS[answer]), ("expected", WORDS[expected])]


def _cases(rng):
    simple = [
        (12, 12, 30), (30, 0, 30), (20, 2, 30), (27, 2, 30), (26, 2, 30), (2, 20, 30),
        (18, 12, 30), (20, 12, 30), (13, 29, 37), (28, 27, 30), (54, 24, 60),
        (33, 24, 60), (0, 24, 60), (180, 120, 300), (270, 255, 300), (0, 4, 30), (30, 25, 30),
    ]  # fmt: skip
    drawn = [tuple(map(int, (*rng.integers(0, n + 1, 2), n))) for n in (10, 40, 100)]
    return [*simple, *drawn]


class Sayings:
    """What an answer says of two counts of thirty runs."""

    def __init__(self, seen):
        self._seen = seen

    def says(self, solved, without):
        """Return the word."""
        return WORDS[self._seen.call(solved, without, 30)]


def _interval(k, n):
    return statistics.wilson_interval(k, n)


def _worded(better, worse, cured=lambda k, n: k >= 0.9 * n):
    """Return the rule with other tests for better, worse and cured."""

    def answer(solved, without, n):
        if better(solved, without, n):
            return "cures" if cured(solved, n) else "helps"
        return "makes worse" if worse(solved, without, n) else "not shown"

    return answer


def _above(k, other, n):
    return _interval(k, n)[0] > _interval(other, n)[1]


def _below(k, other, n):
    return _above(other, k, n)


def _known(name, example, when, explanation, *variants):
    return Mistake(name, example, explanation, variants, when)


def _cured_first(better, worse):
    """Return the rule that calls nine tenths a cure before it looks at anything else."""
    rule = _worded(better, worse)
    return lambda k, other, n: "cures" if k >= 0.9 * n else rule(k, other, n)


def _plain(k, n):
    """Return the ends of p ± 1.96 √(p(1 - p)/n)."""
    p = k / n
    half = 1.96 * np.sqrt(p * (1 - p) / n)
    return p - half, p + half


MISTAKES = (
    _known("told apart by one run",
        _worded(lambda k, other, n: k > other, lambda k, other, n: k < other),
        lambda s: s.says(18, 17) == "helps",
        "18 and 17 of 30 are told apart. One run more is luck: a remedy helps where its whole "
        "interval lies above that of no remedy, its *lower* end above the other's *upper* end.",
        _cured_first(lambda k, other, n: k > other, lambda k, other, n: k < other)),
    _known("overlap called worse",
        _worded(_above, lambda k, other, n: _interval(k, n)[0] < _interval(other, n)[1]),
        lambda s: s.says(12, 12) == "makes worse",
        "12 of 30 beside 12 are called worse. That takes an interval that lies below as a "
        "whole: its *upper* end below the other's *lower* end."),
    _known("one interval only",
        _worded(lambda k, other, n: k / n > _interval(other, n)[1],
                lambda k, other, n: k / n < _interval(other, n)[0]),
        lambda s: s.says(20, 12) == "helps",
        "20 and 12 of 30 are told apart, though their intervals overlap. Both counts are "
        "uncertain: compare the remedy's lower end with the upper end of no remedy.",
        _worded(lambda k, other, n: _interval(k, n)[0] > other / n,
                lambda k, other, n: _interval(k, n)[1] < other / n)),
    _known("cures whatever the interval",
        lambda solved, without, n: "cures" if solved >= 0.9 * n
        else _worded(_above, _below)(solved, without, n),
        lambda s: s.says(28, 27) == "cures",
        "28 of 30 are called a cure beside 27 without a remedy. First the interval has to lie "
        "above; then nine tenths make a cure of it."),
    _known("cures and helps not told apart",
        _worded(_above, _below, lambda k, n: True),
        lambda s: s.says(20, 2) == s.says(30, 0),
        "20 and 30 of 30, beside 2 and 0, get the same word. To cure, a remedy has to solve at "
        "least nine of ten runs besides: `solved / n >= 0.9`, the count itself, asked before "
        '"helps" is returned.',
        _worded(_above, _below, lambda k, n: False)),
    _known("only all runs cure",
        _worded(_above, _below, lambda k, n: k // n >= 0.9),
        lambda s: s.says(29, 2) == "helps" and s.says(30, 2) == "cures",
        "29 of 30 do not cure, and all 30 do. `//` drops the fraction: nine of ten is "
        "`solved / n >= 0.9`."),
    _known("nine tenths excluded",
        _worded(_above, _below, lambda k, n: k > 0.9 * n),
        lambda s: s.says(27, 2) == "helps",
        "27 of 30 are nine tenths, and *at least* nine of ten cure: `>=`."),
    _known("never worse",
        _worded(_above, lambda *counts: False),
        lambda s: s.says(2, 28) != "makes worse",
        "2 of 30 beside 28 without it are not called worse. Where the remedy's interval lies "
        "below, it makes worse.",
        _worded(_above, _above)),
    _known("plain intervals",
        _worded(lambda k, other, n: _plain(k, n)[0] > _plain(other, n)[1],
                lambda k, other, n: _plain(k, n)[1] < _plain(other, n)[0]),
        lambda s: s.says(0, 4) == "makes worse" or s.says(30, 26) == "cures",
        "0 of 30 are called worse beside 4, or all 30 better than 26. The interval p ± 1.96 "
        "√(p(1 - p)/n) has no width at either end, as if nothing could be luck there. Take "
        "`statistics.wilson_interval`."),
)  # fmt: skip


@tried((30,), drawn=lambda rng: (int(rng.integers(5, 60)),), n_drawn=2)
def _same_counts(function, n):
    words = {WORDS[function(k, k, n)] for k in range(n + 1)}
    said = f"k of {n} beside k of {n}, k from 0 to {n}"
    return words == {"not shown"}, f"{said}: {', '.join(sorted(words))}"


def _drawn_apart(rng):
    n = int(rng.integers(20, 80))
    return int(n * rng.uniform(0.6, 1)), int(n * rng.uniform(0, 0.15)), n


@tried((20, 2, 30), (30, 0, 30), drawn=_drawn_apart)
def _the_other_way_round(function, more, fewer, n):
    there, back = WORDS[function(more, fewer, n)], WORDS[function(fewer, more, n)]
    held = there in ("helps", "cures") and back == "makes worse"
    return held, f"{more} against {fewer} of {n}: {there}; {fewer} against {more}: {back}"


def _drawn_few(rng):
    """Draw counts that n runs do not tell apart and ten times as many do."""
    while True:
        n = int(rng.integers(15, 40))
        more, fewer = (int(k) for k in n * rng.uniform((0.5, 0.2), (0.7, 0.5)))
        words = [remedy_verdict(k * more, k * fewer, k * n) for k in (1, 10)]
        if words == ["not shown", "helps"]:
            return more, fewer, n


@tried((18, 12, 30), (18, 7, 35), drawn=_drawn_few)
def _more_runs_tell_more(function, more, fewer, n):
    few, many = (WORDS[function(k * more, k * fewer, k * n)] for k in (1, 10))
    said = f"{more} against {fewer} of {n}: {few}"
    told = f"{10 * more} against {10 * fewer} of {10 * n}: {many}"
    return (few, many) == ("not shown", "helps"), f"{said}; {told}"


EXERCISES = (
    Exercise(
        name="remedy_verdict",
        lesson="09",
        statement="""The word for a remedy: "cures", "helps", "makes worse" or "not shown".

        solved, without : int, how many of n runs are solved with the remedy and without it
        n : int, runs of each kind
        returns one of the four words, by the last rule of this section, with its intervals
        """,
        reference=comparison.verdict,
        solution=remedy_verdict,
        cases=_cases,
        facts=Sayings,
        mistakes=MISTAKES,
        comparison=Worded(),
        laws=(
            Law("equal counts show nothing", _same_counts),
            Law("what is better one way is worse the other way round", _the_other_way_round),
            Law("what few runs cannot show, ten times as many can", _more_runs_tell_more),
        ),
        hints=(
            "How far can a count of 30 be trusted? `statistics.wilson_interval(solved, n)` "
            "returns both ends.",
            "Two intervals: the remedy's above the other, below it, or neither. Only above do "
            "nine tenths matter.",
            "`low, high = statistics.wilson_interval(solved, n)`, and the same for `without`. "
            "Compare `low` with the other's upper end, and `high` with its lower end.",
        ),
        remark="In the course it is `comparison.verdict`. A stricter rule than a test of two "
        "counts: intervals that overlap a little may still differ.",
    ),
)
