"""Lesson 09: the gradient through a residual block."""

import numpy as np

from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.lesson_09.block_mistakes import MISTAKES, Ways


def block_gradient(grad, w, slope):
    """Return ∂ℓ/∂h of a block h + φ(Wh + b): what the identity passes on, and the branch."""
    return grad + (grad * slope) @ w


def _cases(rng):
    simple = [
        ([[1.0]], [[3.0]], [[0.5]]),
        ([[1.0, 0.0]], [[0.0, 2.0], [0.0, 0.0]], [[1.0, 1.0]]),
        ([[1.0, -2.0]], [[1.0, 2.0], [3.0, 4.0]], [[0.25, 0.5]]),
    ]
    edges = [
        ([[1.0, -2.0]], [[0.0, 0.0], [0.0, 0.0]], [[0.5, 0.2]]),
        ([[3.0, 1.0]], [[1.0, 2.0], [3.0, 4.0]], [[0.0, 0.0]]),
        ([[0.0, 0.0]], [[1.0, 2.0], [3.0, 4.0]], [[1.0, 0.5]]),
    ]
    drawn = [
        (rng.normal(size=(b, n)), rng.normal(size=(n, n)), rng.uniform(size=(b, n)))
        for b, n in ((4, 3), (5, 5))
    ]
    return [tuple(map(np.array, case)) for case in (*simple, *edges, *drawn)]


_W = np.array([[0.5, -2.0], [1.5, 0.3]])
_H = np.array([[0.2, -0.4]])


def _is_the_slope(function):
    """Compare with the measured slope of the first output's sum, along the first input."""
    grad, slope = np.ones((1, 2)), 1 - np.tanh(_H @ _W.T) ** 2
    value = float(function(grad, _W, slope)[0, 0])

    def block(first):
        h = np.array([[first, _H[0, 1]]])
        return float((h + np.tanh(h @ _W.T)).sum())

    measured = (block(0.2 + 1e-6) - block(0.2 - 1e-6)) / 2e-6
    evidence = f"sum of h + tanh(Wh), by its first input: {value:.4g}, measured {measured:.4g}"
    return abs(value - measured) < 1e-6, evidence


def _passes(w, slope, words):
    def holds(function):
        grad = np.array([[3.0, -1.0]])
        value = np.asarray(function(grad, w, slope))
        evidence = f"{words}: (3, -1) becomes ({value[0, 0]:.4g}, {value[0, 1]:.4g})"
        return bool(np.allclose(value, grad)), evidence

    return holds


def _through_many(function):
    grad, slope = np.array([[3.0, 4.0]]), np.full((1, 2), 0.25)
    w = np.array([[0.0, 0.1], [-0.1, 0.0]])
    for _ in range(50):
        grad = np.asarray(function(grad, w, slope))
    norm = float(np.linalg.norm(grad))
    evidence = f"slopes 1/4, small weights: norm 5 before, {norm:.3g} after"
    return 4 < norm < 7, evidence


EXERCISES = (
    Exercise(
        name="block_gradient",
        lesson="09",
        statement="""The gradient with respect to the input h of a residual block, whose
        output is h + φ(Wh + b); batches are rows.

        grad : array, shape (n_batch, n_units), the gradient with respect to the output
        w : W, array, shape (n_units, n_units);  slope : φ'(z), array, shape of grad
        returns an array, shape (n_batch, n_units)
        """,
        reference=block_gradient,
        cases=_cases,
        facts=Ways,
        mistakes=MISTAKES,
        laws=(
            Law("it is the slope of the block", _is_the_slope),
            Law("with W = 0 the gradient passes as it is",
                _passes(np.zeros((2, 2)), np.ones((1, 2)), "W = 0")),
            Law("where all units are saturated it passes as it is",
                _passes(_W, np.zeros((1, 2)), "slopes 0")),
            Law("it neither vanishes nor explodes over 50 gentle blocks", _through_many),
        ),
        hints=(
            "h reaches the output on two ways. What does each of them pass back? Then add.",
            "The identity passes `grad` as it is. The branch is the layer of lesson 02: first "
            "δ = grad ⊙ φ', then δ times W.",
            "One line: `grad + (grad * slope) @ w`.",
        ),
        remark="In PyTorch nothing has to be written for it: where `forward` says `h = h + "
        "branch`, autograd adds the two ways up. `course_lib.residual` has whole nets of such "
        "blocks. (He et al. 2016, eq. 1.)",
    ),
)  # fmt: skip
