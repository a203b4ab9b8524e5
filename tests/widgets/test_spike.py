"""Laws of the spike: curves are what the two chains pass on, and words count their steps."""

import re

import numpy as np
import pytest

from course_lib.optimizers import chain, clip_by_global_norm, momentum
from course_lib.widgets import spike_widget
from course_lib.widgets.spike import clip_then_momentum, gradients, momentum_then_clip

make = spike_widget

CASES = [(1000.0, 0.9, 1.0), (30.0, 0.5, 4.0), (1000.0, 0.0, 1.0), (100.0, 0.95, 0.25)]
each_case = pytest.mark.parametrize(("spike", "gamma", "max_norm"), CASES)


def visit(widget, spike, gamma, max_norm):
    widget.move(**{"spike": spike, "gamma": gamma, "max_norm": max_norm})
    return [int(n) for n in re.findall(r"after (\d+) step", widget.sentence)]


def passed_on(optimizer, gradients):
    """Return what a chain passes on at each step."""
    state, steps = optimizer.init(np.zeros(1)), []
    for g in gradients:
        step, state = optimizer.update(np.array([g]), state)
        steps.append(step[0])
    return np.array(steps)


def test_the_gradients_are_1_1_spike_and_minus_1_for_ever():
    g = gradients(50.0)
    np.testing.assert_array_equal(g[:4], [1, 1, 50, -1])
    assert np.all(g[3:] == -1)


@each_case
def test_the_curves_are_what_the_chains_of_links_pass_on(spike, gamma, max_norm):
    g = gradients(spike)
    clip, accumulate = clip_by_global_norm(max_norm), momentum(gamma)
    for found, links in (
        (clip_then_momentum(g, gamma, max_norm), (clip, accumulate)),
        (momentum_then_clip(g, gamma, max_norm), (accumulate, clip)),
    ):
        np.testing.assert_allclose(found, passed_on(chain(*links), g), rtol=1e-12, atol=1e-12)


def test_a_spike_of_1000_costs_clip_before_momentum_3_steps_and_clip_after_it_44(widget):
    assert visit(widget, 1000.0, 0.9, 1.0) == [3, 44]


@each_case
def test_the_marks_are_the_first_of_the_steps_with_the_true_sign(
    widget, spike, gamma, max_norm
):
    counts = visit(widget, spike, gamma, max_norm)
    _, before, before_mark, after, after_mark = widget.live.artists
    for line, mark, n_steps in (
        (before, before_mark, counts[0]),
        (after, after_mark, counts[1]),
    ):
        x, y = line.get_data()
        assert np.all(y[x >= n_steps] < 0)
        assert n_steps == 1 or y[x == n_steps - 1] >= 0
        np.testing.assert_array_equal(mark.get_xydata(), [(n_steps, y[x == n_steps][0])])


def test_a_spike_clipped_before_momentum_costs_the_same_however_large(widget):
    assert visit(widget, 10.0, 0.9, 1.0)[0] == visit(widget, 10_240.0, 0.9, 1.0)[0] == 3


def test_a_sign_that_comes_back_beyond_the_picture_is_counted_and_not_marked(widget):
    counts = visit(widget, 10_240.0, 0.99, 1.0)
    assert counts == [3, 462]
    assert "beyond the picture" in widget.sentence
    assert len(widget.live.artists[4].get_xdata()) == 0


def test_without_momentum_both_orders_are_one(widget):
    assert visit(widget, 1000.0, 0.0, 1.0) == [1, 1]
    _, before, _, after, _ = widget.live.artists
    np.testing.assert_allclose(before.get_ydata(), after.get_ydata())


def test_no_curve_leaves_the_picture_at_any_setting(widget):
    low, high = widget.live.fig.axes[0].get_ylim()
    for spike, max_norm in ((10.0, 0.25), (10_240.0, 8.0)):
        visit(widget, spike, 0.99, max_norm)
        for line in widget.live.artists:
            values = np.asarray(line.get_ydata())
            assert np.all((values > low) & (values < high))
