"""Lesson 09: the rule that turns two counts into a word."""

from dataclasses import dataclass

from course_lib import statistics
from course_lib.exercises.engine.comparison import Close, Unobservable
from course_lib.exercises.engine.formatting import kind
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.tried import tried
from course_lib.exercises.lesson_09.verdict_mistakes import MISTAKES, WORDS, Sayings
from course_lib.experiments import comparison


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
    numbers = False

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
