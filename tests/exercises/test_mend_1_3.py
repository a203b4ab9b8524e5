"""Every known mistake in mending the first three broken runs of lesson 12."""

import pytest
from exercises_learner import (
    MENDING,
    assert_laws_are_broken,
    assert_told,
    mistakes_of,
    names_of,
)

from course_lib.exercises import exercises

NAMES = MENDING[0]
MISTAKES = mistakes_of(NAMES)


@pytest.mark.parametrize(("exercise", "mistake", "function"), MISTAKES, ids=names_of(MISTAKES))
def test_every_mistake_is_told_by_its_own_name_and_explanation(
    exercise, mistake, function, monkeypatch
):
    assert_told(exercise, mistake, function, monkeypatch)


@pytest.mark.parametrize("name", NAMES)
def test_every_law_is_broken_by_some_mistake(name):
    assert_laws_are_broken(exercises()[name])
