"""Each number that lesson 11 states in words, asserted on what its own cells computed."""

import itertools
import math
import sys

import numpy as np
import pytest
from lesson_runs import LessonLaws, lesson

from course_lib.optimizers import chain, clip_by_global_norm, ema, scale

NAME = "11_reading_the_article"


def reading():
    return lesson(NAME)


@pytest.mark.quick
class TestTheLesson(LessonLaws):
    name = NAME


def learned(late, guessing):
    return (late < guessing / 2).sum(axis=-1)


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
    plain, averaged = n["exploded"]["plain descent"], n["exploded"]["EMA"]
    assert plain[0] == averaged[0] == 0
    assert averaged[1] + 3 < plain[1] and averaged[2] + 3 < plain[2]


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
        # r / (r - 0.9) if all of them pointed one way
        assert 1 < np.linalg.norm(added) / np.linalg.norm(deltas[0]) < 2.7


def test_2_2_3_the_formula_shrinks_everything_and_the_repair_learns():
    n = reading()
    assert n["alpha"] + (1 - n["alpha"]) * n["gamma"] == pytest.approx(0.0996, abs=5e-5)
    assert np.abs(n["by_formula"]).max() < 1e-3
    at_zero = n["neuron"].loss_and_gradient(np.zeros(3), n["x"], n["y"])[0]
    assert at_zero == pytest.approx(0.036, abs=5e-4)
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


def test_5_3_the_penalty_raises_the_curvature_and_momentum_fails_with_it():
    n = reading()
    assert n["curvature"][0.1] > 2.3 * n["curvature"][0.0]
    assert n["run_ends"][0.0].max() < 0.01
    assert np.median(n["run_ends"][0.1]) > 2 * n["chance"]
