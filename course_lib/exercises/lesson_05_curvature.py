"""Lesson 05: the largest learning rate at which gradient descent is stable."""

import numpy as np

from course_lib import stability
from course_lib.exercises.model import Exercise, Law, Mistake
from course_lib.exercises.shown import compared


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
    ]
    bowls = [_drawn(rng, n, lambda a: a @ a.T) for n in (2, 3, 6)]
    mixed = [_drawn(rng, n, lambda a: a + a.T) for n in (3, 5)]
    return [(np.array(hessian),) for hessian in (*simple, *edges, *bowls, *mixed)]


def _drawn(rng, n, symmetric):
    return symmetric(rng.normal(size=(n, n)).round(1)).round(2) + 0.0


def _curvatures(hessian):
    """Return the eigenvalues, the smallest first."""
    return np.linalg.eigvalsh(hessian)


def _two_over(size):
    return lambda hessian: 2 / size(hessian)


def _listed(values):
    return ", ".join(f"{value:.4g}" for value in values)


def _with_numbers(sentence):
    """Return an explanation: the sentence, then what came and what is right."""

    def explain(case, answer, expected):
        curvatures = _curvatures(case[0])
        noun = "curvature" if len(curvatures) == 1 else "curvatures"
        return f"{sentence} With the {noun} {_listed(curvatures)} {compared(answer, expected)}"

    return explain


_MISTAKES = (
    Mistake(
        "half of the limit",
        lambda hessian: 1 / _curvatures(hessian)[-1],
        _with_numbers("this is 1/λ_max. Up to there the steepest direction goes straight to "
                      "the minimum; beyond it zigzags, and still arrives while |1 - ηλ| < 1: "
                      "up to 2/λ."),
    ),
    Mistake(
        "smallest curvature",
        _two_over(lambda hessian: _curvatures(hessian)[0]),
        _with_numbers("this is the limit of the flattest direction. All directions share one "
                      "rate, and the steepest diverges first: `eigvalsh` sorts the smallest "
                      "eigenvalue to the front and the largest to the end."),
    ),
    Mistake(
        "smallest of the limits",
        lambda hessian: np.min(2 / _curvatures(hessian)),
        _with_numbers("2/λ is taken for every curvature, and the smallest is chosen. A "
                      "negative curvature makes that negative; a rate is positive, and only "
                      "the positive curvatures limit it."),
    ),
    Mistake(
        "sign of the curvature lost",
        _two_over(lambda hessian: np.linalg.norm(hessian, 2)),
        _with_numbers("this takes the largest |λ|, or singular value. Where the most curved "
                      "direction curves downward it limits nothing: descent leaves along it at "
                      "any rate. What counts is the largest λ, with its sign."),
    ),
    Mistake(
        "trace",
        _two_over(np.trace),
        _with_numbers("the trace is the sum of all curvatures. Each direction has its own "
                      "factor 1 - ηλ; they are not added."),
        variants=(lambda hessian: 1 / np.trace(hessian),),
    ),
    Mistake(
        "mean curvature",
        _two_over(lambda hessian: np.mean(_curvatures(hessian))),
        _with_numbers("this takes the mean of the curvatures. The steepest direction has more "
                      "than the mean, and diverges."),
    ),
    Mistake(
        "largest entry",
        _two_over(lambda hessian: np.abs(hessian).max()),
        _with_numbers("this takes the largest entry of the matrix. The axes are not the "
                      "steepest directions: λ_max is the largest eigenvalue, at least as large "
                      "as every entry on the diagonal."),
        variants=(_two_over(lambda hessian: hessian.max()),
                  _two_over(lambda hessian: np.diag(hessian).max())),
    ),
    Mistake(
        "Frobenius norm",
        _two_over(np.linalg.norm),
        _with_numbers("`np.linalg.norm` of a matrix is the root of its sum of squares. It is "
                      "never below the largest eigenvalue, so the rate is safe and smaller "
                      "than need be."),
    ),
    Mistake(
        "largest sum of a row",
        _two_over(lambda hessian: np.abs(hessian).sum(axis=1).max()),
        _with_numbers("this takes the largest sum of a row. With |entries| that is a bound "
                      "on the eigenvalues (Gershgorin's), and none without. The largest "
                      "eigenvalue itself is asked for."),
        variants=(_two_over(lambda hessian: hessian.sum(axis=1).max()),),
    ),
    Mistake(
        "fastest rate",
        lambda hessian: 2 / (_curvatures(hessian)[0] + _curvatures(hessian)[-1]),
        _with_numbers("2/(λ_min + λ_max) is the rate at which a bowl is descended fastest. It "
                      "is stable, but not the limit."),
    ),
    Mistake(
        "upside down",
        lambda hessian: 2 * _curvatures(hessian)[-1],
        _with_numbers("more curvature must mean a smaller rate: λ_max belongs below the line."),
        variants=(lambda hessian: _curvatures(hessian)[-1] / 2,),
    ),
    Mistake(
        "curvature instead of the rate",
        lambda hessian: _curvatures(hessian)[-1],
        _with_numbers("this is the largest curvature λ_max. The rate η is stable while "
                      "η λ_max < 2; solve that for η."),
    ),
    Mistake(
        "one limit for every direction",
        lambda hessian: 2 / _curvatures(hessian),
        lambda case, answer, expected: (
            f"these are the limits of all directions, {_listed(np.ravel(answer))}. One rate "
            "serves them all: which direction diverges first?"
        ),
        variants=(lambda hessian: 2 / np.diag(hessian),
                  lambda hessian: list(2 / _curvatures(hessian))),
    ),
    Mistake(
        "downhill only",
        lambda hessian: 2 / _curvatures(hessian)[-1],
        lambda case, answer, expected: (
            "where every direction curves downward, the largest curvature is negative, and so "
            "is 2/λ_max: for the curvatures -2, -1 it is -2. Nothing limits the rate there: "
            "return `np.inf` unless λ_max > 0."
        ),
    ),
)  # fmt: skip

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
    return _distance(lr) < 1e-2, _told(lr, _distance(lr))


def _diverges_above(function):
    lr = 1.02 * float(function(_EXAMPLE))
    return not _distance(lr) < 1e2, _told(lr, _distance(lr))


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
        mistakes=_MISTAKES,
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
