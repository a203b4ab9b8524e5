"""Laws of the cloud of gradients: rules are the library's, numbers those of the picture."""

import re

import numpy as np
import pytest
from tied_numbers import value_of

from course_lib.clipping import clip_global_norm, clip_layer_norms, clip_value
from course_lib.widgets import clip_widget
from course_lib.widgets.clip import LAYERS, PARTS, gradient_cloud

make = clip_widget

RULES = {
    "by value": clip_value,
    "by layer norm": lambda g, limit: clip_layer_norms(g, limit, LAYERS),
    "by global norm": clip_global_norm,
}
each_rule = pytest.mark.parametrize("rule", RULES)


@pytest.fixture(scope="module")
def raw(widget):
    planes = widget.live.fig.axes[:2]
    lines = [line for ax in planes for line in ax.lines if line.get_label() == "raw"]
    return np.hstack([line.get_xydata() for line in lines])


def clouds(widget):
    """Return the lines to the clipped gradients, outlines and points of both layers."""
    return [[line.get_xydata() for line in widget.live.artists[i : i + 3]] for i in (0, 3)]


def degrees(one, other):
    cosines = (one * other).sum(axis=1) / np.linalg.norm(one, axis=1)
    return np.degrees(np.arccos(np.clip(cosines / np.linalg.norm(other, axis=1), -1, 1)))


def test_a_cloud_is_mostly_short_gradients_and_six_long_ones():
    norms = np.linalg.norm(gradient_cloud(np.random.default_rng(1)), axis=1)
    assert norms.shape == (60,)
    assert np.all((norms[:6] >= 7) & (norms[:6] <= 9.5))
    assert np.median(norms[6:]) < 3


@each_rule
@pytest.mark.parametrize("threshold", [0.25, 1.0, 3.3])
def test_points_are_the_clipped_gradients_and_lines_lead_to_them(widget, raw, rule, threshold):
    widget.move(rule=rule, threshold=threshold)
    clipped = RULES[rule](raw, threshold)
    for part, (moves, outline, points) in zip(PARTS, clouds(widget), strict=True):
        np.testing.assert_array_equal(points, clipped[:, part])
        np.testing.assert_array_equal(moves[::3], clipped[:, part])
        np.testing.assert_array_equal(moves[1::3], raw[:, part])
        size = np.maximum if rule == "by value" else np.hypot
        assert size(*np.abs(points).T).max() <= threshold + 1e-12
        np.testing.assert_allclose(size(*np.abs(outline).T), threshold)


@each_rule
def test_the_axes_follow_the_threshold(widget, raw, rule):
    for threshold in widget.settings["threshold"].options:
        widget.move(rule=rule, threshold=threshold)
        for ax, part in zip(widget.live.fig.axes, PARTS, strict=False):
            reach = ax.get_xlim()[1]
            assert 0.12 * reach < threshold <= 0.8 * reach
            assert ax.get_ylim() == (-reach, reach)
            assert reach == 10 or widget.sentence.startswith("Close up")
            assert reach < 10 or np.abs(raw[:, part]).max() < reach


@each_rule
@pytest.mark.parametrize("threshold", [0.5, 2.0, 8.0])
def test_sentence_and_histogram_are_those_of_the_clipped_cloud(widget, raw, rule, threshold):
    widget.move(rule=rule, threshold=threshold)
    clipped = RULES[rule](raw, threshold)
    errors, changed = degrees(raw, clipped), np.any(raw != clipped, axis=1).sum()
    pattern = r"(\d+) of 60 .*\((\d+) %\); .* is (\S+)°, the largest (\S+)°"
    numbers = re.search(pattern, widget.sentence)
    expected = [changed, 100 * changed / 60, errors.mean(), errors.max()]
    found = [value_of(number) for number in numbers.groups()]
    assert np.all(np.abs(np.subtract(found, expected)) <= [0, 0.5, 0.051, 0.051])
    bars, mean, largest = widget.live.artists[6:]
    assert bars.get_data().values.sum() == 60
    assert mean.get_xdata()[0] == pytest.approx(errors.mean(), abs=1e-4)
    assert largest.get_xdata()[0] == pytest.approx(errors.max(), abs=1e-4)


def test_the_three_rules_turn_a_long_gradient_by_different_angles(widget):
    turned = {}
    for rule in RULES:
        widget.move(rule=rule, threshold=0.5)
        turned[rule] = float(re.search(r"error over all is (\S+)°", widget.sentence)[1])
    assert turned["by global norm"] == 0
    assert abs(turned["by value"] - turned["by layer norm"]) > 3
