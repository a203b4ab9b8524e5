"""What goes wrong with the rule that turns two counts into a word, in lesson 09."""

import numpy as np

from course_lib import statistics
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.probes import about_use

WORDS = ("makes worse", "not shown", "helps", "cures")


class Sayings:
    """What an answer says of two counts of thirty runs."""

    def __init__(self, seen):
        self._seen = seen
        self.errors = [(trial.case, trial.error) for trial in seen.trials if trial.error]

    def says(self, solved, without, n=30):
        """Return the word."""
        return WORDS[self._seen.call(solved, without, n)]

    def cures_from(self, without):
        """Return how many of 30 are a cure at the least, beside so many without; or None."""
        return next((k for k in range(15, 31) if self.says(k, without) == "cures"), None)

    @property
    def only_word(self):
        """The one word that it says in all cases, None if there are several."""
        words = {WORDS[answer] for answer in self._seen.answers}
        return words.pop() if len(words) == 1 else None

    @property
    def counts_last(self):
        """Whether `wilson_interval` was given n first, and the count as the number of runs."""
        return any(
            f"[0, {k}], got {float(n)}" in str(error)
            for (solved, without, n), error in self.errors
            for k in {solved, without} - {n}
        )

    @property
    def uses_both(self):
        """Whether both counts and n make a difference, and some word is wrong."""
        return self._seen.wrong_in_number and about_use(self._seen) is None

    @property
    def first_wrong(self):
        """The first wrong case, and what was said there."""
        trial = self._seen.wrong_in_number[0]
        return *trial.case, WORDS[trial.answer], WORDS[trial.expected]

    def about_intervals(self):
        """Say of the first wrong case where both intervals lie, and what follows."""
        k, other, n, said, right = self.first_wrong
        ends = (*_interval(k, n), *_interval(other, n))
        why = {
            "not shown": "they overlap, so that nothing is shown",
            "makes worse": "the remedy's lies below as a whole, and it makes worse",
            "helps": f"the remedy's lies above as a whole, and {k} of {n} are less than nine "
            "tenths: it helps",
            "cures": f"the remedy's lies above as a whole, and {k} of {n} are nine tenths or "
            "more: it cures",
        }[right]
        lows = "from {:.2f} to {:.2f} and from {:.2f} to {:.2f}".format(*ends)
        return (
            f'{k} of {n} with the remedy and {other} without get the word "{said}". The '
            f"intervals go {lows}: {why}."
        )


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


def _known(name, example, when, explanation, *variants, **more):
    return Mistake(name, example, explanation, variants, when, **more)


def _cured_first(better, worse):
    """Return the rule that calls nine tenths a cure before it looks at anything else."""
    rule = _worded(better, worse)
    return lambda k, other, n: "cures" if k >= 0.9 * n else rule(k, other, n)


def _plain(k, n):
    """Return the ends of p ± 1.96 √(p(1 - p)/n)."""
    p = k / n
    half = 1.96 * np.sqrt(p * (1 - p) / n)
    return p - half, p + half


def _by_the_lower_end(k, n):
    return _interval(k, n)[0] >= 0.9


MISTAKES = (
    _known("one word for all", lambda solved, without, n: "not shown", lambda s: s.only_word,
        "Which counts are handed in makes no difference.",
        measured=lambda s: f'it says "{s.only_word}" in all cases.'),
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
    _known("a cure that depends on the runs without",
        lambda k, other, n: _worded(_above, _below, lambda k, n: k - other >= 0.9 * n)(
            k, other, n
        ),
        lambda s: s.cures_from(0) == 27 and s.says(28, 6) == "helps",
        "27 of 30 cure beside 0, and 28 do not beside 6. What solves nine of ten runs cures, "
        "however many were solved without it: `solved / n >= 0.9`, once the interval lies "
        "above."),
    _known("cures whatever the interval",
        lambda solved, without, n: "cures" if solved >= 0.9 * n
        else _worded(_above, _below)(solved, without, n),
        lambda s: s.says(28, 27) == "cures",
        "28 of 30 are called a cure beside 27 without a remedy. First the interval has to lie "
        "above; then nine tenths make a cure of it."),
    _known("the lower end compared with nine tenths",
        _worded(_above, _below, _by_the_lower_end),
        lambda s: s.says(275, 20, 300) == "helps" and s.says(2760, 200, 3000) == "cures",
        "275 of 300 do not cure, and 2760 of 3000 do. Nine of ten is said of the count itself, "
        "`solved / n >= 0.9`, of no end of its interval.",
        lambda k, other, n: (
            "cures" if _by_the_lower_end(k, n)
            else _worded(_above, _below, lambda k, n: False)(k, other, n)
        )),
    _known("cures and helps not told apart",
        _worded(_above, _below, lambda k, n: True),
        lambda s: s.says(14, 2) == s.says(20, 2) == s.says(30, 0) in ("helps", "cures"),
        "20 and 30 of 30, beside 2 and 0, get the same word. To cure, a remedy has to solve at "
        "least nine of ten runs besides: `solved / n >= 0.9`, the count itself, asked before "
        '"helps" is returned.',
        _worded(_above, _below, lambda k, n: False)),
    _known("only all runs cure",
        _worded(_above, _below, lambda k, n: k // n >= 0.9),
        lambda s: s.says(29, 2) == "helps" and s.says(30, 2) == "cures",
        "29 of 30 do not cure, and all 30 do. Nine of ten are enough: `solved / n >= 0.9` "
        "(`//` drops the fraction)."),
    _known("a cure below nine tenths",
        _worded(_above, _below, lambda k, n: _interval(k, n)[1] >= 0.9),
        lambda s: s.cures_from(2) and s.cures_from(2) < 27,
        "fewer than 27 of 30 are called a cure. Nine of ten is said of the count itself, "
        "`solved / n >= 0.9`, of no end of its interval and of no difference.",
        _worded(_above, _below, lambda k, n: k / n >= 0.8)),
    _known("nine tenths excluded",
        _worded(_above, _below, lambda k, n: k > 0.9 * n),
        lambda s: s.says(27, 0) == "helps" and s.says(28, 6) == "cures",
        "27 of 30 are nine tenths, and *at least* nine of ten cure: `>=`."),
    _known("never worse",
        _worded(_above, lambda *counts: False),
        lambda s: s.says(2, 28) != "makes worse",
        "2 of 30 beside 28 without it are not called worse. Where the remedy's interval lies "
        "below, it makes worse.",
        _worded(_above, _above)),
    _known("seldom worse",
        _worded(_above, lambda k, other, n: _below(k, other, n) and other >= 0.9 * n),
        lambda s: s.says(2, 28) == "makes worse" and "makes worse" not in (
            s.says(2, 20), s.says(0, 20)
        ),
        "2 of 30 beside 28 without it are called worse, and beside 20 they are not. The "
        "intervals alone decide: where the remedy's lies below, it makes worse. Nine tenths "
        "matter for a cure only."),
    _known("plain intervals",
        _worded(lambda k, other, n: _plain(k, n)[0] > _plain(other, n)[1],
                lambda k, other, n: _plain(k, n)[1] < _plain(other, n)[0]),
        lambda s: (s.says(0, 4) == "makes worse" or s.says(30, 26) == "cures")
        and s.says(20, 12) == "not shown",
        "0 of 30 are called worse beside 4, or all 30 better than 26. The interval p ± 1.96 "
        "√(p(1 - p)/n) has no width at either end, as if nothing could be luck there. Take "
        "`statistics.wilson_interval`."),
    _known("number of runs first",
        lambda k, other, n: _worded(_above, _below)(*(
            min(count, n) if statistics.wilson_interval(n, count) else 0 for count in (k, other)
        ), n),
        lambda s: s.counts_last,
        "`statistics.wilson_interval` takes how many were solved first, and of how many runs "
        "second: `wilson_interval(solved, n)`.",
        any_form=True),
    _known("another rule",
        _worded(lambda k, other, n: k - other > n / 4, lambda k, other, n: other - k > n / 4),
        lambda s: s.uses_both,
        "The remedy's *lower* end above the other's *upper* end is above, and the other way "
        "round is below; nine tenths are asked of the count, and only above.",
        vague=True,
        measured=lambda s: s.about_intervals()),
)  # fmt: skip
