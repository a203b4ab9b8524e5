"""Laws of the cloud of gradients: rules are the library's, numbers those of the picture."""

import re

import numpy as np
import pytest

from course_lib.clipping import clip_global_norm, clip_value
from course_lib.widgets import clip_widget
from course_lib.widgets.clip import gradient_cloud

RULES = {
    "by value": clip_value,
    "by layer norm": clip_value,  # with one number to a layer
    "by global norm": clip_global_norm,
}
each_rule = pytest.mark.parametrize("rule", RULES)


@pytest.fixture(scope="module")
def widget():
    widget = clip_widget()
    yield widget
    widget.close()


@pytest.fixture(scope="module")
def raw(widget):
    (line,) = [line for line in widget.live.fig.axes[0].lines if line.get_label() == "raw"]
    return line.get_xydata()


def visit(widget, rule, threshold):
    widget.move(rule=rule)
    widget.move(threshold=threshold)
    return widget.sentence


def degrees(one, other):
    cosines = (one * other).sum(axis=1) / np.hypot(*one.T) / np.hypot(*other.T)
    return np.degrees(np.arccos(np.clip(cosines, -1, 1)))


def test_a_cloud_is_mostly_short_gradients_and_six_long_ones():
    norms = np.hypot(*gradient_cloud(np.random.default_rng(1)).T)
    assert norms.shape == (60,)
    assert np.all((norms[:6] >= 7) & (norms[:6] <= 9.5))
    assert np.median(norms[6:]) < 3


def test_the_whole_cloud_lies_in_the_picture(widget, raw):
    assert np.abs(raw).max() < widget.live.fig.axes[0].get_xlim()[1]


@each_rule
@pytest.mark.parametrize("threshold", [0.125, 1.0, 3.3])
def test_points_are_the_clipped_gradients_and_lines_lead_to_them(widget, raw, rule, threshold):
    visit(widget, rule, threshold)
    moves, _, points, *_ = widget.live.artists
    clipped = RULES[rule](raw, threshold)
    np.testing.assert_array_equal(points.get_xydata(), clipped)
    np.testing.assert_array_equal(moves.get_segments(), np.stack([raw, clipped], axis=1))


@each_rule
def test_no_clipped_gradient_lies_outside_the_outline(widget, rule):
    visit(widget, rule, 1.5)
    outline, points = widget.live.artists[1].get_xydata(), widget.live.artists[2].get_xydata()
    size = np.hypot if rule == "by global norm" else np.maximum
    assert size(*np.abs(points).T).max() <= 1.5 + 1e-12
    np.testing.assert_allclose(size(*np.abs(outline).T), 1.5)


@each_rule
@pytest.mark.parametrize("threshold", [0.5, 2.0, 16.0])
def test_sentence_and_histogram_are_those_of_the_clipped_cloud(widget, raw, rule, threshold):
    said = visit(widget, rule, threshold)
    clipped = RULES[rule](raw, threshold)
    errors, changed = degrees(raw, clipped), np.any(raw != clipped, axis=1).sum()
    numbers = re.search(r"(\d+) of 60 .*\((\d+) %\); .* is (\S+)°, the largest (\S+)°", said)
    expected = [changed, 100 * changed / 60, errors.mean(), errors.max()]
    found = [float(number) for number in numbers.groups()]
    assert np.all(np.abs(np.subtract(found, expected)) <= [0, 0.5, 0.051, 0.051])
    bars, mean, largest = widget.live.artists[3:]
    assert bars.get_data().values.sum() == 60
    assert mean.get_xdata()[0] == pytest.approx(errors.mean(), abs=1e-4)
    assert largest.get_xdata()[0] == pytest.approx(errors.max(), abs=1e-4)


def test_only_the_global_norm_keeps_every_direction(widget):
    assert "largest 0.0°" in visit(widget, "by global norm", 0.125)
    assert "largest 0.0°" not in visit(widget, "by value", 0.125)


def test_with_one_number_to_a_layer_by_layer_is_by_value_and_said_to_be(widget):
    assert "by layer is by value" in visit(widget, "by layer norm", 1.0)
    marks = widget.frame["marks"]
    assert "by layer is by value" not in visit(widget, "by value", 1.0)
    assert widget.frame["marks"] == marks
