"""Laws of the figures of fractions: Wilson's bars, rows and curves beside each other."""

import numpy as np
import pytest
from drawn import legend, n_looks

from course_lib.figures import plots
from course_lib.statistics import wilson_interval

LRS = np.array([0.01, 0.1, 1.0])
FRACTIONS = {"SGD": [1.0, 0.5, 0.0], "momentum": [0.9, 0.2, 0.0]}
COUNTS = {"not clipped": {"none": 3, "Adam": 9}, "clipped": {"none": 10, "Adam": 0}}


def errorbars(ax, axis):
    """Return each label's line, and the ends of its bars along an axis (0 is x)."""
    found = {}
    for container in ax.containers:
        line, _, (bars,) = container.lines
        found[container.get_label()] = line, np.array([b[:, axis] for b in bars.get_segments()])
    return found


def drawn(ax, label):
    return errorbars(ax, 1)[label]


def test_every_fraction_stands_in_its_wilson_interval(ax):
    plots.success_rates(ax, LRS, FRACTIONS, 20)
    for label, fractions in FRACTIONS.items():
        line, bars = drawn(ax, label)
        np.testing.assert_array_equal(line.get_ydata(), fractions)
        expected = np.transpose(wilson_interval(np.round(np.array(fractions) * 20), 20))
        np.testing.assert_allclose(bars, expected, atol=1e-12)
    assert ax.get_xscale() == "log"
    assert "20 runs" in ax.get_title(loc="left")


def test_one_curve_stands_exactly_at_its_rates(ax):
    plots.success_rates(ax, LRS, {"SGD": [1.0, 0.5, 0.0]}, 20)
    np.testing.assert_allclose(drawn(ax, "SGD")[0].get_xdata(), LRS, rtol=1e-15)


def test_no_bar_hides_another_and_none_strays_to_the_next_rate(ax):
    labels = "abcdef"
    plots.success_rates(ax, LRS, {label: [0.5, 0.5, 0.5] for label in labels}, 20)
    at = np.log10([drawn(ax, label)[0].get_xdata() for label in labels])
    assert np.all(np.diff(at, axis=0) > 0.05)
    assert np.all(np.abs(at - np.log10(LRS)) < 0.25)
    np.testing.assert_allclose(at.mean(axis=0), np.log10(LRS), atol=1e-12)


def test_curves_differ_in_color_line_style_and_marker(ax):
    plots.success_rates(ax, LRS, FRACTIONS, 20)
    lines = [drawn(ax, label)[0] for label in FRACTIONS]
    assert n_looks(lines, "color", "linestyle", "marker") == [2, 2, 2]


def test_rescued_draws_fractions_with_wilson_bars(ax):
    plots.rescued(ax, {"a": 0, "b": 5}, {"a": 20, "b": 10}, 20)
    (plain, bars), (clipped, _) = errorbars(ax, 0).values()
    np.testing.assert_allclose(plain.get_xdata(), [0, 0.25])
    np.testing.assert_allclose(clipped.get_xdata(), [1, 0.5])
    np.testing.assert_allclose(bars, np.transpose(wilson_interval([0, 5], 20)), atol=1e-9)
    assert plain.get_marker() != clipped.get_marker()
    assert np.all(plain.get_ydata() > clipped.get_ydata())  # beside each other


def test_every_remedy_has_a_row_from_top_to_bottom(ax):
    plots.remedies_compared(ax, COUNTS, 10)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["none", "Adam"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]


def test_every_fraction_has_its_wilson_interval(ax):
    plots.remedies_compared(ax, COUNTS, 10)
    for label, (line, bars) in errorbars(ax, 0).items():
        successes = np.array(list(COUNTS[label].values()))
        assert line.get_xdata() == pytest.approx(successes / 10)
        expected = np.transpose(wilson_interval(successes, 10))
        assert bars == pytest.approx(expected, abs=1e-12)
    assert len(ax.containers) == 2


def test_two_labels_stand_beside_each_other_and_are_named(ax):
    plots.remedies_compared(ax, COUNTS, 10)
    heights = [container.lines[0].get_ydata() for container in ax.containers]
    assert np.all(heights[0] < heights[1])
    assert legend(ax) == list(COUNTS)


def test_one_label_needs_no_legend_and_the_band_is_the_interval_without_remedy(ax):
    plots.remedies_compared(ax, {"": COUNTS["not clipped"]}, 10, without=3)
    assert ax.get_legend() is None
    (band,) = ax.patches
    low, high = wilson_interval(3, 10)
    assert (band.get_x(), band.get_x() + band.get_width()) == pytest.approx((low, high))
