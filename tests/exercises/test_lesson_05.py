"""The exercises of lesson 05: other right answers, and what the verdicts say."""

import numpy as np
import pytest
from exercises_learner import check_text, mistakes_are_recognized, right_answers_pass

from course_lib.exercises import check, exercises
from course_lib.exercises.engine.trials import cases_of

RIGHT = {
    "limit from eigh": (
        "largest_stable_lr",
        "def f(hessian):\n    curvatures, directions = np.linalg.eigh(hessian)\n"
        "    top = max(curvatures)\n    return 2 / top if top > 0 else float('inf')",
    ),
    "limit from unsorted eigenvalues": (
        "largest_stable_lr",
        "def f(hessian):\n    values = np.linalg.eigvals(hessian).real\n"
        "    positive = [v for v in values if v > 0]\n"
        "    return min([2 / v for v in positive], default=np.inf)",
    ),
    "sigmoid with masks": (
        "stable_sigmoid",
        "def f(z):\n    z = np.asarray(z)\n    if z.dtype.kind != 'f':\n"
        "        z = z.astype(float)\n    out = np.empty_like(z)\n    right = z >= 0\n"
        "    out[right] = 1 / (1 + np.exp(-z[right]))\n    e = np.exp(z[~right])\n"
        "    out[~right] = e / (1 + e)\n    return out",
    ),
    "sigmoid that silences underflow": (
        "stable_sigmoid",
        "def f(z):\n    with np.errstate(under='ignore'):\n        e = np.exp(-np.abs(z))\n"
        "        return np.where(z >= 0, 1, e) / (1 + e)",
    ),
    "sigmoid that silences without need": (
        "stable_sigmoid",
        "def f(z):\n    np.seterr(all='ignore')\n    e = np.exp(-np.abs(z))\n"
        "    return np.where(z >= 0, 1, e) / (1 + e)",
    ),
    "sigmoid by logaddexp": (
        "stable_sigmoid",
        "def f(z):\n    return np.exp(-np.logaddexp(0, -z))",
    ),
    "sigmoid with both branches made safe": (
        "stable_sigmoid",
        "def f(z):\n    left, right = np.minimum(z, 0), np.maximum(z, 0)\n"
        "    return np.where(np.asarray(z) < 0, np.exp(left) / (1 + np.exp(left)),\n"
        "                    1 / (1 + np.exp(-right)))",
    ),
    "sigmoid by a vectorized if": (
        "stable_sigmoid",
        "def f(z):\n    def one(v):\n        e = np.exp(-abs(v))\n"
        "        return 1 / (1 + e) if v >= 0 else e / (1 + e)\n"
        "    return np.vectorize(one)(z)",
    ),
    "sigmoid as product": (
        "stable_sigmoid",
        "def f(z):\n    return np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))",
    ),
}

test_right_answers_in_other_words_pass = right_answers_pass(check_text, RIGHT)

WRONG = {
    "the limit without inf": (
        "largest_stable_lr",
        "def f(hessian):\n    return 2 / max(np.linalg.eigvalsh(hessian))",
        "downhill only",
    ),
    "no limit, no answer": (
        "largest_stable_lr",
        "def f(hessian):\n    top = max(np.linalg.eigvalsh(hessian))\n"
        "    if top > 0:\n        return 2 / top",
        "not inf where there is no limit",
    ),
    "the largest of no curvatures": (
        "largest_stable_lr",
        "def f(hessian):\n    values = np.linalg.eigvalsh(hessian)\n"
        "    return 2 / values[values > 0].max()",
        "not inf where there is no limit",
    ),
    "inf for a saddle": (
        "largest_stable_lr",
        "def f(hessian):\n    values = np.linalg.eigvalsh(hessian)\n"
        "    return np.inf if (values < 0).any() else 2 / values.max()",
        "inf for one negative curvature",
    ),
    "the smallest positive one": (
        "largest_stable_lr",
        "def f(hessian):\n    up = [v for v in np.linalg.eigvalsh(hessian) if v > 0]\n"
        "    return 2 / min(up) if up else np.inf",
        "smallest positive curvature",
    ),
    "trace, with inf thought of": (
        "largest_stable_lr",
        "def f(hessian):\n    t = np.trace(hessian)\n    return 2 / t if t > 0 else np.inf",
        "trace",
    ),
    "overflow silenced": (
        "stable_sigmoid",
        "def f(z):\n    with np.errstate(over='ignore'):\n        return 1 / (1 + np.exp(-z))",
        "overflow hidden",
    ),
    "overflow silenced for good": (
        "stable_sigmoid",
        "def f(z):\n    np.seterr(over='ignore', invalid='ignore')\n"
        "    return np.where(z < 0, np.exp(z) / (np.exp(z) + 1), 1 / (1 + np.exp(-z)))",
        "overflow hidden",
    ),
    "Python's warnings silenced": (
        "stable_sigmoid",
        "def f(z):\n    import warnings\n    with warnings.catch_warnings():\n"
        "        warnings.simplefilter('ignore')\n        return 1 / (1 + np.exp(-z))",
        "plain form",
    ),
    "the largest entry of the diagonal": (
        "largest_stable_lr",
        "def f(hessian):\n    return 2 / np.diag(hessian).max()",
        "largest entry of the diagonal",
    ),
    "the largest entry": (
        "largest_stable_lr",
        "def f(hessian):\n    return 2 / np.max(hessian)",
        "largest entry",
    ),
    "eigenvalues, the wrong end": (
        "largest_stable_lr",
        "def f(hessian):\n    top = np.linalg.eigh(hessian)[0][0]\n"
        "    return 2 / top if top else np.inf",
        "smallest curvature",
    ),
    "spectral norm": (
        "largest_stable_lr",
        "def f(hessian):\n    return 2 / np.linalg.svd(hessian)[1][0]",
        "sign of the curvature lost",
    ),
    "reciprocal": (
        "stable_sigmoid",
        "def f(z):\n    return (1 + np.exp(-z)) ** -1.0",
        "plain form",
    ),
    "where with the exponential of either sign": (
        "stable_sigmoid",
        "def f(z):\n    e = np.exp(z)\n"
        "    return np.where(z < 0, e / (e + 1), 1 / (1 + np.exp(-z)))",
        "both branches evaluated",
    ),
    "made float64 first": (
        "stable_sigmoid",
        "def f(z):\n    z = np.array(z, dtype=float)\n    e = np.exp(-np.abs(z))\n"
        "    return np.where(z >= 0, 1, e) / (1 + e)",
        "float32 becomes float64",
    ),
    "tanh form": (
        "stable_sigmoid",
        "def f(z):\n    return np.tanh(z / 2) / 2 + 0.5",
        "difference of two numbers near 1",
    ),
}

test_mistakes_in_other_words_are_recognized = mistakes_are_recognized(check_text, WRONG)


def test_numpy_can_be_silenced_as_before_when_the_check_is_over():
    silencers = np.errstate, np.seterr
    check_text("stable_sigmoid", WRONG["overflow silenced"][1])
    assert (np.errstate, np.seterr) == silencers


@pytest.mark.parametrize(
    ("text", "left", "right"),
    [
        ("return 1 / (1 + np.exp(-z))", "✘ no", "✔ yes"),
        ("return np.exp(z) / (1 + np.exp(z))", "✔ yes", "✘ no"),
        (
            "return np.where(z < 0, np.exp(z) / (1 + np.exp(z)), 1 / (1 + np.exp(-z)))",
            "✘ no",
            "✘ no",
        ),
    ],
)
def test_an_overflow_is_told_by_its_side_and_numpys_own_words(text, left, right):
    verdict = str(check_text("stable_sigmoid", f"def f(z):\n    {text}"))
    assert f"{left}: nothing overflows far to the left" in verdict
    assert f"{right}: nothing overflows far to the right" in verdict
    assert "overflow encountered in exp" in verdict


def test_where_a_silenced_overflow_leaves_a_nan_the_law_does_not_hold():
    text = "with np.errstate(all='ignore'):\n        return np.exp(z) / (1 + np.exp(z))"
    verdict = str(check_text("stable_sigmoid", f"def f(z):\n    {text}"))
    assert "✔ yes: nothing overflows far to the left" in verdict
    assert "✘ no: nothing overflows far to the right (nan at z = 1000" in verdict


def test_an_overflow_in_float32_alone_is_told_by_its_precision():
    text = "return 1 / (1 + np.exp(-np.clip(z, -700, 700)))"
    verdict = str(check_text("stable_sigmoid", f"def f(z):\n    {text}"))
    assert "overflow encountered in exp, in float32 at z = -1000" in verdict
    assert "in float64 at z" not in verdict


def test_the_plain_sigmoid_has_all_values_right_and_fails_by_a_law():
    result = check_text("stable_sigmoid", "def f(z):\n    return 1 / (1 + np.exp(-z))")
    n = len(cases_of(exercises()["stable_sigmoid"]))
    assert f"All {n} cases are right, but a law does not hold." in str(result)


def test_a_law_about_overflow_shows_its_numbers_where_it_holds():
    solution = exercises()["stable_sigmoid"].solution
    verdict = str(check("stable_sigmoid", solution))
    assert "(0 at z = -1000, in float32 0)" in verdict
    assert "(1 at z = 1000, in float32 1)" in verdict
    assert "σ(-700) = 9.86e-305" in verdict


def test_the_laws_of_the_limit_show_descent_on_both_sides_of_it():
    verdict = str(check("largest_stable_lr", exercises()["largest_stable_lr"].solution))
    assert "rate 0.6533: distance 1, after 400 steps 5.7e-08" in verdict
    assert "rate 0.68: distance 1, after 400 steps 4.6e+06" in verdict
    assert "curvatures -2, -1: inf; curvatures 0, 0: inf" in verdict
