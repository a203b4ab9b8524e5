"""Each number that lesson 00 states in words, asserted on what its own cells computed."""

import numpy as np
import pytest
from lesson_runs import LessonLaws, decades, lesson

NAME = "00_start_here"


def start_here():
    return lesson(NAME)


@pytest.mark.quick
class TestTheLesson(LessonLaws):
    name = NAME


def test_fifty_factors_of_four_fifths_leave_one_part_in_70000():
    assert 1 / 0.8**50 == pytest.approx(70_000, rel=0.01)
    assert 1.25**50 == pytest.approx(70_000, rel=0.01)


def test_ten_layers_of_a_quarter_leave_a_millionth():
    assert start_here()["what_is_left"](0.25, 10) == pytest.approx(1e-6, rel=0.05)


def test_the_three_networks_of_the_headline_differ_as_stated():
    small, right, large = (np.median(n, axis=0) for n in start_here()["norms"].values())
    assert decades(small[0]) == pytest.approx(-19, abs=0.5)
    assert decades(large[0]) == pytest.approx(7, abs=0.6)
    assert decades(large[0] / small[0]) == pytest.approx(26, abs=0.5)
    assert decades(small[-1] / small[0]) == pytest.approx(18, abs=0.5)
    assert decades(large[0] / large[-1]) > 5
    assert abs(decades(right[0] / right[-1])) < 1.1


def test_the_headline_curves_are_straight_lines():
    for norms in list(start_here()["norms"].values())[::2]:
        slopes = np.diff(decades(np.median(norms, axis=0)))
        assert np.sign(slopes[5:-5]).std() < 1
        halves = slopes[:14].mean(), slopes[14:].mean()
        assert halves[0] == pytest.approx(halves[1], rel=0.25)
