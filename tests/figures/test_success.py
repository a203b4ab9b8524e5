"""Laws of the figure of success: fractions with Wilson's bars, beside each other."""

import numpy as np
from drawn import n_looks

from course_lib.figures import plots
from course_lib.statistics import wilson_interval

LRS = np.array([0.01, 0.1, 1.0])
FRACTIONS = {"SGD": [1.0, 0.5, 0.0], "momentum": [0.9, 0.2, 0.0]}


def drawn(ax, label):
    """Return the line of a curve and the ends of its bars."""
    (container,) = [bars for bars in ax.containers if bars.get_label() == label]
    line, _, (bars,) = container.lines
    return line, np.array([bar[:, 1] for bar in bars.get_segments()])


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
