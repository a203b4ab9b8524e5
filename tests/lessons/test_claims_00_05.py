"""Each number that a lesson states in words, asserted on what its own cells computed."""

from pathlib import Path

import numpy as np
import pytest
from lesson_runs import SOURCES, assert_it_goes_on_with_the_solutions, lesson

from course_lib.activations import sigmoid
from course_lib.experiments.wall import error_and_gradient

HERE = Path(__file__).parent


def start_here():
    return lesson("00_start_here")


def chain_rule():
    return lesson("01_chain_rule")


def backpropagation():
    return lesson("02_backpropagation")


def deep_nets():
    return lesson("03_deep_sigmoid_nets")


def predicting():
    return lesson("04_predicting_the_explosion")


def explosion():
    return lesson("05_what_an_explosion_does")


def decades(value):
    return np.log10(np.abs(value))


def lessons_without_claims_of_their_own():
    """Return the lessons whose numbers are asserted here."""
    own = {path.stem[-2:] for path in HERE.glob("test_claims_[0-9][0-9].py")}
    return [path.stem for path in sorted(SOURCES.glob("[0-9]*.md")) if path.stem[:2] not in own]


@pytest.mark.quick
@pytest.mark.parametrize("name", lessons_without_claims_of_their_own())
def test_a_lesson_runs_to_its_end_with_the_shown_solutions_and_goes_on_with_them(name):
    assert_it_goes_on_with_the_solutions(name)


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


def test_01_weight_four_at_zero_and_9_5_at_two_are_level():
    assert 4 * chain_rule()["sigma_slope"](0.0) == 1
    assert 9.5 * chain_rule()["sigma_slope"](2.0) == pytest.approx(1, abs=0.005)


def test_01_positive_weights_without_bias_leave_at_most_0_279_per_layer():
    z = np.linspace(0, 20, 20_001)
    assert 0.278 < (z * (1 - sigmoid(z))).max() < 0.279
    rng = np.random.default_rng(0)
    for weights in rng.lognormal(sigma=2, size=(50, 20)):
        assert chain_rule()["chain_slope"](0.5, weights) <= 0.279**20 / 0.5


def test_01_the_explosion_lives_on_a_needle():
    factors = chain_rule()["chain_factors"]
    products = {d: np.prod(factors(8, 30, -4, 0.5 + d)) for d in (0, 1e-9, 1e-6, 0.01)}
    assert products[0] == pytest.approx(2**30)
    assert products[1e-9] < 0.1 * products[0]
    assert products[1e-6] < 0.01 and products[0.01] < 1e-15


def test_01_pytorch_gives_the_number_of_section_5(torch):
    x = torch.tensor(0.5, requires_grad=True)
    torch.sigmoid(3 * torch.sigmoid(2 * x)).backward()
    assert float(x.grad) == pytest.approx(0.1065, abs=5e-5)
    assert chain_rule()["gradients"][0] == pytest.approx(float(x.grad), rel=1e-6)


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
    assert len(n["losses"]) == pytest.approx(620, abs=10)
    assert n["losses"][0] == pytest.approx(0.01, rel=0.5)
    assert (n["losses_of_all"] < 1e-6).all() and len(n["losses_of_all"]) == 20


def test_02_three_neurons_can_be_exact_by_hand():
    n = backpropagation()
    assert n["model"].loss_and_gradient(n["by_hand"], n["x"], n["y"])[0] < 1e-30


def test_02_softmax_cross_entropy_is_what_the_lesson_says():
    n = backpropagation()
    outputs = n["net"].forward(n["theta0"], n["images"])
    p = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
    expected = -np.log(p[np.arange(len(p)), n["labels"]]).mean()
    loss, _ = n["net"].loss_and_gradient(n["theta0"], n["images"], n["labels"])
    assert loss == pytest.approx(expected)


def test_02_one_neuron_is_exact():
    assert np.array_equal(backpropagation()["exact"], backpropagation()["y"])


def test_02_digits_are_read():
    n = backpropagation()
    assert n["history"].loss[0] > 2 and np.mean(n["history"].loss[-50:]) < 0.1
    assert n["accuracy"] > 0.95


def test_02_the_gradient_of_the_first_layer_is_ten_times_smaller_than_the_last():
    n = backpropagation()
    _, grad = n["net"].loss_and_gradient(n["theta0"], n["images"], n["labels"])
    norms = n["layer_norms"](grad, n["net"].layers)
    assert norms[0] < norms[1] < norms[2] and norms[2] / norms[0] == pytest.approx(10, rel=0.2)


# --- 03 -------------------------------------------------------------------------------------


def test_03_layer_1_gets_eighteen_powers_of_ten_less_and_ten_times_less_than_quarters_make():
    norms = deep_nets()["norms"]
    assert deep_nets()["net"].n_params == 124_800
    assert decades(norms[0] / norms[29]) == pytest.approx(-18.4, abs=0.3)
    assert norms[0] / norms[29] / 0.25**29 == pytest.approx(0.1, rel=0.5)


def test_03_a_layer_leaves_less_than_a_quarter():
    n = deep_nets()
    assert 0.22 < n["growth"](n["norms"]) < 0.25


def test_03_in_a_relu_net_level_gradients_hide_two_explosions():
    pairs, growth = deep_nets()["pairs"], deep_nets()["growth"]
    into, back, gradient = pairs["ReLU"].values()
    assert decades(into[-1] / into[0]) > 4 and decades(back[0] / back[-1]) > 4
    assert growth(gradient) == pytest.approx(1, abs=0.1) and gradient.min() > 1e8
    into, back, gradient = pairs["sigmoid"].values()
    assert np.ptp(decades(into[1:])) < 0.2
    assert growth(gradient) == pytest.approx(growth(back), rel=0.1)


def test_03_explosion_begins_where_the_lesson_says():
    n = deep_nets()
    edges = {"sigmoid": (10.0, 12.8), "tanh": (1.2, 1.6), "ReLU": (1.2, 1.6)}
    for name, (low, high) in edges.items():
        rates = n["measured"][name]
        assert (rates[n["sigma_ws"] < low] < 1).all()
        assert (rates[(n["sigma_ws"] > high) & (n["sigma_ws"] < 16)] > 1).all()
    assert np.interp(0, np.log(n["measured"]["tanh"][:12]), n["sigma_ws"][:12]) < 1.35


def test_03_the_sigmoids_growth_rises_about_as_the_root_of_the_weight_scale():
    n = deep_nets()
    near = (n["sigma_ws"] > 6) & (n["sigma_ws"] < 20)
    fit = np.polyfit(np.log(n["sigma_ws"][near]), np.log(n["measured"]["sigmoid"][near]), 1)
    assert fit[0] == pytest.approx(0.5, abs=0.12)


def test_03_the_bound_is_loose_as_stated():
    n = deep_nets()
    assert n["sigma_w"] == 16.0
    assert n["bound"] - n["true"] == pytest.approx(14, abs=1)


def test_03_float64_lasts_about_eight_times_as_many_layers():
    n = deep_nets()
    assert len(n["single"]) == 12 and len(n["double"]) == 4
    assert n["double"].mean() / n["single"].mean() == pytest.approx(8, rel=0.15)
    powers = [np.log10(np.finfo(dtype).max) for dtype in (np.float32, np.float64)]
    assert powers[1] / powers[0] == pytest.approx(8, abs=0.01)


def test_03_plain_norms_of_small_float32_gradients_are_silently_zero():
    n = deep_nets()
    assert (n["plain"] == 0).sum() > 5
    assert (n["safe"] > 0).all() and decades(n["safe"][0]) == pytest.approx(-30, abs=1)


# --- 04 -------------------------------------------------------------------------------------


def test_04_growth_at_scale_1_is_0_236():
    assert np.sqrt(predicting()["chi"](sigmoid, 1.0, 0.0)) == pytest.approx(0.236, abs=5e-4)


def test_04_edges_are_as_stated():
    edge_of, n = predicting()["edge_of"], predicting()
    assert edge_of(sigmoid) == pytest.approx(10.149, abs=1e-3)
    assert edge_of(n["centered_sigmoid"]) == pytest.approx(4, abs=1e-3)
    assert edge_of(n["relu"]) == pytest.approx(np.sqrt(2), abs=1e-6)
    assert edge_of(n["tanh"]) == pytest.approx(1, abs=1e-3)


def test_04_the_usual_initializers_lie_far_on_the_vanishing_side_of_the_sigmoid():
    n = predicting()
    *usual, four = (n["chi"](sigmoid, w, b) for w, b in n["marked"].values())
    assert max(usual) < 0.15 and four < 0.5
    assert n["chi"](n["centered_sigmoid"], 4.0, 0.0) == pytest.approx(1, abs=1e-3)
    assert np.all(n["chi_map"][:, n["scales_w"] < 8] < 1)


def test_04_points_that_leave_the_curves_fall_below():
    n = predicting()
    for name, predicted in n["predicted"].items():
        distance = np.log10(n["measured"][name]) - np.log10(predicted)
        assert distance[np.abs(distance) > 0.05].max(initial=-1) < 0
        assert np.abs(distance[n["sigma_ws"] < 4.1]).max() < 0.05
        far = np.abs(distance[n["sigma_ws"] > 30])
        assert far.max() < 0.05 if name == "ReLU" else far.min() > 0.05


def test_04_corrected_prediction_and_measurement_agree_within_5_percent_or_3_standard_errors():
    for label, (_, corrected, measured, error) in list(predicting()["rows"].items())[:-1]:
        assert abs(measured - corrected) < max(0.05 * abs(corrected), 3 * error), label


def test_04_in_the_last_row_the_correction_explains_only_a_part():
    predicted, corrected, measured, error = list(predicting()["rows"].values())[-1]
    assert measured + 2 * error < corrected < predicted
    assert (predicted - corrected) / (predicted - measured) > 0.7


def test_04_the_gap_halves_when_the_width_doubles():
    n = predicting()
    gap = {w: np.subtract(*n["rows"][f"sigmoid σ_w = 16, N = {w}"][:2]) for w in (64, 128, 256)}
    assert gap[64] / gap[128] == pytest.approx(2) and gap[128] / gap[256] == pytest.approx(2)


def test_04_at_64_units_the_edge_lies_where_lesson_03_measured_it():
    assert predicting()["growth_rate"](sigmoid, 10.08, 0.0, 64) < 0
    assert predicting()["growth_rate"](sigmoid, 12.70, 0.0, 64) > 0


def test_04_sixty_gauss_hermite_nodes_miss_more_than_half():
    n = predicting()
    share = n["chi_by_gauss_hermite"](16, 60) / n["chi"](sigmoid, 16, 0.0)
    assert share < 0.5
    assert n["chi_by_gauss_hermite"](16, 61) / n["chi"](sigmoid, 16, 0.0) > 1.5
    assert n["chi_by_gauss_hermite"](16, 60) < 1 < n["chi"](sigmoid, 16, 0.0)


def test_04_initializers_do_what_the_lesson_says():
    total = predicting()["total"]
    assert total["sigmoid, Glorot"] < -15 and total["sigmoid, orthogonal"] < -15
    assert abs(total["sigmoid, centered, σ_w = 4"]) < 2
    assert abs(total["ReLU, He"]) < 0.5 and total["ReLU, Glorot"] < -3


# --- 05 -------------------------------------------------------------------------------------


def test_05_one_percent_beyond_the_limit_it_grows_by_two_percent_a_step():
    n = explosion()
    bowl, limit = n["bowl"], n["limit"]
    growth = [
        np.abs(np.linalg.eigvalsh(np.eye(2) - s * limit * bowl)).max() for s in (0.99, 1.01)
    ]
    assert growth[0] < 1 and growth[1] == pytest.approx(1.02, abs=1e-9)


def test_05_the_stable_rate_falls_by_more_than_twice_as_many_powers_as_the_gradient_grows():
    usable = explosion()["usable"]
    gradient, rate = (decades(usable[20][i] / usable[5][i]) for i in (0, 1))
    assert gradient == pytest.approx(2.7, abs=0.4)
    assert rate < -6 and -rate > 2 * gradient


@pytest.mark.parametrize(("w", "slope"), [(4.0, 5.0), (5.0, 2.8e4), (6.0, 1.275e8)])
def test_05_the_derivative_on_the_wall(w, slope):
    error, gradient = error_and_gradient(np.array([w, -w / 2]))
    exact = 2 * 0.2 * (50 / 4 if w == 4 else ((w / 4) ** 50 - 1) / (w - 4))
    assert error == pytest.approx(0.04)
    assert -gradient[1] == pytest.approx(exact, rel=1e-9) == pytest.approx(slope, rel=0.01)


def test_05_no_rate_lets_the_exploding_net_learn():
    slow, wild, dead = explosion()["tried"].values()
    for losses in (slow, wild):
        assert np.mean(losses[:10]) == pytest.approx(11, abs=2)
        assert 8 < np.mean(losses[-30:]) < 13
    assert np.mean(dead[-40:]) == pytest.approx(np.log(10), abs=0.15), "saturated: guessing"


def test_05_the_same_net_that_wanders_learns_at_a_smaller_rate():
    n = explosion()
    model = n["MLP"]([64] * 11 + [10], sigmoid)
    theta = model.init(np.random.default_rng(1), n["centered"](n["normal"](16.0)))
    data, rng = (n["digits"].x_train, n["digits"].y_train), np.random.default_rng(2)
    history = n["train"](
        model, theta, *data, n["scale"](-0.1), 200, rng=rng, batch_size=64, progress=False
    )
    assert np.mean(history.loss[-50:]) < 2


def test_05_hitting_the_wall_is_a_matter_of_luck():
    assert explosion()["thrown"].any() and not explosion()["thrown"].all()


@pytest.mark.parametrize(("start", "out"), [((4.5, -2.8), 0.1), ((4.9, -2.4), 0.05)])
def test_05_the_starts_named_beside_the_widget_leave_at_one_rate_only(start, out):
    for lr in (0.1, 0.05):
        theta, farthest = np.array(start), 0.0
        for _ in range(60):
            theta = theta - lr * error_and_gradient(theta)[1]
            farthest = max(farthest, np.abs(theta).max())
        assert (farthest > 20) == (lr == out)


def test_05_the_wall_gives_no_warning_and_throws_far():
    n = explosion()
    assert 25 <= np.argmax(n["side"]) <= 35
    assert 180 <= np.sum(n["side"][1:330] != n["side"][:329]) < 200
    assert n["path"][-1, 2] == 0
    assert n["path"][:300, 2].max() < 1
    assert n["path"][:, 2].max() == pytest.approx(11_000, rel=0.05)
    assert n["path"][-1, :2] == pytest.approx([512, 1013], rel=0.05)


def test_05_the_gradient_check_misses_the_wall_and_the_complex_step_does_not():
    n = explosion()
    assert abs(n["imaginary"] / n["exact"][1] - 1) < 1e-12


def test_05_the_four_runs_look_as_the_lesson_describes():
    healthy, overflows, wanders, dead = explosion()["histories"].values()
    assert np.median(healthy.loss[-50:]) < 0.3 * np.log(10) and healthy.stopped is None
    assert overflows.n_steps < 10 and "nan" in overflows.stopped
    assert decades(overflows.grad_norm[-1]) > 50
    assert np.median(wanders.loss) > 5 * np.log(10) and wanders.stopped is None
    assert np.median(dead.loss) == pytest.approx(np.log(10), abs=0.1)
    for history in (healthy, dead):
        assert 1e-3 < np.median(history.update_ratio) < 5e-2
