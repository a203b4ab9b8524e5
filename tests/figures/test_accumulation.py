"""Laws of the figures of lesson 06: limits, markers that measure, and a bowl."""

import numpy as np
from drawn import curve, n_looks, texts
from matplotlib.colors import to_hex

from course_lib.figures import plots
from course_lib.figures.accumulation import quadratic_bowl

GAMMAS = np.array([0.0, 0.5, 0.9])
LIMITS = {"momentum": 2 * (1 + GAMMAS), "EMA": 2 * (1 + GAMMAS) / (1 - GAMMAS)}


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


def test_contours_of_the_bowl_are_ellipses_of_equal_loss(ax):
    quadratic_bowl(ax, (1, 10), (4.0, 1.0))
    (contours,) = ax.collections
    for level, path in zip(contours.levels, contours.get_paths(), strict=True):
        x, y = path.vertices.T
        np.testing.assert_allclose((x**2 + 10 * y**2) / 2, level, rtol=0.02)
    assert (ax.get_xlim(), ax.get_ylim()) == ((-4, 4), (-1, 1))
