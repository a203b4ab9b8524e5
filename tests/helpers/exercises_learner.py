"""Learner's functions, made from text as a notebook makes them."""

import linecache
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from course_lib.exercises import check, exercises
from course_lib.exercises.engine import grading
from course_lib.exercises.engine.guard import Guard
from course_lib.exercises.engine.laws import run_laws
from course_lib.exercises.engine.trials import run_cases

SOURCES = sorted(Path(__file__).parents[2].glob("notebooks/source/*.md"))
UNWANTED = re.compile(
    r"(derivative|gradient|slope)s? (of \w+ )?by (x|w|z|the|weights)\b"  # with respect to
    r"|\d (a layer|an example)\b"  # per layer
    r"|shape \(\)"  # one number
    r"|(?<![.\d])(?<!- )\b1 (layers|times|steps|gaps|curvatures)\b"
)
_count = iter(range(10**9))


def run_cell(text, names, with_source=True):
    """Run a cell as a notebook does: the source of its functions can be read."""
    filename = f"<cell {next(_count)}>"
    if with_source:
        linecache.cache[filename] = (len(text), None, text.splitlines(True), filename)
    exec(compile(text, filename, "exec"), names)


def written(text, name=None, with_source=True, **names):
    """Return the function that a cell with this text defines, beside these names."""
    names = {"np": np} | names
    run_cell(text, names, with_source)
    defined = [value for key, value in names.items() if getattr(value, "__code__", None)]
    return names[name] if name else defined[-1]


def stub_with(exercise, body):
    """Return the exercise's stub with this body in place of ``...``."""
    head = exercise.stub.removesuffix("...")
    return head + body.replace("\n", "\n    ") + "\n"


def answer_with(exercise, body, **names):
    """Return a learner's function of the exercise with this body, beside these names."""
    lines = body.replace("\n", "\n    ")
    return written(f"def {exercise.call}:\n    {lines}\n", exercise.name, **names)


def check_text(name, text, **names):
    """Check the function f that a learner's cell with this text defines, beside these names."""
    return check(name, written(text, "f", **names))


def check_body(name, body, **names):
    """Check a learner's function with this body, beside these names."""
    return check(name, answer_with(exercises()[name], body, **names))


def right_answers_pass(answer, table):
    """Return the test that each row of the table, (exercise, text), passes by its f."""

    @pytest.mark.parametrize(("name", "text"), table.values(), ids=table)
    def test(name, text):
        result = answer(name, text)
        assert result.status == "passed", str(result)
        assert result.function.__name__ == "f"

    return test


def mistakes_are_recognized(answer, table):
    """Return the test that each row, (what to answer with ..., mistake), fails as it says."""

    @pytest.mark.parametrize("row", table.values(), ids=table)
    def test(row):
        *given, mistake = row
        result = answer(*given)
        assert (result.status, result.mistake) == ("failed", mistake), str(result)

    return test


@cache
def lesson_cells(path):
    """Return the code cells of a lesson's source."""
    text = path.read_text(encoding="utf-8")
    cells = re.findall(r"```\{code-cell\}[^\n]*\n(.*?)```", text, flags=re.DOTALL)
    return tuple(re.sub(r"\A---\n.*?\n---\n", "", cell, flags=re.DOTALL) for cell in cells)


def all_exercises():
    return list(exercises().values())


def all_mistakes():
    """Return (exercise, mistake, function) for every mistake and every variant of it."""
    return [
        (exercise, mistake, function)
        for exercise in all_exercises()
        for mistake in exercise.mistakes
        for function in (mistake.function, *mistake.variants)
    ]


# the exercises whose mistakes train nets, split so that two workers end together
MENDING = (("mend_1", "mend_2", "mend_3"), ("mend_4", "mend_5", "mend_6"))


def mistakes_of(names):
    """Return the entries of `all_mistakes` that belong to the exercises of these names."""
    return [known for known in all_mistakes() if known[0].name in names]


def names_of(mistakes):
    """Return a name for each entry of `all_mistakes`."""
    return [f"{e.name}-{m.name}-{i}" for i, (e, m, _) in enumerate(mistakes)]


def assert_told(exercise, mistake, function, monkeypatch):
    """Assert that a mistake is told by its own name and explanation."""
    tried = []

    def noting(*args):
        tried[:] = run_cases(*args)
        return tried

    monkeypatch.setattr(grading, "run_cases", noting)
    result = check(exercise.name, function)
    assert (result.status, result.mistake) == ("failed", mistake.name), str(result)
    assert result.function is exercise.reference
    first = next((trial for trial in tried if trial.problem), tried[0])
    said = mistake.explain(first.case, first.outcome.value, first.expected)
    _, _, told = str(result).partition(f"{mistake.name}: ")
    assert said in told if mistake.measured else told.startswith(said)
    assert len(said) > 40
    shown = re.search(r"gives (.+?), and (.+?) is right", said)
    assert shown is None or shown[1] != shown[2], "two numbers that differ look alike"
    assert not UNWANTED.search(str(result))


def assert_laws_are_broken(exercise):
    """Assert that every law of an exercise is broken by some mistake."""
    whole = {law.statement for law in exercise.laws}
    for mistake in exercise.mistakes:
        laws = run_laws(exercise, mistake.function, Guard())
        whole -= {law.statement for law in laws if not law.held}
        if not whole:
            return
    assert not whole, f"no mistake of {exercise.name} breaks: {whole}"
