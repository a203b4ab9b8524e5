"""What goes wrong with the largest stable learning rate in lesson 05."""

from dataclasses import replace

import numpy as np

from course_lib.exercises.engine.formatting import compared
from course_lib.exercises.engine.model import Mistake


def _curvatures(hessian):
    """Return the eigenvalues, the smallest first."""
    return np.linalg.eigvalsh(hessian)


def _two_over(size):
    return lambda hessian: 2 / size(hessian)


def _positive(hessian):
    curvatures = _curvatures(hessian)
    return curvatures[curvatures > 0]


def _where_limited(function, otherwise=np.inf):
    """Return the function with another answer where no curvature is positive."""
    return lambda hessian: function(hessian) if _positive(hessian).size else otherwise


def _where_positive(function):
    """Return the function with inf where its own value is not positive."""

    def guarded(hessian):
        limit = function(hessian)
        return limit if limit > 0 else np.inf

    return guarded


def _unless_any(condition):
    """Return the answer that gives inf as soon as one curvature is of this kind."""

    def function(hessian):
        curvatures = _curvatures(hessian)
        return np.inf if condition(curvatures).any() else 2 / curvatures[-1]

    return function


def _also_limited(mistake):
    """Return the mistake as those make it, too, who thought of inf."""
    functions = (mistake.function, *mistake.variants)
    return replace(mistake, variants=(*functions[1:], *map(_where_limited, functions)))


def _two_over_largest(hessian):
    return 2 / _curvatures(hessian)[-1]


def _listed(values):
    return ", ".join(f"{value:.4g}" for value in values)


def _with_numbers(sentence):
    """Return an explanation: the sentence, then what came and what is right."""

    def explain(case, answer, expected):
        curvatures = _curvatures(case[0])
        noun = "curvature" if len(curvatures) == 1 else "curvatures"
        return f"{sentence} With the {noun} {_listed(curvatures)} {compared(answer, expected)}"

    return explain


_WRONG_LIMITS = (
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
        variants=(_where_positive(_two_over(lambda hessian: _curvatures(hessian)[0])),),
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
        variants=(lambda hessian: 1 / np.trace(hessian), _where_positive(_two_over(np.trace))),
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
                      "steepest directions: λ_max is the largest eigenvalue."),
        variants=(_two_over(lambda hessian: hessian.max()),),
    ),
    Mistake(
        "largest entry of the diagonal",
        _two_over(lambda hessian: np.diag(hessian).max()),
        _with_numbers("this takes the largest entry of the diagonal, the curvature along an "
                      "axis. The axes are not the steepest directions: λ_max is the largest "
                      "eigenvalue, at least as large as every entry on the diagonal."),
        variants=(_where_positive(_two_over(lambda hessian: np.diag(hessian).max())),),
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
        "smallest positive curvature",
        lambda hessian: 2 / _positive(hessian)[0],
        _with_numbers("this is the limit of the flattest direction among those that curve "
                      "upward. All directions share one rate, and the steepest, with the "
                      "largest curvature, diverges first."),
    ),
)  # fmt: skip

_WRONG_WITHOUT_LIMIT = (
    Mistake(
        "inf for one negative curvature",
        _unless_any(lambda curvatures: curvatures < 0),
        _with_numbers("inf is returned as soon as one curvature is negative. The directions "
                      "that curve upward limit the rate all the same: inf is right only where "
                      "there is none of them."),
        variants=(_unless_any(lambda curvatures: curvatures <= 0),),
    ),
    Mistake(
        "not inf where there is no limit",
        _where_limited(_two_over_largest, None),
        "where no curvature is positive nothing limits the rate, and the answer there is the "
        "number `np.inf`: not None, not 0, and no largest of an empty list.",
        variants=(
            _where_limited(_two_over_largest, 0.0),
            _where_limited(_two_over_largest, np.nan),
            lambda hessian: 2 / _positive(hessian).max(),
            lambda hessian: 2 / max(list(_positive(hessian))),
            lambda hessian: 2 / _positive(hessian)[-1],
        ),
    ),
    Mistake(
        "downhill only",
        _two_over_largest,
        lambda case, answer, expected: (
            "where every direction curves downward, the largest curvature is negative, and so "
            "is 2/λ_max: for the curvatures -2, -1 it is -2. Nothing limits the rate there: "
            "return `np.inf` unless λ_max > 0."
        ),
    ),
)  # fmt: skip

MISTAKES = (*map(_also_limited, _WRONG_LIMITS), *_WRONG_WITHOUT_LIMIT)
