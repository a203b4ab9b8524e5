"""Colors: text stands out from white by 4.5, lines by 3, as WCAG 2.2 asks."""

import matplotlib as mpl
import pytest

from course_lib.figures.style import (
    BLUE,
    GREEN,
    PURPLE,
    VERMILLION,
    contrast,
    line_looks,
    readable,
    style,
)


@pytest.mark.parametrize("look", line_looks(), ids=lambda look: look["color"])
def test_every_color_of_curves_stands_out_from_white(look):
    assert contrast(look["color"], "white") >= 3


@pytest.mark.parametrize(
    "name", ["text.color", "axes.labelcolor", "xtick.color", "ytick.color"]
)
def test_every_color_of_text_stands_out_from_white(name):
    with style():
        assert contrast(mpl.rcParams[name], "white") >= 4.5


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("white", "black", 21),
        ("#777777", "white", 4.48),
        ("red", "white", 4.0),
        ("red", "red", 1),
    ],
)
def test_contrast_is_that_of_the_guidelines(one, other, expected):
    assert contrast(one, other) == pytest.approx(expected, abs=0.005)
    assert contrast(other, one) == contrast(one, other)


def test_a_color_that_can_be_read_stays_and_a_light_one_is_darkened():
    assert readable("#0072b2") == "#0072b2"
    assert 4.5 <= contrast(readable("#E69F00"), "white") < 4.8


def test_the_named_colors_are_the_first_of_the_cycle():
    first = ["#" + look["color"].removeprefix("#") for look in line_looks()[:4]]
    assert first == [BLUE, VERMILLION, GREEN, PURPLE]
