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
    x, z_slope = 1.0, 2 * 1.0
    z_after, a_after = n["z_nudged"], n["a_nudged"]
    assert (z_after - x**2) / nudge == pytest.approx(z_slope, rel=1e-5)
    assert (a_after - np.sin(1.0)) / nudge == pytest.approx(z_slope * np.cos(1.0), rel=1e-5)


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
    assert ends["w = 8"] == pytest.approx(-75, abs=0.5)


def test_positive_weights_without_bias_leave_at_most_0_279_per_layer():
    z = np.linspace(0, 20, 20_001)
    assert 0.278 < (z * (1 - sigmoid(z))).max() < 0.279
    rng = np.random.default_rng(0)
    for weights in rng.lognormal(sigma=2, size=(50, 20)):
        assert chain_rule()["chain_slope"](0.5, weights) <= 0.279**20 / 0.5


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
