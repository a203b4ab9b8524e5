"""What was seen of an answer that failed: what the rules of mistakes are asked about."""

from dataclasses import dataclass, replace
from functools import cache, cached_property

import numpy as np

from course_lib.exercises.engine.comparison import compared_function
from course_lib.exercises.engine.direct import CallResult
from course_lib.exercises.engine.more_cases import more_cases
from course_lib.exercises.engine.trials import (
    cases_of,
    is_stopped,
    reference_value,
    run_case,
)
from course_lib.exercises.engine.values import fits, problem, same_shape

ENOUGH = 160  # further inputs, at most


class Unseen(Exception):
    """A fact that cannot be had of this answer: it raised, or the time is up."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What an answer did, and a way to try it on more.

    Attributes
    ----------
    exercise : Exercise
        What was asked.
    function : callable
        The learner's function: call it by `call` only.
    trials : list of CaseResult
        Case by case: ``.case``, ``.answer``, ``.expected``, ``.error``, ``.changed``.
    laws : list of LawResult
        Empty where no law was tried, as some value has not the form that is needed.
    guard : Guard
        What calls the answer.
    """

    exercise: object
    function: object
    trials: list
    laws: list
    guard: object

    @property
    def cases(self):
        """The arguments, case by case."""
        return [trial.case for trial in self.trials]

    @property
    def answers(self):
        """What came, case by case: None where the answer raised."""
        return [trial.answer for trial in self.trials]

    @property
    def expected(self):
        """What is right, case by case."""
        return [trial.expected for trial in self.trials]

    @property
    def wrong(self):
        """Whether some case is wrong."""
        return any(trial.problem is not None for trial in self.trials)

    @cached_property
    def wrong_in_number(self):
        """The trials that are wrong beside their form and beside an argument that was changed.

        A list is read as an array here.
        """
        return [t for t in self.trials if problem(t.answer, t.expected, self.exercise)]

    @property
    def only_form(self):
        """Whether all that is wrong is that a list came in place of an array."""
        return not self.wrong_in_number and any(trial.is_list for trial in self.trials)

    @property
    def stopped(self):
        """Whether a call was ended among the cases or, with all of them right, the laws."""
        laws_stopped = not self.wrong and any(law.stopped for law in self.laws)
        return laws_stopped or any(is_stopped(trial.outcome) for trial in self.trials)

    @cached_property
    def regular(self):
        """Whether every case gave real numbers in the right form."""
        return all(
            fits(trial.answer, trial.expected) and same_shape(trial.answer, trial.expected)
            for trial in self.trials
        )

    @cached_property
    def beside_zero_division(self):
        """The same without cases in which the answer divided by 0; None if that tells nothing.

        Python raises there, as it does not for an array, and what goes wrong in the other
        cases is the same.
        """
        rest = [t for t in self.trials if not isinstance(t.error, ZeroDivisionError)]
        other = replace(self, trials=rest)
        return other if len(rest) < len(self.trials) and other.wrong_in_number else None

    @cached_property
    def facts(self):
        """What the exercise reads off this, by its ``facts``; this itself where it has none."""
        return self.exercise.facts(self) if self.exercise.facts else self

    def outcome(self, *args):
        """Return the `CallResult` of the answer for other arguments, whatever comes."""
        compared = compared_function(self.exercise, self.function)
        return self.guard.observe(compared, args)

    def call(self, *args):
        """Return what the answer gives for other arguments, in the form of what is right.

        Raises
        ------
        Unseen
            If it raises, runs out of time, or gives something of another form.
        """
        outcome: CallResult = self.outcome(*args)
        right = self.right(*args)
        if outcome.error is not None or not fits(outcome.value, right):
            raise Unseen
        if not same_shape(outcome.value, right):
            raise Unseen
        return outcome.value

    def right(self, *args):
        """Return what the reference gives for other arguments."""
        return reference_value(self.exercise, args)

    @cached_property
    def more_trials(self):
        """The answer's trials with valid inputs beside the cases; none where the time is up."""
        trials = []
        for args, expected in more_cases_with_values(self.exercise) if self.probes else ():
            trial = run_case(self.exercise, self.function, args, expected, self.guard)
            if is_stopped(trial.outcome):
                return []
            trials.append(trial)
        return trials

    @property
    def probes(self):
        """Whether more calls than the cases are worth their time: none trains a net."""
        return not self.exercise.comparison.trains


@cache
def more_cases_with_values(exercise):
    """Return (arguments, what the reference gives), worked out once in a session."""
    found = with_values(exercise, more_cases(exercise, cases_of(exercise)))
    return found[:: 1 + len(found) // ENOUGH]


def with_values(exercise, cases):
    """Return (arguments, what the reference gives) of those cases that are valid."""
    found = []
    for args in cases:
        try:
            expected = reference_value(exercise, args)
        except Exception:  # no valid input: the reference says so in its own way
            continue
        if _is_plain(expected):
            found.append((args, expected))
    return found


def _is_plain(value):
    """Tell whether a value holds no nan, and more than numbers that are nearly 0."""
    parts = value if isinstance(value, tuple) else (value,)
    known = not any(np.isnan(part).any() for part in parts)
    return known and any(np.any(np.abs(part) > 1e-9) for part in parts)
