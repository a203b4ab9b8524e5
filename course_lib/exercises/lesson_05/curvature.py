"""Lesson 05: the largest learning rate at which gradient descent is stable."""

import numpy as np

from course_lib import stability
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.tried import tried
from course_lib.exercises.lesson_05.curvature_mistakes import MISTAKES, Facts


def largest_stable_lr(hessian):
    """Return 2/λ_max; inf where no curvature is positive."""
    largest = np.linalg.eigvalsh(hessian)[-1]
    return 2 / largest if largest > 0 else np.inf


def _cases(rng):
    simple = [[[4.0]], [[1.0, 0.0], [0.0, 10.0]], [[2.0, 1.0], [1.0, 2.0]]]
    edges = [
        [[2.0, 0.0], [0.0, -8.0]],
        [[0.0, 3.0], [3.0, 0.0]],
        [[5.0, 0.0], [0.0, 0.0]],
        [[1.0, 4.0], [4.0, -9.0]],
        [[-2.0, 0.0], [0.0, -1.0]],
        [[0.0, 0.0], [0.0, 0.0]],
        [[0.5]],
        [[-0.5]],
        [[0.3, 0.1], [0.1, -2.0]],
        [[1e-6, 0.0], [0.0, 2e-5]],
        [[6.0, 0.0], [0.0, 1.5]],
        [[3.0, 0.0, 0.0], [0.0, 7.0, 0.0], [0.0, 0.0, 1.0]],
    ]
    bowls = [_drawn(rng, n, lambda a: a @ a.T) for n in (2, 3, 6)]
    mixed = [_drawn(rng, n, lambda a: a + a.T) for n in (3, 5)]
    return [(np.array(hessian),) for hessian in (*simple, *edges, *bowls, *mixed)]


def _drawn(rng, n, symmetric):
    return symmetric(rng.normal(size=(n, n)).round(1)).round(2) + 0.0


_EXAMPLE = np.array([[2.0, 1.0], [1.0, 2.0]])


def _distance(hessian, lr, n_steps=400):
    """Return how far gradient descent is from the minimum in the end, from 1."""
    theta = np.linspace(1, 0.5, len(hessian))
    theta /= np.linalg.norm(theta)
    steps = np.linalg.matrix_power(np.eye(len(hessian)) - lr * hessian, n_steps)
    return float(np.linalg.norm(steps @ theta))


def _told(hessian, lr, distance):
    curvatures = ", ".join(f"{value:.4g}" for value in np.linalg.eigvalsh(hessian))
    return f"curvatures {curvatures}, rate {lr:.4g}: distance 1, after 400 steps {distance:.2g}"


def _turned(rng, curvatures):
    """Return the symmetric matrix with these curvatures along drawn directions."""
    axes = np.linalg.qr(rng.normal(size=(len(curvatures), len(curvatures))))[0]
    hessian = axes @ np.diag(curvatures) @ axes.T
    return ((hessian + hessian.T) / 2,)


_on_bowls = tried(
    (_EXAMPLE,),
    (np.diag([0.5, 4.0]),),
    (np.array([[2.0, -1.0], [-1.0, 2.0]]),),
    (np.array([[3.0, 1.0, 1.0], [1.0, 1.0, 0.0], [1.0, 0.0, 1.0]]),),
    _turned(np.random.default_rng(0), [2.7, 3.3, 4.2, 4.5]),
    _turned(np.random.default_rng(1), [0.9, 1.0, 1.4]),
    (np.array([[6.0]]),),
    drawn=lambda rng: _turned(rng, rng.uniform(0.5, 5, rng.integers(2, 5))),
    n_drawn=12,
)


@_on_bowls
def _rests_below(function, hessian):
    lr = 0.98 * float(function(hessian))
    distance = _distance(hessian, lr)
    return distance < 1e-2, _told(hessian, lr, distance)


@_on_bowls
def _diverges_above(function, hessian):
    lr = 1.02 * float(function(hessian))
    distance = _distance(hessian, lr)
    return not distance < 1e2, _told(hessian, lr, distance)


@tried((np.diag([-2.0, -1.0]),), (np.zeros((2, 2)),), (np.array([[-0.5]]),),
       drawn=lambda rng: _turned(rng, rng.uniform(-5, -0.5, rng.integers(2, 5))))  # fmt: skip
def _unlimited_downhill(function, hessian):
    value = float(function(hessian))
    curvatures = ", ".join(f"{k + 0.0:.4g}" for k in np.linalg.eigvalsh(hessian))
    return value == np.inf, f"curvatures {curvatures}: {value:.4g}"


EXERCISES = (
    Exercise(
        name="largest_stable_lr",
        lesson="05",
        statement="""The learning rate below which no direction of positive curvature makes
        gradient descent on the loss ½ θᵀHθ diverge.

        hessian : H, array, shape (n, n), symmetric;  returns a number,
        np.inf where no curvature is positive
        """,
        reference=stability.largest_stable_lr,
        solution=largest_stable_lr,
        cases=_cases,
        mistakes=MISTAKES,
        facts=Facts,
        laws=(
            Law("2 % below the limit, descent comes to rest", _rests_below),
            Law("2 % above it, descent diverges", _diverges_above),
            Law("without positive curvature there is no limit", _unlimited_downhill),
        ),
        hints=(
            "One direction first: on ½ λ θ² a step gives θ - ηλθ. For which η does the factor "
            "1 - ηλ stay between -1 and 1?",
            "In n dimensions the eigenvectors of H are such directions, and the eigenvalues "
            "their curvatures: `np.linalg.eigvalsh(hessian)`, sorted, the smallest first.",
            "The steepest direction sets the limit: `2 / largest`, and `np.inf` unless "
            "`largest > 0`.",
        ),
        remark="Momentum moves the limit to 2(1 + γ)/λ_max; lesson 06 derives it. "
        "`course_lib.stability` checks that the matrix is symmetric, and takes a curvature "
        "that is only rounding for 0.",
    ),
)
