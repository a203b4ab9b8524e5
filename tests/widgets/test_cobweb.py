"""Laws of the cobweb: what it draws and says is what `meanfield` computes."""

import re

import numpy as np
import pytest
from tied_numbers import value_of

from course_lib import meanfield
from course_lib.activations import relu, sigmoid, tanh
from course_lib.widgets import cobweb_widget

make = cobweb_widget


def visit(widget, activation, sigma_w, sigma_b=0.0, q_0=1.0):
    values = {"activation": activation, "sigma_w": sigma_w, "sigma_b": sigma_b, "q_0": q_0}
    widget.move(**values)
    return widget.sentence


CASES = [(sigmoid, 1.0, 0.0), (sigmoid, 16.0, 0.5), (tanh, 1.5, 0.05), (relu, 1.0, 0.5)]


@pytest.mark.parametrize(("phi", "sigma_w", "sigma_b"), CASES)
def test_the_sentence_holds_fixed_point_chi_1_and_growth(widget, phi, sigma_w, sigma_b):
    said = visit(widget, phi.name, sigma_w, sigma_b)
    q_star, chi, growth = re.search(
        r"q\* = (\S+), .*χ₁ = (\S+): .* by (\S+), and", said
    ).groups()
    expected = meanfield.chi_1(phi, sigma_w, sigma_b)
    np.testing.assert_allclose(
        value_of(q_star), meanfield.variance_fixed_point(phi, sigma_w, sigma_b), rtol=0.01
    )
    np.testing.assert_allclose(value_of(chi), expected, rtol=0.01)
    np.testing.assert_allclose(value_of(growth), expected**0.5, rtol=0.01)
    assert said.endswith("vanishes." if expected < 1 else "explodes.")


@pytest.mark.parametrize(("phi", "sigma_w", "sigma_b"), CASES)
def test_map_staircase_and_fixed_point_are_those_of_the_theory(widget, phi, sigma_w, sigma_b):
    visit(widget, phi.name, sigma_w, sigma_b, q_0=8.0)
    curve, stairs, start, fixed, *_ = widget.live.artists
    q, mapped = curve.get_data()
    np.testing.assert_allclose(mapped, meanfield.variance_map(q, phi, sigma_w, sigma_b))
    x, y = stairs.get_data()
    np.testing.assert_allclose(y[1::2], meanfield.variance_map(x[1::2], phi, sigma_w, sigma_b))
    np.testing.assert_array_equal(y[::2], x[::2])  # back on the diagonal
    assert tuple(start.get_xydata()[0]) == (8, 8)
    q_star = fixed.get_xdata()[0]
    np.testing.assert_allclose(meanfield.variance_map(q_star, phi, sigma_w, sigma_b), q_star)


def test_the_bell_is_as_wide_as_the_fixed_point_says(widget):
    visit(widget, "sigmoid", 4.0)
    bell, slope = widget.live.artists[-2:]
    z, height = bell.get_data()
    q_star = meanfield.variance_fixed_point(sigmoid, 4.0)
    np.testing.assert_allclose(height, np.exp(-(z**2) / (2 * q_star)))
    np.testing.assert_allclose(slope.get_ydata(), 4 * sigmoid.derivative(z))


def test_a_variance_without_bound_is_said_and_has_no_fixed_point(widget):
    assert "grows without bound" in visit(widget, "ReLU", 2.0)
    fixed, bell = widget.live.artists[3], widget.live.artists[4]
    assert len(fixed.get_xdata()) == 0
    np.testing.assert_array_equal(bell.get_ydata(), 1)


@pytest.mark.parametrize(("unit", "sigma_w"), [("tanh", 1.0), ("centered sigmoid", 4.0)])
def test_where_chi_1_is_1_the_gradient_stays_level(widget, unit, sigma_w):
    assert visit(widget, unit, sigma_w).endswith(
        "χ₁ = 1: each layer multiplies the gradient by 1, and it stays level."
    )


def test_a_variance_that_dies_away_is_said(widget):
    assert "dies away" in visit(widget, "tanh", 0.5)
    assert "dies away" in visit(widget, "ReLU", 1.0)


@pytest.mark.parametrize(
    ("q_0", "words"), [(128.0, "within 3 layers"), (5.84, "within 0 layers")]
)
def test_the_sentence_says_how_soon_the_variance_settles(widget, q_0, words):
    assert words in visit(widget, "sigmoid", 4.0, q_0=q_0)
    path = [q_0]
    for _ in range(4):
        path.append(meanfield.variance_map(path[-1], sigmoid, 4.0))
    near = np.abs(np.array(path) / meanfield.variance_fixed_point(sigmoid, 4.0) - 1) <= 0.01
    assert int(near.argmax()) == int(words.split()[1])


def test_where_the_iteration_crawls_it_is_said_that_it_has_not_settled(widget):
    assert "not within 30 layers" in visit(widget, "tanh", 1.02, q_0=1.0)
