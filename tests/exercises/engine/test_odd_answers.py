"""Sixty odd answers to every exercise: each fails in words, by nobody's fault but its own."""

import re

import numpy as np
import pytest
from exercises_learner import all_exercises, answer_with

from course_lib.exercises import check
from course_lib.exercises.engine import repair

# {last} is the exercise's last argument, {first} its first one, {all} all of them
VALUES = """
[] | () | {{}} | set() | '' | b'abc' | 0 | 1 | -1.5 | 10**400 | 1e400 | float('nan') | -np.inf
True | None, | (None, None, None) | [[1.0], [1.0, 2.0]] | [None] | ['a'] | range(3) | iter([1])
(x for x in [1.0]) | lambda: 1 | print | int | type | np | Ellipsis | NotImplemented | object()
np.zeros(0) | np.zeros((0, 3)) | np.zeros((2, 2, 2, 2)) | np.full(3, np.nan) | np.array(7)
np.array([True, False]) | np.array(['a', 'b']) | np.array([None, 1]) | np.array([1 + 2j])
np.array(['2020-01-01'], 'datetime64[D]') | np.zeros(2, [('a', float)]) | np.float16(0.5)
np.longdouble(0.1) | np.ma.masked_array([1.0, 2.0], [True, False]) | np.eye(2).view(np.matrix)
[np.zeros(2), np.zeros(3)] | (np.zeros(2), 'a') | {first} | {last} | ({all},) | [{all}]
np.shape({first}) | type({last}) | repr({first}) | np.random.default_rng().normal(size=3)
"""
BODIES = """
raise ValueError | raise ValueError(None, 3) | raise StopIteration | raise GeneratorExit
raise Warning('deprecated') | raise MemoryError | raise OverflowError('too large') | [][0]
{{}}['theta'] | 1 / 0 | np.zeros(2) + np.zeros(3) | np.zeros((2, 3)) @ np.zeros((2, 3))
np.linalg.inv(np.zeros((2, 2))) | int('a') | input() | yield {first} | del {last}; return {last}
"""


@pytest.fixture(autouse=True)
def few_changes_are_tried(monkeypatch):
    """What is no answer becomes none by one change: trying all of them would take minutes."""
    monkeypatch.setattr(repair, "TRIES", 25)


def parts(table):
    return [part for part in re.split(r" \| |\n", table.strip())]


def odd_bodies(exercise):
    """Return bodies of functions that are no answers."""
    names = exercise.parameters
    words = {"first": names[0], "last": names[-1], "all": ", ".join(names)}
    values = [f"return {part}" for part in parts(VALUES)]
    return [body.format(**words) for body in (*values, *parts(BODIES))]


@pytest.mark.parametrize("exercise", all_exercises(), ids=lambda e: e.name)
def test_an_odd_answer_fails_in_words(exercise):
    bodies = odd_bodies(exercise)
    assert len(bodies) > 60
    for body in bodies:
        result = check(exercise.name, answer_with(exercise, body))
        assert result.status == "failed", body
        first = str(result).splitlines()[1]
        assert len(first) > 15 and "Traceback" not in str(result), body
        assert result.function is exercise.reference


def test_odd_arguments_of_an_exception_are_shown_as_python_shows_them():
    exercise = all_exercises()[0]
    result = check(exercise.name, answer_with(exercise, "raise ValueError(None, 3)"))
    assert "It raised ValueError in its line 2" in str(result)
    assert np.isfinite(result.function(0.5, 2))
