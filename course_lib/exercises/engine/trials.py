"""Runs an answer beside the reference, and finds the known mistake that it behaves like."""

import copy
import re
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from course_lib.exercises.engine.guard import CallResult, OutOfTime
from course_lib.exercises.engine.laws import run_laws
from course_lib.exercises.engine.observing import compared_function
from course_lib.exercises.engine.values import (
    Problem,
    as_array,
    equal,
    fits,
    problem,
    same_shape,
)

_ABOUT_SHAPES = re.compile("align|mismatch|broadcast|dimension|shape")


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
    """

    expected: object
    outcome: CallResult
    problem: Problem | None

    @property
    def case(self):
        """The arguments."""
        return self.outcome.before


def cases_of(exercise):
    """Return the exercise's cases; they are the same at every check."""
    seed = list(exercise.name.encode())
    return exercise.cases(np.random.default_rng(seed))


def run_cases(exercise, function, guard):
    """Return the trials of a function; they end early where the time is up."""
    trials, compared = [], compared_function(exercise, function)
    for case, expected in _cases_with_values(exercise):
        outcome = _read(exercise, guard.observe(compared, case), expected)
        trials.append(CaseResult(expected, outcome, _problem(exercise, outcome, expected)))
        if is_stopped(outcome):
            break
    return trials


def recognize(exercise, trials, laws):
    """Return the known mistake that an answer behaves like on every case, None if none.

    Where every case is right, the mistake must break the same laws; where a call was ended
    among them, no mistake is named.

    Parameters
    ----------
    exercise : Exercise
        Has the known mistakes.
    trials : list of CaseResult
        The answer's behavior on the cases.
    laws : list of LawResult
        Its behavior under the laws.

    Returns
    -------
    Mistake or None
    """
    outcomes = [trial.outcome for trial in trials]
    wrong = any(trial.problem is not None for trial in trials)
    if any(map(is_stopped, outcomes)) or (not wrong and any(law.stopped for law in laws)):
        return None
    broken = None if wrong else _broken(laws)
    for mistake in exercise.mistakes:
        if mistake.resembles is not None:
            if _resembled(mistake, trials):
                return mistake
            continue
        for function in (mistake.function, *mistake.variants):
            if _behaves_like(exercise, outcomes, broken, function):
                return mistake
    return None


def reference_value(exercise, case):
    """Return what the reference gives for one case."""
    with np.errstate(all="ignore"):
        return compared_function(exercise, exercise.reference)(*copy.deepcopy(case))


def is_stopped(outcome):
    """Tell whether a call was ended: no further call is worth the wait."""
    return isinstance(outcome.error, OutOfTime | KeyboardInterrupt)


def _problem(exercise, outcome, expected):
    if outcome.error is not None:
        return Problem("It raised an exception.")
    found = problem(outcome.value, expected, exercise)
    if found is None and outcome.changed:
        return Problem("The value is right, but an argument was changed.")
    return found


def _read(exercise, outcome, expected):
    """Return the outcome with a list read as an array, or an array as several values.

    The former where a list of numbers counts as an array, the latter where several values are
    needed: whoever stacks them in one array can unpack them from it.
    """
    value = outcome.value
    if isinstance(value, np.ndarray) and isinstance(expected, tuple):
        stacked = value.ndim > 0 and list(map(np.shape, value)) == list(map(np.shape, expected))
        return replace(outcome, value=tuple(value)) if stacked else outcome
    if not exercise.sequences or not isinstance(value, list | tuple):
        return outcome
    return replace(outcome, value=as_array(value))


def _broken(laws):
    return [law.held for law in laws]


def _resembled(mistake, trials):
    pairs = [(trial.outcome.value, trial.expected) for trial in trials]
    if any(trial.outcome.changed for trial in trials):  # that is what went wrong
        return False
    if not all(fits(*pair) and same_shape(*pair) for pair in pairs):
        return False
    answers, expected = zip(*pairs, strict=True)
    with np.errstate(all="ignore"):
        return mistake.resembles(answers, expected, [trial.case for trial in trials])


def _behaves_like(exercise, outcomes, broken, function):
    pairs = ((outcome, _mistaken(exercise, function, i)) for i, outcome in enumerate(outcomes))
    if not all(_alike(outcome, other, exercise) for outcome, other in pairs):
        return False
    return broken is None or broken == _broken_by(exercise, function)


# what the course's own functions do is worked out once in a session
@cache
def _cases_with_values(exercise):
    return [(case, reference_value(exercise, case)) for case in cases_of(exercise)]


@cache
def _mistaken(exercise, function, i):
    """Return what a known mistake makes of a case."""
    case, _ = _cases_with_values(exercise)[i]
    return _observe_unguarded(compared_function(exercise, function), case)


@cache
def _broken_by(exercise, function):
    return _broken(run_laws(exercise, function, _Direct()))


def _alike(outcome, other, exercise):
    if outcome.error is not None or other.error is not None:
        return _failure(outcome.error) == _failure(other.error)
    if outcome.value is None or other.value is None:
        return outcome.value is other.value
    same_changes = outcome.moved == other.moved
    return same_changes and equal(outcome.value, other.value, exercise)


def _failure(error):
    """Return what identifies an exception: messages about shapes differ by spelling only."""
    if error is None:
        return None
    about_shapes = isinstance(error, ValueError) and _ABOUT_SHAPES.search(str(error))
    return type(error), "shapes" if about_shapes else str(error)


def _observe_unguarded(function, args):
    passed = copy.deepcopy(args)
    try:
        with np.errstate(all="ignore"):
            value = function(*passed)
    except Exception as error:
        return CallResult(None, error, args, passed)
    return CallResult(value, None, args, passed)


class _Direct:
    """A guard for the course's own functions, which end by themselves."""

    def observe(self, function, args):
        return _observe_unguarded(function, args)
