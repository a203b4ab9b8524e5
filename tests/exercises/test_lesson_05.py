"""The exercises of lesson 05: other right answers, and what the verdicts say."""

import numpy as np
import pytest
from exercises_learner import check_text, right_answers_pass

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


def test_numpy_can_be_silenced_as_before_when_the_check_is_over():
    silencers = np.errstate, np.seterr
    text = "with np.errstate(over='ignore'):\n        return 1 / (1 + np.exp(-z))"
    check_text("stable_sigmoid", f"def f(z):\n    {text}")
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
    assert "✘ no: nothing overflows far to the right (nan at z = 20000" in verdict


def test_an_overflow_in_float32_alone_is_told_by_its_precision():
    text = "return 1 / (1 + np.exp(-np.clip(z, -700, 700)))"
    verdict = str(check_text("stable_sigmoid", f"def f(z):\n    {text}"))
    assert "overflow encountered in exp, in float32 at z = -20000" in verdict
    assert "in float64 at z" not in verdict


def test_the_plain_sigmoid_has_all_values_right_and_fails_by_a_law():
    result = check_text("stable_sigmoid", "def f(z):\n    return 1 / (1 + np.exp(-z))")
    n = len(cases_of(exercises()["stable_sigmoid"]))
    assert f"All {n} cases are right, but a law does not hold: " in str(result)


def test_a_law_about_overflow_shows_its_numbers_where_it_holds():
    solution = exercises()["stable_sigmoid"].solution
    verdict = str(check("stable_sigmoid", solution))
    assert "(0 at z = -20000, in float32 0)" in verdict
    assert "(1 at z = 20000, in float32 1)" in verdict
    assert "σ(-700) = 9.86e-305" in verdict


def test_the_laws_of_the_limit_show_descent_on_both_sides_of_it():
    verdict = str(check("largest_stable_lr", exercises()["largest_stable_lr"].solution))
    assert "rate 0.6533: distance 1, after 400 steps 7.7e-08" in verdict
    assert "rate 0.68: distance 1, after 400 steps 6.2e+06" in verdict
    assert "curvatures -2, -1: inf" in verdict
