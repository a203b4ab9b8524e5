"""Lesson 02: where the way back begins behind softmax and cross-entropy."""

import numpy as np

from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.formatting import farthest_apart
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.tried import is_slope, tried
from course_lib.exercises.lesson_02.softmax_mistakes import MISTAKES, Parts
from course_lib.losses import softmax_cross_entropy


def cross_entropy_gradient(outputs, labels):
    """Return (p - y) / n: p are the probabilities, y is 1 for the right class."""
    # the largest output taken off changes no p, and exp does not overflow
    exponentials = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    gradient = exponentials / exponentials.sum(axis=1, keepdims=True)
    gradient[np.arange(len(labels)), labels] -= 1
    return gradient / len(labels)


def _library(outputs, labels):
    return softmax_cross_entropy(outputs, labels)[1]


def _cases(rng):
    small = [([[0.0, 0.0, 0.0]], [1]), ([[2.0, 0.0, -1.0]], [0]), ([[1.0], [3.0]], [0, 0])]
    drawn = [(rng.normal(scale=2, size=(n, k)).round(1) + 0.0, rng.integers(k, size=n))
             for n, k in ((2, 2), (4, 3), (3, 3), (5, 10))]  # fmt: skip
    return [(np.array(outputs), np.array(labels)) for outputs, labels in (*small, *drawn)]


_OUTPUTS, _LABELS = np.array([[0.5, -1.0, 2.0], [1.0, 0.0, 0.3]]), np.array([2, 1])


def _drawn(rng):
    n, k = map(int, rng.integers((2, 3), 6))
    return rng.normal(scale=2, size=(n, k)), rng.integers(k, size=n)


_on_batches = tried((_OUTPUTS, _LABELS), drawn=_drawn)


@_on_batches
def _slope(function, outputs, labels):
    holds, told = is_slope(
        function(outputs, labels), lambda o: softmax_cross_entropy(o, labels)[0], outputs
    )
    return holds, f"{outputs.size} entries, {told}"


@_on_batches
def _rows_sum_to_zero(function, outputs, labels):
    sums = np.sum(function(outputs, labels), axis=1)
    told = ", ".join(f"{total:.3g}" for total in sums[:2])
    return bool(np.allclose(sums, 0, atol=1e-6)), f"sums of two rows: {told}"


@tried((_OUTPUTS, _LABELS, 3.0), (_OUTPUTS, _LABELS, 998.0),
       drawn=lambda rng: (*_drawn(rng), float(rng.uniform(-900, 900))))  # fmt: skip
def _shifted(function, outputs, labels, shift):
    moved = outputs.copy()
    moved[0] += shift
    once, then = (np.asarray(function(o, labels)) for o in (outputs, moved))
    i = np.unravel_index(farthest_apart(once, then), once.shape)
    told = f"with {shift:.4g} more in row 0, entry [{i[0]}, {i[1]}]"
    return bool(
        np.allclose(once, then, atol=1e-6)
    ), f"{told}: {once[i]:.4g}, then {then[i]:.4g}"


@_on_batches
def _batch_twice(function, outputs, labels):
    once = function(outputs, labels)
    twice = function(np.tile(outputs, (2, 1)), np.tile(labels, 2))[: len(once)]
    i = np.unravel_index(farthest_apart(twice, once / 2), once.shape)
    told = f"entry [{i[0]}, {i[1]}]: {once[i]:.4g}, then {twice[i]:.4g}"
    return bool(np.allclose(twice, once / 2)), told


def _drawn_large(rng):
    outputs = 1e3 * rng.normal(size=(2, 3))
    outputs[0] -= outputs[0].max()
    return outputs, rng.integers(3, size=2)


@tried((np.array([[1000.0, 0.0], [0.0, -1000.0]]), np.array([1, 0])),
       drawn=_drawn_large)  # fmt: skip
def _large_outputs(function, outputs, labels):
    rows = function(outputs, labels)
    told = "; ".join(", ".join(f"{v:.3g}" for v in row) for row in rows)
    given = " and ".join(", ".join(f"{o:.4g}" for o in row) for row in outputs)
    return bool(np.isfinite(rows).all()), f"outputs {given}: {told}"


EXERCISES = (
    Exercise(
        name="cross_entropy_gradient",
        lesson="02",
        statement="""The gradient of the mean cross-entropy with respect to the outputs o: of
        the mean over the rows of -log p, p = exp(o) / (sum of exp over the row) of the
        right class.

        outputs : array, shape (n, n_classes), however large
        labels : shape (n,), the right class of each row, counted from 0
        returns an array of the shape of outputs
        """,
        reference=_library,
        solution=cross_entropy_gradient,
        cases=_cases,
        mistakes=MISTAKES,
        facts=Parts,
        laws=(
            Law("it is the slope of the loss, by central differences", _slope),
            Law("each row sums to 0, as its probabilities sum to 1", _rows_sum_to_zero),
            Law("a number added to all outputs of a row changes nothing", _shifted),
            Law("the same batch twice over halves each example's part", _batch_twice),
            Law("with outputs of 1000 nothing becomes inf or nan on the way", _large_outputs,
                raising=("over", "invalid", "divide")),
        ),
        hints=(
            "One example first. -log p of the right class is -o of that class plus the "
            "logarithm of the sum of exp(o). What is the derivative of each term?",
            "The second term gives p, for every class. The first gives -1, for the right class "
            "only. And the loss is a mean over n rows.",
            "With p of shape (n, n_classes), `p[np.arange(len(labels)), labels]` are the "
            "entries that lose 1. Take `outputs.max(axis=1, keepdims=True)` off before exp.",
        ),
        remark="Where softmax and cross-entropy are one gate, nothing is divided by p. That is "
        "why frameworks offer the two as one loss.",
        comparison=Close(1e-6, 1e-9),
    ),
)  # fmt: skip
