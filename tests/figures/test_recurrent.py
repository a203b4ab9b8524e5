"""What the figures of recurrent nets draw, and what they refuse."""

import numpy as np

from course_lib.figures import plots
from course_lib.statistics import wilson_interval


def test_growth_stands_below_its_bound_in_one_color(ax):
    gains = np.array([1.0, 2.0, 4.0])
    plots.growth_against_bound(ax, gains, {"sigmoid": gains / 8}, {"sigmoid": 0.25})
    measured, bound = ax.lines[1:3]
    np.testing.assert_allclose(measured.get_ydata(), gains / 8)
    np.testing.assert_allclose(bound.get_ydata(), gains / 4)
    assert measured.get_color() == bound.get_color()
    assert measured.get_marker() != bound.get_marker()


def test_rescued_draws_fractions_with_wilson_bars(ax):
    plots.rescued(ax, {"a": 0, "b": 5}, {"a": 20, "b": 10}, 20)
    plain, clipped = ax.containers
    np.testing.assert_allclose(plain[0].get_xdata(), [0, 0.25])
    np.testing.assert_allclose(clipped[0].get_xdata(), [1, 0.5])
    ends = np.array([segment[:, 0] for segment in plain[2][0].get_segments()])
    np.testing.assert_allclose(ends, np.transpose(wilson_interval([0, 5], 20)), atol=1e-9)
    assert plain[0].get_marker() != clipped[0].get_marker()
