"""Laws of the figures of lesson 10."""

import numpy as np

from course_lib.figures import plots

COUNTS = np.array([[8, 2, 0], [0, 10, 0], [1, 0, 0]])
FILTERS = np.array([[[1.0, -2.0], [0.0, 0.5]], [[0.0, 0.0], [-1.0, 2.0]]])


def test_every_count_but_zero_stands_in_its_cell(ax):
    plots.confusion_matrix(ax, COUNTS)
    shown = {text.get_position()[::-1]: text.get_text() for text in ax.texts}
    assert shown == {(0, 0): "8", (0, 1): "2", (1, 1): "10", (2, 0): "1"}


def test_cells_are_shaded_by_their_share_of_the_row_an_empty_row_by_none(ax):
    plots.confusion_matrix(ax, np.array([[3, 1], [0, 0]]), ["cat", "dog"])
    np.testing.assert_allclose(ax.images[0].get_array(), [[0.75, 0.25], [0, 0]])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["cat", "dog"]


def test_filters_stand_beside_each_other_rows_below_each_other(ax):
    plots.filter_bank(ax, {"before": FILTERS, "after": -FILTERS})
    picture = ax.images[0].get_array().filled(np.nan)
    np.testing.assert_array_equal(picture[:2, :2], FILTERS[0])
    np.testing.assert_array_equal(picture[:2, 3:5], FILTERS[1])
    np.testing.assert_array_equal(picture[3:5, :2], -FILTERS[0])
    assert np.isnan(picture[2]).all() and np.isnan(picture[:, 2]).all()
    assert ax.images[0].get_clim() == (-2, 2), "0 is in the middle of the scale"
    assert [label.get_text() for label in ax.get_yticklabels()] == ["before", "after"]


def test_every_negative_weight_has_a_dash(ax):
    plots.filter_bank(ax, {"one": FILTERS})
    (dashes,) = ax.lines
    assert {tuple(place) for place in dashes.get_xydata()} == {(1, 0), (3, 1)}


def test_a_band_spans_all_runs_and_its_line_is_their_median(ax):
    losses = np.array([[1.0, 2.0, 9.0], [0.5, 4.0, 3.0]])
    plots.loss_bands(ax, {"clip": losses}, {"guessing": 2.3})
    (line,) = [line for line in ax.lines if line.get_label() == "clip"]
    np.testing.assert_array_equal(line.get_ydata(), [2, 3])
    corners = ax.collections[0].get_paths()[0].vertices
    assert (corners[:, 1].min(), corners[:, 1].max()) == (0.5, 9)
    assert any(text.get_text().startswith("guessing, 2.3") for text in ax.texts)


def test_losses_that_are_not_finite_leave_a_gap(ax):
    plots.loss_bands(ax, {"a": np.array([[1.0, 2.0], [np.inf, np.nan], [1.0, 1.0]])})
    (line,) = ax.lines
    assert np.isnan(line.get_ydata()).tolist() == [False, True, False]
