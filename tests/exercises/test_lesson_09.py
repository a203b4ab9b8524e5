"""The exercises of lesson 09: other right answers, and what the verdicts say."""

from dataclasses import replace

import numpy as np
import pytest
from exercises_learner import check_text, mistakes_are_recognized, right_answers_pass

from course_lib import statistics
from course_lib.exercises import check
from course_lib.initializers import normal

HEADS = {
    "penalty_gradient": "def f(gradient, theta, mu):\n",
    "block_gradient": "def f(grad, w, slope):\n",
    "adam_update": "def f(m, v, g, t):\n",
    "remedy_verdict": "def f(solved, without, n):\n",
    "own_remedy": "def f(plan):\n",
}
NAMES = {
    "statistics": statistics,
    "replace": replace,
    "normal": normal,
}


def answer(name, text):
    return check_text(name, HEADS[name] + text, **NAMES)


RIGHT = {
    "with max in place of a test for zero": (
        "penalty_gradient",
        "    g = gradient(theta)\n    n = max(np.linalg.norm(g), 1e-300)\n    e = 1e-5 / n\n"
        "    return g + mu * (gradient(theta + e * g) - gradient(theta - e * g)) / e",
    ),
    "by the complex step": (
        "penalty_gradient",
        "    g = gradient(theta)\n    n = np.linalg.norm(g) or 1.0\n"
        "    h = 1e-30 / n\n    return g + 2 * mu * gradient(theta + 1j * h * g).imag / h",
    ),
    "with the whole Hessian": (
        "penalty_gradient",
        "    g = gradient(theta)\n    H = np.zeros((theta.size, theta.size))\n"
        "    for i in range(theta.size):\n        e = np.zeros(theta.size)\n"
        "        e[i] = 1e-5\n"
        "        H[:, i] = (gradient(theta + e) - gradient(theta - e)) / 2e-5\n"
        "    return g + 2 * mu * H @ g",
    ),
    "on copies": (
        "penalty_gradient",
        "    g = gradient(theta)\n    n = np.sqrt(g @ g)\n    if n == 0:\n"
        "        return np.zeros_like(theta)\n    up, down = theta.copy(), theta.copy()\n"
        "    up += 1e-4 * g / n\n    down -= 1e-4 * g / n\n"
        "    return g + 2 * mu * n * (gradient(up) - gradient(down)) / 2e-4",
    ),
    "one-sided with a step so short that it does not show": (
        "penalty_gradient",
        "    g = gradient(theta)\n    n = np.linalg.norm(g) or 1.0\n"
        "    return g + 2 * mu * n * (gradient(theta + 1e-7 * g / n) - g) / 1e-7",
    ),
    "delta first": ("block_gradient", "    delta = grad * slope\n    return delta @ w + grad"),
    "by the Jacobian of each example": (
        "block_gradient",
        "    out = np.zeros(grad.shape)\n    for i in range(len(grad)):\n"
        "        J = np.eye(len(w)) + slope[i][:, None] * w\n        out[i] = J.T @ grad[i]\n"
        "    return out",
    ),
    "by einsum": (
        "block_gradient",
        "    return grad + np.einsum('bi,ij->bj', grad * slope, w)",
    ),
    "columns in place of rows": (
        "block_gradient",
        "    return grad + (w.T @ (grad * slope).T).T",
    ),
    "Adam with the corrections in the rate": (
        "adam_update",
        "    m, v = 0.9 * m + (1 - 0.9) * g, 0.999 * v + (1 - 0.999) * g * g\n"
        "    root = np.sqrt(1 - 0.999**t)\n"
        "    return root / (1 - 0.9**t) * m / (np.sqrt(v) + 1e-8 * root), m, v",
    ),
    "verdict by the gap between intervals": (
        "remedy_verdict",
        "    ends = [statistics.wilson_interval(k, n) for k in (solved, without)]\n"
        "    if ends[0][1] < ends[1][0]:\n        return 'makes worse'\n"
        "    if ends[0][0] <= ends[1][1]:\n        return 'not shown'\n"
        "    return 'helps' if solved / n < 0.9 else 'cures'",
    ),
    "smaller weights": (
        "own_remedy",
        "    return replace(plan, init=normal(1.4))",
    ),
    "on a copy": (
        "block_gradient",
        "    out = grad.copy()\n    out += (grad * slope) @ w\n    return out",
    ),
}

test_right_answers_in_other_words_pass = right_answers_pass(answer, RIGHT)

STEP = "    g = gradient(theta)\n    n = np.linalg.norm(g) or 1.0\n    s = 1e-5 * g / n\n"
DIFFERENCE = "(gradient(theta + s) - gradient(theta - s))"
WRONG = {
    "the square's 2 missing": (
        "penalty_gradient",
        f"{STEP}    return g + mu * n * {DIFFERENCE} / 2e-5",
        "constant in line 5",
    ),
    "as forward": (
        "block_gradient",
        "    delta = grad * slope\n    return grad + delta @ w.T",
        "W transposed",
    ),
}

test_mistakes_in_other_words_are_recognized = mistakes_are_recognized(answer, WRONG)


def test_the_curvature_is_told_with_its_number():
    verdict = str(answer(*WRONG["the square's 2 missing"][:2]))
    assert "✘ no: on a parabola the curvature λ becomes λ(1 + 2λμ)" in verdict
    assert "λ = 3, μ = 0.5, θ = 1: 7.5, λ(1 + 2λμ) = 12" in verdict


def test_the_case_is_told_by_its_loss():
    verdict = str(answer("penalty_gradient", "    return gradient(theta)"))
    assert "For the gradient of ℓ(θ) = 3θ₀²/2 at θ = (2) with μ = 0.1 it gives" in verdict


def test_a_single_entry_handed_to_the_gradient_is_told():
    verdict = str(
        answer("penalty_gradient", "    return np.array([gradient(t) for t in theta])")
    )
    assert "gradient needs the whole vector theta, of shape (1,), got one number" in verdict


def test_the_answer_works_on_a_network():
    result = answer(*RIGHT["on copies"])
    g = result.function(lambda t: np.array([2.0, 3.0]) * t, np.ones(2), 0.1)
    assert g == pytest.approx(np.array([2.0, 3.0]) * (1 + 0.2 * np.array([2.0, 3.0])))


def test_a_block_without_its_identity_is_told_that_the_gradient_vanishes():
    verdict = str(check("block_gradient", lambda grad, w, slope: (grad * slope) @ w))
    assert "✘ no: it neither vanishes nor explodes over 50 gentle blocks" in verdict
    assert "norm 5 before, " in verdict
