"""Laws of the growth map: its nets are real nets, and the line is one column of the map."""

import re
from functools import partial

import numpy as np
import pytest
from tied_numbers import value_of

from course_lib.activations import sigmoid
from course_lib.diagnostics import layer_norms
from course_lib.meanfield import growth_rate
from course_lib.mlp import MLP
from course_lib.widgets import growth_map_widget
from course_lib.widgets.growth_map import SigmoidNets

make = partial(growth_map_widget, 20)

WIDTH, DEPTH = 6, 4


@pytest.fixture(scope="module")
def nets():
    return SigmoidNets(np.random.default_rng(0), DEPTH, width=WIDTH, n_seeds=3)


def gradient_of_mlp(nets, seed, sigma_w, depth):
    """The same net as an MLP, with the same δ at its last layer."""
    model = MLP([WIDTH] * (depth + 1), sigmoid, loss=lambda out, y: (out.sum(), y))
    theta = np.zeros(model.n_params)
    for (w, _), draw in zip(model.unpack(theta), nets.draws[:depth, seed], strict=True):
        w[...] = sigma_w * draw
    return model, model.loss_and_gradient(theta, nets.x[seed], nets.delta[depth - 1, seed])[1]


@pytest.mark.parametrize("sigma_w", [1.0, 16.0])
@pytest.mark.parametrize("depth", [2, DEPTH])
def test_the_norms_are_those_of_the_gradients_of_real_networks(nets, sigma_w, depth):
    norms = nets.layer_norms([0.5, sigma_w], depth)[:, 1]
    for seed, found in enumerate(norms):
        model, grad = gradient_of_mlp(nets, seed, sigma_w, depth)
        expected = layer_norms(grad, model.layers)
        np.testing.assert_allclose(found, expected / expected[-1], rtol=1e-10)


def test_the_map_holds_the_mean_logarithm_of_the_first_norm_of_every_depth(nets):
    scales, depths = [1.0, 4.0], [2, 3, 4]
    decades = nets.decades(scales, depths)
    assert decades.shape == (2, 3)
    for column, depth in enumerate(depths):
        first = nets.layer_norms(scales, depth)[..., 0]
        np.testing.assert_allclose(decades[:, column], np.log10(first).mean(axis=0))


@pytest.mark.parametrize("sigma_w", [1.0, 4.0, 16.0])
def test_wide_deep_nets_grow_as_theory_says(sigma_w):
    nets = SigmoidNets(np.random.default_rng(1), 30, width=128, n_seeds=12)
    logs = np.log10(nets.layer_norms([sigma_w], 30)[:, 0])
    # away from both ends: the input is no activation, and the arriving gradient is random
    rates = (logs[:, 4] - logs[:, -3]) / (logs.shape[1] - 7)
    error = rates.std(ddof=1) / len(rates) ** 0.5
    expected = growth_rate(sigmoid, sigma_w, width=128)
    assert abs(rates.mean() - expected) < max(3 * error, 0.05 * abs(expected))


def test_cross_line_and_sentence_speak_of_the_same_net(widget):
    widget.move(depth=12, sigma_w=5.0)
    across, upright, spot, _, line, first = widget.live.artists
    assert tuple(spot.get_xydata()[0]) == (12, 5)
    assert (set(across.get_ydata()), set(upright.get_xdata())) == ({5}, {12})
    np.testing.assert_array_equal(line.get_xdata(), np.arange(1, 13))
    assert line.get_ydata()[-1] == 1
    np.testing.assert_array_equal(first.get_xydata(), line.get_xydata()[:1])
    said, growth = re.search(r"is (\S+) times .* by (\S+), and", widget.sentence).groups()
    np.testing.assert_allclose(value_of(said), line.get_ydata()[0], rtol=0.05)
    np.testing.assert_allclose(value_of(growth) ** 11, line.get_ydata()[0], rtol=0.05)


def test_at_a_row_of_the_map_the_line_begins_at_the_color_under_the_cross(widget):
    widget.move(depth=9, sigma_w=2.0)
    mesh = widget.live.fig.axes[0].collections[0]
    decades = mesh.get_array()[8, 7]  # σ_w = 2^(8/8), L = 2 + 7
    np.testing.assert_allclose(np.log10(widget.live.artists[-1].get_ydata()[0]), decades)


def test_the_band_holds_the_line_and_narrows_to_a_point_at_the_last_layer(widget):
    widget.move(depth=15, sigma_w=8.0)
    _, _, _, band, line, _ = widget.live.artists
    outline = band.get_paths()[0].vertices
    for layer, middle in line.get_xydata():
        low, high = np.ptp(outline[outline[:, 0] == layer], axis=0)[1], middle
        heights = outline[outline[:, 0] == layer][:, 1]
        assert heights.min() <= middle <= heights.max()
    assert (low, high) == (0, 1)


@pytest.mark.parametrize(
    ("sigma_w", "fate"), [(1.0, "vanishes"), (4.0, "vanishes"), (40.0, "explodes")]
)
def test_the_sentence_says_what_becomes_of_the_gradient(widget, sigma_w, fate):
    widget.move(depth=20, sigma_w=sigma_w)
    assert widget.sentence.endswith(f"and it {fate}.")


def test_the_map_refuses_depths_that_make_no_map():
    with pytest.raises(ValueError, match=r"max_depth must be .* >= 3, got 2"):
        growth_map_widget(2)


def test_the_smallest_map_is_of_three_layers():
    assert growth_map_widget(3).values["depth"] == 3
