"""Each number that a lesson states in words, asserted on what its own cells computed."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tools.notebook_format import notebook_from_source

SOURCES = Path(__file__).parent.parent / "notebooks" / "source"


@cache
def lesson(name):
    """Run the code cells of a lesson in order, in one namespace, and return it."""
    namespace = {"__name__": "__main__"}
    for cell in notebook_from_source(SOURCES / f"{name}.md").cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, name, "exec"), namespace)
    return namespace


def start_here():
    return lesson("00_start_here")


def chain_rule():
    return lesson("01_chain_rule")


def backpropagation():
    return lesson("02_backpropagation")


def decades(value):
    return np.log10(np.abs(value))


# --- 00 -------------------------------------------------------------------------------------


def test_00_fifty_factors_of_four_fifths_leave_one_part_in_70000():
    assert 1 / 0.8**50 == pytest.approx(70_000, rel=0.01)
    assert 1.25**50 == pytest.approx(70_000, rel=0.01)


def test_00_ten_layers_of_a_quarter_leave_a_millionth():
    assert start_here()["what_is_left"](0.25, 10) == pytest.approx(1e-6, rel=0.05)


def test_00_the_three_networks_of_the_headline_differ_as_stated():
    small, right, large = (np.median(n, axis=0) for n in start_here()["norms"].values())
    assert decades(small[0]) == pytest.approx(-19, abs=0.5)
    assert decades(large[0]) == pytest.approx(7, abs=0.6)
    assert decades(large[0] / small[0]) == pytest.approx(26, abs=0.5)
    assert decades(small[-1] / small[0]) == pytest.approx(18, abs=0.5)
    assert decades(large[0] / large[-1]) > 5
    assert abs(decades(right[0] / right[-1])) < 1.1


def test_00_the_headline_curves_are_straight_lines():
    for norms in list(start_here()["norms"].values())[::2]:
        slopes = np.diff(decades(np.median(norms, axis=0)))
        assert np.sign(slopes[5:-5]).std() < 1
        halves = slopes[:14].mean(), slopes[14:].mean()
        assert halves[0] == pytest.approx(halves[1], rel=0.25)


# --- 01 -------------------------------------------------------------------------------------


def test_01_slopes_multiply_in_the_first_cell():
    n = chain_rule()
    nudge = n["nudge"]
    x, z_slope = 1.0, 2 * 1.0
    z_after, a_after = n["z_nudged"], n["a_nudged"]
    assert (z_after - x**2) / nudge == pytest.approx(z_slope, rel=1e-5)
    assert (a_after - np.sin(1.0)) / nudge == pytest.approx(z_slope * np.cos(1.0), rel=1e-5)


def test_01_the_trap_gives_minus_two_where_the_truth_is_0_105():
    n = chain_rule()
    assert n["sigma_slope"](2.0) == pytest.approx(0.105, abs=5e-4)
    assert 2.0 * (1 - 2.0) == -2


def test_01_the_values_at_z_and_minus_z_add_up_to_one():
    z = np.linspace(-5, 5, 11)
    sigma = chain_rule()["sigma"]
    assert sigma(z) + sigma(-z) == pytest.approx(1.0)


def test_01_the_largest_weight_vanishes_fastest():
    slope = chain_rule()["chain_slope"]
    after_20 = [slope(0.5, np.full(20, w)) for w in (1, 4, 8)]
    assert 0 < after_20[2] < after_20[1] < after_20[0] < 1e-12


def test_01_centered_chains_multiply_by_a_quarter_of_the_weight():
    chains = chain_rule()["chains"]
    assert chains["w = 8, bias −4"] == pytest.approx(2.0)
    assert chains["w = 4, bias −2"] == pytest.approx(1.0)


def test_01_the_products_of_the_figure_end_where_its_words_say():
    ends = {label: decades(np.prod(f)) for label, f in chain_rule()["chains"].items()}
    assert ends["w = 8, bias −4"] == pytest.approx(9, abs=0.1)
    assert ends["w = 1"] == pytest.approx(-19, abs=0.5)
    assert ends["w = 8"] == pytest.approx(-75, abs=0.5)


def test_01_weight_four_at_zero_is_level():
    assert 4 * chain_rule()["sigma_slope"](0.0) == 1


# --- 02 -------------------------------------------------------------------------------------


def test_02_three_neurons_have_nine_parameters():
    assert backpropagation()["model"].n_params == 9


def test_02_multiplying_from_the_left_is_a_thousand_times_cheaper():
    n = backpropagation()
    assert n["from_the_right"] / n["from_the_left"] == pytest.approx(1000, rel=0.03)


def test_02_the_gradient_by_hand_is_that_of_the_library():
    n = backpropagation()
    loss, grad = n["three_neuron_gradient"](n["theta"])
    expected_loss, expected = n["model"].loss_and_gradient(n["theta"], n["x"], n["y"])
    assert loss == pytest.approx(expected_loss, rel=1e-14)
    assert grad == pytest.approx(expected, rel=1e-12)


def test_02_the_trap_spoils_the_hidden_neurons_and_them_only():
    trapped, right = backpropagation()["trapped"], backpropagation()["measured"]
    assert trapped[6:] == pytest.approx(right[6:], rel=1e-6)
    assert (np.abs(trapped[:6] / right[:6] - 1) > 0.01).all()
    assert (trapped[:6] * right[:6] < 0).any()


def test_02_near_1e_5_a_central_difference_is_right_to_about_ten_digits():
    n = backpropagation()
    near = (n["steps"] > 1e-6) & (n["steps"] < 1e-4)
    assert decades(n["errors"]["central"][near].min()) == pytest.approx(-10, abs=1)


def test_02_the_central_error_falls_with_the_square_of_the_step():
    n = backpropagation()
    coarse = (n["steps"] > 1e-3) & (n["steps"] < 0.2)
    fit = np.polyfit(decades(n["steps"][coarse]), decades(n["errors"]["central"][coarse]), 1)
    assert fit[0] == pytest.approx(2, abs=0.1)


def test_02_three_neurons_reach_a_loss_below_a_millionth():
    n = backpropagation()
    assert n["losses"][-1] < 1e-6 <= n["losses"][-2]
    assert 100 < len(n["losses"]) < 1000
    assert n["losses"][0] == pytest.approx(0.01, rel=0.5)
    assert (n["losses_of_all"] < 1e-6).all() and len(n["losses_of_all"]) == 20


def test_02_one_neuron_is_exact():
    assert np.array_equal(backpropagation()["exact"], backpropagation()["y"])


def test_02_digits_are_read():
    n = backpropagation()
    assert n["history"].loss[0] > 2 and np.mean(n["history"].loss[-50:]) < 0.1
    assert n["accuracy"] > 0.95


def test_02_the_gradient_of_the_first_layer_is_several_times_smaller_than_the_last():
    n = backpropagation()
    _, grad = n["net"].loss_and_gradient(n["theta0"], n["images"], n["labels"])
    norms = n["layer_norms"](grad, n["net"].layers)
    assert norms[0] < norms[1] < norms[2] and norms[2] / norms[0] > 3
