"""Laws that hold for every exercise: later lessons are covered by adding their modules.

The mistakes of lesson 12, which train nets, stand in ``test_mend_1_3.py`` and
``test_mend_4_6.py``.
"""

import ast
import importlib
import re
from itertools import combinations, product

import numpy as np
import pytest
from exercises_learner import (
    MENDING,
    SOURCES,
    UNWANTED,
    all_exercises,
    all_mistakes,
    assert_laws_are_broken,
    assert_told,
    lesson_cells,
    mistakes_of,
    names_of,
    stub_with,
    written,
)

from course_lib import activations
from course_lib.exercises import check, exercises
from course_lib.exercises.engine.direct import DIRECT
from course_lib.exercises.engine.laws import run_laws
from course_lib.exercises.engine.source import is_untouched
from course_lib.exercises.engine.trials import cases_of, reference_value

each_exercise = pytest.mark.parametrize("exercise", all_exercises(), ids=lambda e: e.name)
MISTAKES = [known for known in all_mistakes() if known[0].lesson != "12"]
each_mistake = pytest.mark.parametrize(
    ("exercise", "mistake", "function"), MISTAKES, ids=names_of(MISTAKES)
)


def answer(name, text):
    return check(name, written(text))


@pytest.mark.quick
@each_exercise
def test_the_reference_passes_and_goes_on(exercise):
    result = check(exercise.name, exercise.reference)
    assert (result.status, result.mistake) == ("passed", None), str(result)
    assert result.function is exercise.reference


@each_exercise
def test_the_solution_that_is_shown_passes(exercise):
    result = check(exercise.name, exercise.solution)
    assert result.status == "passed", str(result)
    n = len(cases_of(exercise))
    assert f"{n} of {n} cases agree" in str(result)
    assert all(f"✔ yes: {law.statement}" in str(result) for law in exercise.laws)


@each_mistake
def test_every_mistake_is_told_by_its_own_name_and_explanation(
    exercise, mistake, function, monkeypatch
):
    assert_told(exercise, mistake, function, monkeypatch)


@each_exercise
def test_an_exercise_knows_at_least_three_mistakes_under_different_names(exercise):
    least = 5 if exercise.name in ("sigmoid_derivative", "dense_backward") else 3
    names = [mistake.name for mistake in exercise.mistakes]
    assert len(set(names)) == len(names) >= least


@pytest.mark.parametrize(
    "exercise", [e for e in all_exercises() if e.lesson != "12"], ids=lambda e: e.name
)
def test_every_law_is_broken_by_some_mistake(exercise):
    assert_laws_are_broken(exercise)


def test_every_mistake_of_lesson_12_is_tried_elsewhere():
    elsewhere = [known for names in MENDING for known in mistakes_of(names)]
    assert len(MISTAKES) + len(elsewhere) == len(all_mistakes())


@each_exercise
def test_cases_are_the_same_and_numbers_are_finite_unless_inf_is_asked_for(exercise):
    first, second = cases_of(exercise), cases_of(exercise)
    assert list(map(str, first)) == list(map(str, second))
    values = [reference_value(exercise, case) for case in first]
    parts = [part for v in values for part in (v if isinstance(v, tuple) else (v,))]
    assert not any(np.isnan(part).any() for part in parts)
    assert "np.inf" in exercise.statement or all(np.isfinite(part).all() for part in parts)


@each_exercise
def test_no_two_arguments_of_a_case_or_a_law_are_one_array(exercise):
    given = cases_of(exercise)

    def noting(*args):
        given.append(args)
        return exercise.reference(*args)

    if exercise.time_factor <= 1:
        run_laws(exercise, noting, DIRECT)
    for args in given:
        arrays = [value for value in args if isinstance(value, np.ndarray)]
        assert not any(np.shares_memory(a, b) for a, b in combinations(arrays, 2))


UNTOUCHED = (
    "...",
    "pass",
    "# a comment\n...",
    "return",
    "return None",
    "return ...",
    "raise NotImplementedError",
    "raise NotImplementedError()",
)


@each_exercise
def test_an_untouched_body_is_not_attempted_yet(exercise):
    for body, with_source in product(UNTOUCHED, (True, False)):
        stub = written(stub_with(exercise, body), with_source=with_source)
        result = check(exercise.name, stub)
        assert (result.status, result.mistake) == ("not attempted", None), body
        assert "not attempted yet" in str(result)
        assert "run its cell, then run this one again" in str(result)
        assert exercise.call in str(result)
        assert result.function is exercise.reference


@pytest.mark.parametrize("with_source", [True, False])
@pytest.mark.parametrize("body", ["return z", "x = 1", "return 1", "raise OSError", "z += 1"])
def test_a_body_with_anything_in_it_is_attempted(body, with_source):
    assert not is_untouched(written(f"def sigmoid(z):\n    {body}", with_source=with_source))


WITHOUT_RETURN = {
    "answer = {}": "return answer",
    "print({})": "return {}",
    "print('so', {}, {}, sep='')": "return {}, {}",
    "print('only text')": "return ...",
    "[{}, 1]": "return [{}, 1]",
}


@each_exercise
def test_a_body_that_computes_but_returns_nothing_is_asked_about_return(exercise):
    argument, n = exercise.parameters[-1], len(exercise.returns)
    for line, asked in WITHOUT_RETURN.items():
        text = stub_with(exercise, line.format(argument, argument))
        result = check(exercise.name, written(text))
        assert result.status == "failed"
        assert "did you forget `return`?" in str(result)
        needed = f"`{asked.format(argument, argument)}`"
        if n > 1 and asked.count(",") + 1 != n:
            needed = f"{n} values are needed: {', '.join(exercise.names_of_values)}."
        assert needed in str(result)


def test_a_path_without_return_is_asked_about():
    result = answer("sigmoid", "def sigmoid(z):\n    if np.ndim(z) > 9:\n        return z\n")
    assert "does every path reach a `return`" in str(result)


@each_exercise
def test_the_verdict_is_the_same_every_time(exercise):
    function = exercise.mistakes[0].function
    first, second = check(exercise.name, function), check(exercise.name, function)
    assert str(first) == str(second)
    assert first.page.html() == second.page.html()


@each_exercise
def test_the_stub_is_a_short_function_with_the_right_signature(exercise):
    lines = exercise.stub.splitlines()
    assert len(lines) <= 12
    assert max(map(len, lines)) <= 88
    assert ast.parse(exercise.stub).body[0].name == exercise.name
    assert is_untouched(written(exercise.stub))


@each_exercise
def test_texts_keep_to_the_words_of_the_course(exercise):
    laws = (law.statement for law in exercise.laws)
    assert not UNWANTED.search(
        "\n".join([exercise.statement, *exercise.hints, *laws, exercise.remark])
    )


@each_exercise
def test_hints_are_graduated_and_the_lesson_is_that_of_the_module(exercise):
    assert len(exercise.hints) >= 3
    folder = exercise.solution.__module__.split(".")[-2]
    assert folder == f"lesson_{exercise.lesson}"


def test_exercises_come_in_the_order_of_lessons():
    lessons = [exercise.lesson for exercise in all_exercises()]
    assert lessons == sorted(lessons)
    names = list(exercises())
    assert names.index("sigmoid") < names.index("sigmoid_derivative")


def test_the_plain_sigmoid_agrees_with_the_library():
    z = np.linspace(-30, 30, 61)
    plain = exercises()["sigmoid"].solution(z)
    np.testing.assert_allclose(plain, activations.sigmoid(z), rtol=1e-14)


RIGHT = {
    "exp over 1 + exp": ("sigmoid", "def f(z):\n    return np.exp(z) / (1 + np.exp(z))"),
    "tanh form": ("sigmoid", "def f(z):\n    return 0.5 * (1 + np.tanh(z / 2))"),
    "another argument name": ("sigmoid", "def f(x):\n    return 1 / (1 + np.exp(-x))"),
    "an argument more, with default": (
        "sigmoid",
        "def f(z, scale=1):\n    return 1 / (1 + np.exp(-scale * z))",
    ),
    "entry by entry": (
        "sigmoid",
        "def f(z):\n    return np.vectorize(lambda v: 1 / (1 + np.exp(-v)))(z)",
    ),
    "quotient rule": (
        "sigmoid_derivative",
        "def f(z):\n    return np.exp(-z) / (1 + np.exp(-z)) ** 2",
    ),
    "loop": (
        "repeated_factor",
        "def f(factor, n_layers):\n    left = 1\n    for _ in range(n_layers):\n"
        "        left *= factor\n    return left",
    ),
    "product of factors": (
        "chain_derivative",
        "def f(x, weights):\n    s = lambda z: 1 / (1 + np.exp(-z))\n    factors = []\n"
        "    for w in weights:\n        a = s(w * x)\n        factors.append(w * a * (1 - a))\n"
        "        x = a\n    return np.prod(factors)",
    ),
    "recursion": (
        "chain_derivative",
        "def f(x, weights):\n    if len(weights) == 0:\n        return 1.0\n"
        "    a = 1 / (1 + np.exp(-weights[0] * x))\n"
        "    return weights[0] * a * (1 - a) * f(a, weights[1:])",
    ),
    "list in place of tuple": (
        "dense_backward",
        "def f(delta, a_previous, w):\n"
        "    return [delta.T @ a_previous, delta.sum(0), delta @ w]",
    ),
    "einsum": (
        "dense_backward",
        "def f(delta, a_previous, w):\n    return (np.einsum('bo,bi->oi', delta, a_previous),\n"
        "        np.einsum('bo->o', delta), np.einsum('bo,oi->bi', delta, w))",
    ),
    "old value put back": (
        "numerical_gradient",
        "def f(f, theta, h=1e-5):\n    g = np.zeros(len(theta))\n"
        "    theta = theta.astype(float)\n    for i in range(len(theta)):\n"
        "        old = theta[i]\n        theta[i] = old + h\n        above = f(theta)\n"
        "        theta[i] = old - h\n        g[i] = (above - f(theta)) / (2 * h)\n"
        "        theta[i] = old\n    return g",
    ),
    "rows of the identity": (
        "numerical_gradient",
        "def f(f, theta):\n    h = 1e-5\n    steps = h * np.eye(len(theta))\n"
        "    return np.array([(f(theta + e) - f(theta - e)) / (2 * h) for e in steps])",
    ),
}


@pytest.mark.parametrize(("name", "text"), RIGHT.values(), ids=RIGHT)
def test_right_answers_in_other_words_pass(name, text):
    function = written(text, "f")
    result = check(name, function)
    assert result.status == "passed", str(result)
    assert result.function is function


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_the_stubs_in_the_lessons_are_those_of_the_exercises(path):
    cells = lesson_cells(path)
    for i, cell in enumerate(cells):
        for name in re.findall(r'\bcheck\(\s*"(\w+)"', cell):
            pattern = rf"^(def {name}\(.*?)(?=^\S|\Z)"
            stubs = re.findall(pattern, "\n".join(cells[: i + 1]), flags=re.M | re.S)
            assert stubs, f"{path.name} checks {name} and has no stub for it"
            assert is_untouched(written(stubs[-1])), f"{path.name} gives {name} away"
            assert stubs[-1].startswith(f"def {exercises()[name].call}:")


@each_exercise
def test_the_map_of_its_lesson_says_in_which_module_an_exercise_stands(exercise):
    package = importlib.import_module(f"course_lib.exercises.lesson_{exercise.lesson}")
    for line in package.__doc__.splitlines():
        if f"``{exercise.name}``" in line:
            module = importlib.import_module(f"{package.__name__}.{line.split()[0]}")
            assert exercise in module.EXERCISES
            return
    raise AssertionError(f"{package.__name__}'s docstring does not name {exercise.name}")
