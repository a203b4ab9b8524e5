"""Lesson 05: the largest learning rate at which gradient descent is stable."""

import numpy as np

from course_lib import stability
from course_lib.exercises.engine.model import Exercise, Law
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


def _distance(lr, n_steps=400):
    """Return how far gradient descent from (1, 0) is from the minimum in the end."""
    loss_and_gradient, theta = stability.quadratic(_EXAMPLE), np.array([1.0, 0.0])
    for _ in range(n_steps):
        theta = theta - lr * loss_and_gradient(theta)[1]
    return float(np.linalg.norm(theta))


def _told(lr, distance):
    return f"curvatures 1, 3, rate {lr:.4g}: distance 1, after 400 steps {distance:.2g}"


def _rests_below(function):
    lr = 0.98 * float(function(_EXAMPLE))
    distance = _distance(lr)
    return distance < 1e-2, _told(lr, distance)


def _diverges_above(function):
    lr = 1.02 * float(function(_EXAMPLE))
    distance = _distance(lr)
    return not distance < 1e2, _told(lr, distance)


def _unlimited_downhill(function):
    values = [float(function(np.diag(entries))) for entries in ([-2.0, -1.0], [0.0, 0.0])]
    evidence = f"curvatures -2, -1: {values[0]:.4g}; curvatures 0, 0: {values[1]:.4g}"
    return values == [np.inf, np.inf], evidence


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
