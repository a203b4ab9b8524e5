"""Laws of the figures of recorded runs."""

from types import SimpleNamespace

import numpy as np
import pytest

from course_lib.figures import plots
from course_lib.figures.display import figure


def recorded(loss=(2.3, 2.0, 1.0, 0.5), ratio=(0.1, 0.2, 0.1, 0.1), stopped=None):
    history = SimpleNamespace(
        loss=list(loss),
        grad_norm=[1.0, 3.0, 2.0, 1.0],
        update_ratio=list(ratio),
        stopped=stopped,
    )
    norms = np.array([1e-3, 1e-2, 1.0])
    return SimpleNamespace(history=history, first_norms=norms, last_norms=2 * norms)


@pytest.fixture
def axes():
    return figure(2, n_rows=2, height=5)[1].ravel()


def test_the_four_panels_show_what_was_recorded(axes):
    run = recorded()
    plots.recorded_run(axes, run)
    for ax, name in zip(axes[:3], ("loss", "grad_norm", "update_ratio"), strict=True):
        np.testing.assert_array_equal(ax.lines[0].get_ydata(), getattr(run.history, name))
    first, last = axes[3].lines
    np.testing.assert_array_equal(first.get_ydata(), run.first_norms)
    np.testing.assert_array_equal(last.get_ydata(), run.last_norms)
    assert first.get_linestyle() != last.get_linestyle()
    assert first.get_marker() != last.get_marker()


def test_the_loss_of_guessing_is_marked(axes):
    plots.recorded_run(axes, recorded())
    assert axes[0].lines[1].get_ydata()[0] == pytest.approx(np.log(10))


def test_steps_without_an_update_are_left_out_and_the_others_are_points(axes):
    plots.recorded_run(axes, recorded(ratio=(0.0, 0.0, 0.0, 0.3)))
    line = axes[2].lines[0]
    assert line.get_xdata().tolist() == [3]
    assert line.get_linestyle() == "None"
    assert line.get_marker() == "."


def test_a_run_that_stopped_ends_in_a_cross_at_its_last_finite_value(axes):
    plots.recorded_run(axes, recorded(loss=(2.3, 9.0, 1e30, np.inf), stopped="inf"))
    cross = axes[0].lines[1]
    assert cross.get_marker() == "X"
    assert (cross.get_xdata()[0], cross.get_ydata()[0]) == (2, 1e30)


def test_a_level_curve_does_not_fill_its_panel(axes):
    plots.recorded_run(axes, recorded(loss=(2.3, 2.31, 2.3, 2.29)))
    low, high = axes[0].get_ylim()
    assert high / low == pytest.approx(10)


def test_every_run_has_its_row_with_both_ends():
    ax = plots.before_and_after(figure()[1], [0.1, 0.2], [0.9, 0.8])
    before, after = (line for line in ax.lines if line.get_marker() != "None")
    assert before.get_xdata().tolist() == [0.1, 0.2]
    assert after.get_xdata().tolist() == [0.9, 0.8]
    assert before.get_marker() != after.get_marker()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["run 1", "run 2"]
