"""Runs an answer beside the reference, and finds the known mistake that it behaves like."""

import copy
import re
from dataclasses import dataclass

import numpy as np

from course_lib.exercises.guard import Outcome, OutOfTime
from course_lib.exercises.values import Problem, equal, problem

_ABOUT_SHAPES = re.compile("align|mismatch|broadcast|dimension|shape")


@dataclass(frozen=True)
class Trial:
    """One case: what was expected, what came, and what is wrong with it.

    Attributes
    ----------
    expected : object
        What the reference returned.
    outcome : Outcome
        What came of the learner's function.
    problem : Problem or None
        None if the answer is right.
    """

    expected: object
    outcome: Outcome
    problem: Problem | None

    @property
    def case(self):
        """The arguments."""
        return self.outcome.before


@dataclass(frozen=True)
class LawTrial:
    """A law, whether it held (None: it could not be tried), and the evidence."""

    statement: str
    held: bool | None
    evidence: str


class Untried(Exception):
    """A law's evidence could not be had, because the function failed inside it."""


def cases_of(exercise):
    """Return the exercise's cases; they are the same at every check."""
    seed = list(exercise.name.encode())
    return exercise.cases(np.random.default_rng(seed))


def run_cases(exercise, function, guard):
    """Return the trials of a function; they end early where the time is up."""
    trials = []
    for case in cases_of(exercise):
        expected = reference_value(exercise, case)
        outcome = guard.observe(function, case)
        trials.append(Trial(expected, outcome, _problem(exercise, outcome, expected)))
        if is_stopped(outcome):
            break
    return trials


def run_laws(exercise, function, guard):
    """Return the trials of all laws, for a function whose values are numbers."""
    return [_try_law(law, function, guard) for law in exercise.laws]


def recognize(exercise, trials, laws):
    """Return the known mistake that an answer behaves like on every case, None if none.

    Where every case is right, the mistake must break the same laws.

    Parameters
    ----------
    exercise : Exercise
        Has the known mistakes.
    trials : list of Trial
        The answer's behavior on the cases.
    laws : list of LawTrial
        Its behavior under the laws.

    Returns
    -------
    Mistake or None
    """
    outcomes = [trial.outcome for trial in trials]
    if any(map(is_stopped, outcomes)):
        return None
    broken = None if any(trial.problem is not None for trial in trials) else _broken(laws)
    for mistake in exercise.mistakes:
        for function in (mistake.function, *mistake.variants):
            if _behaves_like(exercise, outcomes, broken, function):
                return mistake
    return None


def reference_value(exercise, case):
    """Return what the reference gives for one case."""
    with np.errstate(all="ignore"):
        return exercise.reference(*copy.deepcopy(case))


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


def _try_law(law, function, guard):
    def guarded(*args):
        outcome = guard.observe(function, args)
        if outcome.error is not None:
            raise Untried(type(outcome.error).__name__)
        return outcome.value

    try:
        with np.errstate(all="ignore"):
            held, evidence = law.holds(guarded)
    except Untried as failure:
        return LawTrial(law.statement, None, f"it raised {failure}")
    except (TypeError, ValueError, IndexError, AttributeError):
        # what came back has not the form that the law needs
        return LawTrial(law.statement, None, "the returned value does not allow it")
    return LawTrial(law.statement, bool(held), evidence)


def _broken(laws):
    return [law.held for law in laws]


def _behaves_like(exercise, outcomes, broken, function):
    alike = all(
        _alike(outcome, _observe_unguarded(function, outcome.before), exercise)
        for outcome in outcomes
    )
    if not alike or broken is None:
        return alike
    direct = _Direct()
    return broken == _broken([_try_law(law, function, direct) for law in exercise.laws])


def _alike(outcome, other, exercise):
    if outcome.error is not None or other.error is not None:
        return _failure(outcome.error) == _failure(other.error)
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
        return Outcome(None, error, args, passed)
    return Outcome(value, None, args, passed)


class _Direct:
    """A guard for the course's own functions, which end by themselves."""

    def observe(self, function, args):
        return _observe_unguarded(function, args)
