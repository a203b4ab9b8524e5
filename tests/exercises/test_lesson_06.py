"""The exercises of lesson 06: other right answers, and what the verdicts say."""

from exercises_learner import check_text, right_answers_pass

from course_lib.exercises import check, exercises

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
}

test_right_answers_in_other_words_pass = right_answers_pass(check_text, RIGHT)


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
