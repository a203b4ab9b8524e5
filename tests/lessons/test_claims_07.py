"""Each number that lesson 07 states in words, asserted on what its own cells computed."""

import numpy as np
import pytest
from lesson_runs import LessonLaws, lesson

from course_lib.clipping import clip_global_norm
from course_lib.experiments.wall import error_and_gradient
from course_lib.optimizers import (
    adam,
    chain,
    clip_by_global_norm,
    clip_by_value,
    momentum,
    record,
    scale,
)
from course_lib.training import train

NAME = "07_clipping"


def clipping():
    return lesson(NAME)


@pytest.mark.quick
class TestTheLesson(LessonLaws):
    name = NAME


@pytest.mark.parametrize(("entry", "square_is_lost"), [(1.9e19, True), (1.8e19, False)])
def test_squares_overflow_in_float32_from_1_8e19_on(entry, square_is_lost):
    with np.errstate(over="ignore"):
        assert np.isinf(np.float32(entry) ** 2) == square_is_lost
        assert np.isinf(np.sum(np.full(1000, entry, np.float32) ** 2)), "many overflow earlier"


def test_the_common_formula_loses_the_step_and_the_scaled_norm_does_not():
    n = clipping()
    assert n["factor"] == 0
    assert np.linalg.norm(clip_global_norm(n["huge"], 1.0)) == pytest.approx(1, rel=1e-5)
    assert n["safe_norm"](n["tiny"]) == pytest.approx(1e-25 * 1000**0.5, rel=1e-5)


def test_by_value_turns_the_gradient_of_3_1_by_27_degrees_into_the_corner():
    clipped = clipping()["clipped"]
    assert clipped["by value"].tolist() == [1, 1]
    assert np.linalg.norm(clipped["by global norm"]) == pytest.approx(1)
    assert np.degrees(np.arctan2(1, 1) - np.arctan2(1, 3)) == pytest.approx(26.6, abs=0.05)


def test_the_direction_errors_are_65_44_and_0_degrees():
    angles = {k: np.degrees(np.arccos(v)) for k, v in clipping()["cosines"].items()}
    assert angles["by value"][0] == pytest.approx(65, abs=0.7)
    assert angles["by layer"][0] == pytest.approx(44, abs=0.7)
    assert np.max(angles["by global norm"]) < 1e-5
    assert np.cos(np.radians(65)) == pytest.approx(0.42, abs=0.005)


def test_the_direction_errors_end_where_the_picture_says():
    n = clipping()
    by_value, by_layer = (np.array(n["cosines"][k]) for k in ("by value", "by layer"))
    assert np.degrees(np.arccos(by_value[n["thresholds"] > 6.5])).max() < 0.1
    assert by_layer[n["thresholds"] < 3] == pytest.approx(by_layer[0], abs=5e-3)


def test_on_the_wall_the_gradient_points_along_1_2():
    _, g = error_and_gradient(np.array([6.0, -3.0]))
    assert g[1] / g[0] == pytest.approx(2, rel=1e-6)


def test_on_the_wall_the_global_norm_solves_all_and_by_value_most_only_at_a_threshold_of_1():
    assert len(clipping()["starts"]) == 100
    solved = clipping()["solved_share"]
    assert solved["not clipped"] == 0 and solved["by global norm, 0.1"] == 1
    assert solved["by value, 0.1"] == 0 and 0.75 < solved["by value, 1"] < 1


@pytest.mark.parametrize(("threshold", "share"), [(0.3, 1), (1.0, 1), (10.0, 0)])
def test_on_the_wall_the_global_norm_solves_all_up_to_a_threshold_of_1(threshold, share):
    ends = clipping()["walked"](clip_by_global_norm(threshold), momentum(0.9))
    assert np.mean(error_and_gradient(ends)[0] < 1e-3) == share


def test_on_the_wall_the_first_unclipped_step_is_longer_than_10():
    _, g = error_and_gradient(clipping()["starts"])
    assert 0.1 * np.linalg.norm(g, axis=-1).min() > 10


@pytest.mark.parametrize(("rule", "w"), [("by value", 4.65), ("by global norm", 4.06)])
def test_on_the_wall_by_value_gets_stuck_where_the_global_norm_goes_on_to_its_end(rule, w):
    clip = {"by value": clip_by_value, "by global norm": clip_by_global_norm}[rule](0.1)
    link, theta = chain(clip, momentum(0.9), scale(-0.1)), clipping()["starts"]
    state = link.init(theta)
    for n_steps in (200, 400):
        for _ in range(200):
            step, state = link.update(error_and_gradient(theta)[1], state)
            theta = theta + step
        assert np.median(theta[:, 0]) == pytest.approx(w, abs=0.1), n_steps
        assert np.median(np.abs(theta @ [0.5, 1])) < 0.1
        assert np.sum(theta[:, 0] < 4.3) == (100 if rule == "by global norm" else 0)


def test_a_spike_is_forgotten_after_3_or_44_steps():
    steps = clipping()["steps"]
    assert [_steps_to_minus(steps[name]) for name in clipping()["orders"]] == [3, 44]


def _steps_to_minus(steps):
    return int(np.flatnonzero(np.array(steps) > 0)[-1]) + 1 - 2


@pytest.mark.parametrize(("before", "expected"), [(True, 3), (False, 66)])
def test_a_spike_ten_times_larger_costs_22_steps_more_only_after_momentum(before, expected):
    links = [clip_by_global_norm(1.0), momentum(0.9)]
    link = chain(*(links if before else links[::-1]))
    state, steps = link.init(np.zeros(1)), []
    for g in [1.0, 1.0, 10_000.0] + [-1.0] * 100:
        step, state = link.update(np.array([g]), state)
        steps.append(step.item())
    assert _steps_to_minus(steps) == expected


def test_clipping_each_micro_batch_turns_and_shortens_the_gradient():
    n = clipping()
    assert np.mean(n["parts"], axis=0) == pytest.approx(n["g"])
    assert np.linalg.norm(n["each"]) < 0.95
    assert n["angle"] > 5


def test_clipped_before_momentum_the_step_is_bounded():
    link = chain(clip_by_global_norm(1.0), momentum(0.9))
    state, longest = link.init(np.zeros(1)), 0.0
    for g in np.random.default_rng(0).standard_cauchy(1000) * 100 + 50:
        step, state = link.update(np.array([g]), state)
        longest = max(longest, abs(step.item()))
    assert 5 < longest <= 10


def test_the_median_of_the_healthy_run_is_as_printed_and_it_goes_well():
    n = clipping()
    assert n["median"] == pytest.approx(6.7, rel=0.1)
    assert max(n["log"]) > 3 * n["median"], "a few are many times the median"
    theta = n["net"].init(np.random.default_rng(3), n["normal"](2.2))
    rng = np.random.default_rng(4)
    history = train(n["net"], theta, *n["data"], scale(-0.01), 200, rng=rng, batch_size=24)
    assert np.mean(history.loss[-10:]) < np.log(10) / 2 < np.mean(history.loss[:10])


def solved_by(name):
    counts = clipping()["n_solved"]
    return counts[name] if name in counts else counts[f"{name}, momentum"]


def test_smaller_thresholds_raise_the_largest_rate_3_10_and_100_times():
    rates = clipping()["rates"]
    largest = {
        name.removesuffix(", momentum"): rates[solved_by(name) >= 5].max()
        for name in clipping()["n_solved"]
    }
    assert largest["plain descent"] / largest["momentum"] == pytest.approx(10**0.5)
    for name, factor in {"clip 6.7": 10**0.5, "clip 1.0": 10, "clip 0.1": 100}.items():
        assert largest[name] / largest["momentum"] == pytest.approx(factor), name


def test_below_all_recorded_norms_only_the_product_of_rate_and_threshold_counts():
    assert min(clipping()["log"]) > 1
    assert np.abs(solved_by("clip 1.0")[1:4] - solved_by("clip 0.1")[3:]).max() <= 2
    assert solved_by("clip 1.0")[0] <= 2 and solved_by("clip 0.1")[:3].max() <= 2
    assert solved_by("momentum")[0] >= 8


def test_clipping_widens_the_window_and_keeps_nan_away():
    losses = clipping()["late_losses"]
    assert np.sum(solved_by("clip 1.0") >= 5) == 3 and np.sum(solved_by("momentum") >= 5) == 2
    assert np.isnan(losses["momentum"]).any(axis=1).sum() == 3
    assert all(
        np.isfinite(v).all()
        for k, v in losses.items()
        if k.startswith("clip") and k.endswith("momentum")
    )


def test_at_equal_bound_clipped_momentum_reaches_a_step_farther_than_clipped_descent():
    n, plain = clipping(), solved_by("clip 1.0, plain descent")
    with_momentum, step = solved_by("clip 1.0"), 10**0.5
    largest = [n["rates"][count >= 5].max() for count in (plain, with_momentum)]
    assert largest[0] / largest[1] == pytest.approx(step), "at equal rate descent does"
    assert 10 * largest[1] / largest[0] == pytest.approx(step)


def test_the_threshold_hardly_matters_in_front_of_adam():
    late = {key: np.median(v) for key, v in clipping()["behind_clip"].items()}
    adams, others = ([late[name, c] for c in (1e-3, 1.0, 1e9)] for name in ("Adam", "momentum"))
    assert max(adams) < 0.65 and max(adams) < 1.5 * min(adams)
    assert others[0] > 5 * max(others[1:])


def test_with_damaged_images_a_clip_in_front_of_adam_helps():
    hits = clipping()["hits"]
    assert np.all(np.array(hits["clip at 1, Adam"]) > np.array(hits["Adam"]) + 0.01)
    assert np.mean(hits["Adam"]) == pytest.approx(0.8, abs=0.05)
    assert np.mean(hits["clip at 1, Adam"]) == pytest.approx(0.93, abs=0.03)


def test_on_the_wall_the_curvature_grows_faster_than_the_norm():
    assert clipping()["exponent"] == pytest.approx(1.4, abs=0.05)
    n = clipping()
    along = np.sum(n["g_wall"] * n["Hg"], axis=-1)
    up, size = along > 0, n["size"]
    assert 0.5 < np.mean(up) < 0.65, "two of five are negative"
    positive = np.log(along[up] / size[up] ** 2)
    assert np.polyfit(np.log(size[up]), positive, 1)[0] == pytest.approx(2, abs=0.15)


def test_at_a_short_bound_both_orders_learn_and_at_a_longer_one_only_the_clip_in_front():
    counts = clipping()["n_learned"]
    for key in ("clip, momentum", 0.1), ("momentum, clip", 0.1), ("clip, momentum", 0.3):
        assert counts[key] >= 16, key
    assert counts["momentum, clip", 0.3] <= 3
    assert counts["by value 0.01, momentum", None] >= 16


@pytest.mark.parametrize(
    ("bound", "in_front", "low", "high"),
    [(0.1, False, 0.9, 1.0), (0.3, False, 0.5, 0.75), (0.1, True, 0, 0), (0.3, True, 0, 0)],
)
def test_only_behind_momentum_steps_have_the_full_length(bound, in_front, low, high):
    full, lengths = bound / 0.1, []
    clip = clip_by_global_norm(bound if in_front else full)
    links = (clip, momentum(0.9)) if in_front else (momentum(0.9), clip)
    clipping()["learn"](chain(*links, record(lengths)))
    assert low <= np.mean(np.array(lengths) > 0.99 * full) <= high


def test_the_mean_of_clipped_gradients_is_turned_the_more_the_smaller_the_batch():
    turned, length = np.transpose([clipping()["bias"][n] for n in (24, 8, 1)])
    assert turned == pytest.approx([1.2, 2, 15], abs=0.3)
    assert length == pytest.approx([0.9, 0.875, 0.68], abs=0.01)


def test_large_batches_have_gradients_of_one_length_and_of_many_directions():
    n, spread, angle = clipping(), {}, {}
    for size in (24, 1):
        order = np.random.default_rng(0).permutation(len(n["single"]))
        order = order[: len(order) // size * size]
        batches = n["single"][order].reshape(-1, size, n["net"].n_params).mean(axis=1)[:200]
        lengths = np.linalg.norm(batches, axis=1)
        low, high = np.quantile(lengths, [0.05, 0.95]) / np.median(lengths)
        spread[size] = high / low
        units = batches / lengths[:, None]
        angle[size] = np.median((units @ units.T)[np.triu_indices(len(units), 1)])
    assert spread[24] < 2 and spread[1] > 8
    assert angle[24] < 0.3


def test_clipped_descent_on_exponential_data_ends_between_median_and_mean():
    """The fixed point of the clipped mean, from the quantiles of the distribution itself."""
    n, ends = clipping(), {1: 0.759, 4: 0.929, 16: 0.982, 64: 0.996}
    for n_batch, end in ends.items():
        assert n["ends"][n_batch] == pytest.approx(end, abs=0.003)
    x, theta = -np.log1p(-(np.arange(10_000) + 0.5) / 10_000), np.linspace(0.6, 1, 1001)
    for fraction, end in ((1, ends[1]), (0.1, 0.697)):
        threshold = fraction * np.median(np.abs(1 - x))
        pull = np.clip(theta[:, None] - x, -threshold, threshold).mean(axis=1)
        assert np.interp(0, pull, theta) == pytest.approx(end, abs=0.01)
    assert n["descent_ends_at"](1, 0.1) == pytest.approx(np.log(2), abs=0.01)


def test_the_slope_of_the_huber_loss_is_the_clipped_gradient():
    distance, c, h = np.linspace(-3, 3, 601), 0.7, 1e-6

    def huber(d):
        return np.where(np.abs(d) <= c, d**2 / 2, c * np.abs(d) - c**2 / 2)

    slope = (huber(distance + h) - huber(distance - h)) / (2 * h)
    assert slope == pytest.approx(np.clip(distance, -c, c), abs=1e-6)


def test_a_loss_scale_of_256_saves_what_float16_loses():
    lost = clipping()["lost_in_float16"]
    assert lost[1] > 10 * lost[256]


def test_over_40_seeds_each_clip_lowers_momentums_best_median_loss():
    n = clipping()
    best = {}
    for name, rates in {
        "momentum": n["rates"][:2],
        "clip 6.7, momentum": n["rates"][:2],
        "clip 1.0, momentum": n["rates"][1:4],
        "clip 0.1, momentum": n["rates"][3:],
    }.items():
        _, late = n["train_many"](n["net"], n["normal"](2.2), n["links"][name], rates, 40, 24)
        best[name] = np.median(late, axis=1).min()
    assert best.pop("momentum") == pytest.approx(0.8, abs=0.08)
    assert best.pop("clip 6.7, momentum") == pytest.approx(0.7, abs=0.08)
    assert [*best.values()] == pytest.approx([0.6, 0.6], abs=0.08)


def test_at_a_third_of_the_smallest_rate_momentum_solves_fewer_than_half():
    """So the window that the lesson counts is not cut off by its grid of rates."""
    n = clipping()
    smaller, link = n["rates"][:1] / 10**0.5, n["links"]["momentum"]
    _, late = n["train_many"](n["net"], n["normal"](2.2), link, smaller, 160, 24)
    assert np.mean(late < np.log(10) / 2) < 0.5


@pytest.mark.thorough("trains for long")
@pytest.mark.parametrize(
    ("name", "n_seeds", "low", "high"),
    [("sigmoid, σ_w = 16", 2, 0.2, 0.4), ("tanh, σ_w = 4", 1, 0.05, 0.2)],
)
def test_twenty_times_as_many_steps_bring_the_sigmoid_net_to_about_three_tenths(
    name, n_seeds, low, high
):
    n = clipping()
    model, initializer = n["nets"][name]
    link = chain(n["clip"], momentum(0.9))
    theta, _ = n["train_many"](model, initializer, link, [0.01], n_seeds, 32, n_steps=2000)
    right = model.forward(theta, n["x_test"]).argmax(axis=-1) == n["digits"].y_test
    assert low < right.mean() < high


@pytest.mark.parametrize("longer", ["one", "all"])
def test_adams_steps_stay_if_all_gradients_are_a_thousand_times_as_long_but_not_if_one_is(
    longer,
):
    steps = {}
    for factor in (1.0, 1000.0):
        link, steps[factor] = adam(), []
        state = link.init(np.zeros(1))
        for t in range(40):
            g = factor if longer == "all" or t == 30 else 1.0
            step, state = link.update(np.array([g]), state)
            steps[factor].append(step.item())
    same = steps[1000.0] == pytest.approx(steps[1.0], rel=1e-3)
    assert same == (longer == "all")


def test_by_layer_turns_more_than_by_value_from_a_threshold_of_a_third_on():
    n = clipping()
    assert n["crossing"] == pytest.approx([0.25, 0.4], abs=0.005)
    angles = {k: np.degrees(np.arccos(v)) for k, v in n["cosines"].items()}
    above = (n["thresholds"] > 0.35) & (n["thresholds"] < 40)
    assert np.all(angles["by layer"][above] > angles["by value"][above] + 3)
    assert angles["by value"][0] > angles["by layer"][0] + 15


@pytest.mark.parametrize("title", ["plain", "clipped"])
@pytest.mark.parametrize("name", ["sigmoid, σ_w = 16", "tanh, σ_w = 4"])
def test_clipping_does_not_rescue_an_exploding_deep_net(name, title):
    n = clipping()
    model, initializer = n["nets"][name]
    link = momentum(0.9) if title == "plain" else chain(n["clip"], momentum(0.9))
    rates = [1e-4, 1e-3, 0.01, 0.1, 1.0]
    theta, _ = n["train_many"](model, initializer, link, rates, n_seeds=4, n_batch=32)
    right = model.forward(theta, n["x_test"]).argmax(axis=-1) == n["digits"].y_test
    assert right.mean(axis=-1).max() < 0.25
    if title == "clipped":
        assert n["accuracy"][name, title].max() < 0.25


def test_clipping_rescues_the_well_initialized_net_at_the_larger_rate():
    accuracy = clipping()["accuracy"]
    assert accuracy["tanh, orthogonal", "plain"][0].min() > 0.75
    assert accuracy["tanh, orthogonal", "plain"][1].max() < 0.25
    assert accuracy["tanh, orthogonal", "clipped"].min() > 0.5
