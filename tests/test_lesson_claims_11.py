"""Each number that lesson 11 states in words, asserted on what its own cells computed."""

import math
import sys

import numpy as np
import pytest
from lesson_runs import assert_it_goes_on_with_the_solutions, lesson

from course_lib.optimizers import chain, ema, momentum, nesterov, scale
from course_lib.statistics import wilson_interval

NAME = "11_reading_the_article"


def reading():
    return lesson(NAME)


def test_it_runs_to_its_end_with_the_shown_solutions_and_goes_on_with_them():
    assert_it_goes_on_with_the_solutions(NAME)


def test_1_1_a_healthy_net_learns_at_a_tenth_and_an_exploding_one_at_none_of_the_rates():
    learned = reading()["learned"]
    assert learned[1.4][2] >= 9
    assert learned[3.0].max() <= 4


def test_1_1_with_other_seeds_too():
    n = reading()
    rng = np.random.default_rng(21)
    images, labels = n["digits"].x_train, n["digits"].y_train
    late = {}
    for sigma_w in (1.4, 3.0):
        theta = n["relu_net"].init(rng, n["normal"](sigma_w), shape=(12,), dtype=np.float32)
        for step in range(100):
            i = rng.integers(len(images), size=(12, 24))
            with np.errstate(over="ignore", invalid="ignore"):
                loss, g = n["relu_net"].loss_and_gradient(theta, images[i], labels[i])
                theta = theta - np.float32(0.1) * g
            late[sigma_w] = late.get(sigma_w, 0) + loss / 10 * (step >= 90)
    assert np.sum(late[1.4] < n["chance"] / 2) >= 8
    assert np.sum(late[3.0] < n["chance"] / 2) <= 2


def test_1_1_a_sigmoid_net_of_ordinary_scale_loses_three_quarters_per_layer():
    n = reading()
    growth = {s: np.sqrt(n["meanfield"].chi_1(n["sigmoid"], s, 0.0)) for s in (1.0, 10.149)}
    assert growth[1.0] == pytest.approx(0.25, abs=0.02)
    assert growth[10.149] == pytest.approx(1, abs=1e-4)


def test_1_2_momentum_is_seven_times_faster_and_takes_a_spike_three_times_as_far():
    n = reading()
    assert n["n_plain"] / n["n_momentum"] == pytest.approx(7.3, abs=0.5)
    weights = n["best_gamma"] ** np.arange(200)
    assert weights.sum() == pytest.approx(3.0, abs=0.05)


def test_1_2_rates_and_gamma_are_the_best_in_the_long_run():
    """Plain descent shrinks both directions alike, momentum by the root of γ."""
    n = reading()
    plain = [abs(1 - 2 / 101 * curvature) for curvature in n["steep"]]
    assert plain == pytest.approx([99 / 101] * 2)
    gamma, lr = n["best_gamma"], n["best_lr"]
    for curvature in n["steep"]:
        roots = np.roots([1, -(1 + gamma - lr * curvature), gamma])
        assert np.abs(roots) == pytest.approx([9 / 11] * 2, abs=1e-6)


def test_2_1_1_the_gradient_has_nine_entries_and_the_difference_six():
    n = reading()
    assert n["trio"].n_params == 9 and n["difference"].shape == (3, 2)
    assert n["checked"].relative_error < 1e-6


def test_2_1_2_an_untrained_net_explodes_by_four_powers_of_ten_and_a_good_one_stays_level():
    untrained = reading()["untrained"]
    ratio = {name: norms[0] / norms[-1] for name, norms in untrained.items()}
    assert 4 < np.log10(ratio["σ_w = 2.0"]) < 5
    norms = untrained["σ_w = 1.4"]
    assert norms.max() / norms.min() < 10


def test_2_1_2_one_step_moves_the_outputs_of_an_exploding_net_by_many_times_their_size():
    moved = reading()["moved"]
    assert moved[3.0] > 10 and moved[1.4] < 1


def test_2_1_3_the_averaged_form_is_stabler_at_equal_rate_and_fails_at_larger_ones():
    counts = reading()["slow_or_not"]
    assert counts["plain descent"][0] <= 4 < 8 <= counts["EMA"][0]
    assert counts["plain descent"][1] == counts["EMA"][1] == 0


def test_2_1_3_the_whole_spike_arrives_in_the_end_unless_it_is_clipped():
    travelled = reading()["travelled"]
    assert travelled["EMA"] == pytest.approx(1e6)
    assert travelled["clip, then EMA"] == pytest.approx(1)


def test_2_2_1_from_layer_to_layer_the_explosion_becomes_larger():
    n = reading()
    growth = n["layer_growth"]
    assert n["enlarged"] == pytest.approx(growth / (growth - 0.9), rel=0.1)
    assert n["enlarged"] > 2


def test_2_2_1_the_effect_grows_to_ten_and_the_stability_does_not():
    n = reading()
    assert np.all(np.diff(n["velocities"]) > 0)
    assert 0.9**60 * 10 == pytest.approx(10 - n["velocities"][-1])
    assert abs(n["away"][60]) > 10 * abs(n["away"][10])


def test_2_2_3_the_formula_shrinks_everything_and_the_repair_learns():
    n = reading()
    assert n["alpha"] + (1 - n["alpha"]) * n["gamma"] == pytest.approx(0.0996, abs=5e-5)
    assert np.abs(n["by_formula"]).max() < 1e-3
    at_zero = n["neuron"].loss_and_gradient(np.zeros(3), n["x"], n["y"])[0]
    assert at_zero == pytest.approx(0.035, abs=1e-3)
    assert n["formula_loss"][-1] == pytest.approx(at_zero, rel=1e-2)
    assert n["repaired_loss"][-1] < 1e-3 * at_zero
    assert n["repaired"] == pytest.approx([1, 1, 0], abs=0.02)


def test_2_2_3_the_repair_is_the_averaged_form_with_decay_alpha_and_rate_gamma():
    n, gradients = reading(), np.random.default_rng(1).standard_normal((30, 3))
    optimizer = chain(ema(0.9), scale(-0.7))
    theta, m, other, state = np.ones(3), np.zeros(3), np.ones(3), optimizer.init(np.ones(3))
    for g in gradients:
        theta, m = n["averaged_step"](theta, m, g, 0.9, 0.7)
        update, state = optimizer.update(g, state)
        other = other + update
    assert theta == pytest.approx(other, abs=1e-12)


def test_2_2_4_the_trap_is_minus_two_where_the_slope_is_a_tenth():
    n = reading()
    assert n["product_slope"](2.0) == -2
    assert n["true_slope"] == pytest.approx(0.105, abs=5e-4)
    assert n["product_slope"](n["sigmoid"](2.0)) == pytest.approx(n["true_slope"], abs=1e-9)


def test_2_2_4_with_its_constants_the_repair_is_plain_descent_at_about_its_rate():
    n = reading()
    assert 1 / (1 - n["alpha"]) == pytest.approx(1, abs=2e-4)
    assert (1 - n["alpha"]) * n["gamma"] == pytest.approx(0.0995, abs=5e-5)


def test_2_2_4_the_recursion_returns_none_or_raises():
    expected = ["None", "TypeError", "TypeError", "RecursionError"]
    assert reading()["outcomes"] == expected
    with pytest.raises(RecursionError):
        reading()["returns_in_the_loop"](1.0, 2000 + sys.getrecursionlimit())


def test_2_2_4_without_the_inner_return_there_are_more_than_n_factorial_calls():
    counted = reading()["counted"]
    assert len(counted) == 7
    for n, calls in enumerate(counted, start=1):
        exact = sum(math.factorial(n) // math.factorial(k) for k in range(n + 1))
        assert calls == exact > math.factorial(n)
    assert counted[-1] == pytest.approx(math.e * math.factorial(7), rel=1e-4)
    assert math.factorial(20) > 1e18


def test_2_2_4_the_loop_trains_the_neuron_on_the_articles_data():
    n = reading()
    assert n["ended"] == pytest.approx([1, 1, 0], abs=0.01)
    assert n["neuron"].loss_and_gradient(n["ended"], n["x"], n["y"])[0] < 1e-6


def test_3_2_gamma_shrinks_by_ten_thousand_a_call_and_is_zero_after_some_eighty():
    shrinking = reading()["Shrinking"](0.1)
    gammas = [0.995 * 0.1, *(shrinking.update() for _ in range(90))]
    assert gammas[1] / gammas[0] == pytest.approx(1e-4)
    assert 75 < gammas.index(0.0) < 85
    assert gammas[2] < 1e-8


def test_3_3_the_formula_gives_the_same_whatever_the_targets_and_does_not_halve_the_loss():
    n = reading()
    assert np.array_equal(*n["runs"])
    loss = n["neuron"].loss_and_gradient(n["runs"][0], n["x"], n["y"])[0]
    assert loss > n["formula_loss"][0] / 2


def test_4_relu_of_the_inputs_does_nothing_and_one_map_has_no_bend():
    n = reading()
    assert np.diff(n["one_map"], n=2, axis=0) == pytest.approx(np.zeros((1, 2)), abs=1e-12)
    assert np.abs(np.diff(n["bent"], n=2, axis=0)).max() > 0.1


def test_4_targets_that_are_the_outputs_give_no_gradient_and_labels_do():
    n = reading()
    loss, g = n["two_hidden"].loss_and_gradient(n["drawn"], n["inputs"], n["own_targets"])
    assert loss == 0 and not g.any()
    assert n["correct"].mean() > 0.92


def test_5_1_a_smaller_rate_helps_in_the_mild_case_only():
    mild, strong = reading()["smaller"].values()
    assert mild[0] == 0 and mild[1] >= 3
    assert not strong.any()


def test_5_1_fifteen_hundred_steps_change_nothing_in_the_strong_case():
    n, rng = reading(), np.random.default_rng(31)
    rates = np.array([1e-1, 1e-3, 1e-5], np.float32)[:, None]
    theta, late = n["strong"].init(rng, n["normal"](4.0), dtype=np.float32), []
    theta = np.repeat(theta[None], 3, axis=0)
    for _ in range(1500):
        i = rng.integers(len(n["digits"].x_train), size=24)
        loss, g = n["strong"].loss_and_gradient(
            theta, n["digits"].x_train[i], n["digits"].y_train[i]
        )
        theta = theta - rates * g
        late.append(loss)
    assert np.mean(late[-50:], axis=0).min() > 0.9 * n["chance"]


def test_5_1_on_a_parabola_half_the_rate_takes_twice_the_steps():
    n = reading()
    steps = [n["steps_to_bottom"](n["plain"], rate) for rate in (0.004, 0.002)]
    assert steps[1] / steps[0] == pytest.approx(2, rel=0.01)


def test_5_2_it_carries_over_and_at_the_larger_rate_recurrent_nets_need_the_clip():
    n = reading()
    assert n["accuracy"] > 0.92
    small, large = ({name: counts[k] for name, counts in n["solved"].items()} for k in (0, 1))
    assert small["plain descent"] <= 2 and small["momentum"] >= 6
    assert large["momentum"] <= 2
    assert min(large["plain descent"], large["clip, momentum"], small["clip, momentum"]) >= 6


def test_5_3_the_penalty_raises_the_curvature():
    n = reading()
    theta, lam = n["parameter"], n["lam"]
    curvature = n["sp"].diff(n["penalized_bowl"], theta, 2)
    mu = n["sp"].Symbol("mu", positive=True)  # the lesson goes on with numbers for it
    assert n["sp"].simplify(curvature - lam * (1 + 2 * lam * mu)) == 0
    assert n["curvature"][0.1] > 2.3 * n["curvature"][0.0]


def test_6_only_the_clip_bounds_the_step():
    longest = reading()["longest"]
    assert longest["momentum"] == pytest.approx(1e6, rel=1e-3)
    assert longest["EMA"] == pytest.approx(1e5, rel=1e-3)
    assert longest["Nesterov"] > 1e6
    assert longest["clip, momentum"] < 10


def test_6_nesterov_is_faster_and_not_safer():
    n = reading()
    steps = [n["steps_to_bottom"](link(0.9), 0.01) for link in (nesterov, momentum)]
    assert steps[0] < 0.9 * steps[1]
    assert 2 * 1.9 / (1 + 1.8) < 1.9 < 2 * 1.9


def test_6_on_text_momentum_learns_at_a_moderate_rate_and_needs_the_clip_at_a_large_one():
    n = reading()
    shares = {name: loss / n["unigram"] for name, loss in n["on_text"].items()}
    assert shares["momentum at 0.3"] < 0.9
    assert shares["momentum at 1"] > 1.5
    assert shares["clip, momentum at 1"] < 0.9


def test_fractions_of_twelve_runs_are_known_to_within_a_quarter():
    low, high = wilson_interval(np.arange(13), 12)
    assert 0.2 < np.max((high - low) / 2) < 0.25
