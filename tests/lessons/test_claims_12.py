"""Each thing that the section on the six broken runs states, asserted on what its cells did."""

import numpy as np
import pytest
from lesson_runs import LessonLaws, lesson

from course_lib.activations import sigmoid
from course_lib.experiments.broken_runs import CASES, growth_at_start, run
from course_lib.experiments.configurations import data
from course_lib.initializers import centered, normal
from course_lib.optimizers import (
    accumulate_micro_batches,
    clip_by_global_norm,
    ema,
    momentum,
    scale,
)

NAME = "12_six_broken_runs"
SEEDS = range(6)


def section():
    return lesson(NAME)


def accuracies(number, seeds=SEEDS, **changes):
    """Return what a changed run recognizes, with each seed."""
    changed = CASES[number - 1].configuration.replace(**changes)
    return np.array([run(changed.replace(seed=seed)).accuracy for seed in seeds])


@pytest.mark.quick
class TestTheLesson(LessonLaws):
    name = NAME


def test_all_six_fail_before_and_recognize_most_digits_after():
    n = section()
    assert max(r.accuracy for r in n["recorded"]) < 0.25
    assert min(r.accuracy for r in n["after"]) > 0.8


def test_run_1_has_nearly_all_of_its_gradient_in_the_last_layer_and_five_decades_below():
    norms = section()["recorded"][0].first_norms
    assert norms[-1] / np.linalg.norm(norms) > 0.95
    assert np.log10(norms[-1] / norms[0]) == pytest.approx(5, abs=0.3)
    loss = section()["recorded"][0].history.loss
    assert np.median(loss) == pytest.approx(np.log(10), abs=0.1)


def test_run_1_is_cured_by_centered_weights_and_hardly_by_the_edge_without_centers():
    assert accuracies(1, initializer=centered(normal(4.0))).min() > 0.7
    plain = CASES[0].configuration.replace(initializer=normal(10.0))
    assert growth_at_start(plain) == pytest.approx(1, abs=0.15)
    assert np.mean(accuracies(1, initializer=normal(10.0)) < 0.5) > 0.5


def test_run_1_is_not_cured_by_ten_or_a_hundred_times_its_rate():
    for rate in (1.0, 10.0):
        assert accuracies(1, links=(momentum(0.9), scale(-rate))).max() < 0.25


def test_run_2_lies_far_above_guessing_with_a_large_gradient_and_small_steps():
    history = section()["recorded"][1].history
    assert np.median(history.loss) > 1.5 * np.log(10)
    assert np.median(history.grad_norm) > 50
    assert max(history.update_ratio) < 1e-3
    assert growth_at_start(CASES[1].configuration) > 1.5


@pytest.mark.parametrize("rate", [2e-4, 2e-3, 0.2])
@pytest.mark.parametrize("threshold", [0.1, 1.0])
def test_run_2_is_cured_by_no_threshold_and_no_rate(rate, threshold):
    links = (clip_by_global_norm(threshold), momentum(0.9), scale(-rate))
    assert accuracies(2, seeds=range(3), links=links).max() < 0.3


@pytest.mark.parametrize("rate", [0.1, 0.2])
def test_run_2_comes_down_toward_guessing_at_a_larger_rate(rate):
    links = (clip_by_global_norm(1.0), momentum(0.9), scale(-rate))
    late = run(CASES[1].configuration.replace(links=links)).history.loss[-20:]
    assert np.median(late) < 1.5 * np.log(10)
    assert accuracies(2, seeds=range(3), links=links).max() < 0.3


def test_run_2_ends_far_above_where_it_was_at_a_far_larger_rate():
    broken = CASES[1].configuration
    links = (clip_by_global_norm(1.0), momentum(0.9), scale(-5.0))
    before, after = (
        np.median(run(c).history.loss[-20:]) for c in (broken, broken.replace(links=links))
    )
    assert after > 3 * before
    assert accuracies(2, seeds=range(3), links=links).max() < 0.3


def test_run_3_climbs_within_a_dozen_steps_or_so_with_long_steps():
    history = section()["recorded"][2].history
    assert np.mean(history.loss[12:20]) > 1.5 * np.log(10)
    assert np.median(history.update_ratio) > 0.1


@pytest.mark.parametrize("rate", [0.03, 0.1, 0.3, 0.5])
def test_run_3_learns_at_rates_from_0_03_to_0_5(rate):
    assert accuracies(3, links=(scale(-rate),)).min() > 0.5


def test_run_3_gets_nowhere_at_0_002():
    assert accuracies(3, links=(scale(-0.002),)).max() < 0.5


@pytest.mark.parametrize(
    "links",
    [(clip_by_global_norm(1.0), scale(-1.5)), (ema(0.9), scale(-1.5))],
    ids=["clip", "EMA"],
)
def test_run_3_is_cured_by_a_clip_and_by_ema_too(links):
    assert accuracies(3, links=links).min() > 0.5


def test_the_steps_of_run_4_are_a_twentieth_at_first_and_longest_near_step_70():
    ratios = np.array(section()["recorded"][3].history.update_ratio)[7::8]
    assert ratios[0] == pytest.approx(0.05, abs=0.01)
    assert ratios.max() == pytest.approx(0.3, abs=0.06)
    assert 50 < 8 * ratios.argmax() + 7 < 90


def test_run_4_falls_for_a_few_updates_and_then_climbs_and_learns_in_whole_batches():
    loss = section()["recorded"][3].history.loss
    assert np.mean(loss[24:48]) < np.mean(loss[:8]) < np.mean(loss[160:]) / 2
    assert (
        accuracies(4, links=CASES[3].configuration.links[1:], n_steps=40, batch_size=64).min()
        > 0.5
    )


def test_the_first_link_of_run_4_makes_8_of_eight_ones_and_the_mean_would_be_1():
    passed_on, ones = section()["passed_on"], [1.0] * 8
    assert passed_on(CASES[3].configuration.links[:1], ones)[-1] == 8
    assert passed_on((accumulate_micro_batches(8),), ones)[-1] == 1


def test_run_4_learns_with_a_clip_behind_the_sum():
    summing = CASES[3].configuration.links[0]
    links = (summing, clip_by_global_norm(1.0), momentum(0.9), scale(-0.1))
    assert np.median(accuracies(4, links=links)) > 0.5


def test_run_4_learns_by_the_mean_without_momentum():
    links = (accumulate_micro_batches(8), scale(-0.1))
    assert np.median(accuracies(4, links=links)) > 0.6


def test_an_eighth_of_the_rate_makes_exactly_the_same_steps_in_run_4():
    broken = CASES[3].configuration
    eighth = broken.replace(links=(*broken.links[:2], scale(-0.1 / 8)))
    mean = section()["mended_4"](broken)
    np.testing.assert_allclose(run(eighth).history.loss, run(mean).history.loss, rtol=1e-6)


def test_about_every_sixth_batch_of_run_5_holds_a_damaged_image():
    assert 1 / (1 - (1 - 8 / 1437) ** 32) == pytest.approx(6, abs=0.2)


def test_run_5_points_where_the_spike_pointed_for_dozens_of_steps_and_mended_for_three():
    broken = CASES[4].configuration
    spiked = [1.0, 1.0, 1000.0, *[-1.0] * 80]
    n_wrong = [
        sum(value < 0 for value in section()["passed_on"](links, spiked)[3:])
        for links in (broken.links, section()["mended_5"](broken).links)
    ]
    assert n_wrong[0] > 36
    assert n_wrong[1] < 3


def test_a_lower_threshold_at_the_same_place_does_not_cure_run_5():
    links = (momentum(0.9), clip_by_global_norm(0.1), scale(-0.03))
    assert accuracies(5, links=links).max() < 0.5


def test_the_loss_of_run_5_has_spikes_of_more_than_ten_times_the_rest():
    loss = np.array(section()["recorded"][4].history.loss)
    assert loss.max() > 10 * np.median(loss)
    assert np.median(loss) == pytest.approx(np.log(10), abs=0.3)


def test_the_steps_of_run_5_are_level():
    ratios = section()["recorded"][4].history.update_ratio
    assert max(ratios) < 1.2 * min(ratios)
    assert max(ratios) < 1.02 * np.median(ratios)


def test_the_gradient_of_run_6_climbs_from_thousands_to_millions():
    norms = section()["recorded"][5].history.grad_norm
    assert 1e3 < norms[0] < 1e4
    assert np.median(norms[-20:]) > 1e6


def test_run_6_grows_ten_times_as_much_as_promised_and_fails_its_gradient_check():
    n = section()
    configuration = CASES[5].configuration
    promised = n["chi_1"](n["centered_sigmoid"], 4.0) ** 0.5
    assert promised == pytest.approx(1, abs=1e-3)
    assert growth_at_start(configuration) / promised > 10
    assert n["error_of_gradient"](configuration) > 0.1
    assert n["error_of_gradient"](n["mended_6"](configuration)) < 1e-6


def test_the_slip_gives_minus_6_where_the_slope_is_0_045():
    assert CASES[5].configuration.activation.derivative(3.0) == -6
    assert sigmoid.derivative(3.0) == pytest.approx(0.045, abs=5e-4)


def test_a_clip_stands_in_three_runs_and_momentum_in_five():
    shown = [str(case.configuration) for case in CASES]
    assert sum("clip_by_global_norm" in text for text in shown) == 3
    assert sum("momentum" in text for text in shown) == 5
    changed = ("initializer", "initializer", "links", "links", "links", "activation")
    for number, (name, case) in enumerate(zip(changed, CASES, strict=True), start=1):
        before, after = case.configuration, section()[f"mended_{number}"](case.configuration)
        assert before.replace(**{name: getattr(after, name)}).identity == after.identity


def test_the_part_at_fault_is_printed_in_runs_1_2_3_and_5_and_not_in_4_and_6():
    for number, case in enumerate(CASES, start=1):
        before = case.configuration
        after = section()[f"mended_{number}"](before)
        same_text = str(before) == str(after.replace(diagnosis=before.diagnosis))
        assert same_text == (number in (4, 6)), number


def test_run_3_is_beyond_stability_before_its_first_step():
    n = section()
    for seed in SEEDS:
        assert 1.5 * n["sharpness"](CASES[2].configuration.replace(seed=seed)) > 2
    assert growth_at_start(CASES[2].configuration) == pytest.approx(1, abs=0.2)
    assert n["error_of_gradient"](CASES[2].configuration) < 1e-4


def test_run_4_is_stable_without_momentum_at_its_start_and_not_with_it_after_a_few_updates():
    sharpness = section()["sharpness"]
    for seed in range(3):
        broken = CASES[3].configuration.replace(seed=seed)
        assert 1.6 < 0.8 * sharpness(broken) < 1.95 and 1.5 * sharpness(broken) > 2
        later = run(broken.replace(n_steps=56)).history.theta
        views = broken.model.unpack(later)
        there = broken.replace(initializer=lambda rng, shape, index, at=views: at[index])
        assert 0.8 * sharpness(there) > 2 * (1 + 0.9)


@pytest.mark.parametrize(("threshold", "rate"), [(10.0, 0.03), (1.0, 0.3)])
def test_longer_steps_with_the_clip_at_the_same_place_do_not_cure_run_5(threshold, rate):
    links = (momentum(0.9), clip_by_global_norm(threshold), scale(-rate))
    assert accuracies(5, seeds=range(3), links=links).max() < 0.5


def test_only_damaged_images_make_spikes_in_run_5_and_not_each_of_them_does():
    broken = CASES[4].configuration
    x = data(broken.data).x_train
    damaged, rng = np.abs(x).max(axis=1) > 50, np.random.default_rng([broken.seed, 1])
    held = [damaged[rng.integers(len(x), size=32)].any() for _ in range(broken.n_steps)]
    norms = np.array(section()["recorded"][4].history.grad_norm)
    spikes = norms > 10 * np.median(norms)
    assert damaged.sum() == 8
    assert not (spikes & ~np.array(held)).any()
    assert 0 < spikes.sum() < sum(held)
