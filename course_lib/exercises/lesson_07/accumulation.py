"""Lesson 07: the loop that accumulates micro-batches, with one clip for each group."""

import numpy as np

from course_lib.clipping import clip_global_norm as shorten  # its name in the lesson
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.engine.relations import close
from course_lib.exercises.kit.tried import tried
from course_lib.exercises.lesson_07.accumulation_facts import Groups
from course_lib.exercises.lesson_07.accumulation_mistakes import MISTAKES


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


def _drawn(rng):
    """Return two groups or more, and one that is left over."""
    k, n_groups = int(rng.integers(2, 5)), int(rng.integers(2, 4))
    n = k * n_groups + int(rng.integers(1, k))
    return rng.normal(scale=4, size=(n, int(rng.integers(2, 5)))), k


def _drawn_limit(rng):
    """Return a threshold beside them, that some means exceed, not always all."""
    gradients, k = _drawn(rng)
    lengths = np.sort(np.linalg.norm(_means(gradients, k), axis=1))
    return gradients, k, float(lengths[rng.integers(len(lengths))] * rng.uniform(0.6, 0.98))


def _means(gradients, k):
    return np.array([gradients[i : i + k].mean(axis=0) for i in range(0, len(gradients), k)])


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


@tried((_G, 2, 1.0), drawn=_drawn_limit, n_drawn=15)
def _clipped_to(function, gradients, k, max_norm):
    lengths = np.linalg.norm(function(gradients, k, max_norm), axis=1)
    longer = np.linalg.norm(_means(gradients, k), axis=1) > max_norm
    if len(lengths) == len(longer):
        lengths = lengths[longer]
    said = f"means longer than max_norm = {max_norm:.4g}: steps of length "
    return np.allclose(lengths, max_norm), said + ", ".join(f"{v:.4g}" for v in lengths)


@tried((100 * _G * [[1.0], [0.01], [1.0], [0.01], [1.0]], 2, 1.0), drawn=_drawn_limit)
def _keeps_direction(function, gradients, k, max_norm):
    steps, means = np.asarray(function(gradients, k, max_norm)), _means(gradients, k)
    lengths = np.linalg.norm(steps, axis=1) * np.linalg.norm(means, axis=1)
    cosines = np.sum(steps * means, axis=1) / np.where(lengths > 0, lengths, 1)
    said = f"{len(gradients)} gradients, k = {k}, max_norm {max_norm:.4g}"
    shown = ", ".join(f"{cosine:.7g}" for cosine in cosines)
    return bool((cosines > 1 - 1e-6).all()), f"{said}: cosines with the means {shown}"


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
