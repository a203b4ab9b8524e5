"""Laws of the marks: their paths lie where matplotlib draws, in tenths of a CSS pixel."""

import re

import numpy as np
import pytest
from matplotlib.collections import LineCollection

from course_lib.figures.display import figure
from course_lib.figures.style import BLUE
from course_lib.widgets.canvas import LiveFigure

N_NUMBERS = {"M": 2, "m": 2, "l": 2, "q": 4, "c": 6, "z": 0}


def points(data):
    """Return where each part of a path ends."""
    here, start, found = np.zeros(2), np.zeros(2), []
    for letter, text in re.findall(r"([a-zM])([^a-zM]*)", data):
        numbers = np.array(text.split(), int).reshape(-1, 2)
        assert numbers.size == N_NUMBERS[letter]
        here = start if letter == "z" else (letter != "M") * here + numbers[-1]
        start = here if letter in "Mm" else start
        found.append(here)
    return np.array(found)


def style_of(mark):
    return dict(part.split(":") for part in mark[0].split(";"))


@pytest.fixture
def panel():
    fig, ax = figure(height=3)
    ax.set(xlim=(0, 10), ylim=(0, 10))
    return fig, ax


def marks_of(fig, *artists):
    return LiveFigure(fig, artists).marks()


def expected(ax, xy):
    x, y = ax.transData.transform(xy).T
    return np.rint(10 * np.stack([x, ax.figure.bbox.height - y], axis=1))


def test_a_line_is_a_path_through_its_points(panel):
    fig, ax = panel
    xy = [(1, 1), (4, 9), (7, 2)]
    (mark,) = marks_of(fig, *ax.plot(*np.transpose(xy), color=BLUE))
    np.testing.assert_allclose(points(mark[2]), expected(ax, xy), atol=1)


@pytest.mark.parametrize(
    ("x", "y", "shape", "places"),
    [
        ([2, 8], [2, 8], "-", []),
        ([2, 8, 18], [2, 8, 18], "-", [(10, 10)]),
        ([5, 5, 15, 5], [5, -15, -15, 5], "-", [(5, 0)]),  # it comes back
        ([-2, 5, 12], [4, 4, 4], "-", [(0, 4), (10, 4)]),  # neither end is seen
        ([5, 5], [0, 10], "-", []),  # along the edges of the axes
        ([1, 2, 20, 30], [1, 2, 3, 4], "o", [(10, 4)]),
        ([1, 2, np.inf, np.nan], [1, 2, 3, 4], "o-", []),
        ([1, 12, np.nan, 1, 2], [1, 1, np.nan, 5, 12], "-", [(10, 1), (1.7, 10)]),
    ],
)
def test_whatever_leaves_the_axes_is_marked_on_their_edge(panel, x, y, shape, places):
    fig, ax = panel
    marks = [mark for mark in marks_of(fig, *ax.plot(x, y, shape)) if mark[1] is None]
    found = [place for mark in marks for place in mark[3]]
    wanted = sorted(map(tuple, expected(ax, places))) if places else []
    np.testing.assert_allclose(sorted(map(tuple, found)), wanted, atol=20)


def test_one_triangle_is_enough_for_a_line_and_the_marker_at_its_end(panel):
    fig, ax = panel
    lines = [*ax.plot([5, 5], [5, -3], "b-"), *ax.plot([5], [-3], "b*")]
    down = [mark for mark in marks_of(fig, *lines) if mark[1] is None]
    assert [mark[2] for mark in down] == ["m-70 -70l140 0l-70 140z"]


def test_a_gap_in_a_line_stays_a_gap(panel):
    fig, ax = panel
    (mark,) = marks_of(fig, *ax.plot([1, 2, 3, 4, 5], [1, 2, np.nan, 4, 5]))
    assert re.sub("[^a-zM]", "", mark[2]) == "MlMl"


@pytest.mark.parametrize("far", [1e6, 1e300, np.inf])
def test_what_runs_away_leaves_numbers_that_a_browser_can_draw(panel, far):
    fig, ax = panel
    marks = marks_of(fig, *ax.plot([1, 2, 3], [1, far, 1], "o-"))
    assert max(abs(int(n)) for m in marks for n in re.findall(r"-?\d+", m[2])) < 20_000
    assert [len(mark[3]) for mark in marks if mark[3] and mark[1]] == [2]


def test_markers_are_one_path_and_its_places(panel):
    fig, ax = panel
    xy = [(1, 1), (4, 9), (4, 9), (7, 2)]
    (mark,) = marks_of(fig, *ax.plot(*np.transpose(xy), "s", markersize=7.2))
    np.testing.assert_array_equal(mark[3], expected(ax, xy)[[0, 1, 3]])  # none twice
    assert mark[2].startswith("m")
    np.testing.assert_array_equal(np.ptp(points(mark[2]), axis=0), [100, 100])  # 7.2 points


def test_a_collection_of_lines_is_one_mark_of_as_many_parts(panel):
    fig, ax = panel
    segments = [[(1, 1), (2, 3)], [(4, 4), (5, 1)]]
    (mark,) = marks_of(fig, ax.add_collection(LineCollection(segments)))
    np.testing.assert_allclose(points(mark[2]), expected(ax, np.concatenate(segments)), atol=1)


def test_a_band_is_filled_and_cut_off_at_its_panel(panel):
    fig, ax = panel
    (mark,) = marks_of(fig, ax.fill_between([0, 10], [5, 5], [20, 20], color=BLUE, alpha=0.25))
    look = style_of(mark)
    assert (look["fill"], look["fill-opacity"]) == (BLUE.lower(), "0.25")
    corners = expected(ax, [(0, 10), (10, 0)])
    np.testing.assert_allclose(mark[1], [*corners[0], *(corners[1] - corners[0])], atol=1)


def test_a_marker_that_may_cross_the_edge_is_not_cut_off(panel):
    fig, ax = panel
    (mark,) = marks_of(fig, *ax.plot([0], [0], "o", clip_on=False))
    assert mark[1] is None


def test_width_dashes_and_transparency_are_those_of_the_artist(panel):
    fig, ax = panel
    dashed = ax.plot([1, 2], [1, 2], "--", color=BLUE, linewidth=1.8, alpha=0.7)
    look = style_of(marks_of(fig, *dashed)[0])
    assert (look["fill"], look["stroke"], look["stroke-opacity"]) == (
        "none",
        BLUE.lower(),
        "0.7",
    )
    assert look["stroke-width"] == "25"  # 1.8 points are 2.5 pixels
    lengths = np.array(look["stroke-dasharray"].split(), float)
    np.testing.assert_allclose(lengths, np.array([3.7, 1.6]) * 25, rtol=0.01)


def test_text_is_a_filled_path_at_its_place(panel):
    fig, ax = panel
    text = ax.text(5, 5, "H", fontsize=20, ha="center", va="center")
    (mark,) = marks_of(fig, text)
    outline = points(mark[2])
    np.testing.assert_allclose(
        (outline.min(0) + outline.max(0)) / 2, expected(ax, [(5, 5)])[0], atol=40
    )
    assert 180 < np.ptp(outline[:, 1]) < 220  # a capital letter of 20 points is about 20 pixels


def test_what_has_no_points_leaves_no_mark(panel):
    fig, ax = panel
    assert marks_of(fig, *ax.plot([], [], "o-")) == []
