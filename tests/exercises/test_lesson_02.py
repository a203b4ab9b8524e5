"""The exercises of lesson 02: how learners write what goes wrong."""

import pytest
from exercises_learner import check_body, mistakes_are_recognized


def loop_over_entries(inside, before="", result="np.zeros(len(theta))", h="1e-5"):
    """Return a body that goes through the entries of theta."""
    lines = inside.replace("\n", "\n    ")
    return f"g, h = {result}, {h}\n{before}\nfor i in range(len(theta)):\n    {lines}\nreturn g"


MOVED_COPY = "t = theta.astype(float)\nt[i] += h\nabove = f(t)\nt[i] -= 2 * h\n"
ONE_COPY = "t[i] += h\nabove = f(t)\nt[i] -= 2 * h\ng[i] = (above - f(t)) / (2 * h)"

WRONG = {
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
    "all moved vectors in one matrix": (
        "numerical_gradient",
        "h = 1e-5\ne = h * np.eye(len(theta))\nreturn (f(theta + e) - f(theta - e)) / (2 * h)",
        "a matrix handed to f",
    ),
    "a matrix of one row at a time": (
        "numerical_gradient",
        loop_over_entries(
            "e = np.zeros((1, len(theta)))\ne[0, i] = h\n"
            "g[i] = (f(theta + e) - f(theta - e)) / (2 * h)"
        ),
        "a matrix handed to f",
    ),
    "a number for one entry": (
        "numerical_gradient",
        loop_over_entries("t = float(theta[i])\ng[i] = (f(t + h) - f(t - h)) / (2 * h)"),
        "only one coordinate handed to f",
    ),
    "a step that is lost": (
        "numerical_gradient",
        loop_over_entries(MOVED_COPY + "g[i] = (above - f(t)) / (2 * h)", h="1e-25"),
        "step lost",
    ),
    "two names for theta": (
        "numerical_gradient",
        loop_over_entries(
            "up = theta\ndn = theta\nup[i] += h\ndn[i] -= h\ng[i] = (f(up) - f(dn)) / (2 * h)"
        ),
        "two names for one array",
    ),
}

test_mistakes_in_other_words_are_recognized = mistakes_are_recognized(check_body, WRONG)


@pytest.mark.parametrize("h", ["1e-10", "1e-11", "1e-12", "1e-13", "1e-14"])
@pytest.mark.parametrize("moved", ["theta + e, theta - e", "theta + e, theta"])
def test_a_step_that_leaves_only_rounding_is_recognized(h, moved):
    above, below = moved.split(", ")
    span = "2 * h" if below.endswith("e") and "-" in below else "h"
    result = check_body(
        "numerical_gradient",
        loop_over_entries(
            f"e = np.zeros(len(theta))\ne[i] = h\ng[i] = (f({above}) - f({below})) / ({span})",
            h=h,
        ),
    )
    expected = {"step too small", "one-sided difference"} if span == "h" else {"step too small"}
    assert result.mistake in expected, str(result)


@pytest.mark.parametrize("put_back", ["t[i] += h", "t[i] = theta[i]"])
def test_one_copy_whose_entries_are_put_back_passes(put_back):
    body = loop_over_entries(f"{ONE_COPY}\n{put_back}", "t = np.array(theta, dtype=float)")
    assert check_body("numerical_gradient", body).status == "passed"


def test_the_law_that_a_copy_breaks_shows_where_f_is_asked():
    verdict = str(check_body("numerical_gradient", WRONG["one copy, never put back"][1]))
    assert "All 9 cases are right, but a law does not hold: " in verdict
    assert "f is asked where θ is moved by (-1e-05, -1e-05, +1e-05)" in verdict


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "all moved vectors in one matrix",
            "one vector at a time, got a matrix of 1 × 1 numbers",
        ),
        ("a number for one entry", "needs the whole vector theta, got one number"),
    ],
)
def test_what_f_was_called_with_is_told_as_it_is(name, told):
    assert told in str(check_body("numerical_gradient", WRONG[name][1]))


def test_one_entry_as_a_vector_is_told_as_one_entry():
    body = loop_over_entries("t = theta[i:i + 1]\ng[i] = (f(t + h) - f(t - h)) / (2 * h)")
    result = check_body("numerical_gradient", body)
    assert result.mistake == "only one coordinate handed to f"
    assert "of shape (2,), got shape (1,)" in str(result)


def test_a_result_of_whole_numbers_breaks_one_law_and_copies_of_them_two():
    result, copies = (
        str(check_body("numerical_gradient", WRONG[name][1]))
        for name in ("a result of whole numbers", "copies of whole numbers")
    )
    fractions = "the result is right, and holds fractions, for whole numbers too"
    assert f"✘ no: {fractions}" in result
    assert "(0, 0), and (0.1966, 0.3932) is right" in result
    assert "✔ yes: whole numbers in theta are nudged as well" in result
    assert f"✘ no: {fractions}" in copies
    assert "✘ no: whole numbers in theta are nudged as well" in copies


def test_a_product_of_the_wrong_two_arrays_does_not_fit_in_the_first_case():
    verdict = str(check_body("dense_backward", "return w.T @ delta, delta.sum(0), delta @ w"))
    assert "It raised ValueError in its line 2" in verdict
    assert "`w.T` has shape (3, 4) and `delta` has shape (2, 4)" in verdict


def test_the_gradient_with_respect_to_a_previous_has_a_law_of_its_own():
    body = "return delta.T @ a_previous, delta.sum(0), 1.1 * (delta @ w)"
    assert "✘ no: grad_a_previous is that with respect to" in str(
        check_body("dense_backward", body)
    )


@pytest.mark.parametrize(
    ("change", "entry"),
    [
        ("", "[0, 2]: 0.3928, measured -0.1072"),
        ("p[:, labels] -= 1\n", "[0, 1]: -0.4804, measured 0.0196"),
    ],
)
def test_the_slope_of_every_output_is_measured(change, entry):
    probabilities = "p = np.exp(outputs - outputs.max(axis=1, keepdims=True))\n"
    body = f"{probabilities}p /= p.sum(axis=1, keepdims=True)\n{change}return p / len(labels)"
    verdict = str(check_body("cross_entropy_gradient", body))
    assert "✘ no: it is the slope of the loss, by central differences (6 entries" in verdict
    assert entry in verdict


def test_what_moves_theta_itself_and_puts_it_back_is_right_for_floats_only():
    inside = (
        "theta[i] += h\nabove = f(theta)\ntheta[i] -= 2 * h\n"
        "g[i] = (above - f(theta)) / (2 * h)\ntheta[i] += h"
    )
    result = check_body("numerical_gradient", loop_over_entries(inside))
    assert result.mistake == "theta moved and put back"
    copied = loop_over_entries(inside, "theta = np.asarray(theta, dtype=float)")
    assert check_body("numerical_gradient", copied).mistake == "argument changed in place"
