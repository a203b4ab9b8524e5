"""Solutions and hints in the notebook that they are shown in; answers that borrow others."""

import ast
import builtins
import re
import textwrap
from functools import cache, partial

import numpy as np
import pytest
from exercises_learner import (
    SOURCES,
    all_exercises,
    answer_with,
    lesson_cells,
    run_cell,
    stub_with,
    written,
)

from course_lib.exercises import check, exercises, solution
from course_lib.exercises.engine.source import is_untouched

each_exercise = pytest.mark.parametrize("exercise", all_exercises(), ids=lambda e: e.name)


def checked_in(cell):
    """Return name of the result and of the exercise, for a cell that checks one."""
    return re.search(r'(\w+) = check\(\s*"(\w+)"', cell)


def test_exercises_stand_in_the_order_in_which_the_lessons_ask():
    cells = [cell for path in SOURCES for cell in lesson_cells(path)]
    asked = [found[2] for cell in cells if (found := checked_in(cell))]
    assert list(exercises()) == [name for name in asked if name in exercises()]


def untouched_lesson(exercise):
    """Return the names of its lesson up to its check, nothing written; None if it has none."""
    for path in SOURCES:
        cells, names = lesson_cells(path), {}
        last = [i for i, cell in enumerate(cells) if f'check("{exercise.name}"' in cell]
        for cell in cells[: last[0] + 1] if last else ():
            if _belongs_to_exercises(cell):
                run_cell(cell, names)
        if last:
            return names
    return None


def _belongs_to_exercises(cell):
    first = cell.lstrip().split(maxsplit=2)
    imports = first[0] in ("import", "from")
    return imports or checked_in(cell) or is_stub(first)


def is_stub(words):
    return words[0] == "def" and words[1].partition("(")[0] in exercises()


def shown_solution(name, capsys):
    """Return the code that `solution` shows."""
    capsys.readouterr()
    solution(name)
    lines = capsys.readouterr().out.splitlines()
    return textwrap.dedent("\n".join(line for line in lines[1:] if line[:4] in ("", "    ")))


def names_read(text):
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)]
    stored = {node.id for node in nodes if isinstance(node.ctx, ast.Store)}
    arguments = {node.arg for node in ast.walk(ast.parse(text)) if isinstance(node, ast.arg)}
    return {node.id for node in nodes} - stored - arguments - set(dir(builtins))


def names_called(text):
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    return {call.func.id for call in calls if isinstance(call.func, ast.Name)}


def code_in(sentences):
    """Return the pieces of Python in backticks."""
    for piece in re.findall(r"`([^`]+)`", " ".join(sentences)):
        try:
            ast.parse(piece)
        except SyntaxError:
            continue
        yield piece


@cache
def names_of_lesson(exercise):
    """Return the names that an answer can use; before the lesson is there, those it is told."""
    names = untouched_lesson(exercise)
    if names is None:
        return {"np", *re.findall(r"`?(\w+)\(", exercise.statement)}
    stubs = {name for name in exercises() if is_untouched(names.get(name))}
    return set(names) - stubs


@each_exercise
def test_a_shown_solution_pasted_into_the_notebook_passes_there(exercise, capsys):
    names = untouched_lesson(exercise)
    if names is None:
        pytest.skip(f"lesson {exercise.lesson} is not written yet")
    run_cell(shown_solution(exercise.name, capsys), names)
    result = check(exercise.name, names[exercise.name])
    assert result.status == "passed", str(result)
    assert result.function is names[exercise.name]


@each_exercise
def test_a_shown_solution_reads_only_names_that_the_lesson_has(exercise, capsys):
    text = shown_solution(exercise.name, capsys)
    assert text.startswith(f"def {exercise.call}:")
    assert names_read(text) <= names_of_lesson(exercise)


@each_exercise
def test_hints_and_remarks_call_only_functions_that_the_lesson_has(exercise):
    known = names_of_lesson(exercise) | set(exercise.parameters) | set(dir(builtins))
    pieces = list(code_in((*exercise.hints, exercise.remark)))
    called = set().union(*map(names_called, pieces))
    assert called <= known | {"solution"}


@each_exercise
def test_code_in_the_last_hint_stands_for_what_the_solution_does(exercise, capsys):
    text = shown_solution(exercise.name, capsys)
    called = set().union(*map(names_called, code_in(exercise.hints[-1:])))
    assert called <= names_called(text) | set(dir(builtins))


@each_exercise
def test_an_answer_that_calls_the_courses_own_answer_is_told_to_write_its_own(exercise):
    call = f"return result({', '.join(exercise.parameters)})"
    learned = answer_with(exercise, call, result=exercise.reference)
    result = check(exercise.name, learned)
    assert (result.status, result.mistake) == ("failed", None)
    assert "`result` holds the course's own answer: write the body yourself." in str(result)
    assert result.function is exercise.reference


@each_exercise
def test_an_answer_that_calls_an_earlier_answer_would_call_itself_and_is_refused(exercise):
    first = check(exercise.name, exercise.solution).function
    call = f"return [result({', '.join(exercise.parameters)}) for _ in range(1)][0]"
    second = answer_with(exercise, call, result=first)
    verdict = str(check(exercise.name, second))
    assert "`result` holds " in verdict
    assert "answer: write the body" in verdict


def test_an_answer_to_another_exercise_may_be_called():
    exercise = exercises()["sigmoid_derivative"]
    sigma = check(
        "sigmoid", written("def sigmoid(z):\n    return 1 / (1 + np.exp(-z))")
    ).function
    body = "return sigma(z) * (1 - sigma(z))"
    assert check(exercise.name, answer_with(exercise, body, sigma=sigma)).status == "passed"


def test_an_answer_that_calls_itself_and_ends_passes_at_every_check():
    body = (
        "if n_layers == 0:\n    return 1\nreturn factor * repeated_factor(factor, n_layers - 1)"
    )
    recursive = answer_with(exercises()["repeated_factor"], body)
    for _ in range(2):
        assert check("repeated_factor", recursive).status == "passed"


def test_a_result_that_has_become_the_answer_itself_is_named():
    exercise = exercises()["sigmoid"]
    answer = answer_with(exercise, "return sigma(z)")
    answer.__globals__["sigma"] = answer
    assert "`sigma` holds this very function" in str(check("sigmoid", answer))


def test_an_answer_may_be_checked_twice():
    answer = written("def sigmoid(z):\n    return 1 / (1 + np.exp(-z))")
    answer.__globals__["sigma"] = check("sigmoid", answer).function
    assert check("sigmoid", answer).function is answer


@each_exercise
def test_a_stub_is_nothing_to_borrow(exercise):
    stub = written(stub_with(exercise, "..."), result=exercise.reference)
    assert check(exercise.name, stub).status == "not attempted"


@each_exercise
def test_a_constant_answer_fails_with_its_case_shown_whatever_the_laws_make_of_it(exercise):
    def filled(value, *args):
        right = exercise.reference(*args)
        parts = right if isinstance(right, tuple) else (right,)
        full = tuple(np.full(np.shape(part), value)[()] for part in parts)
        return full if isinstance(right, tuple) else full[0]

    for value in (0.0, 1.0, -1.0, np.inf, np.nan):
        result = check(exercise.name, partial(filled, value))
        assert result.status == "failed", value
        assert "First case that fails" in str(result)
        assert "could not be finished" not in str(result)
