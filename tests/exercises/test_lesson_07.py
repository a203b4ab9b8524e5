"""The exercises of lesson 07: other right answers, and what the verdicts say."""

from functools import partial

import numpy as np
import pytest
from exercises_learner import check_text, mistakes_are_recognized, right_answers_pass

from course_lib.clipping import clip_global_norm, global_norm
from course_lib.exercises import exercises
from course_lib.exercises.engine.trials import cases_of

answer = partial(check_text, safe_norm=global_norm, shorten=clip_global_norm)

RIGHT = {
    "norm by hypot": (
        "global_norm",
        "def f(g):\n    return np.hypot.reduce(g)",
    ),
    "norm by math.hypot": (
        "global_norm",
        "def f(g):\n    import math\n    return math.hypot(*g)",
    ),
    "norm with np.linalg.norm of the ratios": (
        "global_norm",
        "def f(g):\n    top = np.max(np.abs(g))\n"
        "    return float(top * np.linalg.norm(g / top)) if top > 0 else 0.0",
    ),
    "norm with another scale, a power of two": (
        "global_norm",
        "def f(g):\n    if not g.any():\n        return 0.0\n"
        "    scale = 2.0 ** np.floor(np.log2(np.abs(g).max()))\n"
        "    return scale * np.sqrt(((g / scale) ** 2).sum())",
    ),
    "norm with the scale in place of 0 made 1": (
        "global_norm",
        "def f(g):\n    scale = np.abs(g).max() or 1.0\n"
        "    return scale * np.sum((g / scale) ** 2) ** 0.5",
    ),
    "value by minimum and maximum": (
        "clip_value",
        "def f(g, max_value):\n    return np.maximum(-max_value, np.minimum(g, max_value))",
    ),
    "value by sign": (
        "clip_value",
        "def f(g, max_value):\n    return np.sign(g) * np.minimum(np.abs(g), max_value)",
    ),
    "value on a copy": (
        "clip_value",
        "def f(g, max_value):\n    out = g.copy()\n    out[out > max_value] = max_value\n"
        "    out[out < -max_value] = -max_value\n    return out",
    ),
    "global by min, as the rule is written": (
        "clip_global_norm",
        "def f(g, max_norm):\n    return g * min(1, max_norm / safe_norm(g))",
    ),
    "global by the larger of norm and limit": (
        "clip_global_norm",
        "def f(g, max_norm):\n    return g * (max_norm / max(safe_norm(g), max_norm))",
    ),
    "global by np.where": (
        "clip_global_norm",
        "def f(g, max_norm):\n    n = safe_norm(g)\n"
        "    return np.where(n > max_norm, g * (max_norm / n), g)",
    ),
    "global with a norm of one's own": (
        "clip_global_norm",
        "def f(g, max_norm):\n    top = np.abs(g).max()\n    if top == 0:\n"
        "        return np.zeros_like(g)\n"
        "    norm = top * np.sqrt(np.sum((g / top) ** 2))\n"
        "    return g / max(1, norm / max_norm)",
    ),
    "layers on a copy": (
        "clip_layer_norms",
        "def f(g, max_norm, layers):\n    out = g.copy()\n    for layer in layers:\n"
        "        out[layer.parameters] = shorten(g[layer.parameters], max_norm)\n"
        "    return out",
    ),
    "layers with safe_norm": (
        "clip_layer_norms",
        "def f(g, max_norm, layers):\n    parts = []\n    for layer in layers:\n"
        "        part = g[layer.parameters]\n        norm = safe_norm(part)\n"
        "        parts.append(part * (max_norm / norm) if norm > max_norm else part)\n"
        "    return np.hstack(parts)",
    ),
    "groups by slices": (
        "accumulated_steps",
        "def f(gradients, k, max_norm):\n    starts = range(0, len(gradients), k)\n"
        "    groups = [gradients[i:i + k] for i in starts]\n"
        "    return np.array([shorten(group.mean(axis=0), max_norm) for group in groups])",
    ),
    "groups as PyTorch makes them, each part scaled before it is added": (
        "accumulated_steps",
        "def f(gradients, k, max_norm):\n    n, out, grad = len(gradients), [], 0\n"
        "    for i in range(n):\n        size = min(k, n - i // k * k)\n"
        "        grad = grad + gradients[i] / size\n"
        "        if (i + 1) % k == 0 or i + 1 == n:\n"
        "            out.append(shorten(grad, max_norm))\n            grad = 0\n"
        "    return np.array(out)",
    ),
}

test_right_answers_in_other_words_pass = right_answers_pass(answer, RIGHT)

WRONG = {
    "norm of NumPy": (
        "global_norm",
        "def f(g):\n    return np.linalg.norm(g)",
        "squares overflow",
    ),
    "norm by the scalar product": (
        "global_norm",
        "def f(g):\n    return np.sqrt(g @ g)",
        "squares overflow",
    ),
    "norm with the scale under the root": (
        "global_norm",
        "def f(g):\n    s = np.abs(g).max() or 1.0\n"
        "    return np.sqrt(s**2 * np.sum((g / s) ** 2))",
        "squares overflow",
    ),
    "norm in float64": (
        "global_norm",
        "def f(g):\n    return np.sqrt(np.sum(np.square(g, dtype=float)))",
        "float64 for the squares",
    ),
    "norm that fails at 0": (
        "global_norm",
        "def f(g):\n    s = np.max(np.abs(g))\n    return s * np.linalg.norm(g / s)",
        "0/0 for a zero gradient",
    ),
    "norm with a floor": (
        "global_norm",
        "def f(g):\n    s = max(np.abs(g).max(), 1e-15)\n    return s * np.linalg.norm(g / s)",
        "tiny gradients lost",
    ),
    "value by a loop with one comparison": (
        "clip_value",
        "def f(g, max_value):\n    return np.array([min(x, max_value) for x in g])",
        "one side only",
    ),
    "value into the caller's array": (
        "clip_value",
        "def f(g, max_value):\n    g[g > max_value] = max_value\n"
        "    g[g < -max_value] = -max_value\n    return g",
        "argument changed in place",
    ),
    "global with PyTorch's denominator": (
        "clip_global_norm",
        "def f(g, max_norm):\n    factor = max_norm / (safe_norm(g) + 1e-6)\n"
        "    return g * min(factor, 1.0)",
        "a constant in the denominator",
    ),
    "global exactly as PyTorch": (
        "clip_global_norm",
        "def f(g, max_norm):\n    factor = max_norm / (np.linalg.norm(g) + 1e-6)\n"
        "    return g * min(factor, 1.0)",
        "plain norm",
    ),
    "global with the norm of NumPy": (
        "clip_global_norm",
        "def f(g, max_norm):\n    norm = np.linalg.norm(g)\n"
        "    return g * max_norm / norm if norm > max_norm else g",
        "plain norm",
    ),
    "global from the direction": (
        "clip_global_norm",
        "def f(g, max_norm):\n    norm = safe_norm(g)\n    direction = g / norm\n"
        "    return direction * min(norm, max_norm)",
        "division by a norm of 0",
    ),
    "global with a Python number that is 0": (
        "clip_global_norm",
        "def f(g, max_norm):\n    norm = float(safe_norm(g))\n"
        "    return g * min(1, max_norm / norm)",
        "division by a norm of 0",
    ),
    "global with the product first": (
        "clip_global_norm",
        "def f(g, max_norm):\n    norm = safe_norm(g)\n    if norm > max_norm:\n"
        "        return max_norm * g / norm\n    return g",
        "product before quotient",
    ),
    "global without a condition, by a Python number": (
        "clip_global_norm",
        "def f(g, max_norm):\n    return g * (max_norm / float(safe_norm(g)))",
        "short gradients lengthened",
    ),
    "global without a condition, product first": (
        "clip_global_norm",
        "def f(g, max_norm):\n    return g * max_norm / safe_norm(g)",
        "short gradients lengthened",
    ),
    "norm by the reciprocal": (
        "global_norm",
        "def f(g):\n    m = np.abs(g).max()\n    if m == 0:\n        return 0.0\n"
        "    return np.sqrt(np.sum((g * (1 / m)) ** 2)) * m",
        "1/scale overflows",
    ),
    "global in place": (
        "clip_global_norm",
        "def f(g, max_norm):\n    norm = safe_norm(g)\n    if norm > max_norm:\n"
        "        g *= max_norm / norm\n    return g",
        "argument changed in place",
    ),
    "layers by the norm of their norms": (
        "clip_layer_norms",
        "def f(g, max_norm, layers):\n"
        "    norms = [np.linalg.norm(g[layer.parameters]) for layer in layers]\n"
        "    total = safe_norm(np.array(norms))\n    return g * min(1, max_norm / total)",
        "whole vector clipped",
    ),
    "layers in a loop that returns too early": (
        "clip_layer_norms",
        "def f(g, max_norm, layers):\n    out = g.copy()\n    for layer in layers:\n"
        "        out[layer.parameters] = shorten(g[layer.parameters], max_norm)\n"
        "        return out",
        "one layer only",
    ),
    "layers through views": (
        "clip_layer_norms",
        "def f(g, max_norm, layers):\n    for layer in layers:\n"
        "        part = g[layer.parameters]\n        norm = safe_norm(part)\n"
        "        if norm > max_norm:\n            part *= max_norm / norm\n    return g",
        "argument changed in place",
    ),
    "layers as a list": (
        "clip_layer_norms",
        "def f(g, max_norm, layers):\n"
        "    return [shorten(g[layer.parameters], max_norm) for layer in layers]",
        "parts not joined",
    ),
}

test_mistakes_in_other_words_are_recognized = mistakes_are_recognized(answer, WRONG)

CONSTANTS = [1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-16]


@pytest.mark.parametrize("constant", [*CONSTANTS, 1e-20, 1e-30])
@pytest.mark.parametrize("guard", ["np.abs(g).max() + {}", "max(np.abs(g).max(), {})"])
def test_any_constant_that_keeps_the_norm_from_dividing_by_0_is_recognized(guard, constant):
    text = f"def f(g):\n    s = {guard.format(constant)}\n    return s * np.linalg.norm(g / s)"
    assert answer("global_norm", text).mistake == "tiny gradients lost"


@pytest.mark.parametrize("constant", CONSTANTS)
def test_any_usual_constant_below_the_clip_is_recognized(constant):
    text = f"def f(g, max_norm):\n    return g * min(1, max_norm / (safe_norm(g) + {constant}))"
    assert answer("clip_global_norm", text).mistake == "a constant in the denominator"


def test_a_float32_gradient_whose_plain_norm_overflows_is_among_the_cases():
    for name in ("global_norm", "clip_global_norm", "clip_layer_norms"):
        gradients = [case[0] for case in cases_of(exercises()[name])]
        with np.errstate(over="ignore"):
            plain = [np.sqrt(np.sum(g**2)) for g in gradients if g.dtype == np.float32]
        assert np.inf in plain


def test_a_lost_step_is_told_with_its_norm():
    verdict = str(
        answer(
            "clip_global_norm",
            "def f(g, max_norm):\n    return g * min(1, max_norm / np.sqrt(np.sum(g**2)))",
        )
    )
    assert "With max_norm = 1 a gradient of norm 2e+20 gets the norm 0, and 1" in verdict
    assert "✘ no: float32 entries of 1e20 keep their direction too" in verdict
    assert "max_norm 2: norm 0, cosine 0" in verdict


def test_clipping_by_value_is_told_with_the_cosine():
    text = "def f(g, max_norm):\n    return np.clip(g, -max_norm, max_norm)"
    verdict = str(answer("clip_global_norm", text))
    assert "with max_norm = 5 the cosine between raw and clipped is 0.9899" in verdict


def test_layer_norms_are_told_raw_answered_and_right():
    text = "def f(g, max_norm, layers):\n    return shorten(g, max_norm)"
    verdict = str(answer("clip_layer_norms", text))
    assert "the norms (10, 0.559) of the layers become (4.992, 0.2791)" in verdict
    assert "and (5, 0.559) is right" in verdict
