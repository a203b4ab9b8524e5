"""Each number that lesson 11 states in words, asserted on what its own cells computed."""

import itertools
import math
import sys

import numpy as np
import pytest
from lesson_runs import LessonLaws, lesson

from course_lib.optimizers import chain, clip_by_global_norm, ema, scale
from course_lib.statistics import wilson_interval

NAME = "11_reading_the_article"


def reading():
    return lesson(NAME)


@pytest.mark.quick
class TestTheLesson(LessonLaws):
    name = NAME


def learned(late, guessing):
    return (late < guessing / 2).sum(axis=-1)


def test_1_1_a_healthy_net_learns_at_a_tenth_and_an_exploding_one_at_none_of_the_rates():
    n = reading()
    counts = {sigma_w: learned(late, n["chance"]) for sigma_w, late in n["late"].items()}
    assert counts[1.4][2] >= 10
    assert counts[1.4][[0, 1, 3]].max() <= 2
    assert 3 <= counts[3.0][1] <= 9
    assert counts[3.0][[0, 2, 3]].max() <= 2


def test_1_1_with_twice_the_steps_the_exploding_one_learns_at_its_rate_and_not_at_a_tenth():
    n = reading()
    counts = learned(n["longer"], n["chance"])
    assert counts[0] >= 10 and counts[1] == 0


def test_1_1_at_a_tenth_several_seeds_of_the_exploding_net_end_in_nan_and_none_of_the_other():
    n = reading()
    for late in (n["late"][3.0][2], n["longer"][1]):
        assert 5 <= np.isnan(late).sum() <= 11
    assert not np.isnan(n["late"][1.4]).any()


def losses_on_digits(n, sigma_w, rates, n_steps, seed):
    """Return the loss of twelve other seeds at each step, shape (n_steps, n_rates, 12)."""
    rng = np.random.default_rng(seed)
    images, labels = n["digits"].x_train, n["digits"].y_train
    theta = n["relu_net"].init(rng, n["normal"](sigma_w), shape=(12,), dtype=np.float32)

    def draw():
        i = rng.integers(len(images), size=(12, 24))
        return images[i], labels[i]

    link = scale(1.0)
    return n["train_many"](
        n["relu_net"], theta, draw, link, rates, n_steps, progress=False
    ).loss


def test_1_1_with_other_seeds_too():
    n = reading()
    with np.errstate(over="ignore", invalid="ignore"):
        late = {
            sigma_w: losses_on_digits(n, sigma_w, (0.1,), 150, 21)[-10:].mean(axis=0)
            for sigma_w in (1.4, 3.0)
        }
    assert learned(late[1.4], n["chance"])[0] >= 10
    assert learned(late[3.0], n["chance"])[0] <= 2
    assert 5 <= np.isnan(late[3.0]).sum() <= 12


@pytest.mark.parametrize("seed", [12, 14])
def test_1_1_each_at_its_best_rate_the_exploding_net_takes_about_twice_the_steps(seed):
    """Steps until ten of twelve have learned, over a grid around either net's best rate."""
    n, steps = reading(), {}
    for sigma_w, rates in {
        1.4: (0.05, 0.07, 0.1, 0.14),
        3.0: (0.007, 0.01, 0.015, 0.02),
    }.items():
        loss = losses_on_digits(n, sigma_w, rates, 250, seed)
        late = np.array([loss[k - 10 : k].mean(axis=0) for k in range(10, len(loss) + 1)])
        most = learned(late, n["chance"]) >= 10
        steps[sigma_w] = 10 + most.any(axis=1).argmax()
        assert most.any()
    assert 1.4 < steps[3.0] / steps[1.4] < 2.6


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


def test_2_1_1_neither_difference_has_the_shape_of_the_layers_parameters():
    n = reading()
    values = (
        n["trio"].trace(n["trio"].init(np.random.default_rng(0), n["normal"](1.0)), n["x"]).a
    )
    shapes = [(a - b).shape for a, b in itertools.pairwise(values)]
    assert shapes == [(3, 2), (3, 2)]
    assert [w.size + b.size for w, b in n["trio"].unpack(np.zeros(9))] == [6, 3]
    assert n["checked"].relative_error < 1e-6


def test_2_1_2_an_untrained_net_explodes_by_four_powers_of_ten_and_a_good_one_stays_level():
    untrained = reading()["untrained"]
    assert {len(norms) for norms in untrained.values()} == {30}  # and 29 Jacobians between
    ratio = {name: norms[0] / norms[-1] for name, norms in untrained.items()}
    assert 4 < np.log10(ratio["σ_w = 2.0"]) < 5
    norms = untrained["σ_w = 1.4"]
    assert norms.max() / norms.min() < 10


def test_2_1_2_one_step_moves_the_outputs_of_an_exploding_net_by_many_times_their_size():
    moved = reading()["moved"]
    assert moved[3.0] > 10 and moved[1.4] < 1


def test_2_1_3_the_averaged_form_is_stabler_at_equal_rate_and_fails_at_larger_ones():
    n = reading()
    counts = {name: learned(late, n["chance"]) for name, late in n["slow_or_not"].items()}
    assert 3 <= counts["plain descent"][0] <= 9 < 10 <= counts["EMA"][0]
    assert counts["plain descent"][1] <= 2 < 3 <= counts["EMA"][1]
    assert counts["plain descent"][2] == counts["EMA"][2] == 0


def test_2_1_3_the_whole_spike_arrives_in_the_end_unless_it_is_clipped():
    """The bound on the step is the clip's (section 10 of the lesson)."""
    travelled = {}
    clipped = chain(clip_by_global_norm(1.0), ema(0.9))
    for name, link in {"EMA": ema(0.9), "clip, then EMA": clipped}.items():
        state, travelled[name] = link.init(np.zeros(1)), 0.0
        for g in np.eye(200)[0] * 1e6:
            step, state = link.update(np.array([g]), state)
            travelled[name] += step.item()
    assert travelled["EMA"] == pytest.approx(1e6)
    assert travelled["clip, then EMA"] == pytest.approx(1)


def test_2_2_1_from_layer_to_layer_the_explosion_becomes_somewhat_larger():
    n = reading()
    growth = n["layer_growth"]
    assert (
        n["at_most"] == pytest.approx(growth / (growth - 0.9)) == pytest.approx(2.7, abs=0.05)
    )
    assert 1 < n["enlarged"] < 1.5
    shapes = [(layer.fan_out, layer.fan_in) for layer in n["relu_net"].layers]
    assert shapes == [(32, 64), *[(32, 32)] * 4, (10, 32)]


def test_2_2_1_it_is_so_with_other_weights_too():
    n = reading()
    for seed in range(1, 5):
        weights = n["tall"].init(np.random.default_rng(seed), n["normal"](2.0))
        x, grad_output = n["noise"]
        deltas = n["tall"].deltas(weights, n["tall"].trace(weights, x), grad_output)
        added = 0
        for delta in reversed(deltas):
            added = delta + 0.9 * added
        assert 1 < np.linalg.norm(added) / np.linalg.norm(deltas[0]) < n["at_most"]


def test_2_2_1_the_effect_grows_to_ten_and_the_stability_does_not():
    n = reading()
    assert np.all(np.diff(n["velocities"]) > 0)
    assert 0.9**60 * 10 == pytest.approx(10 - n["velocities"][-1])
    nearer = {key: distance < 1 for key, distance in n["away"].items()}
    assert [key for key, value in nearer.items() if value] == [("momentum", 2.5)]


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


def test_2_2_4_in_both_readings_hardly_anything_is_accumulated():
    n = reading()
    assert 1 / (1 - n["alpha"]) == pytest.approx(1, abs=2e-4)
    assert 1 / (1 - n["gamma"]) == pytest.approx(1.11, abs=5e-3)
    assert (1 - n["alpha"]) * n["gamma"] == pytest.approx(0.0995, abs=5e-5)


def test_2_2_4_the_update_of_the_program_is_weight_decay_and_little_else():
    n = reading()
    assert 1 - n["gamma"] + n["alpha"] == pytest.approx(0.9006, abs=5e-5)
    assert np.abs(n["by_program"]).max() < 5e-3


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
    shrinking, gammas = reading()["Shrinking"](0.1), [0.995 * 0.1]
    for _ in range(90):
        shrinking.update(1.0, 1.0)
        gammas.append(shrinking.gamma)
    assert gammas[1] / gammas[0] == pytest.approx(1e-4)
    assert 75 < gammas.index(0.0) < 85
    assert gammas[2] < 1e-8


def test_3_2_from_the_second_call_on_theta_only_grows_by_alpha_whatever_the_gradient():
    for g in (-1.0, 0.0, 1.0, 100.0):
        shrinking, theta = reading()["Shrinking"](0.1), [1.0]
        for _ in range(6):
            theta.append(shrinking.update(theta[-1], g))
        factors = np.divide(theta[1:], theta[:-1])
        assert factors[1:] == pytest.approx(np.full(5, 1.0001), abs=2e-8)
        assert factors[0] < 1.0001 - 5e-6 or g < 0


def test_3_3_the_formula_halves_the_loss_and_does_not_beat_the_best_constant():
    n = reading()
    assert np.array_equal(*n["runs"])
    ends = [
        n["neuron"].loss_and_gradient(parameters, n["x"], n["y"])[0]
        for parameters in (n["runs"][0], n["ended"])
    ]
    assert ends[0] < n["formula_loss"][0] / 2
    answers_half = n["neuron"].loss_and_gradient(np.zeros(3), n["x"], n["y"])[0]
    assert ends[0] == pytest.approx(answers_half, rel=1e-6)
    constants = [((n["y"] - c) ** 2).mean() for c in np.linspace(0, 1, 1001)]
    assert n["constant_loss"] == pytest.approx(min(constants), abs=1e-6)
    assert ends[1] < 1e-6 < n["constant_loss"] < answers_half / 2


def test_4_relu_of_the_inputs_does_nothing_and_one_map_has_no_bend():
    n = reading()
    assert np.diff(n["one_map"], n=2, axis=0) == pytest.approx(np.zeros((1, 2)), abs=1e-12)
    assert np.abs(np.diff(n["bent"], n=2, axis=0)).max() > 0.1


def test_4_each_program_stops_with_its_own_error():
    errors = ["NameError", "NameError", "AttributeError", "SyntaxError"]
    assert reading()["kinds_of_error"] == errors


def test_4_targets_that_are_the_outputs_give_no_gradient():
    n = reading()
    loss, g = n["two_hidden"].loss_and_gradient(n["drawn"], n["inputs"], n["own_targets"])
    assert loss == 0 and not g.any()


def test_5_1_rate_and_steps_help_in_the_mild_case_and_initialization_in_the_strong_one():
    n = reading()
    late = [learned(losses, n["chance"]) for losses in n["smaller"].values()]
    mild, small, more_steps, strong, strong_for_longer, orthogonal = late
    assert mild[0] == 0 and mild[1] >= 10
    assert small[0] <= 2 and more_steps[0] >= 10
    assert not strong.any() and not strong_for_longer.any() and orthogonal[0] >= 10


@pytest.mark.parametrize(
    ("decay", "exponents", "n_steps"),
    [(0.0, (-1, -3, -5), 1500), (0.9, (-1, -2, -3, -4, -5), 1000)],
    ids=["plain descent", "momentum"],
)
def test_5_1_the_strong_case_does_not_learn_in_a_thousand_steps_and_more(
    decay, exponents, n_steps
):
    n, rng = reading(), np.random.default_rng(31)
    rates = (10.0 ** np.array(exponents, np.float32))[:, None]
    theta, late, v = n["strong"].init(rng, n["normal"](4.0), dtype=np.float32), [], 0
    theta = np.repeat(theta[None], len(rates), axis=0)
    for _ in range(n_steps):
        i = rng.integers(len(n["digits"].x_train), size=24)
        loss, g = n["strong"].loss_and_gradient(
            theta, n["digits"].x_train[i], n["digits"].y_train[i]
        )
        v = decay * v + g
        theta = theta - rates * v
        late.append(loss)
    assert np.mean(late[-50:], axis=0).min() > 0.65 * n["chance"]  # learned: below 0.5


def test_5_1_on_a_parabola_half_the_rate_takes_twice_the_steps():
    n = reading()
    steps = [n["steps_to_bottom"](n["plain"], rate) for rate in (0.004, 0.002)]
    assert steps[1] / steps[0] == pytest.approx(2, rel=0.01)


def test_5_2_it_carries_over_and_at_the_larger_rate_recurrent_nets_need_the_clip():
    n = reading()
    counts = {name: learned(late, np.log(4) / 2) for name, late in n["solved"].items()}
    small, large = ({name: count[k] for name, count in counts.items()} for k in (0, 1))
    assert small["plain descent"] <= 1 and small["momentum"] >= 7
    assert large["momentum"] <= 1
    assert min(large["plain descent"], large["clip, momentum"], small["clip, momentum"]) >= 7
    _, high = wilson_interval(large["momentum"], 8)
    low, _ = wilson_interval(large["clip, momentum"], 8)
    assert high < low


def test_5_3_the_penalty_raises_the_curvature_and_momentum_fails_with_it():
    n = reading()
    assert n["curvature"][0.1] > 2.3 * n["curvature"][0.0]
    assert n["run_ends"][0.0] < 0.01
    assert n["run_ends"][0.1] > n["chance"]


def test_6_only_the_clip_bounds_the_step():
    longest = reading()["longest"]
    assert longest["momentum"] == pytest.approx(1e6, rel=1e-3)
    assert longest["EMA"] == pytest.approx(1e5, rel=1e-3)
    assert longest["Nesterov"] > 1e6
    assert longest["clip, momentum"] < 10


def test_6_nesterov_is_faster_with_some_constants_and_not_safer():
    equal, best = reading()["valley"].values()
    assert equal[1] < 0.9 * equal[0]
    assert best[0] < 0.8 * best[1]
    assert 2 * 1.9 / (1 + 1.8) < 1.9 < 2 * 1.9


def test_6_the_constants_of_nesterov_are_the_best_in_the_long_run():
    """The largest root of θ' = (1 + γ)(1 - ηλ)θ - γ(1 - ηλ)θ_before, over both curvatures."""

    def shrinks_by(gamma, lr):
        kept = 1 - lr * np.array([1.0, 100.0])
        return max(np.abs(np.roots([1, -(1 + gamma) * k, gamma * k])).max() for k in kept)

    root = np.sqrt(301)
    best = shrinks_by((root - 2) / (root + 2), 4 / 301)
    assert best == pytest.approx(1 - 2 / root, abs=1e-6)
    grid = [
        (g, lr) for g in np.arange(0.5, 0.95, 0.01) for lr in np.arange(0.005, 0.03, 0.0005)
    ]
    assert min(shrinks_by(g, lr) for g, lr in grid) > best - 1e-9


def test_6_on_text_momentum_learns_at_a_moderate_rate_and_needs_the_clip_at_a_large_one():
    n = reading()
    plain, clip = (n["on_text"][name] / n["unigram"] for name in ("momentum", "clip, momentum"))
    assert max(plain[0].max(), clip[0].max(), clip[1].max()) < 0.97
    assert plain[1].min() > 10


def test_fractions_of_twelve_runs_are_known_to_within_a_quarter():
    low, high = wilson_interval(np.arange(13), 12)
    assert 0.2 < np.max((high - low) / 2) < 0.25
