"""The exercises of lessons 00 to 02: how learners write what goes wrong."""

import pytest
from exercises_learner import answer_with

from course_lib.activations import sigmoid
from course_lib.exercises import check, exercises
from course_lib.exercises.engine import store

LESSON_01 = {"sigma": sigmoid, "sigma_slope": sigmoid.derivative}


@pytest.fixture(autouse=True)
def no_workspace(empty_folder, monkeypatch):
    monkeypatch.chdir(empty_folder)
    monkeypatch.setattr(store, "_memory", {})


def answer(name, body):
    return check(name, answer_with(exercises()[name], body, **LESSON_01))


def loop_over_layers(inside, start="a, d = x, 1.0", end="return d"):
    """Return a body that goes through the weights."""
    lines = inside.replace("\n", "\n    ")
    return f"{start}\nfor w in weights:\n    {lines}\n{end}"


def loop_over_entries(inside, before="", result="np.zeros(len(theta))", h="1e-5"):
    """Return a body that goes through the entries of theta."""
    lines = inside.replace("\n", "\n    ")
    return f"g, h = {result}, {h}\n{before}\nfor i in range(len(theta)):\n    {lines}\nreturn g"


MOVED_COPY = "t = theta.astype(float)\nt[i] += h\nabove = f(t)\nt[i] -= 2 * h\n"
ONE_COPY = "t[i] += h\nabove = f(t)\nt[i] -= 2 * h\ng[i] = (above - f(t)) / (2 * h)"

WRONG = {
    "product from 0": (
        "repeated_factor",
        "left = 0\nfor _ in range(n_layers):\n    left *= factor\nreturn left",
        "the product starts at 0",
    ),
    "sum from 0": (
        "repeated_factor",
        "left = 0\nfor _ in range(n_layers):\n    left += factor\nreturn left",
        "product instead of power",
    ),
    "the factor": ("repeated_factor", "return factor", "one layer only"),
    "return in the loop": (
        "repeated_factor",
        "left = 1\nfor _ in range(n_layers):\n    left *= factor\n    return left",
        "one layer only",
    ),
    "absolute value": ("repeated_factor", "return abs(factor) ** n_layers", "sign lost"),
    "slope from the old activation": (
        "chain_derivative",
        loop_over_layers("d *= w * a * (1 - a)\na = sigma(w * a)"),
        "slope made from the activation before",
    ),
    "return after one layer": (
        "chain_derivative",
        loop_over_layers("z = w * a\nd *= w * sigma_slope(z)\na = sigma(z)\nreturn d"),
        "first layer only",
    ),
    "assigned, not multiplied": (
        "chain_derivative",
        loop_over_layers("z = w * a\nd = w * sigma_slope(z)\na = sigma(z)"),
        "last factor only",
    ),
    "z handed on": (
        "chain_derivative",
        loop_over_layers("z = w * a\nd *= w * sigma_slope(z)\na = z"),
        "sigmoid forgotten between the layers",
    ),
    "height for slope": (
        "chain_derivative",
        loop_over_layers("z = w * a\nd *= w * sigma(z)\na = sigma(z)"),
        "value in place of the slope",
    ),
    "weights reversed": (
        "chain_derivative",
        loop_over_layers(
            "z = w * a\nd *= w * sigma_slope(z)\na = sigma(z)",
            start="a, d, weights = x, 1.0, weights[::-1]",
        ),
        "weights in reverse",
    ),
    "derivative from 0": (
        "chain_derivative",
        loop_over_layers("z = w * a\nd *= w * sigma_slope(z)\na = sigma(z)", "a, d = x, 0.0"),
        "the product starts at 0",
    ),
    "list of factors": (
        "chain_derivative",
        loop_over_layers(
            "z = w * a\nd.append(w * sigma_slope(z))\na = sigma(z)", "a, d = x, []"
        ),
        "factors not multiplied",
    ),
    "sum of the biases of all": (
        "dense_backward",
        "return delta.T @ a_previous, np.sum(delta), delta @ w",
        "bias summed over everything",
    ),
    "one copy, never put back": (
        "numerical_gradient",
        loop_over_entries(ONE_COPY, "t = np.array(theta, dtype=float)"),
        "the copy not put back",
    ),
    "one copy of whole numbers, never put back": (
        "numerical_gradient",
        loop_over_entries(ONE_COPY, "t = theta.copy()"),
        "the copy not put back",
    ),
    "no parentheses around 2h": (
        "numerical_gradient",
        loop_over_entries(MOVED_COPY + "g[i] = (above - f(t)) / 2 * h"),
        "multiplied by h",
    ),
    "no parentheses around 2h, another step": (
        "numerical_gradient",
        loop_over_entries(MOVED_COPY + "g[i] = (above - f(t)) / 2 * h", h="1e-4"),
        "multiplied by h",
    ),
    "a result of whole numbers": (
        "numerical_gradient",
        loop_over_entries(
            MOVED_COPY + "g[i] = (above - f(t)) / (2 * h)", result="np.zeros_like(theta)"
        ),
        "the result is cut to whole numbers",
    ),
    "copies of whole numbers": (
        "numerical_gradient",
        loop_over_entries(
            "t = theta.copy()\nt[i] += h\nabove = f(t)\nt = theta.copy()\nt[i] -= h\n"
            "g[i] = (above - f(t)) / (2 * h)"
        ),
        "whole numbers stay whole",
    ),
    "nothing written": ("numerical_gradient", "return np.zeros(len(theta))", "0 everywhere"),
    "a step that is lost": (
        "numerical_gradient",
        loop_over_entries(MOVED_COPY + "g[i] = (above - f(t)) / (2 * h)", h="1e-25"),
        "0 everywhere",
    ),
}


@pytest.mark.parametrize(("name", "body", "mistake"), WRONG.values(), ids=WRONG)
def test_mistakes_as_learners_write_them_are_recognized(name, body, mistake):
    result = answer(name, body)
    assert (result.status, result.mistake) == ("failed", mistake), str(result)


@pytest.mark.parametrize("h", ["1e-10", "1e-11", "1e-12", "1e-13", "1e-14"])
@pytest.mark.parametrize("moved", ["theta + e, theta - e", "theta + e, theta"])
def test_a_step_that_leaves_only_rounding_is_recognized(h, moved):
    above, below = moved.split(", ")
    span = "2 * h" if below.endswith("e") and "-" in below else "h"
    result = answer(
        "numerical_gradient",
        loop_over_entries(
            f"e = np.zeros(len(theta))\ne[i] = h\ng[i] = (f({above}) - f({below})) / ({span})",
            h=h,
        ),
    )
    expected = {"step too small", "one-sided difference"} if span == "h" else {"step too small"}
    assert result.mistake in expected, str(result)


MEASURED = {
    "sigmoid_derivative": "h = {h}\nreturn (sigma(z + {a} * h) - sigma(z - {b} * h)) / h",
    "chain_derivative": "def a(x):\n    for w in weights:\n        x = sigma(w * x)\n"
    "    return x\nh = {h}\nreturn (a(x + {a} * h) - a(x - {b} * h)) / h",
}


@pytest.mark.parametrize("name", MEASURED)
@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (1, 0), (0, 1)])
@pytest.mark.parametrize("h", ["1e-3", "1e-5", "1e-6", "1e-7"])
def test_a_measured_slope_is_told_kindly_that_it_is_measured(name, a, b, h):
    result = answer(name, MEASURED[name].format(h=f"{h} * {2 if a == b else 1}", a=a, b=b))
    assert result.mistake == "measured instead of derived", str(result)
    assert "nearly right" in str(result)


@pytest.mark.parametrize(
    "body",
    [
        "return np.exp(-z) / (1 + np.exp(-z)) ** 2",
        "return sigma(z) - sigma(z) ** 2",
        "return sigma(z) * sigma(-z)",
        "return 0.25 / np.cosh(z / 2) ** 2",
        "return 0.25 - (sigma(z) - 0.5) ** 2",
        "return np.imag(1 / (1 + np.exp(-(z + 1e-20j)))) / 1e-20",
    ],
)
def test_derived_slopes_pass_in_every_form(body):
    assert answer("sigmoid_derivative", body).status == "passed"


def test_a_slope_that_is_rounded_is_not_taken_for_a_measured_one():
    result = answer("sigmoid_derivative", "return np.round(sigma(z) * (1 - sigma(z)), 4)")
    assert (result.status, result.mistake) == ("failed", None)


@pytest.mark.parametrize("put_back", ["t[i] += h", "t[i] = theta[i]"])
def test_one_copy_whose_entries_are_put_back_passes(put_back):
    body = loop_over_entries(f"{ONE_COPY}\n{put_back}", "t = np.array(theta, dtype=float)")
    assert answer("numerical_gradient", body).status == "passed"


def test_the_law_that_a_copy_breaks_shows_where_f_is_asked():
    verdict = str(answer("numerical_gradient", WRONG["one copy, never put back"][1]))
    assert "All 9 cases are right, but a law does not hold." in verdict
    assert "f is asked where θ is moved by (-1e-05, -1e-05, +1e-05)" in verdict


def test_a_result_of_whole_numbers_breaks_one_law_and_copies_of_them_another():
    result, copies = (
        str(answer("numerical_gradient", WRONG[name][1]))
        for name in ("a result of whole numbers", "copies of whole numbers")
    )
    assert "✘ no: the result holds fractions" in result
    assert "✔ yes: whole numbers in theta are nudged as well" in result
    assert "✔ yes: the result holds fractions" in copies
    assert "✘ no: whole numbers in theta are nudged as well" in copies


def test_a_product_of_the_wrong_two_arrays_does_not_fit_in_the_first_case():
    verdict = str(answer("dense_backward", "return w.T @ delta, delta.sum(0), delta @ w"))
    assert "It raised ValueError in its line 2" in verdict
    assert "size 2 is different from 4" in verdict


def test_the_gradient_with_respect_to_a_previous_has_a_law_of_its_own():
    body = "return delta.T @ a_previous, delta.sum(0), 1.1 * (delta @ w)"
    assert "✘ no: grad_a_previous is that with respect to" in str(
        answer("dense_backward", body)
    )


def test_the_numbers_in_the_remark_of_lesson_00_are_right():
    remark = exercises()["repeated_factor"].remark
    assert f"{0.25**10:.1e};" in remark
    assert f"fifty times, is {1.5**50:.1e}." in remark
