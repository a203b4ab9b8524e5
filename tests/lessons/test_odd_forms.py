"""What passes a check works in the cells that follow: numbers without axes, and float32."""

import os

import numpy as np
import pytest
from lesson_runs import SOURCES, code_of, execute

from course_lib.exercises import check

LESSONS = [path.stem for path in sorted(SOURCES.glob("[01]*.md"))]
FORMS = {
    "float32": lambda value: np.asarray(value, np.float32),
    "no axes": lambda value: np.asarray(value)[...],
}


def formed(change, function):
    """Return a function with each returned value in another form."""

    def other(*args):
        value = function(*args)
        return tuple(map(change, value)) if isinstance(value, tuple) else change(value)

    return other


def odd_form(exercise, function):
    """Return the solution in the first odd form that passes, or as it is."""
    if exercise.comparison.acts:
        return function
    others = (formed(change, function) for change in FORMS.values())
    passing = (other for other in others if check(exercise.name, other).status == "passed")
    return next(passing, function)


@pytest.mark.skipif(os.environ.get("COURSE_ORACLES") != "1", reason="minutes: under --oracles")
@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_goes_on_with_an_answer_in_another_form(name):
    names, _ = execute(code_of(name), odd_form)
    assert names["solved here"]
