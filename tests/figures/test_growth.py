"""Laws of the figures of growth: markers are measured, lines predicted, 1 is level."""

import numpy as np
import pytest
from drawn import curve, texts
from matplotlib.colors import to_hex

from course_lib.activations import sigmoid
from course_lib.figures import plots
from course_lib.figures.cobweb import staircase
from course_lib.meanfield import variance_fixed_point, variance_map

SCALES = np.array([1.0, 4.0, 16.0])


def measured(ax, label):
    (container,) = [bars for bars in ax.containers if bars.get_label() == label]
    return container


def test_measured_growth_is_markers_and_predicted_growth_a_line_of_the_same_color(ax):
    growth = {"sigmoid": [0.2, 0.6, 1.2], "tanh": [1.0, 1.9, 3.0]}
    predicted = {"tanh": [1.0, 2.0, 3.1]}
    plots.growth_curves(ax, SCALES, growth, predicted)
    marks, line = measured(ax, "tanh").lines[0], curve(ax, "_tanh, predicted")
    np.testing.assert_array_equal(marks.get_xydata(), np.transpose([SCALES, growth["tanh"]]))
    np.testing.assert_array_equal(line.get_xydata(), np.transpose([SCALES, predicted["tanh"]]))
    assert to_hex(marks.get_color()) == to_hex(line.get_color())
    assert (marks.get_linestyle(), line.get_linestyle()) == ("None", "--")
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")
    other = measured(ax, "sigmoid").lines[0]
    assert other.get_color() != marks.get_color()
    assert other.get_marker() != marks.get_marker()


def test_growth_1_is_marked_as_level(ax):
    plots.growth_curves(ax, SCALES, {"sigmoid": [0.2, 0.6, 1.2]})
    assert any(set(line.get_ydata()) == {1} for line in ax.lines)
    assert "1: level" in texts(ax)


@pytest.mark.parametrize("lost", [np.nan, np.inf])
def test_growth_that_is_no_number_leaves_a_gap(ax, lost):
    plots.growth_curves(ax, SCALES, {"ReLU": [0.7, lost, 2.0]}, {"ReLU": [0.7, lost, 2.0]})
    for line in (measured(ax, "ReLU").lines[0], curve(ax, "_ReLU, predicted")):
        np.testing.assert_array_equal(np.isfinite(line.get_ydata()), [True, False, True])


def test_a_bar_is_two_standard_errors_to_either_side(ax):
    plots.growth_curves(ax, SCALES, {"net": [1.0, 2.0, 3.0]}, None, {"net": [0.1, 0.2, 0.3]})
    ends = measured(ax, "net").lines[2][0].get_paths()[1].vertices
    np.testing.assert_allclose(ends, [[4, 1.6], [4, 2.4]])


def test_a_predicted_line_may_have_more_points_than_are_measured(ax):
    fine = np.geomspace(1, 16, 30)
    growth, predicted = {"net": [1.0, 2.0, 3.0]}, {"net": fine / 5}
    plots.growth_curves(ax, SCALES, growth, predicted, predicted_sigma_ws=fine)
    np.testing.assert_array_equal(curve(ax, "_net, predicted").get_xdata(), fine)


def test_ticks_of_the_weight_scale_are_doublings(ax):
    plots.growth_curves(ax, SCALES, {"net": [1.0, 2.0, 3.0]})
    ax.figure.draw_without_rendering()
    assert {"1", "2", "4", "8", "16"} <= {label.get_text() for label in ax.get_xticklabels()}


def test_rates_stand_in_rows_from_the_top_with_their_labels(ax):
    labels = ["first", "second"]
    plots.rates_compared(ax, labels, [0.1, 0.2], [0.11, 0.21], [0.12, 0.22], [0.01, 0.02])
    assert [label.get_text() for label in ax.get_yticklabels()] == labels
    first, second = ax.transData.transform([(0, tick) for tick in ax.get_yticks()])[:, 1]
    assert first > second
    for label, rates in {
        "predicted, infinite width": [0.1, 0.2],
        "corrected for width": [0.11, 0.21],
        "measured, ± 2 standard errors": [0.12, 0.22],
    }.items():
        marks = measured(ax, label).lines[0]
        np.testing.assert_array_equal(marks.get_xdata(), rates)
        np.testing.assert_allclose(marks.get_ydata(), [0, 1], atol=0.3)


def test_only_measured_rates_have_bars_of_two_standard_errors(ax):
    plots.rates_compared(ax, ["net"], [0.1], [0.1], [0.12], [0.01])
    (ends,) = measured(ax, "measured, ± 2 standard errors").lines[2][0].get_paths()
    np.testing.assert_allclose(ends.vertices[:, 0], [0.1, 0.14])
    assert not measured(ax, "corrected for width").lines[2]


def test_predicted_rates_are_hollow_and_measured_ones_are_filled(ax):
    plots.rates_compared(ax, ["net"], [0.1], [0.1], [0.12], [0.01])
    predicted, corrected, seen = (bars.lines[0] for bars in ax.containers)
    assert predicted.get_markerfacecolor() == corrected.get_markerfacecolor() == "none"
    assert seen.get_markerfacecolor() != "none"
    assert len({mark.get_marker() for mark in (predicted, corrected, seen)}) == 3


def test_a_staircase_goes_up_to_the_map_and_over_to_the_diagonal():
    x, y = staircase([1.0, 3.0, 4.0])
    np.testing.assert_array_equal(x, [1, 1, 3, 3, 4])
    np.testing.assert_array_equal(y, [1, 3, 3, 4, 4])


@pytest.mark.parametrize("lost", [np.inf, np.nan])
def test_a_staircase_ends_where_the_variance_is_lost(lost):
    x, y = staircase([1.0, 3.0, lost, 4.0])
    np.testing.assert_array_equal(x, [1, 1, 3])
    np.testing.assert_array_equal(y, [1, 3, 3])


@pytest.mark.parametrize("log", [True, False])
def test_the_cobweb_marks_the_fixed_point_of_the_map(ax, log):
    q = np.linspace(0.01, 20, 400)
    mapped = variance_map(q, sigmoid, 4.0)
    plots.cobweb(ax, q, mapped, [1.0, 4.8], log=log)
    marked = curve(ax, "fixed point q*").get_xydata()
    np.testing.assert_allclose(
        marked, np.full((1, 2), variance_fixed_point(sigmoid, 4.0)), 1e-4
    )
    np.testing.assert_array_equal(curve(ax, "variance map").get_ydata(), mapped)
    np.testing.assert_array_equal(*curve(ax, "diagonal").get_data())
    assert ax.get_xscale() == ax.get_yscale() == ("log" if log else "linear")


def test_a_map_that_never_meets_the_diagonal_has_no_fixed_point(ax):
    plots.cobweb(ax, SCALES, 2 * SCALES, [1.0, 2.0, 4.0, 1e9])
    assert len(curve(ax, "fixed point q*").get_xdata()) == 0
    assert ax.get_ylim()[1] == 32  # the path runs away, the picture does not


def test_singular_values_fall_from_the_first_on(ax):
    plots.singular_values(ax, {"net": [0.1, 2.0, 0.4]})
    np.testing.assert_array_equal(curve(ax, "net").get_xydata(), [[1, 2], [2, 0.4], [3, 0.1]])
    assert ax.get_yscale() == "log"
    assert "1: level" in texts(ax)


def test_growth_stands_below_its_bound_in_one_color(ax):
    gains = np.array([1.0, 2.0, 4.0])
    plots.growth_against_bound(ax, gains, {"sigmoid": gains / 8}, {"sigmoid": 0.25})
    measured, bound = ax.lines[1:3]
    np.testing.assert_allclose(measured.get_ydata(), gains / 8)
    np.testing.assert_allclose(bound.get_ydata(), gains / 4)
    assert measured.get_color() == bound.get_color()
    assert measured.get_marker() != bound.get_marker()
