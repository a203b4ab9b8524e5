"""Laws of the figures of lesson 07: arrows that end where they should, angles, shares."""

import numpy as np
import pytest
from drawn import curve, legend
from hypothesis import given
from hypothesis import strategies as st

from course_lib.clipping import clip_global_norm, clip_value
from course_lib.figures import plots
from course_lib.figures.clip_shapes import angles_between, limit_outline

G = np.array([3.0, 1.2])
CLIPPED = {"by global norm": clip_global_norm(G, 1.0), "by value": clip_value(G, 1.0)}
angle = st.floats(0, 2 * np.pi)
length = st.floats(1e-3, 1e3)


def vector(angle, length):
    return length * np.array([np.cos(angle), np.sin(angle)])


def test_arrows_run_from_the_origin_to_the_gradient_and_its_clipped_versions(ax):
    plots.clip_geometry(ax, G, CLIPPED, {"max_norm": 1.0})
    for label, tip in {"raw gradient": G, **CLIPPED}.items():
        np.testing.assert_array_equal(curve(ax, f"{label}*").get_xydata(), [(0, 0), tip])
    assert ax.get_aspect() == 1


def test_the_legend_says_by_how_many_degrees_each_is_turned(ax):
    plots.clip_geometry(ax, G, CLIPPED, {"max_norm": 1.0, "max_value": 1.0})
    assert legend(ax) == [
        "max_norm = 1",
        "max_value = 1",
        "raw gradient, norm 3.23",
        "by global norm: turned by 0°",
        f"by value: turned by {45 - np.degrees(np.arctan2(1.2, 3)):.1f}°",
    ]


def test_the_limits_are_the_circle_of_the_norm_and_the_square_of_the_value(ax):
    plots.clip_geometry(ax, G, CLIPPED, {"max_norm": 2.0, "max_value": 0.5})
    circle, square = curve(ax, "max_norm*").get_xydata(), curve(ax, "max_value*").get_xydata()
    np.testing.assert_allclose(np.hypot(*circle.T), 2)
    np.testing.assert_array_equal(np.abs(square), 0.5)
    assert len({tuple(corner) for corner in square}) == 4


@given(angle, length)
def test_what_is_clipped_by_norm_ends_on_the_circle_and_by_value_in_the_square(turn, size):
    g = vector(turn, size)
    on_circle, in_square = clip_global_norm(g, 0.5), clip_value(g, 0.5)
    assert np.hypot(*on_circle) <= np.hypot(*limit_outline("max_norm", 0.5)[:, 0]) + 1e-12
    assert np.all(np.abs(in_square) <= limit_outline("max_value", 0.5).max())


@given(angle, st.floats(0, 180), length, length)
def test_the_angle_between_vectors_does_not_depend_on_their_lengths(turn, between, one, other):
    other_turn = turn + np.radians(between)
    found = angles_between(vector(turn, one), vector(other_turn, other))
    assert found == pytest.approx(between, abs=1e-9)


def test_angles_are_those_of_the_cosines(ax):
    thresholds, degrees = [0.1, 1.0, 10.0], np.array([60.0, 30.0, 0.0])
    plots.direction_errors(ax, {"by value": np.cos(np.radians(degrees))}, thresholds)
    x, y = curve(ax, "by value*").get_data()
    np.testing.assert_array_equal(x, thresholds)
    np.testing.assert_allclose(y, degrees, atol=1e-9)
    assert ax.get_xscale() == "log"


def test_of_many_gradients_the_median_and_the_band_are_drawn(ax):
    degrees = np.linspace(0, 90, 101)[:, None] * [1.0, 0.5]
    plots.direction_errors(ax, {"by value": np.cos(np.radians(degrees))}, [0.1, 1.0])
    np.testing.assert_allclose(curve(ax, "by value*").get_ydata(), [45, 22.5])
    (band,) = ax.collections
    corners = band.get_paths()[0].vertices
    np.testing.assert_allclose((corners[:, 1].min(), corners[:, 1].max()), (2.25, 85.5))


def test_a_cosine_that_rounding_made_a_hair_larger_than_1_is_no_angle(ax):
    plots.direction_errors(ax, {"by norm": [1 + 2e-16, 1.0]}, [0.1, 1.0])
    np.testing.assert_array_equal(curve(ax, "by norm*").get_ydata(), 0)


def test_every_norm_that_has_a_logarithm_is_in_a_bar_and_the_others_are_counted(ax):
    norms = [0.0, np.inf, np.nan, 1e-3, 1.0, 1.0, 50.0]
    plots.norm_histogram(ax, norms)
    heights = [bar.get_height() for bar in ax.patches]
    assert sum(heights) == 4
    assert max(heights) == 2
    edges = [bar.get_x() for bar in ax.patches]
    np.testing.assert_allclose(np.diff(np.log(edges)), np.diff(np.log(edges))[0])
    assert ax.get_title(loc="left") == "3 of 7 norms are 0 or not finite"


def test_a_threshold_is_a_line_with_the_share_of_larger_norms(ax):
    norms = np.arange(1.0, 101)
    plots.norm_histogram(ax, norms, {"median": 50.5, "c": 90.0})
    assert legend(ax) == ["median = 50.5:\n50 % are larger", "c = 90:\n10 % are larger"]
    assert list(curve(ax, "c = 90*").get_xdata()) == [90, 90]
    assert curve(ax, "c*").get_linestyle() != curve(ax, "median*").get_linestyle()


def test_norms_that_are_all_alike_have_a_bar(ax):
    plots.norm_histogram(ax, [2.0, 2.0])
    assert sum(bar.get_height() for bar in ax.patches) == 2
    assert ax.get_legend() is None
