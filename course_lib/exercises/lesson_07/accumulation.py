"""Lesson 07: the loop that accumulates micro-batches, with one clip for each group."""

from functools import cached_property

import numpy as np

from course_lib.clipping import clip_global_norm as shorten  # its name in the lesson
from course_lib.exercises.engine.model import Exercise, Law, Mistake
from course_lib.exercises.engine.relations import close
from course_lib.exercises.engine.values import shape_of
from course_lib.exercises.kit.tried import tried


def accumulated_steps(gradients, k, max_norm):
    """Return the clipped mean of each group of k gradients, the last of which may be short."""
    steps, total, count = [], 0.0, 0
    for i, g in enumerate(gradients, start=1):
        total, count = total + g, count + 1
        if count == k or i == len(gradients):
            steps.append(shorten(total / count, max_norm))
            total, count = 0.0, 0
    return np.array(steps)


def _cases(rng):
    simple = [
        ([[3.0, 4.0], [1.0, 0.0]], 2, 10.0),
        ([[3.0, 4.0], [1.0, 0.0], [0.0, 2.0], [2.0, 2.0]], 2, 1.0),
        ([[3.0, 4.0], [1.0, 0.0], [0.0, 2.0]], 2, 10.0),
        ([[30.0, 40.0], [0.0, 1.0], [0.5, 0.0], [8.0, -6.0], [0.3, 0.1]], 2, 1.0),
        ([[3.0], [-1.0], [0.5]], 1, 1.0),
    ]
    drawn = [(rng.normal(scale=2, size=(n, 4)), k, 1.5) for n, k in ((7, 3), (9, 4), (2, 5))]
    return [*((np.array(g), k, limit) for g, k, limit in simple), *drawn]


_G = np.array([[3.0, 0.0], [0.0, 4.0], [-1.0, 2.0], [2.0, 2.0], [1.0, -3.0]])
_MEANS = np.array([[1.5, 2.0], [0.5, 2.0], [1.0, -3.0]])


class Groups:
    """The steps from five gradients in groups of two, without a clip that acts and with one."""

    def __init__(self, seen):
        self._seen = seen

    @cached_property
    def free(self):
        """The steps where no gradient is long enough to be clipped."""
        return self._seen.call(_G, 2, 1e6)

    @cached_property
    def carries_over(self):
        """Whether a gradient of the first group moves the steps of later ones."""
        moved = self._seen.call(_G + np.eye(5, 2), 2, 1e6)
        return not close(moved[1:-1], self.free[1:-1]) or not close(moved[-1], self.free[-1])

    def scaled(self, *factors):
        """Tell whether the steps, without a clip, are the means times these factors."""
        return close(self.free, np.array(factors)[:, None] * _MEANS)

    def clipped(self, make):
        """Tell whether each whole group's step, at a threshold of 1, is ``make(its pair)``."""
        pairs = (_G[:2], _G[2:4])
        steps = self._seen.call(_G, 2, 1.0)
        return all(close(step, make(pair)) for step, pair in zip(steps, pairs, strict=False))

    @property
    def drops_the_rest(self):
        """Whether what fills no group of k makes no step, in every case."""
        return any(len(g) % k for g, k, _ in self._seen.cases) and self.makes(
            lambda n, k: n // k
        )

    def makes(self, n_steps):
        """Tell whether ``n_steps(n, k)`` steps are made in every case."""
        return all(
            t.error is None and shape_of(t.answer) in ((n_steps(len(g), k), g.shape[1]), (0,))
            for t in self._seen.trials
            for g, k, _ in [t.case]
        )

    def are(self, *ways):
        """Tell whether the steps, without a clip, are these of the five gradients."""
        return any(close(self.free, np.array(rows) @ _G) for rows in ways)


def _steps(gradients, k, finish, total=0.0, rest=True, keep=False):
    """Return the steps of a loop with ``finish(total, count)`` at the end of each group."""
    steps, count = [], 0
    for i, g in enumerate(gradients, start=1):
        total, count = total + g, count + 1
        if count == k or (rest and i == len(gradients)):
            steps.append(finish(total, count))
            total, count = (total if keep else 0.0), 0
    return np.array(steps)


def _mean(total, count):
    return total / count


def _left_out_and_more(case, answer, expected):
    """Tell of the rest that makes no step; and of what is wrong with the steps in this case."""
    said = (
        "the gradients behind the last whole group make no step: the data's last examples are "
        "never learned from. At the end of the loop what has been gathered makes a step too, "
        "divided by how many there are."
    )
    if shape_of(answer) != shape_of(expected) or close(answer, expected):
        return said
    others = [m for m in MISTAKES if m.explanation is not _left_out_and_more]
    named = (m.explanation for m in others if close(m.function(*case), answer))
    return f"{said} Another mistake: {next(named, 'the steps of whole groups are wrong too.')}"


def _one_of_each(place):
    """Return the steps that one gradient of each group makes."""
    return lambda g, k, c: np.array([shorten(g[i : i + k][place], c)
                                     for i in range(0, len(g), k)])  # fmt: skip


def _first_alone(finish):
    """Return the steps of a loop whose first group ends with its first gradient."""
    return lambda g, k, c: np.array([
        finish(part, k, c) for part in (g[:1], *(g[i : i + k] for i in range(1, len(g), k)))
    ])  # fmt: skip


_FIRST, _LAST = np.eye(5)[::2], np.eye(5)[[1, 3, 4]]
_OFF = np.array([[1, 0, 0, 0, 0], [0, 0.5, 0.5, 0, 0], [0, 0, 0, 0.5, 0.5]])

MISTAKES = (
    Mistake("one gradient of each group",
        _one_of_each(0),
        "one gradient of each group makes the step, and the others are lost: the step takes "
        "the mean of all k.",
        (_one_of_each(-1),),
        when=lambda groups: groups.are(_FIRST, _LAST)),
    Mistake("first group too short",
        _first_alone(lambda part, k, c: shorten(part.mean(axis=0), c)),
        "the first gradient alone makes a step, and all later groups begin one place late. "
        "`i % k == 0` is true at i = 0 already: count from 1, or ask for `(i + 1) % k == 0`.",
        (_first_alone(lambda part, k, c: shorten(part.sum(axis=0) / k, c)),),
        when=lambda groups: groups.are(_OFF, _OFF * [[0.5], [1], [1]]), any_form=True),
    Mistake("groups that overlap",
        lambda g, k, c: np.array([shorten(g[i : i + k].mean(axis=0), c)
                                  for i in range(len(g) - k + 1)]),
        "there is a step for each place where a group could begin, so that groups overlap and "
        "gradients count several times. The next group begins k places further: "
        "`range(0, len(gradients), k)`.",
        when=lambda groups: groups.makes(lambda n, k: max(0, n - k + 1)), any_form=True),
    Mistake("a step for each gradient",
        lambda g, k, c: np.array([shorten(row, c) for row in g]),
        "each gradient makes a step of its own. k of them belong to one step.",
        when=lambda groups: groups.makes(lambda n, k: n), any_form=True),
    Mistake("last group left out",
        lambda g, k, c: _steps(g, k, lambda t, n: shorten(t / n, c), rest=False),
        _left_out_and_more,
        when=lambda groups: groups.drops_the_rest, any_form=True),
    Mistake("not zeroed",
        lambda g, k, c: _steps(g, k, lambda t, n: shorten(t / n, c), keep=True),
        "the sum is not set back to zero after a step, so that the gradients of one group come "
        "in again in all later ones. (In PyTorch: a forgotten `optimizer.zero_grad()`.)",
        (lambda g, k, c: _steps(g, k, lambda t, n: shorten(t / k, c), keep=True),),
        when=lambda groups: groups.carries_over),
    Mistake("sum in place of the mean",
        lambda g, k, c: _steps(g, k, lambda t, n: shorten(t, c)),
        "the sum of a group makes the step, and not its mean: k times as long wherever the "
        "clip does not act.",
        when=lambda groups: groups.scaled(2, 2, 1)),
    Mistake("last group divided by k",
        lambda g, k, c: _steps(g, k, lambda t, n: shorten(t / k, c)),
        "the last group is divided by k though it holds fewer gradients: its step is too "
        "short. Count what has been gathered, and divide by that.",
        when=lambda groups: groups.scaled(1, 1, 0.5)),
    Mistake("each micro-batch clipped",
        lambda g, k, c: _steps([shorten(row, c) for row in g], k, _mean),
        "each micro-batch's gradient is clipped by itself, before the mean. That turns the "
        "mean: long parts count no more than short ones. One clip, behind the mean.",
        when=lambda groups: groups.clipped(
            lambda pair: np.mean([shorten(row, 1.0) for row in pair], axis=0)
        )),
    Mistake("clipped before the division",
        lambda g, k, c: _steps(g, k, lambda t, n: shorten(t, c) / n),
        "the sum is clipped, and then divided: where the clip acts, a step is k times shorter "
        "than max_norm. First the mean, then the clip.",
        when=lambda groups: groups.clipped(lambda pair: shorten(pair.sum(axis=0), 1.0) / 2)),
)  # fmt: skip


def _drawn(rng):
    k = int(rng.integers(2, 4))
    return rng.normal(scale=4, size=(2 * k + 1, 3)), k


@tried((_G, 2), drawn=_drawn)
def _add_up(function, gradients, k):
    steps = np.asarray(function(gradients, k, 1e6))
    sizes = [len(gradients[i : i + k]) for i in range(0, len(gradients), k)]
    sums = [
        "(" + ", ".join(f"{v:.4g}" for v in total) + ")"
        for total in (np.array(sizes) @ steps, gradients.sum(axis=0))
    ]
    said = f"{len(gradients)} gradients, k = {k}: means times sizes add up to {sums[0]}"
    holds = close(np.array(sizes) @ steps, gradients.sum(axis=0))
    return holds, f"{said}, all gradients to {sums[1]}"


def _means(gradients, k):
    return np.array([gradients[i : i + k].mean(axis=0) for i in range(0, len(gradients), k)])


@tried((_G, 2, 1.0), drawn=lambda rng: (*_drawn(rng), float(rng.uniform(0.1, 0.9))))
def _clipped_to(function, gradients, k, max_norm):
    lengths = np.linalg.norm(function(gradients, k, max_norm), axis=1)
    longer = np.linalg.norm(_means(gradients, k), axis=1) > max_norm
    if len(lengths) == len(longer):
        lengths = lengths[longer]
    said = f"means longer than max_norm = {max_norm:.4g}: steps of length "
    return np.allclose(lengths, max_norm), said + ", ".join(f"{v:.4g}" for v in lengths)


@tried((100 * _G[:2] * [[1.0], [0.01]], 2, 1.0), drawn=lambda rng: (*_drawn(rng), 1.0))
def _keeps_direction(function, gradients, k, max_norm):
    step, mean = np.asarray(function(gradients, k, max_norm))[0], gradients[:k].mean(axis=0)
    cosine = float(step @ mean / (np.linalg.norm(step) * np.linalg.norm(mean)))
    said = f"{k} gradients, max_norm {max_norm:.4g}"
    return cosine > 1 - 1e-6, f"{said}: cosine with their mean {cosine:.4f}"


@tried((_G, 2), drawn=_drawn)
def _rest_makes_a_step(function, gradients, k):
    n_steps, right = len(function(gradients, k, 1.0)), -(-len(gradients) // k)
    return n_steps == right, f"{len(gradients)} gradients, k = {k}: {n_steps} steps"


EXERCISES = (
    Exercise(
        name="accumulated_steps",
        lesson="07",
        statement="""The loop of gradient accumulation: every k micro-batches make one step,
        and what is left over at the end makes one more.

        gradients : array, shape (n, n_params), the mean gradients of n micro-batches of
            equal size, one a row;  k : int, micro-batches per step;  max_norm : a number
        returns an array, one row per step: the mean of the step's gradients, clipped to
            max_norm by its global norm
        """,
        reference=accumulated_steps,
        cases=_cases,
        facts=Groups,
        mistakes=MISTAKES,
        laws=(
            Law(
                "without a clip nothing is lost: means times sizes are the sum of all", _add_up
            ),
            Law("a step whose mean is longer has the length max_norm", _clipped_to),
            Law("a step keeps the direction of its group's mean", _keeps_direction),
            Law("what is left over makes a step", _rest_makes_a_step),
        ),
        hints=(
            "Three things live through the loop: the steps made, the sum gathered, and how "
            "many gradients it holds. Which of them begin anew after a step?",
            "A step is due when the count has reached k, or when the gradients are at an end. "
            "Divide by the count, clip once, then set sum and count back.",
            "In the loop: `total, count = total + g, count + 1`; where a step is due, append "
            "`shorten(total / count, max_norm)` and set both to 0.",
        ),
        remark="In PyTorch: `backward` adds to `.grad`; at the end of a group come "
        "`clip_grad_norm_`, `step` and `zero_grad`, once each.",
    ),
)
