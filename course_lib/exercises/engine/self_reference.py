"""Finds answers that call another answer to the same exercise in place of giving their own.

In a lesson the result of a check gets a name. As long as nothing has passed, that name holds
the course's own function, so an answer that calls it would be right, become the result
itself, and from then on call itself without end.
"""

from types import MethodType

from course_lib.exercises.engine.names import globals_used

_passed_before = {}


def remember(exercise, answer):
    """Keep an answer that passed: the lesson goes on with it, under a name of its own."""
    _passed_before.setdefault(exercise.name, []).append(answer)


def borrowed_answer(exercise, answer):
    """Say that an answer calls another one, and under which name; "" if it does not.

    Parameters
    ----------
    exercise : Exercise
        Its reference, and the learner's own functions that passed, are such answers.
    answer : callable
        The learner's function. That it calls itself is no fault: it came to an end.

    Returns
    -------
    str
    """
    for name, value in globals_used(answer).items():
        if is_same(value, exercise.reference):
            return f"`{name}` holds the course's own answer: write the body yourself."
        if value is not answer and any(value is old for old in _before(exercise)):
            return f"`{name}` holds your own earlier answer: write the body out here."
    return ""


def alias_of_itself(answer):
    """Return another name than its own by which a function calls itself, None if none."""
    own_name = getattr(answer, "__name__", None)
    used = globals_used(answer).items()
    return next((name for name, value in used if value is answer and name != own_name), None)


def _before(exercise):
    return _passed_before.get(exercise.name, ())


def is_same(value, reference):
    """Tell whether a value is the course's own answer."""
    # every access to a method makes a new object
    return value is reference or (isinstance(value, MethodType) and value == reference)
