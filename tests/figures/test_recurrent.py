"""What the figures of recurrent nets draw, and what they refuse."""

import numpy as np
import pytest

from course_lib.figures import plots
from course_lib.figures.display import figure
from course_lib.statistics import wilson_interval


@pytest.fixture
def ax():
    return figure()[1]


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


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([1, 2], {"tanh": [1, 2, 3]}, {"tanh": 1}), "must have shape"),
        (([1, 2], {"tanh": [1, 2]}, {"sigmoid": 1}), "slopes_by_label must have 'tanh'"),
        (([1, 2], {}, {}), "at least one curve"),
        (([1], {"tanh": [1]}, {"tanh": 1}), "gains"),
    ],
)
def test_growth_against_bound_names_what_is_wrong(ax, arguments, words):
    with pytest.raises(ValueError, match=words):
        plots.growth_against_bound(ax, *arguments)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (({"a": 1}, {"b": 1}, 5), "n_clipped_by_label must have the labels"),
        (({}, {}, 5), "n_clipped_by_label"),
        (({"a": 6}, {"a": 1}, 5), "successes must be"),
        (({"a": 1}, {"a": 1}, 0), "n_runs"),
    ],
)
def test_rescued_names_what_is_wrong(ax, arguments, words):
    with pytest.raises(ValueError, match=words):
        plots.rescued(ax, *arguments)
