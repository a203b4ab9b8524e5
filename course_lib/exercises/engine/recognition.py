"""Finds the known mistake that fits what was seen of an answer."""

from functools import cache
from types import ModuleType

import numpy as np

from course_lib.exercises.engine.comparison import compared_function
from course_lib.exercises.engine.direct import DIRECT
from course_lib.exercises.engine.laws import run_laws
from course_lib.exercises.engine.probes import about_memory, about_taken_arguments
from course_lib.exercises.engine.seen import Unseen
from course_lib.exercises.engine.shapes import about_shapes
from course_lib.exercises.engine.trials import cases_with_values
from course_lib.exercises.engine.values import equal


def recognize(seen):
    """Return the first known mistake that an answer's behavior fits, None if none does.

    A mistake that contradicts the laws is not named: where all its examples break a law, the
    answer must, and where all keep it, the answer must. Laws are not asked of a mistake that
    tells what was measured. Where a call was ended, or NumPy or a module has not what was asked
    for, none is named.

    Parameters
    ----------
    seen : Seen
        What the answer did.

    Returns
    -------
    Mistake or None
    """
    misspelled = any(_is_misspelled(trial.error) for trial in seen.trials)
    if seen.stopped or seen.only_form or misspelled or any(map(_is_matrix, seen.answers)):
        return None
    return next((mistake for mistake in seen.exercise.mistakes if _fits(seen, mistake)), None)


def _is_misspelled(error):
    if isinstance(error, AttributeError):
        return isinstance(error.obj, ModuleType)
    missing = isinstance(error, NameError) and error.name in np.__all__
    return missing or isinstance(error, ImportError)


def _is_matrix(value):
    parts = value if isinstance(value, tuple | list) else (value,)
    return any(isinstance(part, np.matrix) for part in parts)


def _fits(seen, mistake):
    if mistake.when is not None:
        if mistake.measured:
            another = about_memory(seen) or about_taken_arguments(seen)
            return not another and _rule_says(seen, mistake)
        return _rule_says(seen, mistake) and _laws_allow(seen, mistake.examples)
    return any(
        _behaves_like(seen, function) and _laws_allow(seen, (function,))
        for function in mistake.examples
    )


def _rule_says(seen, mistake):
    asked = seen.regular and (seen.wrong_in_number or not any(t.changed for t in seen.trials))
    if not (asked or mistake.any_form):
        return False
    try:
        with np.errstate(all="ignore"):
            return bool(mistake.when(seen.facts))
    except Unseen:
        return False


def _laws_allow(seen, examples):
    """Tell whether the laws held and broken are those that examples of a mistake have.

    Where every example would have to be trained first, the rule alone decides.
    """
    if not seen.laws or seen.exercise.time_factor > 1:
        return True
    tried = [_held_by(seen.exercise, function) for function in examples]
    for law, *others in zip(_held(seen.laws), *tried, strict=True):
        agreed = set(others)
        if law is not None and len(agreed) == 1 and agreed <= {True, False} - {law}:
            return False
    return True


def _behaves_like(seen, function):
    exercise = seen.exercise
    if len(seen.trials) < len(cases_with_values(exercise)):
        return False  # an example is one with all that it does
    pairs = ((trial.outcome, _mistaken(exercise, function, i))
             for i, trial in enumerate(seen.trials))  # fmt: skip
    return all(_alike(outcome, other, exercise) for outcome, other in pairs)


def _held(laws):
    return [law.held for law in laws]


# what the course's own functions do is worked out once in a session
@cache
def _mistaken(exercise, function, i):
    """Return what a known mistake makes of a case."""
    case, _ = cases_with_values(exercise)[i]
    return DIRECT.observe(compared_function(exercise, function), case)


@cache
def _held_by(exercise, function):
    return _held(run_laws(exercise, function, DIRECT))


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
    return type(error), "shapes" if about_shapes(error) else str(error)
