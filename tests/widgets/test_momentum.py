"""Laws of the momentum figure: the path is the links', the verdict is the path's."""

import re
from itertools import pairwise

import numpy as np
import pytest
from tied_numbers import value_of

from course_lib.optimizers import chain, ema, scale
from course_lib.widgets import momentum_widget
from course_lib.widgets.modes import METHODS, growth_factor, largest_stable
from course_lib.widgets.momentum import descend

make = momentum_widget

LAMBDAS = np.array([1.0, 10.0])
CASES = [(0.03, 0.0), (0.125, 0.9), (0.25, 0.5), (1.0, 0.8), (8.0, 0.9)]


def visit(widget, method, lr, gamma):
    widget.move(**{"method": method, "lr": lr, "gamma": gamma})
    return widget.sentence


def test_the_path_is_that_of_the_chain_of_links():
    optimizer = chain(ema(0.8), scale(-0.2))
    path = descend("EMA", 0.2, 0.8, 30)
    assert path.shape == (31, 2)
    state = optimizer.init(path[0])
    for here, there in pairwise(path):
        update, state = optimizer.update(LAMBDAS * here, state)
        np.testing.assert_array_equal(there, here + update)


def test_a_path_that_leaves_the_picture_ends_with_its_first_point_outside():
    path = descend("plain descent", 0.25, 0.0, 60)
    inside = np.all(np.abs(path) <= (5, 3), axis=1)
    assert len(path) < 61
    assert inside[:-1].all()
    assert not inside[-1]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("lr", "gamma"), CASES)
def test_the_sentence_holds_limit_verdict_and_growth_factor(widget, method, lr, gamma):
    said = visit(widget, method, lr, gamma)
    a, limit = map(float, re.search(r"ηλ is (\S+), the limit ([\d.]+);", said).groups())
    factor = value_of(re.search(r"multiplied by (\S+) a step", said).group(1))
    expected = max(growth_factor(method, lr * curvature, gamma) for curvature in LAMBDAS)
    np.testing.assert_allclose(
        [a, limit, factor], [10 * lr, largest_stable(method, gamma), expected], rtol=0.005
    )
    assert said.startswith("Stable:" if 10 * lr < largest_stable(method, gamma) else "Not")
    assert (factor < 1) == said.startswith("Stable:")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("lr", "gamma"), CASES)
def test_a_path_leaves_the_picture_by_and_by_exactly_where_the_sentence_says_not_stable(
    widget, method, lr, gamma
):
    said = visit(widget, method, lr, gamma)
    path = descend(method, lr, gamma, 2000)
    assert (np.abs(path[-1]).max() > 3) == said.startswith("Not stable")


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("momentum", "effective rate η/(1 − γ) is 1.25"),
        ("Nesterov", "effective rate η/(1 − γ) is 1.25"),
        ("EMA", "effective rate is η = 0.125"),
        ("plain descent", "effective rate is η = 0.125"),
    ],
)
def test_the_effective_rate_is_what_a_constant_gradient_moves_in_the_long_run(
    widget, method, words
):
    assert words in visit(widget, method, 0.125, 0.9)


def test_the_edge_of_stability_is_said_to_be_one(widget):
    said = visit(widget, "plain descent", 0.2, 0.9)
    assert said.startswith("On the edge")
    assert "λ = 10 neither grows nor shrinks" in said


@pytest.mark.parametrize(("method", "lr", "gamma"), [("EMA", 0.5, 0.6), ("Nesterov", 1.0, 0.5)])
def test_picture_and_path_agree(widget, method, lr, gamma):
    visit(widget, method, lr, gamma)
    steps, end, region, edge, steep, flat = widget.live.artists
    path = descend(method, lr, gamma, 60)
    np.testing.assert_array_equal(steps.get_xydata(), path)
    np.testing.assert_array_equal(end.get_xydata(), path[-1:])
    np.testing.assert_array_equal(edge.get_ydata(), largest_stable(method, edge.get_xdata()))
    assert tuple(flat.get_xydata()[0]) == (gamma, lr)
    assert tuple(steep.get_xydata()[0]) == (gamma, 10 * lr)
    (shape,) = region.get_paths()
    stable = 10 * lr < largest_stable(method, gamma)
    assert shape.contains_point((gamma, 10 * lr)) == stable


def test_the_path_has_as_many_steps_as_it_is_asked_for():
    widget = momentum_widget(n_steps=5)
    assert len(widget.live.artists[0].get_xdata()) == 6
    widget.close()


def test_a_path_without_steps_is_refused():
    with pytest.raises(ValueError, match=r"n_steps must be .* got 0"):
        momentum_widget(0)
