"""Whatever is changed in a solution has to fail its check, if it differs on any valid input."""

import numpy as np
import pytest
from changed_references import changes, more_inputs
from exercises_learner import all_exercises

from course_lib.exercises import check
from course_lib.exercises.engine.comparison import compared_function
from course_lib.exercises.engine.evidence import may_meet_laws
from course_lib.exercises.engine.guard import Guard
from course_lib.exercises.engine.laws import run_laws
from course_lib.exercises.engine.trials import reference_value, run_cases
from course_lib.exercises.engine.values import problem

TRAINS = ("rescue", "own_remedy", *(f"mend_{n}" for n in range(1, 7)))  # under --oracles only
pytestmark = pytest.mark.thorough("only a change of an exercise could break it")
each_exercise = pytest.mark.parametrize("exercise", all_exercises(), ids=lambda e: e.name)


def passes(exercise, function):
    """Tell whether a function passes, without the time that explanations take."""
    guard = Guard(5 * exercise.time_factor)
    trials = run_cases(exercise, function, guard)
    if not all(trial.right and may_meet_laws(trial) for trial in trials):
        return False
    return all(law.held for law in run_laws(exercise, function, guard))


def differs(exercise, function, inputs):
    """Return the first input on which a function is wrong, None if there is none."""
    guard, compared = Guard(60), compared_function(exercise, function)
    for case, expected in inputs:
        outcome = guard.observe(compared, case)
        if outcome.error or outcome.changed or problem(outcome.value, expected, exercise):
            return case
    return None


def valid_inputs(exercise):
    """Return inputs with what is right: those for which solution and reference agree."""
    found, guard = [], Guard(60)
    solution = compared_function(exercise, exercise.solution)
    for case in more_inputs(exercise, 12, np.random.default_rng(0)):
        outcome = guard.observe(solution, case)
        if outcome.error is None:
            try:
                expected = reference_value(exercise, case)
            except ValueError:  # the library refuses what is no valid input
                continue
            if not problem(outcome.value, expected, exercise):
                found.append((case, expected))
    return found


@each_exercise
def test_a_changed_solution_fails_where_it_differs_on_any_valid_input(exercise):
    every = list(changes(exercise.solution))
    if not every:
        pytest.skip("nothing in it can be changed so: it names one part of the library")
    passing = [change for change in every if passes(exercise, change[1])]
    if exercise.name in TRAINS:  # many rates and scales are right there
        assert len(passing) < len(every)
        return
    assert len(passing) < len(every) / 2
    inputs = valid_inputs(exercise) if passing else []
    gaps = {words: differs(exercise, function, inputs) for words, function in passing}
    assert not any(gap is not None for gap in gaps.values()), gaps


@each_exercise
def test_a_changed_solution_is_judged_without_a_fault_of_the_course(exercise):
    if exercise.name in TRAINS:
        pytest.skip("its mistakes are tried elsewhere")
    sample = list(changes(exercise.solution))[::4]
    for words, function in sample:
        verdict = str(check(exercise.name, function))
        assert len(verdict.splitlines()[1]) > 15, words
