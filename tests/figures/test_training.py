"""Laws of the figures of training: iterates on the parabola, a cross where a run stopped."""

from types import SimpleNamespace

import numpy as np
import pytest
from drawn import curve, n_looks

from course_lib.activations import sigmoid
from course_lib.figures import plots
from course_lib.figures.display import figure
from course_lib.initializers import normal
from course_lib.mlp import MLP
from course_lib.optimizers import scale
from course_lib.training import train


@pytest.fixture
def axes():
    return figure(3)[1]


def history(n_steps, stopped=None, **values):
    steps = np.arange(1.0, n_steps + 1)
    named = {"loss": steps, "grad_norm": 2 * steps, "update_ratio": 3 * steps}
    return SimpleNamespace(**named | values, stopped=stopped)


def crosses(ax):
    return [line for line in ax.lines if line.get_marker() == "X"]


def test_every_iterate_lies_on_the_parabola(ax):
    path = 0.5 ** np.arange(6)
    plots.descent_on_parabola(ax, 3.0, {"slow": path})
    np.testing.assert_array_equal(curve(ax, "slow").get_xdata(), path)
    np.testing.assert_allclose(curve(ax, "slow").get_ydata(), 1.5 * path**2)
    theta, loss = ax.lines[0].get_data()
    np.testing.assert_allclose(loss, 1.5 * theta**2)


def test_a_descent_that_converges_is_seen_whole_and_one_that_diverges_is_cut_off(ax):
    converging, diverging = (-0.8) ** np.arange(9), (-1.5) ** np.arange(20)
    plots.descent_on_parabola(ax, 1.0, {"converges": converging})
    assert 1 < ax.get_xlim()[1] < 1.2
    _, other = figure()
    plots.descent_on_parabola(other, 1.0, {"converges": converging, "diverges": diverging})
    assert 3 < other.get_xlim()[1] < 3.5
    assert diverging[-1] in curve(other, "diverges").get_xdata()


def test_a_descent_that_overflows_is_drawn_as_far_as_it_is_finite(ax):
    plots.descent_on_parabola(ax, 1.0, {"run": [1.0, -4.0, np.inf, np.nan]})
    np.testing.assert_array_equal(curve(ax, "run").get_xdata(), [1, -4])


def test_runs_show_loss_gradient_norm_and_update_ratio_step_by_step(axes):
    plots.training_runs(axes, {"run": history(4)})
    for ax, factor in zip(axes, (1, 2, 3), strict=True):
        np.testing.assert_array_equal(curve(ax, "run").get_xdata(), [0, 1, 2, 3])
        np.testing.assert_array_equal(curve(ax, "run").get_ydata(), factor * np.arange(1, 5))
        assert ax.get_yscale() == "log"
        assert not crosses(ax)


def test_a_run_that_stopped_early_ends_in_a_cross_at_its_last_step(axes):
    plots.training_runs(axes, {"whole": history(9), "cut": history(3, stopped="loss is nan")})
    for ax, last in zip(axes, (3, 6, 9), strict=True):
        (cross,) = crosses(ax)
        assert (*cross.get_xdata(), *cross.get_ydata()) == (2, last)
        assert cross.get_color() == curve(ax, "cut").get_color()


@pytest.mark.parametrize("lost", [np.inf, np.nan])
def test_a_measure_that_stops_being_finite_ends_in_a_cross(axes, lost):
    plots.training_runs(axes, {"run": history(3, grad_norm=[1.0, 7.0, lost])})
    (cross,) = crosses(axes[1])
    assert (*cross.get_xdata(), *cross.get_ydata()) == (1, 7)
    assert not crosses(axes[0])


def test_update_ratios_may_be_given_beside_the_histories(axes):
    without = SimpleNamespace(loss=[1.0, 2.0], grad_norm=[3.0, 4.0], stopped=None)
    plots.training_runs(axes, {"run": without}, {"run": [0.1, 0.2]})
    np.testing.assert_array_equal(curve(axes[2], "run").get_ydata(), [0.1, 0.2])


def test_runs_differ_in_color_and_line_style_and_are_named_once(axes):
    plots.training_runs(axes, {"one": history(3), "two": history(4)})
    lines = [curve(axes[0], label) for label in ("one", "two")]
    assert n_looks(lines, "color", "linestyle") == [2, 2]
    assert [ax.get_legend() is None for ax in axes] == [True, True, False]


def test_a_history_that_training_returns_can_be_drawn(axes):
    model = MLP([2, 3, 2], sigmoid)
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((4, 2)), np.zeros(4, int)
    theta = model.init(rng, normal(1.0))
    run = train(model, theta, x, y, scale(-0.1), 5, progress=False)
    plots.training_runs(axes, {"run": run}, {"run": np.ones(run.n_steps)})
    np.testing.assert_array_equal(curve(axes[0], "run").get_ydata(), run.loss)


@pytest.fixture
def four():
    return figure(2, n_rows=2, height=5)[1].ravel()


def recorded(loss=(2.3, 2.0, 1.0, 0.5), ratio=(0.1, 0.2, 0.1, 0.1), stopped=None):
    history = SimpleNamespace(
        loss=list(loss),
        grad_norm=[1.0, 3.0, 2.0, 1.0],
        update_ratio=list(ratio),
        stopped=stopped,
    )
    norms = np.array([1e-3, 1e-2, 1.0])
    return SimpleNamespace(history=history, first_norms=norms, last_norms=2 * norms)


def test_the_four_panels_show_what_was_recorded(four):
    run = recorded()
    plots.recorded_run(four, run)
    for ax, name in zip(four[:3], ("loss", "grad_norm", "update_ratio"), strict=True):
        np.testing.assert_array_equal(ax.lines[0].get_ydata(), getattr(run.history, name))
    first, last = four[3].lines
    np.testing.assert_array_equal(first.get_ydata(), run.first_norms)
    np.testing.assert_array_equal(last.get_ydata(), run.last_norms)
    assert first.get_linestyle() != last.get_linestyle()
    assert first.get_marker() != last.get_marker()


def test_the_loss_of_guessing_is_marked(four):
    plots.recorded_run(four, recorded())
    assert four[0].lines[1].get_ydata()[0] == pytest.approx(np.log(10))


def test_steps_without_an_update_are_left_out_and_the_others_are_points(four):
    plots.recorded_run(four, recorded(ratio=(0.0, 0.0, 0.0, 0.3)))
    line = four[2].lines[0]
    assert line.get_xdata().tolist() == [3]
    assert line.get_linestyle() == "None"
    assert line.get_marker() == "."


def test_a_run_that_stopped_ends_in_a_cross_at_its_last_finite_value(four):
    plots.recorded_run(four, recorded(loss=(2.3, 9.0, 1e30, np.inf), stopped="inf"))
    cross = four[0].lines[1]
    assert cross.get_marker() == "X"
    assert (cross.get_xdata()[0], cross.get_ydata()[0]) == (2, 1e30)


def test_a_level_curve_does_not_fill_its_panel(four):
    plots.recorded_run(four, recorded(loss=(2.3, 2.31, 2.3, 2.29)))
    low, high = four[0].get_ylim()
    assert high / low == pytest.approx(10)


def test_every_run_has_its_row_with_both_ends():
    ax = plots.before_and_after(figure()[1], [0.1, 0.2], [0.9, 0.8])
    before, after = (line for line in ax.lines if line.get_marker() != "None")
    assert before.get_xdata().tolist() == [0.1, 0.2]
    assert after.get_xdata().tolist() == [0.9, 0.8]
    assert before.get_marker() != after.get_marker()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["run 1", "run 2"]
