"""The exercises of lesson 04: other right answers, and what the verdicts say."""

from functools import partial

import pytest
from exercises_learner import check_text, right_answers_pass

from course_lib.exercises import check, exercises
from course_lib.meanfield import gaussian_mean, variance_fixed_point, variance_map

answer = partial(
    check_text,
    gaussian_mean=gaussian_mean,
    variance_fixed_point=variance_fixed_point,
    variance_map=variance_map,
)

RIGHT = {
    "variance map on a grid of one's own": (
        "variance_map",
        "def f(q, activation, sigma_w, sigma_b):\n    z = np.linspace(-8, 8, 20001)\n"
        "    p = np.exp(-z**2 / 2)\n    p = p / p.sum()\n"
        "    a = activation(np.sqrt(np.asarray(q))[..., None] * z)\n"
        "    return sigma_w**2 * (a**2 @ p) + sigma_b**2",
    ),
    "variance map with a helper": (
        "variance_map",
        "def f(q, activation, sigma_w, sigma_b):\n    def square(z):\n"
        "        a = activation(z)\n        return a * a\n"
        "    return sigma_b**2 + sigma_w**2 * gaussian_mean(square, q)",
    ),
    "chi by iteration from 1": (
        "chi_1",
        "def f(activation, sigma_w, sigma_b):\n    q = 1.0\n    for _ in range(100):\n"
        "        q = variance_map(q, activation, sigma_w, sigma_b)\n"
        "    return sigma_w**2 * gaussian_mean(lambda z: activation.derivative(z) ** 2, q)",
    ),
    "chi on a midpoint grid": (
        "chi_1",
        "def f(activation, sigma_w, sigma_b):\n    z = (np.arange(100000) + 0.5) / 6250 - 8\n"
        "    p = np.exp(-z**2 / 2)\n"
        "    q = variance_fixed_point(activation, sigma_w, sigma_b)\n"
        "    slopes = activation.derivative(np.sqrt(q) * z)\n"
        "    return sigma_w**2 * np.average(slopes**2, weights=p)",
    ),
    "chi by a hundred steps from 0.5": (
        "chi_1",
        "def f(activation, sigma_w, sigma_b):\n    q = 0.5\n    for _ in range(100):\n"
        "        q = variance_map(q, activation, sigma_w, sigma_b)\n"
        "    return sigma_w**2 * gaussian_mean(lambda z: activation.derivative(z) ** 2, q)",
    ),
}

test_right_answers_in_other_words_pass = right_answers_pass(answer, RIGHT)

SAMPLED = (
    "def f({arguments}):\n    z = np.random.default_rng({seed}).normal(size={n})\n    {body}"
)

SAMPLED_BODY = {
    "variance_map": "return sigma_w**2 * np.mean("
    "activation(np.sqrt(q)[..., None] * z) ** 2, axis=-1) + sigma_b**2",
    "chi_1": "q = variance_fixed_point(activation, sigma_w, sigma_b)\n"
    "    return sigma_w**2 * np.mean(activation.derivative(np.sqrt(q) * z) ** 2)",
}


@pytest.mark.parametrize("name", SAMPLED_BODY)
@pytest.mark.parametrize(("n", "seed"), [(2_000, 1), (30_000, "")])
def test_a_mean_over_random_draws_is_recognized_whatever_the_draw(name, n, seed):
    arguments = ", ".join(exercises()[name].parameters)
    text = SAMPLED.format(arguments=arguments, seed=seed, n=n, body=SAMPLED_BODY[name])
    assert answer(name, text).mistake == "sampled, or a coarse sum"


def test_a_sum_that_is_cut_off_too_early_is_recognized_as_coarse():
    result = answer(
        "variance_map",
        "def f(q, activation, sigma_w, sigma_b):\n"
        "    z = np.linspace(-2.5, 2.5, 101)\n    p = np.exp(-z**2 / 2)\n"
        "    a = activation(np.sqrt(q)[..., None] * z)\n"
        "    return sigma_w**2 * (a**2 @ p) / p.sum() + sigma_b**2",
    )
    assert result.mistake == "sampled, or a coarse sum"


@pytest.mark.parametrize("name", ["variance_map", "chi_1"])
def test_no_hint_of_lesson_04_is_the_whole_answer(name):
    hints = " ".join(exercises()[name].hints)
    assert "sigma_w**2 *" not in hints
    assert "..." in hints


def test_the_verdict_on_chi_gives_no_scale_of_the_edge_away():
    verdict = str(check("chi_1", exercises()["chi_1"].solution))
    assert "σ_w = 8" not in verdict
    assert "16, " not in verdict and "at 16" not in verdict


def test_the_verdict_shows_the_activation_by_its_name():
    result = answer("chi_1", "def f(activation, sigma_w, sigma_b):\n    return 3.0")
    assert "activation          ReLU\n" in str(result)
