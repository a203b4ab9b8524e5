"""One policy for all exercises: lists, np.matrix, 0-d arrays, float32, wrappers, odd calls."""

import numpy as np
import pytest
from exercises_learner import all_exercises, written

from course_lib.exercises import check, exercises, hint, solution

NUMERIC = [e for e in all_exercises() if not e.comparison.acts]
each_exercise = pytest.mark.parametrize("exercise", NUMERIC, ids=lambda e: e.name)


def with_form(exercise, change):
    """Return the solution with every returned value changed in form."""

    def answer(*args):
        value = exercise.solution(*args)
        return tuple(map(change, value)) if isinstance(value, tuple) else change(value)

    return check(exercise.name, answer)


@each_exercise
def test_a_list_in_the_place_of_an_array_is_asked_to_be_made_one(exercise):
    result = with_form(exercise, lambda v: v.tolist() if np.ndim(v) else [v])
    assert result.status == "failed"
    assert "returned a list" in str(result).splitlines()[1], str(result)


@each_exercise
def test_a_matrix_is_refused_as_the_next_cell_could_not_go_on_with_it(exercise):
    result = with_form(exercise, lambda v: np.atleast_2d(v).view(np.matrix))
    assert result.status == "failed"
    assert "returned np.matrix" in str(result).splitlines()[1], str(result)


@each_exercise
def test_an_array_without_axes_is_a_number(exercise):
    assert with_form(exercise, lambda v: np.asarray(v)[...]).status == "passed"


@each_exercise
def test_float32_passes_where_its_digits_do_and_is_named_where_they_do_not(exercise):
    result = with_form(exercise, lambda v: np.asarray(v, np.float32)[()])
    assert result.status == "passed" or "float32" in str(result).splitlines()[1], str(result)


@pytest.mark.parametrize("exercise", all_exercises(), ids=lambda e: e.name)
def test_an_answer_that_only_calls_the_one_that_passed_is_asked_for_its_body(exercise):
    if exercise.comparison.trains:
        pytest.skip("it trains nets; the rule knows no exercise")
    names = ", ".join(exercise.parameters)

    def first(*args):
        return exercise.solution(*args)

    assert check(exercise.name, first).status == "passed"
    again = written(f"def again({names}):\n    return first({names})", "again", first=first)
    result = check(exercise.name, again)
    assert result.status == "failed"
    assert "holds your own earlier answer" in str(result)


def test_a_check_without_a_function_or_with_its_name_in_quotes_is_told_how_it_is_called():
    assert 'comes second: `check("sigmoid", sigmoid)`' in str(check("sigmoid"))
    assert "without quotation marks around" in str(check("sigmoid", "sigmoid"))
    assert "without parentheses after" in str(check("sigmoid", 0.5))
    assert all(name in str(check()) for name in exercises())


@pytest.mark.parametrize("shown", [hint, solution])
def test_hint_and_solution_without_a_name_list_the_names(shown, capsys):
    assert shown() is None
    said = capsys.readouterr().out
    assert all(name in said for name in exercises())
