"""Lesson 06: the gradient of a whole batch from those of its micro-batches."""

import numpy as np

from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.tried import tried
from course_lib.exercises.lesson_06.whole_batch_mistakes import MISTAKES, Facts


def whole_batch_gradient(gradients, sizes):
    """Return the mean of the gradients, weighted by the sizes."""
    return sizes @ gradients / sizes.sum()


def _cases(rng):
    simple = [
        ([[1.0, 2.0, 3.0], [3.0, 6.0, -1.0]], [4, 4]),
        ([[1.0, 2.0, 3.0], [5.0, 2.0, -1.0]], [3, 1]),
        ([[2.0, -1.0], [4.0, 1.0], [0.0, 6.0]], [8, 8, 2]),
        ([[0.5, -2.0]], [7]),
        ([[1.0, 4.0], [3.0, -2.0]], [1, 5]),
    ]
    shapes = [(3, 3), (5, 1), (4, 6), (10, 7)]
    drawn = [(rng.normal(size=shape), rng.integers(1, 64, shape[0])) for shape in shapes]
    return [(np.array(gradients), np.array(sizes)) for gradients, sizes in (*simple, *drawn)]


def _examples():
    """Return the gradients of eight examples, one row per example."""
    return np.random.default_rng(5).normal(size=(8, 3)).round(1) + 0.0


def _in_parts(function, examples, sizes):
    """Return what the function makes of the examples in micro-batches of these sizes."""
    parts = np.split(examples, np.cumsum(sizes)[:-1])
    means = np.array([part.mean(axis=0) for part in parts])
    return np.asarray(function(means, np.array(sizes)))


def _listed(values):
    return "(" + ", ".join(f"{value:.4g}" for value in np.ravel(values)) + ")"


def _cut(rng):
    """Return sizes that add up to 8: two micro-batches or three."""
    ends = np.sort(rng.choice(np.arange(1, 8), size=rng.integers(1, 3), replace=False))
    return tuple(int(size) for size in np.diff([0, *ends, 8]))


@tried((_examples(), (4, 3, 1)), drawn=lambda rng: (rng.normal(size=(8, 3)), _cut(rng)))
def _all_at_once(function, examples, sizes):
    whole, parts = examples.mean(axis=0), _in_parts(function, examples, sizes)
    said = f"8 examples in parts of {', '.join(map(str, sizes))}"
    evidence = f"{said}: {_listed(parts)}, at once {_listed(whole)}"
    return parts.shape == whole.shape and np.allclose(parts, whole), evidence


@tried((_examples(), (6, 2), (1, 2, 5)), (_examples(), (4, 4), (7, 1)),
       drawn=lambda rng: (rng.normal(size=(8, 3)), _cut(rng), _cut(rng)))  # fmt: skip
def _cut_otherwise(function, examples, first_sizes, other_sizes):
    first, other = (_in_parts(function, examples, s) for s in (first_sizes, other_sizes))
    words = [" and ".join(map(str, sizes)) for sizes in (first_sizes, other_sizes)]
    evidence = f"{words[0]}: {_listed(first)}; {words[1]}: {_listed(other)}"
    return first.shape == other.shape and np.allclose(first, other), evidence


@tried((np.array([2.0, -1.0]), np.array([4, 4, 4])), (np.array([2.0, -1.0]), np.array([3, 1])),
       drawn=lambda rng: (rng.normal(size=3), rng.integers(1, 30, 4)))  # fmt: skip
def _copies(function, g, sizes):
    value = np.asarray(function(np.tile(g, (len(sizes), 1)), sizes))
    holds = value.shape == g.shape and np.allclose(value, g)
    said = f"sizes {', '.join(map(str, sizes))}, each with {_listed(g)}"
    return holds, f"{said}: {_listed(value)}"


@tried((np.array([[1.0, 2.0, 0.0], [5.0, 2.0, -1.0]]), np.array([3, 1]), 2),
       drawn=lambda rng: (rng.normal(size=(3, 2)), rng.integers(1, 9, 3),
                          int(rng.integers(2, 6))))  # fmt: skip
def _sizes_doubled(function, gradients, sizes, factor):
    once, more = (np.asarray(function(gradients, k * sizes)) for k in (1, factor))
    told = [", ".join(map(str, k * sizes)) for k in (1, factor)]
    said = f"sizes {told[0]}: {_listed(once)}; {told[1]}: {_listed(more)}"
    return np.allclose(once, more), said


EXERCISES = (
    Exercise(
        name="whole_batch_gradient",
        lesson="06",
        statement="""The gradient of the mean loss over all examples, from the mean gradients
        of K micro-batches of different sizes.

        gradients : array, shape (K, n_params), one micro-batch per row
        sizes : array of K whole numbers, how many examples each micro-batch has
        returns an array, shape (n_params,)
        """,
        reference=whole_batch_gradient,
        cases=_cases,
        mistakes=MISTAKES,
        facts=Facts,
        laws=(
            Law("it is the gradient of all examples at once", _all_at_once),
            Law("how the examples are cut into micro-batches does not matter", _cut_otherwise),
            Law("equal gradients have themselves as result", _copies),
            Law("only the ratios of the sizes count", _sizes_doubled),
        ),
        hints=(
            "The gradient of the mean loss is (the sum over all examples) / (their number). "
            "What must be done to a mean over n examples to get back their sum?",
            "Each mean times its size is a sum over examples. Add these sums over the rows, "
            "then divide once.",
            "`sizes @ gradients` weights and adds in one go. Divide it by `sizes.sum()`.",
        ),
        remark="For micro-batches of equal size this is the plain mean, as the link "
        "`accumulate_micro_batches` takes it. In PyTorch each call of `backward` adds to "
        "`.grad`: divide the summed loss of each part by the number of all examples.",
        comparison=Close(1e-9),
    ),
)
