"""The exercises of lesson 11: other right answers, and what the verdicts say."""

from functools import partial

import pytest
from exercises_learner import check_text, mistakes_are_recognized, right_answers_pass

from course_lib.exercises import check, exercises


def averaged_step(theta, m, g, alpha, gamma):
    new_m = alpha * m + (1 - alpha) * gamma * g
    return theta - new_m, new_m


answer = partial(check_text, averaged_step=averaged_step)

STEP = "def f(theta, m, g, alpha, gamma):\n    "
TRAINING = "def f(gradient, theta, alpha, gamma, n_steps):\n    "

RIGHT = {
    "a step as a pair": (
        "repaired_step",
        STEP + "m = gamma * (1 - alpha) * g + alpha * m\n    return theta - m, m",
    ),
    "a step towards the gradient": (
        "repaired_step",
        STEP + "new = m + (1 - alpha) * (gamma * g - m)\n    return [theta - new, new]",
    ),
    "a step entry by entry": (
        "repaired_step",
        STEP + "new = np.array([alpha * a + (1 - alpha) * gamma * b for a, b in zip(m, g)])\n"
        "    return np.subtract(theta, new), new",
    ),
    "training with the step": (
        "repaired_training",
        TRAINING + "m = np.zeros(theta.shape)\n    for _ in range(n_steps):\n"
        "        theta, m = averaged_step(theta, m, gradient(theta), alpha, gamma)\n"
        "    return theta",
    ),
    "training that counts in a while": (
        "repaired_training",
        TRAINING + "m, n = 0.0, 0\n    while n < n_steps:\n"
        "        m = alpha * m + gamma * (1 - alpha) * gradient(theta)\n"
        "        theta, n = theta - m, n + 1\n    return theta",
    ),
    "training on a copy": (
        "repaired_training",
        TRAINING + "theta = theta.copy()\n    m = 0 * theta\n    for _ in range(n_steps):\n"
        "        m = alpha * m + (1 - alpha) * gamma * gradient(theta)\n"
        "        theta -= m\n    return theta",
    ),
    "training with the rate outside": (
        "repaired_training",
        TRAINING + "v = np.zeros_like(theta)\n    for _ in range(n_steps):\n"
        "        v = alpha * v + (1 - alpha) * gradient(theta)\n"
        "        theta = theta - gamma * v\n    return theta",
    ),
    "training that calls itself and ends": (
        "repaired_training",
        TRAINING + "def walk(theta, m, n):\n        if n == 0:\n            return theta\n"
        "        theta, m = averaged_step(theta, m, gradient(theta), alpha, gamma)\n"
        "        return walk(theta, m, n - 1)\n"
        "    return walk(theta, np.zeros_like(theta), min(n_steps, 500))",
    ),
}

test_right_answers_in_other_words_pass = right_answers_pass(answer, RIGHT)

WRONG = {
    "the article's sum over one term": (
        "repaired_step",
        STEP + "new = alpha * theta + (1 - alpha) * gamma * sum([theta])\n    return new, new",
        "the formula as it stands",
    ),
    "the article's θ kept on the right": (
        "repaired_step",
        STEP + "m = alpha * theta + (1 - alpha) * gamma * g\n    return theta - m, m",
        "θ in the memory",
    ),
    "the article's θ kept on both sides": (
        "repaired_step",
        STEP + "theta = alpha * theta + (1 - alpha) * gamma * g\n    return theta, theta",
        "θ in the memory",
    ),
    "the course's own convention": (
        "repaired_step",
        STEP + "v = alpha * m + (1 - alpha) * g\n    return theta - gamma * v, v",
        "γ moved to the step",
    ),
    "momentum with the rate inside": (
        "repaired_step",
        STEP + "u = alpha * m + gamma * g\n    return theta - u, u",
        "a sum in place of the average",
    ),
    "letters as in the rest of the course": (
        "repaired_step",
        STEP + "v = gamma * m + (1 - gamma) * alpha * g\n    return theta - v, v",
        "α and γ swapped",
    ),
    "a return one tab too far": (
        "repaired_training",
        TRAINING + "m = np.zeros_like(theta)\n    for i in range(n_steps):\n"
        "        theta, m = averaged_step(theta, m, gradient(theta), alpha, gamma)\n"
        "        return theta",
        "return in the loop",
    ),
    "a memory made anew in each call of a recursion": (
        "repaired_training",
        TRAINING + "def walk(theta, n):\n        if n == 0:\n            return theta\n"
        "        m = (1 - alpha) * gamma * gradient(theta)\n"
        "        return walk(theta - m, n - 1)\n    return walk(theta, min(n_steps, 500))",
        "no memory",
    ),
    "a single step without a loop": (
        "repaired_training",
        TRAINING + "return theta - (1 - alpha) * gamma * gradient(theta)",
        "return in the loop",
    ),
    "a range from 1": (
        "repaired_training",
        TRAINING + "m = 0\n    for _ in range(1, n_steps):\n"
        "        theta, m = averaged_step(theta, m, gradient(theta), alpha, gamma)\n"
        "    return theta",
        "range in line 3",
    ),
    "the pair unpacked the other way round": (
        "repaired_training",
        TRAINING + "m = np.zeros_like(theta)\n    for _ in range(n_steps):\n"
        "        new = averaged_step(theta, m, gradient(theta), alpha, gamma)\n"
        "        theta, m = new\n    return m",
        "name in line 6",
    ),
}

WRONG["the rate in the place of the decay, found without a change of the source"] = (
    "repaired_training",
    TRAINING + "m, n = 0, 0\n    while n < n_steps:\n"
    "        m = gamma * m + (1 - gamma) * alpha * gradient(theta)\n"
    "        theta, n = theta - m, n + 1\n    return theta",
    "alpha and gamma swapped",
)

test_mistakes_in_other_words_are_recognized = mistakes_are_recognized(answer, WRONG)


def test_the_early_return_is_told_with_the_first_case_of_two_steps():
    text = WRONG["a return one tab too far"][1]
    verdict = str(answer("repaired_training", text))
    assert "one step, however many are asked for" in verdict
    assert "After 2 steps it gives 0.5, and 1 is right." in verdict
    assert "gradient(θ) = (2) times (θ - (1))" in verdict
    assert "6 steps: asked once, at 1 point" in verdict


def test_the_formula_as_it_stands_is_told_that_no_gradient_moves_it():
    verdict = str(answer("repaired_step", WRONG["the article's sum over one term"][1]))
    assert "no gradient moves them" in verdict
    assert "✘ no: where there is neither gradient nor memory, θ stays" in verdict


def test_laws_are_told_with_numbers():
    verdict = str(check("repaired_step", exercises()["repaired_step"].solution))
    assert "α = 0.8, γ = 0.5, g = 1: m = 0.5 after 100 steps" in verdict
    assert "one gradient of 1: θ goes to -0.5" in verdict
    verdict = str(check("repaired_training", exercises()["repaired_training"].solution))
    assert "minimum at 3, 200 steps from 0.5: 3" in verdict
    assert "6 steps: asked 6 times, at 6 points" in verdict


UPDATES = (
    "alpha * m + gamma * gradient(theta)",
    "alpha * m + (1 - alpha) * gradient(theta)",
    "alpha * m + gradient(theta)",
    "gamma * m + (1 - gamma) * alpha * gradient(theta)",
    "gradient(theta)",
    "(1 - alpha) * m + alpha * gamma * gradient(theta)",
)


@pytest.mark.parametrize("update", UPDATES)
def test_a_wrong_step_that_asks_rightly_is_not_blamed_for_its_asking(update):
    text = TRAINING + f"m = 0\n    for _ in range(n_steps):\n        m = {update}\n"
    verdict = str(
        answer("repaired_training", text + "        theta = theta - m\n    return theta")
    )
    assert "✔ yes: the gradient is asked for once in each step" in verdict


def test_a_gradient_asked_at_a_single_number_says_what_it_needs():
    text = TRAINING + "return np.array([gradient(t) for t in theta])"
    assert "gradient needs the whole vector theta" in str(answer("repaired_training", text))


def test_an_answer_without_a_loop_is_not_told_of_what_stands_in_its_loop():
    told = {
        "a memory made anew in each call of a recursion": "nothing is remembered",
        "a single step without a loop": "this makes one step, however many are asked for",
    }
    for name, sentence in told.items():
        verdict = str(answer(*WRONG[name][:2]))
        assert sentence in verdict
        assert "inside the loop, " not in verdict and "stands inside the loop" not in verdict
