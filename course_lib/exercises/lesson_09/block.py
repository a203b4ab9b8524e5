"""Lesson 09: the gradient through a residual block."""

import numpy as np

from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.tried import is_slope, tried
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


def _drawn(rng):
    b, n = map(int, rng.integers(1, 4, 2))
    return rng.normal(size=(b, n)), rng.normal(size=(n, n)), rng.normal(size=(b, n))


@tried((np.ones((1, 2)), _W, _H), (np.array([[2.0, -1.0]]), _W, _H), drawn=_drawn)
def _is_the_slope(function, grad, w, h):
    """Compare with the measured slopes of a loss whose gradient at the output is given."""
    value = function(grad, w, 1 - np.tanh(h @ w.T) ** 2)
    held, said = is_slope(value, lambda h: np.sum(grad * (h + np.tanh(h @ w.T))), h)
    return held, f"h + tanh(Wh), {said}"


def _passing(function, words, grad, w, slope):
    value = np.asarray(function(grad, w, slope))
    rows = [", ".join(f"{v:.4g}" for v in np.ravel(values)[:4]) for values in (grad, value)]
    return bool(np.allclose(value, grad)), f"{words}: ({rows[0]}) becomes ({rows[1]})"


_GRAD = np.array([[3.0, -1.0]])


@tried((_GRAD, 1.0), drawn=lambda rng: (_drawn(rng)[0], float(rng.uniform(0.1, 1))))
def _without_weights(function, grad, steepness):
    slope = np.full(grad.shape, steepness)
    return _passing(function, "W = 0", grad, np.zeros((grad.shape[1],) * 2), slope)


@tried((_GRAD, _W), drawn=lambda rng: _drawn(rng)[:2])
def _saturated(function, grad, w):
    return _passing(function, "slopes 0", grad, w, np.zeros(grad.shape))


def _drawn_gentle(rng):
    turn = float(rng.choice([-1, 1]) * rng.uniform(0.05, 0.15))
    return rng.normal(scale=3, size=(1, 2)), turn


@tried((np.array([[3.0, 4.0]]), 0.1), drawn=_drawn_gentle)
def _through_many(function, grad, turn):
    before, slope = float(np.linalg.norm(grad)), np.full((1, 2), 0.25)
    w = np.array([[0.0, turn], [-turn, 0.0]])
    for _ in range(50):
        grad = np.asarray(function(grad, w, slope))
    norm = float(np.linalg.norm(grad))
    evidence = f"slopes 1/4, small weights: norm {before:.3g} before, {norm:.3g} after"
    return 0.8 * before < norm < 1.4 * before, evidence


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
                _without_weights),
            Law("where all units are saturated it passes as it is",
                _saturated),
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
