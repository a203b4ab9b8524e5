"""The exercises of lesson 01: slopes that are measured, and slopes in other forms."""

from functools import partial

import pytest
from exercises_learner import check_body

from course_lib.activations import sigmoid

answer = partial(check_body, sigma=sigmoid, sigma_slope=sigmoid.derivative)


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
    assert result.mistake == "the right value rounded to 4 decimals"
