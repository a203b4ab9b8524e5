"""Runs an answer beside the reference."""

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from course_lib.exercises.engine.comparison import compared_function
from course_lib.exercises.engine.direct import CallResult, copied
from course_lib.exercises.engine.guard import OutOfTime
from course_lib.exercises.engine.values import Problem, as_array, problem

CHANGED = "The value is right, but an argument was changed."


@dataclass(frozen=True)
class CaseResult:
    """One case: what was expected, what came, and what is wrong with it.

    Attributes
    ----------
    expected : object
        What the reference returned.
    outcome : CallResult
        What came of the learner's function.
    problem : Problem or None
        None if the answer is right.
    is_list : bool
        Whether a list came where an array is needed: that is wrong, but it is read as one.
    """

    expected: object
    outcome: CallResult
    problem: Problem | None
    is_list: bool = False

    @property
    def case(self):
        """The arguments."""
        return self.outcome.before

    @property
    def answer(self):
        """What the learner's function returned; None if it raised."""
        return self.outcome.value

    @property
    def error(self):
        """What it raised; None if it returned."""
        return self.outcome.error

    @property
    def changed(self):
        """Positions of the arguments that it changed in place."""
        return self.outcome.changed

    @property
    def right(self):
        """Whether nothing is wrong."""
        return self.problem is None


def cases_of(exercise):
    """Return the exercise's cases; they are the same at every check."""
    seed = list(exercise.name.encode())
    return exercise.cases(np.random.default_rng(seed))


@cache  # what the course's own function does is worked out once in a session
def cases_with_values(exercise):
    """Return (case, what the reference gives) for every case."""
    return [(case, reference_value(exercise, case)) for case in cases_of(exercise)]


def run_cases(exercise, function, guard):
    """Return the trials of a function; they end early where the time is up."""
    trials = []
    for case, expected in cases_with_values(exercise):
        trials.append(run_case(exercise, function, case, expected, guard))
        if is_stopped(trials[-1].outcome):
            break
    return trials


def run_case(exercise, function, case, expected, guard):
    """Return the trial of a function with these arguments."""
    raw = _unstacked(guard.observe(compared_function(exercise, function), case), expected)
    outcome = _read(raw, expected)
    return CaseResult(expected, outcome, _problem(exercise, raw, expected), outcome is not raw)


def reference_value(exercise, case):
    """Return what the reference gives for one case."""
    with np.errstate(all="ignore"):
        return compared_function(exercise, exercise.reference)(*copied(case))


def is_stopped(outcome):
    """Tell whether a call was ended: no further call is worth the wait."""
    return isinstance(outcome.error, OutOfTime | KeyboardInterrupt)


def _problem(exercise, outcome, expected):
    if outcome.error is not None:
        return Problem("It raised an exception.")
    found = problem(outcome.value, expected, exercise)
    if found is None and outcome.changed:
        return Problem(CHANGED)
    return found


def _unstacked(outcome, expected):
    """Return the outcome with an array read as several values where these are needed.

    Whoever stacks them in one array can unpack them from it.
    """
    value = outcome.value
    if isinstance(value, np.ndarray) and isinstance(expected, tuple) and value.ndim:
        stacked = list(map(np.shape, value)) == list(map(np.shape, expected))
        return replace(outcome, value=tuple(value)) if stacked else outcome
    return outcome


def _read(outcome, expected):
    """Return the outcome with a list of numbers read as the array that is needed."""
    if not isinstance(outcome.value, list | tuple) or isinstance(expected, tuple):
        return outcome
    array = as_array(outcome.value) if np.ndim(expected) else None
    return outcome if array is None else replace(outcome, value=array)
