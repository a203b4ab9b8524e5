"""Each number that lesson 03 states in words, asserted on what its own cells computed."""

import numpy as np
import pytest
from lesson_runs import LessonLaws, lesson

NAME = "03_deep_sigmoid_nets"


def deep_nets():
    return lesson(NAME)


def decades(value):
    return np.log10(np.abs(value))


@pytest.mark.quick
class TestTheLesson(LessonLaws):
    name = NAME


def test_layer_1_gets_eighteen_powers_of_ten_less_and_ten_times_less_than_quarters_make():
    norms = deep_nets()["norms"]
    assert deep_nets()["net"].n_params == 124_800
    assert decades(norms[0] / norms[29]) == pytest.approx(-18.4, abs=0.3)
    assert norms[0] / norms[29] / 0.25**29 == pytest.approx(0.1, rel=0.5)


def test_a_layer_leaves_less_than_a_quarter():
    n = deep_nets()
    assert 0.22 < n["growth"](n["norms"]) < 0.25


def test_in_a_relu_net_level_gradients_hide_two_explosions():
    pairs, growth = deep_nets()["pairs"], deep_nets()["growth"]
    into, back, gradient = pairs["ReLU"].values()
    assert decades(into[-1] / into[0]) > 4 and decades(back[0] / back[-1]) > 4
    assert growth(gradient) == pytest.approx(1, abs=0.1) and gradient.min() > 1e8
    into, back, gradient = pairs["sigmoid"].values()
    assert np.ptp(decades(into[1:])) < 0.2
    assert growth(gradient) == pytest.approx(growth(back), rel=0.1)


def test_explosion_begins_where_the_lesson_says():
    n = deep_nets()
    edges = {"sigmoid": (10.0, 12.8), "tanh": (1.2, 1.6), "ReLU": (1.2, 1.6)}
    for name, (low, high) in edges.items():
        rates = n["measured"][name]
        assert (rates[n["sigma_ws"] < low] < 1).all()
        assert (rates[(n["sigma_ws"] > high) & (n["sigma_ws"] < 16)] > 1).all()
    assert np.interp(0, np.log(n["measured"]["tanh"][:12]), n["sigma_ws"][:12]) < 1.35


def test_the_sigmoids_growth_rises_about_as_the_root_of_the_weight_scale():
    n = deep_nets()
    near = (n["sigma_ws"] > 6) & (n["sigma_ws"] < 20)
    fit = np.polyfit(np.log(n["sigma_ws"][near]), np.log(n["measured"]["sigmoid"][near]), 1)
    assert fit[0] == pytest.approx(0.5, abs=0.12)


def test_the_bound_is_loose_as_stated():
    n = deep_nets()
    assert n["sigma_w"] == 16.0
    assert n["bound"] - n["true"] == pytest.approx(14, abs=1)


def test_float64_lasts_about_eight_times_as_many_layers():
    n = deep_nets()
    assert len(n["single"]) == 12 and len(n["double"]) == 4
    assert n["double"].mean() / n["single"].mean() == pytest.approx(8, rel=0.15)
    powers = [np.log10(np.finfo(dtype).max) for dtype in (np.float32, np.float64)]
    assert powers[1] / powers[0] == pytest.approx(8, abs=0.01)


def test_plain_norms_of_small_float32_gradients_are_silently_zero():
    n = deep_nets()
    assert (n["plain"] == 0).sum() > 5
    assert (n["safe"] > 0).all() and decades(n["safe"][0]) == pytest.approx(-30, abs=1)
