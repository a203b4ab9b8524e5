"""Lesson 02: where the way back begins behind softmax and cross-entropy."""

import numpy as np

from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.formatting import beside_measured, compared
from course_lib.exercises.engine.model import Exercise, Law, Mistake
from course_lib.exercises.kit.told import told_with
from course_lib.gradcheck import numerical_gradient
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
    small = [([[0.0, 0.0]], [1]), ([[2.0, 0.0, -1.0]], [0]), ([[1.0], [3.0]], [0, 0])]
    drawn = [(rng.normal(scale=2, size=(n, k)).round(1) + 0.0, rng.integers(k, size=n))
             for n, k in ((2, 2), (4, 3), (3, 3), (5, 10))]  # fmt: skip
    return [(np.array(outputs), np.array(labels)) for outputs, labels in (*small, *drawn)]


_LARGE = np.array([[1000.0, 0.0]]), np.array([1])
_OUTPUTS, _LABELS = np.array([[0.5, -1.0, 2.0], [1.0, 0.0, 0.3]]), np.array([2, 1])


def _slope(function):
    gradient = function(_OUTPUTS, _LABELS)
    measured = numerical_gradient(lambda o: softmax_cross_entropy(o, _LABELS)[0], _OUTPUTS)
    wrong = np.abs(gradient - measured) > 1e-7
    i, j = np.argwhere(wrong)[0] if wrong.any() else (0, 0)
    holds, told = beside_measured(float(gradient[i, j]), float(measured[i, j]))
    return holds, f"6 entries, entry [{i}, {j}]: {told}"


def _rows_sum_to_zero(function):
    sums = np.sum(function(_OUTPUTS, _LABELS), axis=1)
    return bool(
        np.allclose(sums, 0, atol=1e-6)
    ), f"sums of two rows: {sums[0]:.3g}, {sums[1]:.3g}"


def _batch_twice(function):
    once = function(_OUTPUTS, _LABELS)
    twice = function(np.tile(_OUTPUTS, (2, 1)), np.tile(_LABELS, 2))
    holds = bool(np.allclose(twice[:2], once / 2))
    return holds, f"entry [0, 0]: {once[0, 0]:.4g}, then {twice[0, 0]:.4g}"


def _large_outputs(function):
    rows = function(np.array([[1000.0, 0.0], [0.0, -1000.0]]), np.array([1, 0]))
    holds = bool(np.isfinite(rows).all())
    told = "; ".join(", ".join(f"{v:.3g}" for v in row) for row in rows)
    return holds, f"outputs 1000, 0 and 0, -1000: {told}"


def _softmax(outputs, axis=1):
    exponentials = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


def _hot(outputs, labels):
    return 1.0 * (np.arange(outputs.shape[1]) == labels[:, None])


def _of(made):
    """Return the answers made(p, y) / n and made(p, y), with p in place of the outputs."""

    def mean(outputs, labels):
        return total(outputs, labels) / len(labels)

    def total(outputs, labels):
        return made(_softmax(outputs), _hot(outputs, labels))

    return mean, total


def _over_axis(axis):
    """Return answers with sums over another axis, less the maxima of rows, of all, or none."""

    def plain(outputs):
        return np.exp(outputs) / np.exp(outputs).sum(axis=axis, keepdims=True)

    ways = (lambda o: _softmax(o, axis), lambda o: plain(o - o.max()), plain)
    return [lambda o, labels, p=p: (p(o) - _hot(o, labels)) / len(labels) for p in ways]


def _one_maximum(outputs, labels):
    return _plain(outputs - outputs.max(), labels)


def _plain(outputs, labels):
    p = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
    return (p - _hot(outputs, labels)) / len(labels)


_told = told_with(lambda case, answer, expected: f"Here {compared(answer, expected)}")


MISTAKES = (
    Mistake("one maximum for the whole batch", _one_maximum,
            "the cases are right, but this takes one maximum for the whole batch; take each "
            "row's own: `outputs.max(axis=1, keepdims=True)`. In a row whose outputs all lie "
            "far below those of another, every exp is 0, and 0/0 is nan.",
            when=lambda seen: not seen.wrong and np.isfinite(seen.call(*_LARGE)).all()),
    Mistake("exp overflows", _plain,
            "the cases are right, and exp overflows for large outputs: inf/inf is nan. Take "
            "the largest output off each row first. That changes no probability.",
            when=lambda seen: not seen.wrong),
    _told("softmax along the wrong axis",
          "the exponentials are divided by a sum over the batch, or over everything. The "
          "probabilities of one example, one row, add up to 1: `sum(axis=1, keepdims=True)`.",
          *_over_axis(0), *_over_axis(None)),
    _told("the right class forgotten",
          "these are the probabilities alone. The right class has a part of its own: "
          "differentiate -log p = -o + log of the sum, and look at the first term.",
          *_of(lambda p, y: p)),
    _told("with respect to the probabilities",
          "this is -1/p at the right class: the gradient at the probabilities. One gate is "
          "left on the way back to the outputs, the softmax.",
          *_of(lambda p, y: -y / p)),
    _told("only the diagonal of the softmax",
          "only the right class has a gradient. Each probability depends on *all* outputs of "
          "its row, as they share the sum: the Jacobian of the softmax is not diagonal.",
          *_of(lambda p, y: -y * (1 - p)), *_of(lambda p, y: -y * p)),
    _told("all these columns in every row",
          "`p[:, labels]` takes the columns of all labels in *every* row. Each row has its own "
          "label: `p[np.arange(len(labels)), labels]` takes pairs of row and column.",
          *_of(lambda p, y: p - y.any(axis=0))),
)  # fmt: skip

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
        laws=(
            Law("it is the slope of the loss, by central differences", _slope),
            Law("each row sums to 0: a number added to all outputs changes no p",
                _rows_sum_to_zero),
            Law("the same batch twice over halves each example's part", _batch_twice),
            Law("outputs of 1000 do not overflow", _large_outputs,
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
