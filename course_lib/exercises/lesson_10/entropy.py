"""Lesson 10: what a table of pairs of characters knows of the next one."""

import numpy as np

from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.formatting import show_apart
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.tried import tried
from course_lib.exercises.lesson_10.entropy_mistakes import MISTAKES, Made

# a log(p + 1e-9) that keeps clear of log 0 is right too
_ATOL = 1e-7


def bigram_entropy(counts):
    """Return the mean of -log p(next | current), in nats."""
    rows = counts.sum(axis=1, keepdims=True)
    conditional = counts / np.maximum(rows, 1)
    seen = counts > 0  # a pair that never occurs adds nothing to the mean
    # log 1/p is -log p, and 0 in place of -0 where p = 1
    return (counts[seen] * np.log(1 / conditional[seen])).sum() / counts.sum()


def _cases(rng):
    simple = [
        [[1, 1], [1, 1]],
        [[0, 4], [4, 0]],
        [[3, 1], [1, 3]],
        [[2, 2], [0, 4]],
        [[6, 2], [1, 1]],
        [[1, 2, 3], [0, 0, 0], [4, 5, 6]],
        [[0, 7, 1], [2, 0, 2], [9, 1, 0]],
        [[0, 1], [3, 5]],  # a row with a single count
    ]
    drawn = [rng.integers(0, 20, size=(n, n)) * rng.integers(1, 9, size=(n, 1)) for n in (4, 7)]
    return [(np.array(counts),) for counts in (*simple, *drawn)]


def _drawn_decided(rng):
    n = int(rng.integers(2, 6))
    return (np.eye(n, dtype=int)[rng.integers(n, size=n)] * rng.integers(1, 9, size=(n, 1)),)


@tried((np.array([[0, 5, 0], [0, 0, 3], [2, 0, 0]]),), (np.array([[0, 3], [0, 2]]),),
       drawn=_drawn_decided)  # fmt: skip
def _decided(function, counts):
    value = float(function(counts))
    return abs(value) < _ATOL, f"one successor each: {value + 0.0:.4g}"


@tried((8, 3), drawn=lambda rng: tuple(map(int, rng.integers(2, 12, 2))))
def _uniform(function, n, times):
    value, right = float(function(np.full((n, n), times))), np.log(n)
    return abs(value - right) < _ATOL, f"{n} characters: {value:.4f}, ln {n} = {right:.4f}"


def _drawn_shares(rng):
    """Return counts of single characters, the first of them far above the others at times."""
    shares = rng.integers(1, 12, rng.integers(2, 6))
    shares[0] *= rng.choice([1, 1, 1000])
    return (shares,)


@tried((np.array([5, 3, 2]),), (np.array([5000, 1]),), drawn=_drawn_shares)
def _independent(function, shares):
    value = float(function(np.outer(shares, shares)))
    p = shares / shares.sum()
    unigram = float(-(p * np.log(p)).sum())
    holds = abs(value - unigram) < _ATOL
    came, right = (f"{value:.4f}", f"{unigram:.4f}") if holds else show_apart(value, unigram)
    return holds, f"{came}, that of single characters {right}"


def _drawn_with_zeros(rng):
    counts = rng.integers(1, 20, size=(3, 3)) * (rng.uniform(size=(3, 3)) < 0.7)
    return (counts + np.eye(3, dtype=int),)  # no row of zeros alone, which is a case


@tried((np.array([[4, 1], [2, 5]]),), (np.array([[0, 4], [4, 0]]),),
       (np.array([[0, 1], [3, 5]]),), drawn=_drawn_with_zeros)  # fmt: skip
def _longer_text(function, counts):
    once, ten = (float(function(factor * counts)) for factor in (1, 10))
    return abs(once - ten) < _ATOL, f"once {once:.4g}, ten times over {ten:.4g}"


@tried((98,), drawn=lambda rng: (int(rng.integers(10, 500)),))
def _weighted(function, n):
    value, share = float(function(np.array([[n, 0], [1, 1]]))), 2 / (n + 2)
    right = share * np.log(2)
    return abs(value - right) < _ATOL, (
        f"2 pairs in {n + 2} leave ln 2 open: {value:.4g}, by hand {right:.4g}"
    )


EXERCISES = (
    Exercise(
        name="bigram_entropy",
        lesson="10",
        statement="""The entropy of the next character, given the present one, in nats: the
        mean of -log p(next | present) over all pairs of the text.

        counts : array of whole numbers, shape (n, n); counts[i, j] says how often
        character j follows character i.  A row may be all zeros
        returns one number; a pair that does not occur counts for nothing
        """,
        reference=bigram_entropy,
        cases=_cases,
        facts=Made,
        mistakes=MISTAKES,
        laws=(
            Law("where each character has one successor it is 0", _decided),
            Law("where all pairs are equally frequent it is ln n", _uniform),
            Law(
                "where pairs tell nothing it is the entropy of single characters", _independent
            ),
            Law(
                "a text ten times as long, in the same proportions, has the same", _longer_text
            ),
            Law("frequent characters count for more", _weighted),
        ),
        hints=(
            "Each row is a table by itself: divided by its sum it holds the probabilities of "
            "the successors of one character.",
            "The pair (i, j) occurs counts[i, j] times, and each time it costs -log p(j | i). "
            "Add up, and divide by the number of all pairs. Beware of log 0 and 0/0.",
            "With `p = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)` and `seen = "
            "counts > 0`, return minus the sum of counts[seen] · log p[seen], divided by "
            "`counts.sum()`. The logarithm is `np.log`.",
        ),
        remark="On the text that it was counted on no table of pairs can do better. Divided by "
        "ln 2 it is in bits.",
        comparison=Close(atol=_ATOL),
    ),
)
