"""Laws of the penalty's figure: curvature and descents are those of the penalized loss."""

import re

import numpy as np
import pytest

from course_lib.widgets import penalty_widget
from course_lib.widgets.penalty import descend, penalized_curvature

make = penalty_widget


@pytest.mark.parametrize(("curvature", "mu"), [(4.0, 0.05), (0.5, 0.25), (8.0, 0.0)])
def test_the_curvature_is_that_of_the_loss_with_the_penalty(curvature, mu):
    theta, step = 0.7, 1e-3
    t = theta + step * np.array([-1, 0, 1])
    loss = curvature * t**2 / 2 + mu * (curvature * t) ** 2
    second = (loss[0] - 2 * loss[1] + loss[2]) / step**2
    assert penalized_curvature(curvature, mu) == pytest.approx(second, rel=1e-6)


def test_the_descent_is_gradient_descent():
    path, theta = descend(3.0, 0.5), 1.0
    for found in path:
        assert found == pytest.approx(theta)
        theta -= 0.5 * 3.0 * theta


@pytest.mark.parametrize(
    ("lr", "plain", "with_it"),
    [(0.3, "settles", "settles"), (0.4, "settles", "leaves"), (0.6, "leaves", "leaves")],
)
def test_words_and_lines_tell_who_settles(widget, lr, plain, with_it):
    widget.move(curvature=4.0, mu=0.05, lr=lr)
    found = re.search(
        r"descent (\w+) without the penalty and (\w+) with it\.$", widget.sentence
    ).groups()
    assert found == (plain, with_it)
    for line, word in zip(widget.live.artists[-2:], found, strict=True):
        distances = line.get_ydata()
        assert (distances[-1] < distances[0]) == (word == "settles")


def test_the_sentence_holds_both_curvatures_and_both_rates(widget):
    widget.move(curvature=5.0, mu=0.1, lr=0.2)
    numbers = [float(n) for n in re.findall(r"[\d.]*\d", widget.sentence)]
    np.testing.assert_allclose(numbers, [5, 10, 0.4, 0.2, 0.2])
    assert "swings on for ever" in widget.sentence


def test_without_a_weight_both_are_one(widget):
    widget.move(curvature=2.0, mu=0.0, lr=0.4)
    plain, _, penalized_curve, *_ = widget.live.artists
    np.testing.assert_array_equal(plain.get_ydata(), penalized_curve.get_ydata())
