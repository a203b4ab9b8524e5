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


def test_the_three_networks_of_the_headline_differ_as_stated():
    small, middle, large = (np.median(n, axis=0) for n in start_here()["norms"].values())
    assert decades(small[-1] / small[0]) == pytest.approx(18, abs=0.5)
    assert decades(large[0] / large[-1]) > 5
    assert abs(decades(middle[0] / middle[-1])) < 1.1


def test_the_headline_curves_are_straight_lines():
    for norms in list(start_here()["norms"].values())[::2]:
        slopes = np.diff(decades(np.median(norms, axis=0)))
        assert np.sign(slopes[5:-5]).std() < 1
        halves = slopes[:14].mean(), slopes[14:].mean()
        assert halves[0] == pytest.approx(halves[1], rel=0.25)
