"""Tries the laws of an exercise on a function, and keeps the evidence."""

from dataclasses import dataclass
from functools import wraps

import numpy as np

from course_lib.exercises.engine.comparison import compared_function
from course_lib.exercises.engine.guard import OutOfTime
from course_lib.exercises.engine.trials import reference_value
from course_lib.exercises.engine.values import fits, same_shape


@dataclass(frozen=True)
class LawResult:
    """A law, whether it held, and the evidence.

    Attributes
    ----------
    statement : str
    held : bool or None
        None where it could not be measured, which is neither yes nor no.
    evidence : str
    stopped : bool
        Whether it could not be measured because a call was ended.
    """

    statement: str
    held: bool | None
    evidence: str
    stopped: bool = False


class Untried(Exception):
    """A law's evidence could not be had: what is said is why."""


class _Stopped(Untried):
    """A call was ended inside the law."""


class _Raised(Exception):
    """The function raised inside the law."""


def run_laws(exercise, function, guard):
    """Return the trials of all laws, for a function whose values are numbers.

    Parameters
    ----------
    exercise : Exercise
        Has the laws.
    function : callable
        The learner's function, or a known mistake.
    guard : object
        Its ``observe(function, args)`` calls the function and returns a `CallResult`.

    Returns
    -------
    list of LawResult
    """
    compared = compared_function(exercise, function, by_laws=True)
    return [_try_law(exercise, law, compared, guard) for law in exercise.laws]


def _try_law(exercise, law, function, guard):
    calls = []
    try:
        with np.errstate(all="ignore"):
            held, evidence = law.holds(_guarded(law, function, guard, calls))
        return LawResult(law.statement, bool(held), evidence)
    except Untried as reason:
        return LawResult(law.statement, None, str(reason), isinstance(reason, _Stopped))
    except (_Raised, FloatingPointError) as reason:
        return LawResult(law.statement, False, str(reason))
    except Exception:
        if all(_has_form(exercise, *call) for call in calls):
            raise  # the answer gave the law all that it needs: the fault is the law's
        return LawResult(law.statement, False, "what came has another form than is needed")


def _has_form(exercise, args, value):
    """Tell whether the function returned what has the form of what is right."""
    right = reference_value(exercise, args)
    return fits(value, right) and same_shape(value, right)


def _guarded(law, function, guard, calls):
    """Return the function as the law may call it: what it raises ends the law."""
    called = _raising(function, law.raising) if law.raising else function

    def guarded(*args):
        outcome = guard.observe(called, args)
        if law.raising and isinstance(outcome.error, FloatingPointError):
            raise outcome.error  # which the law may read
        if outcome.error is not None:
            raise _failure(outcome.error)
        calls.append((args, outcome.value))
        return outcome.value

    return guarded


def _failure(error):
    if isinstance(error, OutOfTime):
        return _Stopped("the time was up")
    if isinstance(error, KeyboardInterrupt):
        return _Stopped("it was interrupted")
    return _Raised(f"it raised {type(error).__name__}")


def _raising(function, kinds):
    """Return the function with NumPy's errors of these kinds raised while it runs."""

    @wraps(function)
    def strict(*args):
        # inside the call: whoever calls a learner's function silences the rest
        with np.errstate(**dict.fromkeys(kinds, "raise")):
            return function(*args)

    return strict
