"""Laws of the wall's figure: the descent is gradient descent, and the words are its numbers."""

import re

import numpy as np
import pytest
from tied_numbers import value_of

from course_lib.experiments.wall import error_and_gradient
from course_lib.widgets import wall_widget
from course_lib.widgets.wall import FAR, VIEWS, descend

make = wall_widget


def visit(widget, w, b, lr, view="whole"):
    widget.move(w=w, b=b, lr=lr, view=view)
    return widget.sentence


@pytest.mark.parametrize(
    "start", [(5.0, -2.6), (6.0, -2.9), (3.0, 0.0), (6.0, -3.0), (7, -3.5)]
)
def test_the_descent_is_gradient_descent_on_the_wall(start):
    descent = descend(*start, lr=0.5, n_steps=8)
    error, gradient = error_and_gradient(descent.path)
    np.testing.assert_allclose(descent.error, error, rtol=1e-9)
    norms = np.hypot(*gradient.T)
    np.testing.assert_allclose(descent.grad_norm, norms, rtol=1e-6, atol=1e-300)
    steps = np.diff(descent.path, axis=0)
    np.testing.assert_allclose(steps, -0.5 * gradient[:-1], rtol=1e-6, atol=1e-14)


def test_a_descent_of_no_step_is_its_start():
    descent = descend(5.0, -2.0, lr=1.0, n_steps=0)
    np.testing.assert_array_equal(descent.path, [(5, -2)])
    assert len(descent.error) == len(descent.grad_norm) == 1


def test_at_the_start_the_wall_throws_the_descent_out_of_the_picture(widget):
    said = visit(widget, 5.0, -2.6, 0.1)
    norm, step = re.search(r"gradient has norm (\S+), before step (\d+)", said).groups()
    assert value_of(norm) > 1000
    assert 0 < int(step) < 400
    assert "outside the picture" in said


@pytest.mark.parametrize("state", [(5.0, -2.6, 0.1), (6.0, -2.9, 1.0), (4.0, -1.0, 0.3)])
def test_picture_and_sentence_are_those_of_the_descent(widget, state):
    said = visit(widget, *state)
    descent = descend(*state, n_steps=400)
    steps, start, end, norms, largest = widget.live.artists
    np.testing.assert_array_equal(steps.get_xydata(), np.clip(descent.path, -FAR, FAR))
    np.testing.assert_array_equal(start.get_xydata(), descent.path[:1])
    np.testing.assert_array_equal(end.get_xydata(), np.clip(descent.path[-1:], -FAR, FAR))
    np.testing.assert_array_equal(norms.get_ydata(), descent.grad_norm)
    assert largest.get_ydata()[0] == descent.grad_norm.max()
    numbers = re.search(r"w = (\S+), b = (\S+), .* error (\S+)\.$", said).groups()
    expected = [*descent.path[-1], descent.error[-1]]
    np.testing.assert_allclose([value_of(number) for number in numbers], expected, rtol=0.05)


def test_the_start_can_be_dragged_in_both_views(widget):
    for view, (across, up) in VIEWS.items():
        visit(widget, 5.0, -2.5, 0.1, view)
        handle = widget.stills[widget.frame["still"]]["handle"]
        assert (handle["x"], handle["y"]) == ("w", "b")
        assert (tuple(handle["xlim"]), tuple(handle["ylim"])) == (across, up)
        left, top, width, height = handle["box"]
        ring = next(mark for mark in widget.frame["marks"] if "fill:#ffffff" in mark[0])
        expected = (
            left + width * (5.0 - across[0]) / (across[1] - across[0]),
            top + height * (up[1] + 2.5) / (up[1] - up[0]),
        )
        np.testing.assert_allclose(ring[3], [np.multiply(10, expected)], atol=2)


def test_a_descent_that_ends_in_the_picture_may_lie_outside_the_close_up(widget):
    assert "in the picture" in visit(widget, 6.0, -2.9, 1.0)
    said = visit(widget, 6.0, -2.9, 1.0, "at the wall")
    assert said.startswith("Close up.") and "outside the picture" in said


def test_the_widget_takes_as_many_steps_as_it_is_asked_for():
    widget = wall_widget(n_steps=5)
    assert "after 5 steps" in widget.sentence
    assert len(widget.live.artists[0].get_xdata()) == 6
    widget.close()


def test_a_descent_without_steps_is_refused():
    with pytest.raises(ValueError, match=r"n_steps must be .* got 0"):
        wall_widget(0)
