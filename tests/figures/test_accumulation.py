"""Laws of the figures of lesson 06: limits, markers that measure, and paths in a bowl."""

import numpy as np
import pytest
from drawn import curve, n_looks, texts
from matplotlib.colors import to_hex

from course_lib.figures import plots

GAMMAS = np.array([0.0, 0.5, 0.9])
LIMITS = {"momentum": 2 * (1 + GAMMAS), "EMA": 2 * (1 + GAMMAS) / (1 - GAMMAS)}


def lines_marked(ax, marker):
    return [line for line in ax.lines if line.get_marker() == marker]


def test_each_limit_is_a_curve_with_its_name_on_a_logarithmic_axis(ax):
    plots.stability_regions(ax, GAMMAS, LIMITS)
    for label, limits in LIMITS.items():
        np.testing.assert_array_equal(curve(ax, label).get_xydata().T, [GAMMAS, limits])
    assert ax.get_yscale() == "log"
    assert texts(ax) == set(LIMITS)
    lines = [curve(ax, label) for label in LIMITS]
    assert n_looks(lines, "color", "linestyle") == [2, 2]


def test_what_was_measured_is_markers_in_the_color_of_the_method(ax):
    points = {"EMA": ([0.0, 0.9], [2.0, 37.0]), "momentum": (0.5, 3.0)}
    plots.stability_regions(ax, GAMMAS, LIMITS, points)
    marked = {
        to_hex(line.get_color()): line for line in ax.lines if line.get_marker() != "None"
    }
    for label, (gammas, values) in points.items():
        marks = marked[to_hex(curve(ax, label).get_color())]
        expected = np.stack([np.atleast_1d(gammas), np.atleast_1d(values)])
        np.testing.assert_array_equal(marks.get_xydata().T, expected)
        assert marks.get_linestyle() == "None"
    assert len({line.get_marker() for line in marked.values()}) == 2
    assert "measured" in ax.get_title(loc="left")


def test_without_measurements_the_title_does_not_speak_of_them(ax):
    plots.stability_regions(ax, GAMMAS, LIMITS)
    assert ax.get_title(loc="left") == "stable below the curve"


def test_an_infinite_limit_leaves_a_gap(ax):
    plots.stability_regions(ax, [0.0, 0.5, 1.0], {"EMA": [2.0, 6.0, np.inf]})
    np.testing.assert_array_equal(
        np.isfinite(curve(ax, "EMA").get_ydata()), [True, True, False]
    )


def test_a_path_in_the_bowl_begins_in_a_ring_and_ends_in_a_star(ax):
    path = np.array([[4.0, 1.0], [-3.0, 0.5], [1.0, -0.2]])
    plots.quadratic_paths(ax, (1, 10), {"run": path})
    np.testing.assert_array_equal(curve(ax, "run").get_xydata(), path)
    np.testing.assert_array_equal(lines_marked(ax, "o")[0].get_xydata(), path[:1])
    np.testing.assert_array_equal(lines_marked(ax, "*")[0].get_xydata(), path[-1:])
    assert ax.get_xlim() == pytest.approx((-4.6, 4.6))
    assert ax.get_ylim() == pytest.approx((-1.15, 1.15))


def test_contours_are_ellipses_of_equal_loss(ax):
    plots.quadratic_paths(ax, (1, 10), {"run": [[4.0, 1.0], [0.1, 0.1]]})
    (contours,) = ax.collections
    for level, path in zip(contours.levels, contours.get_paths(), strict=True):
        x, y = path.vertices.T
        np.testing.assert_allclose((x**2 + 10 * y**2) / 2, level, rtol=0.02)


def test_a_path_that_diverges_leaves_in_a_triangle_and_moves_no_limit_beyond_twice_its_start(
    ax,
):
    steps = np.arange(30)
    path = np.stack([0.8**steps, (-1.5) ** steps], axis=1)
    plots.quadratic_paths(ax, (1, 10), {"diverges": path})
    assert ax.get_ylim() == pytest.approx((-2.3, 2.3))
    drawn = curve(ax, "diverges").get_xydata()
    np.testing.assert_array_equal(drawn, path[:4])  # 1, -1.5, 2.25, and -3.4 outside
    (triangle,) = lines_marked(ax, "v")
    assert triangle.get_ydata()[0] == ax.get_ylim()[0]


def test_a_path_in_the_bowl_ends_where_it_stops_being_finite(ax):
    path = [[4.0, 1.0], [3.0, 1.0], [np.nan, 1.0], [2.0, 1.0]]
    plots.quadratic_paths(ax, (1, 10), {"run": path})
    np.testing.assert_array_equal(curve(ax, "run").get_xydata(), path[:2])


def test_a_path_that_never_moves_in_one_direction_still_has_a_picture(ax):
    plots.quadratic_paths(ax, (1, 10), {"run": [[4.0, 0.0], [2.0, 0.0]]})
    assert ax.get_ylim() == pytest.approx((-4.6, 4.6))
