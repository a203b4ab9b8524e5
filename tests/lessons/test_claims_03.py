"""Each number that lesson 03 states in words, asserted on what its own cells computed."""

import re

import numpy as np
import pytest
from lesson_runs import LessonLaws, decades, lesson, printed
from lesson_sources import SOURCES, text_of

from course_lib.widgets.growth_map import SigmoidNets

NAME = "03_deep_sigmoid_nets"
(SOURCE,) = (path for path in SOURCES if path.stem == NAME)


def deep_nets():
    return lesson(NAME)


@pytest.mark.quick
class TestTheLesson(LessonLaws):
    name = NAME


def test_layer_1_gets_eighteen_powers_of_ten_less_and_ten_times_less_than_quarters_make():
    norms = deep_nets()["norms"]
    assert deep_nets()["net"].n_params == 124_800
    assert decades(norms[0] / norms[29]) == pytest.approx(-18.4, abs=0.3)
    assert norms[0] / norms[29] / 0.25**29 == pytest.approx(0.1, rel=0.5)


def test_a_layer_leaves_less_than_a_quarter_on_average_and_some_a_little_more():
    n = deep_nets()
    assert 0.22 < n["growth"](n["norms"]) < 0.25
    steps = n["norms"][:-1] / n["norms"][1:]
    assert (steps > 0.26).any() and (steps < 0.34).all()


def test_a_layers_gradient_is_the_product_of_both_norms_and_its_biases_add_a_few_percent():
    for into, back, gradient in map(dict.values, deep_nets()["pairs"].values()):
        assert gradient == pytest.approx(back * np.sqrt(1 + into**2))  # δ's are the biases'
        more = gradient / (into * back)
        assert (more > 1).all() and (more < 1.035).all()


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
    shown = [line for line in printed(NAME).splitlines() if "starts to explode" in line]
    assert [line.split()[-1] for line in shown] == ["12", "1.3", "1.4"]
    near = np.log(n["measured"]["sigmoid"][12:18])  # from 4 to 12.7, where it rises steadily
    crossing = np.interp(0, near, n["sigma_ws"][12:18])
    assert crossing == pytest.approx(11.8, abs=0.2)
    for name in ("tanh", "relu"):
        logs = np.log(n["measured"][n[name].name][:12])
        assert 7.5 < crossing / np.interp(0, logs, n["sigma_ws"][:12]) < 9.5


def test_from_eight_draws_the_border_is_known_to_about_one():
    n = deep_nets()
    logs, scales = n["log_growth_of"](n["sigmoid"])[12:19], n["sigma_ws"][12:19]
    picks = np.random.default_rng(0).integers(8, size=(400, 8))
    borders = [np.interp(0, logs[:, pick].mean(axis=1), scales) for pick in picks]
    assert 2 * np.std(borders) == pytest.approx(1, abs=0.5)


def test_the_sigmoids_growth_rises_about_as_the_root_of_the_weight_scale():
    n = deep_nets()
    near = (n["sigma_ws"] > 6) & (n["sigma_ws"] < 20)
    fit = np.polyfit(np.log(n["sigma_ws"][near]), np.log(n["measured"]["sigmoid"][near]), 1)
    assert fit[0] == pytest.approx(0.5, abs=0.12)
    rates = [np.interp(scale, n["sigma_ws"], n["measured"]["sigmoid"]) for scale in (4, 16, 64)]
    exponents = np.diff(np.log(rates)) / np.log(4)
    assert exponents[0] == pytest.approx(0.5, abs=0.1)
    assert 0.05 < exponents[1] < 0.32 and exponents[1] < exponents[0] - 0.1


def test_tanhs_growth_bends_down_at_the_far_right():
    n = deep_nets()
    rates = n["measured"]["tanh"]
    assert rates[(n["sigma_ws"] > 12) & (n["sigma_ws"] < 42)].min() > 1.9 > rates[-1] + 0.2


def test_the_growth_hardly_depends_on_what_is_sent_back():
    n = deep_nets()
    usual = n["sigma_ws"] < 13
    for phi in ("sigmoid", "tanh", "relu"):
        model = n["MLP"]([64] * 31, n[phi])
        draw = model.init(np.random.default_rng(0), n["normal"](1.0), shape=(8,))
        thetas = n["sigma_ws"][usual, None, None] * draw
        for seed in (2, 3):
            back = 1e3 * np.random.default_rng(seed).standard_normal((1, 64))
            norms = n["diagnostics"].backward_norms(model, thetas, n["x"], back)
            logs = np.log(n["diagnostics"].growth_per_layer(norms)).mean(axis=1)
            usual_rates = n["measured"][n[phi].name][usual]
            assert np.exp(logs) == pytest.approx(usual_rates, rel=0.1)


def test_the_border_of_the_map_is_near_11_from_six_layers_on_and_lower_before():
    nets, scales = SigmoidNets(np.random.default_rng(3), 50), 2.0 ** np.arange(2.5, 4.5, 1 / 8)
    depths = np.arange(2, 51)
    decades = nets.decades(scales, depths)
    borders = np.array([np.interp(0, column, scales) for column in decades.T])
    assert (np.diff(decades[:, depths > 5], axis=0)[:10] > 0).all()
    assert (borders[depths < 6] < 9.5).all()
    assert (borders[depths > 5] > 9.5).all() and np.median(borders[depths > 5]) < 11.5
    assert borders[depths > 20] == pytest.approx(11, abs=0.8)
    for scale in (1.0, 4.0, 11.0, 64.0):  # the gradient's ratio over that of δ
        _, into = nets.forward([scale], 50)
        assert 1.3 < np.mean(into[0]) / np.mean(into[-1]) < 2
    _, into = nets.forward([11.0], 50)
    more = np.log10(np.mean(into[0]) / np.mean(into[-1]))
    of_delta = decades[:, -1] - more
    assert np.interp(0, of_delta, scales) == pytest.approx(11, abs=0.8)


def test_the_inputs_norm_lowers_the_border_little_at_30_layers_and_by_more_than_1_at_10():
    nets, scales = (
        SigmoidNets(np.random.default_rng(0), 30, n_seeds=200),
        2.0 ** np.arange(3, 4.5, 0.25),
    )
    passed, lower = nets.forward(scales, 30), {}
    for depth in (10, 30):
        of_gradient = np.log(nets.layer_norms(scales, depth, passed)[..., 0])
        of_delta = of_gradient - np.log(passed[1][0] / passed[1][depth - 1])
        borders = [np.interp(0, logs.mean(axis=0), scales) for logs in (of_delta, of_gradient)]
        lower[depth] = borders[0] - borders[1]
    assert lower[30] == pytest.approx(0.4, abs=0.1) and 1.1 < lower[10] < 1.7


def test_the_bound_is_loose_as_stated():
    n = deep_nets()
    assert n["sigma_w"] == 16.0
    assert n["bound"] - n["true"] == pytest.approx(14, abs=1)


def test_float64_lasts_about_eight_times_as_many_layers():
    n = deep_nets()
    assert n["times"].mean() == pytest.approx(8, abs=0.6)
    powers = [np.log10(np.finfo(dtype).max) for dtype in (np.float32, np.float64)]
    assert powers[1] / powers[0] == pytest.approx(8, abs=0.01)


def test_one_or_two_layers_below_the_one_counted_everything_is_nan():
    n = deep_nets()
    nets = [(np.float32, 350, counted) for counted in n["single"]]
    nets += [(np.float64, 2200, counted) for counted in n["double"]]
    seeds = [*range(len(n["single"])), *range(len(n["double"]))]
    for (dtype, depth, counted), seed in zip(nets, seeds, strict=True):
        model = n["MLP"]([64] * (depth + 1), n["sigmoid"])
        theta = model.init(np.random.default_rng(seed), n["normal"](32.0), dtype=dtype)
        with np.errstate(over="ignore", invalid="ignore"):
            trace = model.trace(theta, n["x"])
            deltas = model.deltas(theta, trace, np.full((1, 64), 1 / 8, dtype))
        layer = depth - 1 - counted
        assert not np.isnan(deltas[layer]).all()
        assert np.isnan(deltas[: layer - 1]).all()


def test_plain_norms_of_small_float32_gradients_are_silently_zero():
    n = deep_nets()
    assert (n["plain"] == 0).sum() > 5
    assert (n["safe"] > 0).all() and decades(n["safe"][0]) == pytest.approx(-30, abs=1)


def test_both_signals_of_a_relu_net_are_level_at_one_scale_and_at_each_layers_own_variance(
    capsys,
):
    code, shown = re.findall(
        r"```python\n(def growths.*?)```\n\n```text\n(.*?)```", text_of(SOURCE), re.DOTALL
    )[0]
    names = dict(deep_nets())
    exec(code, names)
    numbers = [
        np.array(re.findall(r"\d\.\d\d", text), float)
        for text in (shown, capsys.readouterr().out)
    ]
    assert numbers[0] == pytest.approx(numbers[1], abs=0.015) and numbers[0].size == 10
    growths, normal, widths = names["growths"], names["normal"], names["in_turns"]
    assert (growths([64] * 31, normal(np.sqrt(2))) < 1).all()
    assert (growths([64] * 31, normal(1.48)) > 1).all()
    assert growths(widths, names["one_variance"]) ** 2 == pytest.approx(1.93, abs=0.1)


def test_with_2_over_its_inputs_each_layer_keeps_mean_squares_forward_and_the_norm_back():
    n = deep_nets()
    widths = np.array([64, 256, 64, 16, 64, 64])
    model = n["MLP"](widths.tolist(), n["relu"])
    thetas = model.init(np.random.default_rng(0), n["normal"](np.sqrt(2)), shape=(2000,))
    back = np.random.default_rng(1).standard_normal((1, 64))
    norms = n["diagnostics"].backward_norms(model, thetas, n["x"], back)
    squares = (norms**2).mean(axis=0)
    assert squares[:-1] / squares[1:] == pytest.approx(1, rel=0.1)
    norms = n["diagnostics"].forward_norms(model, thetas, n["x"])[:, :-1]
    squares = (norms**2).mean(axis=0) / widths[1:-1]
    assert squares[1:] / squares[:-1] == pytest.approx(1, rel=0.1)
