"""The exercises of lessons 06 and 07: other right answers, and what the verdicts say."""

import numpy as np
import pytest
from exercises_learner import written

from course_lib import clipping
from course_lib.exercises import check, exercises
from course_lib.exercises.engine import store
from course_lib.exercises.engine.trials import cases_of


@pytest.fixture(autouse=True)
def no_workspace(empty_folder, monkeypatch):
    monkeypatch.chdir(empty_folder)
    monkeypatch.setattr(store, "_memory", {})


def answer(name, text):
    """Check a function as a learner writes it, beside what the lesson has by then."""
    lesson = {"safe_norm": clipping.global_norm, "shorten": clipping.clip_global_norm}
    return check(name, written(text, "f", **lesson))


RIGHT = {
    "momentum with the sum the other way round": (
        "momentum_update",
        "def f(v, g, gamma):\n    return g + v * gamma",
    ),
    "momentum on a copy": (
        "momentum_update",
        "def f(v, g, gamma):\n    new_v = v.copy()\n    new_v *= gamma\n    new_v += g\n"
        "    return new_v",
    ),
    "momentum entry by entry": (
        "momentum_update",
        "def f(v, g, gamma):\n    return np.array([gamma * a + b for a, b in zip(v, g)])",
    ),
    "average as a step towards the gradient": (
        "ema_update",
        "def f(v, g, gamma):\n    return v + (1 - gamma) * (g - v)",
    ),
    "average with alpha": (
        "ema_update",
        "def f(v, g, gamma):\n    alpha = 1 - gamma\n    return alpha * g + (1 - alpha) * v",
    ),
    "Nesterov written out": (
        "nesterov_update",
        "def f(v, g, gamma):\n    return gamma**2 * v + (1 + gamma) * g, gamma * v + g",
    ),
    "Nesterov from the look-ahead form": (
        "nesterov_update",
        "def f(v, g, gamma):\n    new_v = gamma * v + g\n"
        "    return [(1 + gamma) * new_v - gamma * v, new_v]",
    ),
    "Nesterov stacked in one array": (
        "nesterov_update",
        "def f(v, g, gamma):\n    new_v = gamma * v + g\n"
        "    return np.array([gamma * new_v + g, new_v])",
    ),
    "Nesterov as an extrapolation": (
        "nesterov_update",
        "def f(v, g, gamma):\n    new_v = gamma * v + g\n"
        "    return new_v + gamma * (new_v - v), new_v",
    ),
    "whole batch by np.average": (
        "whole_batch_gradient",
        "def f(gradients, sizes):\n    return np.average(gradients, axis=0, weights=sizes)",
    ),
    "whole batch in a loop": (
        "whole_batch_gradient",
        "def f(gradients, sizes):\n    total = np.zeros(gradients.shape[1])\n"
        "    for g, n in zip(gradients, sizes):\n        total += n * g\n"
        "    return total / sum(sizes)",
    ),
    "whole batch with shares": (
        "whole_batch_gradient",
        "def f(gradients, sizes):\n    shares = sizes / sizes.sum()\n"
        "    return (shares[:, None] * gradients).sum(axis=0)",
    ),
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
}


@pytest.mark.parametrize(("name", "text"), RIGHT.values(), ids=RIGHT)
def test_right_answers_in_other_words_pass(name, text):
    result = answer(name, text)
    assert result.status == "passed", str(result)
    assert result.function.__name__ == "f"


WRONG = {
    "momentum with dampening": (
        "momentum_update",
        "def f(v, g, gamma):\n    dampening = gamma\n"
        "    return gamma * v + (1 - dampening) * g",
        "averaged form",
    ),
    "momentum by np.add into v": (
        "momentum_update",
        "def f(v, g, gamma):\n    return np.add(gamma * v, g, out=v)",
        "argument changed in place",
    ),
    "momentum as a plain sum": (
        "momentum_update",
        "def f(v, g, gamma):\n    return np.sum([v, g], axis=0)",
        "no decay",
    ),
    "momentum computed and not returned": (
        "momentum_update",
        "def f(v, g, gamma):\n    new_v = gamma * v + g\n    return v",
        "old velocity returned",
    ),
    "average towards the past": (
        "ema_update",
        "def f(v, g, gamma):\n    return v + gamma * (g - v)",
        "weights swapped",
    ),
    "average with Adam's correction": (
        "ema_update",
        "def f(v, g, gamma):\n    m = gamma * v + (1 - gamma) * g\n    return m / (1 - gamma)",
        "divided by 1 - γ",
    ),
    "average as np.mean": (
        "ema_update",
        "def f(v, g, gamma):\n    return np.mean([v, g], axis=0)",
        "equal shares",
    ),
    "Nesterov from the old velocity": (
        "nesterov_update",
        "def f(v, g, gamma):\n    step = gamma * v + g\n    v = gamma * v + g\n"
        "    return step, v",
        "plain momentum",
    ),
    "Nesterov with the look-ahead taken backwards": (
        "nesterov_update",
        "def f(v, g, gamma):\n    new_v = gamma * v + g\n"
        "    return -gamma * new_v + (1 + gamma) * v, new_v",
        "old and new velocity mixed up",
    ),
    "Nesterov, the pair reversed": (
        "nesterov_update",
        "def f(v, g, gamma):\n    v = gamma * v + g\n    return v, gamma * v + g",
        "order of the returned values",
    ),
    "batch added up in a loop": (
        "whole_batch_gradient",
        "def f(gradients, sizes):\n    total = np.zeros(gradients.shape[1])\n"
        "    for g in gradients:\n        total += g\n    return total",
        "1/K forgotten",
    ),
    "batch averaged in a loop": (
        "whole_batch_gradient",
        "def f(gradients, sizes):\n    return sum(gradients) / len(sizes)",
        "equal weights",
    ),
    "batch overwritten in the loop": (
        "whole_batch_gradient",
        "def f(gradients, sizes):\n    for g, n in zip(gradients, sizes):\n"
        "        total = n * g\n    return total / sizes.sum()",
        "last micro-batch only",
    ),
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
        "a constant added",
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
    "momentum with the rate inside": (
        "momentum_update",
        "def f(v, g, gamma):\n    return gamma * v - 0.25 * g",
        "rate inside the velocity",
    ),
    "momentum with a fixed decay": (
        "momentum_update",
        "def f(v, g, gamma):\n    return 0.9 * v + g",
        "fixed γ",
    ),
    "average with a fixed decay": (
        "ema_update",
        "def f(v, g, gamma):\n    return 0.9 * v + 0.1 * g",
        "fixed γ",
    ),
    "whole batch weighted along the parameters": (
        "whole_batch_gradient",
        "def f(gradients, sizes):\n    return gradients * sizes / sizes.sum()",
        "weights along the wrong axis",
    ),
    "Nesterov from both velocities": (
        "nesterov_update",
        "def f(v, g, gamma):\n    new = gamma * v + g\n    return gamma * v + new, new",
        "old and new velocity mixed up",
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


@pytest.mark.parametrize(("name", "text", "mistake"), WRONG.values(), ids=WRONG)
def test_mistakes_in_other_words_are_recognized(name, text, mistake):
    result = answer(name, text)
    assert (result.status, result.mistake) == ("failed", mistake), str(result)


CONSTANTS = [1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-16]


@pytest.mark.parametrize("constant", [*CONSTANTS, 1e-20, 1e-30])
@pytest.mark.parametrize("guard", ["np.abs(g).max() + {}", "max(np.abs(g).max(), {})"])
def test_any_constant_that_keeps_the_norm_from_dividing_by_0_is_recognized(guard, constant):
    text = f"def f(g):\n    s = {guard.format(constant)}\n    return s * np.linalg.norm(g / s)"
    assert answer("global_norm", text).mistake == "a constant added"


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


def test_accumulation_is_told_by_what_a_constant_gradient_and_a_spike_become():
    verdict = str(check("momentum_update", exercises()["momentum_update"].solution))
    assert "γ = 0.8, g = 1: v = 5 after 100 steps" in verdict
    assert "γ = 0.8, one gradient of 1: in all 5" in verdict
    averaged = str(check("ema_update", exercises()["ema_update"].solution))
    assert "γ = 0.8, g = 1: v = 1 after 100 steps" in averaged
    assert "γ = 0.8, one gradient of 1: in all 1" in averaged


def test_momentum_in_the_average_and_the_average_in_momentum_are_told_apart():
    momentum, average = (exercises()[name] for name in ("momentum_update", "ema_update"))
    assert check("momentum_update", average.solution).mistake == "averaged form"
    assert check("ema_update", momentum.solution).mistake == "momentum's form"


def test_the_parts_of_a_batch_are_told_beside_the_whole():
    verdict = str(check("whole_batch_gradient", lambda gradients, sizes: gradients.mean(0)))
    assert "means 1, 5 with sizes 3, 1 give 3, and 2 is right." in verdict
    assert "✘ no: it is the gradient of all examples at once" in verdict


def test_layer_norms_are_told_raw_answered_and_right():
    text = "def f(g, max_norm, layers):\n    return shorten(g, max_norm)"
    verdict = str(answer("clip_layer_norms", text))
    assert "the norms (10, 0.559) of the layers become (4.992, 0.2791)" in verdict
    assert "and (5, 0.559) is right" in verdict
