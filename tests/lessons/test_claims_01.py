"""Each number that lesson 01 states in words, asserted on what its own cells computed."""

import numpy as np
import pytest
from lesson_runs import LessonLaws, decades, lesson

from course_lib.activations import sigmoid

NAME = "01_chain_rule"


def chain_rule():
    return lesson(NAME)


@pytest.mark.quick
class TestTheLesson(LessonLaws):
    name = NAME


def test_slopes_multiply_in_the_first_cell():
    n = chain_rule()
    nudge = n["nudge"]
    x, z_slope = 0.8, 2 * 0.8
    z_after, a_after = n["z_nudged"], n["a_nudged"]
    assert (z_after - x**2) / nudge == pytest.approx(z_slope, rel=1e-5)
    assert (a_after - np.sin(x**2)) / nudge == pytest.approx(z_slope * np.cos(x**2), rel=1e-5)
    assert np.cos(x**2) != pytest.approx(np.cos(x), rel=0.1)  # where the cosine stands is seen


def test_the_values_at_z_and_minus_z_add_up_to_one():
    z = np.linspace(-5, 5, 11)
    sigma = chain_rule()["sigma"]
    assert sigma(z) + sigma(-z) == pytest.approx(1.0)


def test_the_largest_weight_vanishes_fastest():
    slope = chain_rule()["chain_slope"]
    after_20 = [slope(0.5, np.full(20, w)) for w in (1, 4, 8)]
    assert 0 < after_20[2] < after_20[1] < after_20[0] < 1e-12


def test_centered_chains_multiply_by_a_quarter_of_the_weight():
    chains = chain_rule()["chains"]
    assert chains["w = 8, bias −4"] == pytest.approx(2.0)
    assert chains["w = 4, bias −2"] == pytest.approx(1.0)


def test_the_products_of_the_figure_end_where_its_words_say():
    ends = {label: decades(np.prod(f)) for label, f in chain_rule()["chains"].items()}
    assert ends["w = 8, bias −4"] == pytest.approx(9, abs=0.1)
    assert ends["w = 1"] == pytest.approx(-19, abs=0.5)
    assert ends["w = 8"] < -42  # the lower end of the picture


def test_positive_weights_without_biases_leave_at_most_0_279_per_layer():
    slope = chain_rule()["chain_slope"]
    z = np.linspace(0, 20, 20_001)
    assert 0.278 < (z * (1 - sigmoid(z))).max() < 0.279
    rng = np.random.default_rng(0)
    for weights in rng.lognormal(sigma=2, size=(50, 20)):
        assert slope(0.5, weights) <= 0.279**20 / 0.5
        for x in (0.0, -0.5):  # from layer 2 on
            first = sigmoid(weights[0] * x)
            assert slope(x, weights) <= slope(x, weights[:1]) * 0.279**19 / first
    assert slope(0.0, np.array([100.0, 1.0, 1.0])) > 1  # one large weight, and not the depth


def test_a_chain_explodes_at_its_place_with_weights_below_minus_5_87():
    factors = chain_rule()["chain_factors"]
    for w, place in ((-5.5, 0.22493), (-6.3, 0.21016)):
        assert sigmoid(w * place) == pytest.approx(place, abs=1e-5)
        assert (abs(factors(w, 1, 0, place)[0]) > 1) == (w < -5.87)


def test_the_explosion_lives_on_a_needle():
    factors = chain_rule()["chain_factors"]
    products = {d: np.prod(factors(8, 30, -4, 0.5 + d)) for d in (0, 1e-9, 1e-6, 0.01)}
    assert products[0] == pytest.approx(2**30)
    assert products[1e-9] < 0.1 * products[0]
    assert products[1e-6] < 0.01 and products[0.01] < 1e-15


def test_pytorch_gives_the_number_of_section_5(torch):
    x = torch.tensor(0.5, requires_grad=True)
    torch.sigmoid(3 * torch.sigmoid(2 * x)).backward()
    assert float(x.grad) == pytest.approx(0.1065, abs=5e-5)
    assert chain_rule()["gradients"][0] == pytest.approx(float(x.grad), rel=1e-6)
