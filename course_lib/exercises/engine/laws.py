"""Tries the laws of an exercise on a function, and keeps the evidence."""

from dataclasses import dataclass
from functools import wraps

import numpy as np

from course_lib.exercises.engine.guard import OutOfTime
from course_lib.exercises.engine.observing import compared_function


@dataclass(frozen=True)
class LawResult:
    """A law, whether it held, and the evidence; what could not be tried did not hold.

    Where a call was ended inside the law, ``stopped`` is True and the evidence says why.
    """

    statement: str
    held: bool
    evidence: str
    stopped: bool = False


class Untried(Exception):
    """A law's evidence could not be had, because the function failed inside it."""


class Stopped(Untried):
    """A law's evidence could not be had, because the call was ended."""


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
    compared = compared_function(exercise, function)
    return [_try_law(law, compared, guard) for law in exercise.laws]


def _try_law(law, function, guard):
    stopped = False
    try:
        with np.errstate(all="ignore"):
            held, evidence = law.holds(_guarded(law, function, guard))
            held = bool(held)
    except FloatingPointError as error:
        held, evidence = False, str(error)
    except Stopped as reason:
        held, evidence, stopped = False, str(reason), True
    except Untried as failure:
        held, evidence = False, f"could not be tried: {failure}"
    except Exception:  # what came back has not the form that the law needs
        held, evidence = False, "could not be tried: the returned value does not allow it"
    return LawResult(law.statement, held, evidence, stopped)


def _guarded(law, function, guard):
    """Return the function as the law may call it: what it raises ends the law."""
    called = _raising(function, law.raising) if law.raising else function

    def guarded(*args):
        outcome = guard.observe(called, args)
        if law.raising and isinstance(outcome.error, FloatingPointError):
            raise outcome.error
        if outcome.error is not None:
            raise _failure(outcome.error)
        return outcome.value

    return guarded


def _failure(error):
    if isinstance(error, OutOfTime):
        return Stopped("the time was up")
    if isinstance(error, KeyboardInterrupt):
        return Stopped("it was interrupted")
    return Untried(f"it raised {type(error).__name__}")


def _raising(function, kinds):
    """Return the function with NumPy's errors of these kinds raised while it runs."""

    @wraps(function)
    def strict(*args):
        # inside the call: whoever calls a learner's function silences the rest
        with np.errstate(**dict.fromkeys(kinds, "raise")):
            return function(*args)

    return strict
