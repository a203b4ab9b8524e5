"""Laws of the maps: color follows the sign, the line is where nothing grows, no number lies."""

import numpy as np
import pytest
from drawn import legend, texts
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from course_lib.figures import plots
from course_lib.figures.map_parts import DIVERGING
from course_lib.figures.paths import exits

DEPTHS, SCALES = np.arange(2, 7), np.array([1.0, 2.0, 4.0, 8.0])
DECADES = np.subtract.outer(np.log2(SCALES), [1.5] * 5) * DEPTHS
WINDOW = (3.0, 7.0), (-4.0, 0.0)


def contours(ax):
    """Return the points of the lines (not the fillings) of a map's contours."""
    lines = [c for c in ax.collections if hasattr(c, "levels") and list(c.levels) == [0]]
    return [path.vertices for line in lines for path in line.get_paths()]


def mesh_of(ax):
    return ax.collections[0]


def test_the_map_is_blue_where_gradients_vanish_and_orange_where_they_explode(ax):
    plots.growth_map(ax, DEPTHS, SCALES, DECADES, limit=4)
    mesh = mesh_of(ax)
    colors = mesh.cmap(mesh.norm(mesh.get_array()))[..., :3]
    red, blue = colors[..., 0], colors[..., 2]
    np.testing.assert_array_equal(blue > red, DECADES < 0)
    np.testing.assert_array_equal(blue < red, DECADES > 0)
    assert DIVERGING(0.5)[:3] == pytest.approx((1, 1, 1), abs=0.02)


def test_beyond_the_limit_the_color_stays_the_same(ax):
    plots.growth_map(ax, DEPTHS, SCALES, 100 * DECADES, limit=4)
    np.testing.assert_array_equal(mesh_of(ax).get_array(), 4 * np.sign(DECADES))
    assert mesh_of(ax).get_clim() == (-4, 4)


def test_the_line_runs_where_the_norm_stays_what_it_was(ax):
    plots.growth_map(ax, DEPTHS, SCALES, DECADES)
    (line,) = contours(ax)
    np.testing.assert_allclose(line[:, 1], 3, rtol=0.01)  # halfway from 2 to 4


def test_without_a_change_of_sign_there_is_no_line(ax):
    plots.growth_map(ax, DEPTHS, SCALES, np.abs(DECADES))
    assert contours(ax) == []


def test_each_cell_of_the_map_lies_around_its_depth_and_scale(ax):
    plots.growth_map(ax, DEPTHS, SCALES, DECADES)
    corners = mesh_of(ax).get_coordinates()
    np.testing.assert_allclose(corners[0, :, 0], np.arange(1.5, 7))
    np.testing.assert_allclose(corners[:, 0, 1], 2.0 ** np.arange(-0.5, 4))


@pytest.mark.parametrize(
    ("lost", "color"),
    [(np.inf, DIVERGING(1.0)), (-np.inf, DIVERGING(0.0)), (np.nan, to_rgb("#BBBBBB"))],
)
def test_a_cell_without_a_finite_number_is_hatched_in_the_color_of_its_fate(ax, lost, color):
    decades = DECADES.copy()
    decades[3, 4] = lost
    plots.growth_map(ax, DEPTHS, SCALES, decades)
    (hatched,) = ax.patches
    low, high = hatched.get_path().get_extents().get_points()
    np.testing.assert_allclose([low, high], [(5.5, 8 / 2**0.5), (6.5, 8 * 2**0.5)])
    assert hatched.get_hatch()
    mesh = mesh_of(ax)
    assert mesh.cmap(mesh.norm(mesh.get_array()))[3, 4][:3] == pytest.approx(color[:3])
    assert legend(ax) == ["no finite number"]


def test_a_map_of_finite_numbers_has_no_hatching(ax):
    plots.growth_map(ax, DEPTHS, SCALES, DECADES)
    assert not ax.patches
    assert ax.get_legend() is None


def test_the_bar_says_in_words_what_its_ends_mean(ax):
    plots.growth_map(ax, DEPTHS, SCALES, DECADES, limit=12)
    (bar,) = [panel for panel in ax.figure.axes if panel is not ax]
    ax.figure.draw_without_rendering()
    labels = [label.get_text() for label in bar.get_yticklabels()]
    assert labels == ["10⁻¹²\nvanishes", "1", "10¹²\nexplodes"]


def test_the_phase_map_draws_the_line_at_chi_1_and_names_its_sides(ax):
    sigma_ws, sigma_bs = np.linspace(1, 5, 9), np.linspace(0, 2, 5)
    plots.phase_map(ax, sigma_ws, sigma_bs, np.tile(sigma_ws / 3.2, (5, 1)))
    (line,) = contours(ax)
    np.testing.assert_allclose(line[:, 0], 3.2, atol=0.02)
    spot = {text.get_text(): text.get_position()[0] for text in ax.texts}
    assert spot["vanishes"] < 3.2 < spot["explodes"]
    assert ax.get_xscale() == "linear"


def test_the_phase_map_is_logarithmic_where_the_scales_span_more_than_ten(ax):
    plots.phase_map(ax, [0.5, 4.0, 32.0], [0.0, 1.0], np.ones((2, 3)))
    assert ax.get_xscale() == "log"


def test_a_phase_that_is_not_there_is_not_named(ax):
    plots.phase_map(ax, [1.0, 2.0], [0.0, 1.0], np.full((2, 2), 0.5))
    assert texts(ax) == {"vanishes"}
    assert contours(ax) == []


def test_chi_that_has_no_logarithm_leaves_the_rest_of_the_map(ax):
    chi = np.array([[0.0, 0.5, 2.0], [np.inf, 0.5, 2.0], [np.nan, 0.5, 2.0]])
    plots.phase_map(ax, [1.0, 2.0, 3.0], [0.0, 1.0, 2.0], chi)
    assert {"vanishes", "explodes"} <= texts(ax)


def test_points_on_the_phase_map_stand_at_their_scales_and_names_do_not_overlap(ax):
    points = {"Glorot": (1, 0), "orthogonal": (1, 0), "He": (1.4, 0), "edge": (5, 2)}
    plots.phase_map(ax, np.linspace(1, 5, 9), [0.0, 2.0], np.ones((2, 9)), points)
    marked = sorted(tuple(line.get_xydata()[0]) for line in ax.lines)
    assert marked == sorted(points.values())
    ax.figure.draw_without_rendering()
    names = [text for text in ax.texts if text.get_text() in points]
    boxes = [Text.get_window_extent(name) for name in names]  # without the line to the place
    assert len(boxes) == 4
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_a_path_on_the_wall_begins_in_a_ring_and_ends_in_a_star(ax):
    path = np.array([[4.0, -2.0], [5.0, -1.0], [6.0, -3.0]])
    plots.wall_surface(ax, [3, 5, 7], [-4, 0], np.arange(6.0).reshape(2, 3), {"run": path})
    steps, ring, star = ax.lines
    np.testing.assert_array_equal(steps.get_xydata(), path)
    np.testing.assert_array_equal(ring.get_xydata(), path[:1])
    np.testing.assert_array_equal(star.get_xydata(), path[-1:])
    assert (ring.get_marker(), star.get_marker()) == ("o", "*")


def test_a_path_that_leaves_the_wall_ends_in_a_triangle_and_moves_no_limit(ax):
    path = np.array([[4.0, -2.0], [512.0, 1010.0]])
    plots.wall_surface(ax, [3, 5, 7], [-4, 0], np.arange(6.0).reshape(2, 3), {"run": path})
    triangle = ax.lines[-1]
    assert triangle.get_marker() == "^"
    assert triangle.get_ydata()[0] == 0
    assert (ax.get_xlim(), ax.get_ylim()) == WINDOW


def test_where_two_paths_on_the_wall_coincide_the_first_lies_on_top_and_is_thinner(ax):
    paths = {"first": np.array([[4.0, -2.0], [5.0, -1.0]])}
    paths["second"] = paths["first"]
    plots.wall_surface(ax, [3, 5, 7], [-4, 0], np.arange(6.0).reshape(2, 3), paths)
    labels = [line.get_label() for line in ax.lines if line.get_label() in paths]
    widths = [line.get_linewidth() for line in ax.lines if line.get_label() in paths]
    assert labels == ["second", "first"] and widths[0] > widths[1]
    assert legend(ax) == [*paths]


def test_a_path_on_the_wall_ends_where_it_stops_being_finite(ax):
    path = np.array([[4.0, -2.0], [5.0, -1.0], [np.inf, np.nan]])
    plots.wall_surface(ax, [3, 5, 7], [-4, 0], np.arange(6.0).reshape(2, 3), {"run": path})
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), path[:2])


@pytest.mark.parametrize(
    ("end", "point", "marker"),
    [
        ((9, -2), (7, -2), ">"),
        ((-3, -2), (3, -2), "<"),
        ((5, 6), (5, 0), "^"),
        ((5, -10), (5, -4), "v"),
        ((9, 2), (7, 0), None),
        ((8, 7), (5 + 2 / 3, 0), "^"),
    ],
)
def test_a_step_leaves_through_the_edge_that_it_crosses(end, point, marker):
    points, markers = exits([(5, -2), end], *WINDOW)
    np.testing.assert_allclose(points, [point], atol=1e-12)
    assert len(markers) == 1
    assert marker in (None, markers[0])


@pytest.mark.parametrize(
    "path",
    [
        [(5, -2), (6, -1)],  # stays inside
        [(5, -2), (7, 0)],  # ends on the corner
        [(5, -2), (5, -2)],  # does not move
        [(8, -2), (9, -2)],  # stays outside
        [(8, -2), (5, -2)],  # comes in
        [(5, -2)],  # one point
    ],
)
def test_what_does_not_go_out_has_no_exit(path):
    points, markers = exits(path, *WINDOW)
    assert len(points) == len(markers) == 0


def test_a_path_that_comes_back_has_an_exit_each_time():
    _, markers = exits([(5, -2), (9, -2), (5, -2), (5, 3), (9, 3)], *WINDOW)
    assert markers == [">", "^"]
