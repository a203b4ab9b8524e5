"""Each number that lesson 08 states in words, asserted on what its own cells computed."""

import math

import numpy as np
import pytest
from lesson_runs import LessonLaws, lesson

from course_lib.activations import tanh
from course_lib.exercises import exercises
from course_lib.exercises.lesson_08 import rescue as rescue_module
from course_lib.experiments import wall
from course_lib.initializers import normal, orthogonal
from course_lib.optimizers import chain, clip_by_global_norm, momentum, scale
from course_lib.rnn import RNN
from course_lib.statistics import wilson_interval
from course_lib.widgets.gain import OrthogonalNets, growth_per_step
from course_lib.widgets.wall_rescue import descend

NAME = "08_recurrent_nets"


def recurrent():
    return lesson(NAME)


@pytest.mark.quick
class TestTheLesson(LessonLaws):
    name = NAME


def test_the_derivative_by_a_shared_weight_is_the_sum_of_those_by_its_copies():
    assert recurrent()["difference"] == 0


def test_a_loop_over_the_step_gives_the_gradient_of_the_library():
    n = recurrent()
    for ours, theirs in zip(n["by_hand"], _parts_of_small_net(n), strict=True):
        assert ours == pytest.approx(theirs, abs=1e-12)


def _parts_of_small_net(n):
    net = n["RNN"](6, 5, 4, n["tanh"])
    theta = net.init(np.random.default_rng(0), n["normal"](1.5))
    x, y = n["datasets"].temporal_order(np.random.default_rng(1), 12, n_steps=30)
    return net.unpack(net.loss_and_gradient(theta, x, y)[1])[:3]


@pytest.mark.parametrize("unit", ["tanh", "sigmoid", "centered sigmoid"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_below_the_bound_every_net_vanishes_and_none_is_above_it(unit, share):
    n = recurrent()
    activation, center, start = n["units"][unit]
    growth = n["measured_growth"](activation, share / activation.max_slope, center, start)
    assert np.all(growth <= share * (1 + 1e-9))


@pytest.mark.parametrize(
    ("unit", "gain", "decades", "tolerance"),
    [
        ("tanh", 0.9, -0.046, 0.001),
        ("tanh", 1.5, 0.030, 0.01),
        ("sigmoid", 5.0, -0.12, 0.02),
        ("centered sigmoid", 5.0, 0.017, 0.01),
    ],
)
def test_the_growth_per_step_is_as_printed(unit, gain, decades, tolerance):
    n = recurrent()
    activation, center, start = n["units"][unit]
    growth = np.log10(n["measured_growth"](activation, gain, center, start))
    assert growth.mean() == pytest.approx(decades, abs=tolerance)
    bound = np.log10(gain * activation.max_slope)
    if unit == "tanh" and gain == 1.5:
        assert (round(100 * growth.mean()), round(100 * bound)) == (3, 18)


def test_the_bound_is_tight_below_1_and_from_16_on_sigmoid_nets_differ():
    n = recurrent()
    low = n["gains"] < 0.8
    assert n["curves"]["tanh"][low] == pytest.approx(n["gains"][low], rel=0.02)
    low = n["gains"] < 3
    centered = n["curves"]["centered sigmoid"]
    assert centered[low] == pytest.approx(n["gains"][low] / 4, rel=0.02)
    sigmoid = n["curves"]["sigmoid"]
    assert np.all(sigmoid[n["gains"] <= 8] < 0.97)
    assert sigmoid[n["gains"] >= 16] == pytest.approx(1, abs=0.3)
    for gain in n["gains"][n["gains"] >= 16]:
        growth = n["measured_growth"](n["sigmoid"], gain, 0.0, 0.5)
        assert growth.min() < 0.96 and growth.max() > 1.1, "some grow, others shrink"
    assert n["curves"]["tanh"][n["gains"] == 2] > 1.05
    assert centered[n["gains"] == 8] > 1.05


def test_at_a_gain_of_1_5_slopes_of_0_7_and_not_saturation_eat_up_the_growth():
    n = recurrent()
    net = RNN(1, 32, 2, tanh)
    theta = net.init(
        np.random.default_rng(2), normal(1.0), recurrent=orthogonal(1.5), shape=(10,)
    )
    slopes = 1 - net.trace(theta, n["pulse"]).h[1:] ** 2
    assert 0.65 < np.median(slopes) < 0.8 and np.mean(slopes < 0.1) < 0.1


def test_in_the_widget_sigmoid_units_shrink_up_to_8_and_centered_ones_grow_from_5_on():
    nets = OrthogonalNets(np.random.default_rng(0))
    growth = {
        unit: growth_per_step(nets.step_norms(unit, gains, 0.0))
        for unit, gains in {"sigmoid": (4, 8, 16), "centered sigmoid": (4, 5, 16)}.items()
    }
    assert growth["sigmoid"][:2].max() < 1
    assert growth["sigmoid"][2].min() < 1 < growth["sigmoid"][2].max()
    assert growth["centered sigmoid"][0].max() < 1 < growth["centered sigmoid"][1:].min()


def test_inputs_of_strength_0_5_make_the_gradient_of_tanh_units_vanish_in_the_widget():
    nets = OrthogonalNets(np.random.default_rng(0))
    growth = {
        s: growth_per_step(nets.step_norms("tanh", [1.5], s)) for s in (0.0, 0.4, 0.6, 1.0)
    }
    means = {s: np.log(values).mean() for s, values in growth.items()}
    assert means[0.0] > means[0.4] > 0 > means[0.6] > means[1.0]


def test_the_non_normal_matrix_grows_to_38_7_at_9_and_is_below_1_after_more_than_60():
    n = recurrent()
    assert (n["powers"][n["peak"]], round(n["sizes"][n["peak"]], 1)) == (9, 38.7)
    assert 60 < n["powers"][n["sizes"] > 1].max() < 65
    assert n["sizes"][19] > 10


def test_from_6_minus_3_3_the_unclipped_path_is_thrown_out_and_the_clipped_one_arrives():
    n = recurrent()
    assert n["longest"][0, 0] > 100 and not n["solved"][0, 0]
    assert n["longest"][1, 0] <= 0.1 + 1e-12 and n["solved"][1, 0]
    assert n["points"][-1][0, 0] == pytest.approx([500, 1000], rel=0.05)


def test_on_the_wall_nothing_clipped_is_thrown_and_clipped_momentum_solves_all():
    n = recurrent()
    thrown = dict(zip(n["walkers"], n["thrown"][:, 1:].mean(axis=1), strict=True))
    share = dict(zip(n["walkers"], n["solved"][:, 1:].mean(axis=1), strict=True))
    assert len(n["starts"]) == 151
    assert all(thrown[name] == 0 for name in thrown if "clipped" in name or "value" in name)
    assert thrown["plain descent"] > 0.5 > thrown["momentum"] > 0.25
    assert share["momentum, clipped"] == 1 and share["momentum, by value 0.1"] <= 2 / 150
    assert share["momentum, by value 1"] == 1
    assert 0.5 < share["plain descent, clipped"] < 1 and 0.5 < share["momentum"] < 0.9
    assert share["plain descent"] < 0.4
    assert 0.03 < n["first"].min() and n["first"].max() < 1.3
    assert thrown["plain descent"] - thrown["momentum"] > 0.1
    longest = dict(zip(n["walkers"], n["longest"][:, 1:], strict=True))
    assert (longest["plain descent"] > 1).mean() > 0.5
    assert max(longest[name].max() for name in longest if "clip" in name or "value" in name) < 1


@pytest.mark.parametrize(("gamma", "low", "high"), [(0.0, 0.1, 0.2), (0.9, 1, 1)])
def test_on_the_wall_a_threshold_of_0_1_does_with_momentum_and_is_slow_without(
    gamma, low, high
):
    n = recurrent()
    link = chain(clip_by_global_norm(0.1), momentum(gamma), scale(-0.1))
    theta, state = n["nearby"], link.init(n["nearby"])
    for _ in range(len(n["points"]) - 1):
        step, state = link.update(wall.error_and_gradient(theta)[1], state)
        theta = theta + step
    assert low <= np.mean(wall.error_and_gradient(theta)[0] < 1e-3) <= high


def test_on_the_wall_what_unclipped_momentum_does_not_solve_is_thrown():
    n = recurrent()
    i = list(n["walkers"]).index("momentum")
    unsolved = ~n["solved"][i, 1:]
    height = np.abs(n["points"][-1][i, 1:] @ [0.5, 1])
    assert np.mean(height[unsolved] > 0.25) > 0.9


def test_without_momentum_a_clipped_step_beside_the_wall_is_about_0_01_long():
    n = recurrent()
    i = list(n["walkers"]).index("plain descent, clipped")
    steps = np.linalg.norm(np.diff(n["points"], axis=0)[:, i, 1:], axis=-1)
    medians = np.median(steps[:, ~n["solved"][i, 1:]], axis=0)
    assert len(medians) > 0
    assert np.all((medians > 0.003) & (medians < 0.03))


@pytest.mark.parametrize(
    ("b", "gamma", "rule", "threshold", "arrives"),
    [
        (-3.3, 0.0, "none", 1.0, False),
        (-3.3, 0.0, "by global norm", 1.0, False),
        (-3.3, 0.9, "by global norm", 1.0, True),
        (-3.3, 0.0, "by global norm", 64.0, False),
        (-3.3, 0.9, "none", 1.0, True),
        (-3.25, 0.9, "none", 1.0, False),
        (-3.3, 0.9, "by value", 0.1, False),
    ],
)
def test_what_to_look_for_at_the_wall_is_there(b, gamma, rule, threshold, arrives):
    path, lengths, error = descend(b, 0.1, gamma, rule, threshold, 400)
    assert (error < 1e-3) == arrives
    if rule == "by global norm" and threshold == 64:
        assert lengths.max() == pytest.approx(6.4)
    if rule == "by global norm" and gamma == 0 and threshold == 1:
        assert np.linalg.norm(path[-1] @ [0.5, 1]) < 0.2, "it stays at the wall"
    assert error == pytest.approx(wall.error_and_gradient(path[-1])[0], rel=1e-6, abs=1e-12)


def test_without_a_clip_only_the_averaged_form_learns():
    n = recurrent()
    shares = {name: count / n["n_seeds"] for name, count in n["n_plain"].items()}
    assert shares.pop("EMA") > 0.5
    assert max(shares.values()) < 0.1
    assert n["n_seeds"] == 60


def test_the_clip_helps_beyond_doubt_but_for_ema_and_momentum_is_rescued_in_half():
    n = recurrent()
    low, high = ({}, {})
    for name in n["methods"]:
        high[name] = wilson_interval(n["n_plain"][name], 60)[1]
        low[name] = wilson_interval(n["n_clipped"][name], 60)[0]
    assert all(low[name] > high[name] for name in ("plain descent", "momentum", "Nesterov"))
    assert low["EMA"] < high["EMA"]
    assert 0.3 < n["n_clipped"]["momentum"] / 60 < 0.7
    assert n["n_clipped"]["plain descent"] > 33
    assert n["n_clipped"]["Nesterov"] > 48
    assert n["n_plain"]["Nesterov"] <= 3


@pytest.mark.parametrize("probability", [0.1, 0.3, 0.5, 0.7, 0.85, 0.95])
def test_the_intervals_cover_the_true_fraction_in_about_95_of_100_experiments(probability):
    counts = np.arange(61)
    low, high = wilson_interval(counts, 60)
    chances = [
        math.comb(60, k) * probability**k * (1 - probability) ** (60 - k) for k in counts
    ]
    covered = np.sum(np.array(chances)[(low <= probability) & (probability <= high)])
    assert 0.93 < covered < 0.98


def test_recorded_counts_say_what_the_lesson_says_and_our_own_agree():
    n = recurrent()
    at_a_tenth = {
        name: (counts["plain"][n["place"]], counts["clipped"][n["place"]])
        for name, counts in n["recorded"]["solved"].items()
    }
    assert n["recorded"]["n_seeds"] == 60 and n["recorded"]["n_steps"] == 150
    assert [plain for plain, _ in at_a_tenth.values()] == [0, 0, 42, 0]
    assert at_a_tenth["EMA"] == (42, 54)
    gains = {name: clipped - plain for name, (plain, clipped) in at_a_tenth.items()}
    assert min(gains, key=gains.get) == "EMA" and n["p_values"]["EMA"] < 0.02
    plain_descent = n["recorded"]["solved"]["plain descent"]
    assert (plain_descent["plain"][2], plain_descent["clipped"][2]) == (21, 12)
    assert at_a_tenth["Nesterov"][1] >= 57 and n["n_clipped"]["Nesterov"] >= 52, "nearly all"
    for name, counts in at_a_tenth.items():
        ours = n["n_plain"][name], n["n_clipped"][name]
        assert ours == pytest.approx(counts, abs=15), "100 steps in place of 150"


def test_step_norms_are_those_of_the_gradients_of_the_states_from_the_first_step_on():
    n = recurrent()
    net = n["RNN"](6, 5, 4, n["tanh"])
    theta = net.init(np.random.default_rng(0), n["normal"](1.5))
    x, y = n["datasets"].temporal_order(np.random.default_rng(1), 12, n_steps=30)
    norms = net.step_norms(theta, x, y)
    output = net.trace(theta, x).output
    last = net.loss(output, y)[1] @ net.unpack(theta).V
    assert norms.shape == (30,)
    assert norms[-1] == pytest.approx(np.linalg.norm(last))
    assert np.all(net.trace(theta, x).h[0] == 0)


def test_what_the_rescue_exercise_says_of_its_check():
    rescue = exercises()["rescue"]
    assert list(rescue.cases(None)) == [(0.9, 0.1), (0.9, 0.05)]
    _, _, xs, _ = rescue_module._nets_and_data()
    assert xs.shape[-2] == 12 and rescue_module.N_NETS == 12 and rescue_module._NEEDED == 10
    with np.errstate(all="ignore"):
        failing = chain(momentum(0.9), scale(-0.1))
        assert rescue_module._fraction_solved(failing) == 0


def test_a_step_of_length_1_is_about_a_fifth_of_all_parameters_together():
    n = recurrent()
    assert np.linalg.norm(n["new_nets"](60), axis=-1).mean() == pytest.approx(5, abs=0.3)


def test_momentum_is_rescued_at_thresholds_in_between():
    solved = recurrent()["n_rescued"]
    assert solved[0.03] < 3 and solved[3.0] < 3
    assert solved[0.3] > 9
    assert solved[1.0] < solved[0.3]


def test_ema_is_momentum_at_a_tenth_of_the_rate_in_the_stored_runs():
    n = recurrent()
    for word in ("plain", "clipped"):
        ours = n["stored"]["by rate"]["solved"]
        shifted, counts = ours["momentum"][word][:-2], ours["EMA"][word][2:]
        for a, b in zip(shifted, counts, strict=True):
            (low_a, high_a), (low_b, high_b) = (wilson_interval(k, 60) for k in (a, b))
            assert low_a <= high_b and low_b <= high_a


def test_the_clip_moves_the_best_rate_up_and_lets_nearly_all_learn_there():
    n = recurrent()
    for name in n["methods"]:
        plain, clipped = n["fractions"]["plain"][name], n["fractions"]["clipped"][name]
        assert plain.max() < 0.8 and clipped.max() > 0.9
        assert n["rates"][clipped.argmax()] > n["rates"][plain.argmax()]


def test_the_rescue_also_does_on_the_longer_sequences():
    assert recurrent()["own_runs"].mean() > 0.8


def test_where_the_gradient_vanishes_nothing_learns():
    n = recurrent()
    assert sum(runs.sum() for runs in n["vanished"].values()) == 0
    assert sum(len(runs) for runs in n["vanished"].values()) == 40
    x, y = n["datasets"].temporal_order(np.random.default_rng(7), 100)
    norms = n["net"].step_norms(n["new_nets"](10, 0.5), x, y)
    assert np.max(norms[:, 9] / norms[:, -1]) < 1e-3


def test_in_the_stored_runs_no_method_learns_surely_without_a_clip():
    n = recurrent()
    best = {name: share.max() for name, share in n["fractions"]["plain"].items()}
    assert max(best.values()) < 0.75 and 0.25 < best["plain descent"] < 0.4
    assert min(share.max() for share in n["fractions"]["clipped"].values()) > 0.95
    assert n["stored"]["50 units"]["n_steps"] == n["by_rate"]["n_steps"] == 150


def test_the_larger_nets_are_rescued_more_surely():
    n = recurrent()
    clipped = {name: n["large"]["solved"][name]["clipped"][0] for name in n["methods"]}
    assert all(clipped[name] >= n["n_clipped"][name] for name in clipped)
    assert min(clipped.values()) >= 0.8 * n["large"]["n_seeds"]


def test_in_the_stored_runs_a_small_gain_or_a_long_sequence_leaves_nothing():
    n = recurrent()
    solved = dict(zip(map(tuple, n["longer"]["length and gain"]), n["totals"], strict=True))
    assert all(count == 0 for (_, gain), count in solved.items() if gain == 0.5)
    assert solved[20, 1.1] > 30 > 10 > solved[50, 1.1]
    assert solved[100, 1.1] <= 2
    assert 8 * n["longer"]["n_seeds"] == 80
    for length in (20, 50, 100):
        x, y = n["datasets"].temporal_order(np.random.default_rng(7), 100, n_steps=length)
        for gain, (low, high) in {0.5: (0, 1e-3), 1.1: (0.5, 5)}.items():
            norms = n["net"].step_norms(n["new_nets"](6, gain), x, y)
            assert low <= np.median(norms[:, 4] / norms[:, -1]) < high


def test_at_the_largest_gains_the_growth_of_tanh_units_falls_again():
    curve = recurrent()["curves"]["tanh"]
    assert curve[-1] < 0.75 * curve.max() and curve.argmax() < len(curve) - 2
    assert curve[-1] == pytest.approx(1, abs=0.15)
