"""Laws of the figure of remedies: one row each, fractions with Wilson's bars."""

import numpy as np
import pytest
from drawn import legend

from course_lib.figures import plots
from course_lib.statistics import wilson_interval

COUNTS = {"not clipped": {"none": 3, "Adam": 9}, "clipped": {"none": 10, "Adam": 0}}


def test_every_remedy_has_a_row_from_top_to_bottom(ax):
    plots.remedies_compared(ax, COUNTS, 10)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["none", "Adam"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]


def test_every_fraction_has_its_wilson_interval(ax):
    plots.remedies_compared(ax, COUNTS, 10)
    for container, counts in zip(ax.containers, COUNTS.values(), strict=True):
        line, _, (bars,) = container.lines
        successes = np.array(list(counts.values()))
        assert line.get_xdata() == pytest.approx(successes / 10)
        ends = np.array([bar[:, 0] for bar in bars.get_segments()])
        assert ends == pytest.approx(np.transpose(wilson_interval(successes, 10)), abs=1e-12)


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
