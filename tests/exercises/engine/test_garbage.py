"""Whatever a learner hands in, the check answers with a sentence and never with a traceback."""

import _thread
import random
import signal
import sys
import threading
import time
import warnings
from fractions import Fraction

import numpy as np
import pytest
from exercises_learner import all_exercises, answer_with, written

from course_lib.exercises import check, exercises, hint, progress, solution
from course_lib.exercises.engine import faults, repair
from course_lib.exercises.engine.guard import Guard

each_exercise = pytest.mark.parametrize("exercise", all_exercises(), ids=lambda e: e.name)


@pytest.fixture(autouse=True)
def few_changes_are_tried(monkeypatch):
    """What is no answer becomes none by one change: trying all of them would take minutes."""
    monkeypatch.setattr(repair, "TRIES", 25)


def refused(result, exercise):
    """Tell whether a result is a failure in words, after which the lesson can go on."""
    assert "Traceback" not in str(result)
    assert result.function is exercise.reference
    return result.status == "failed"


BODIES = {
    "text": ("return 'abc'", "piece of text"),
    "dict": ("return {}", "a dict"),
    "complex": ("return 1j", "complex"),
    "True": ("return True", "True or False"),
    "function": ("return np.sin", "a function"),
    "class": ("return object()", "an object"),
    "generator": ("yield 1", "generator"),
    "wrong shape": ("return np.zeros((7, 1, 3))", "shape"),
    "exception": ("raise KeyError('theta')", "It raised KeyError in its line 2"),
    "exit": ("raise SystemExit(3)", "It raised SystemExit"),
    "interrupt": ("raise KeyboardInterrupt", "It raised KeyboardInterrupt"),
    "name": ("return undefined_name", "'undefined_name' is not defined"),
    "assertion": ("assert False", "It raised AssertionError"),
    "memory": ("return np.zeros(10**17)", "It raised"),
    "recursion": ("return {name}(*[{parameters}])", "calls itself and never comes to an end"),
    "system exit in a call": ("exit()", "It raised"),
    "address": ("raise ValueError(str(object()))", "object at 0x...>"),
}


@each_exercise
def test_garbage_gets_a_sentence(exercise):
    names = {"name": exercise.name, "parameters": ", ".join(exercise.parameters)}
    for kind, (text, sentence) in BODIES.items():
        body = text.format(**names) if kind == "recursion" else text
        result = check(exercise.name, answer_with(exercise, body))
        assert refused(result, exercise), kind
        assert sentence in str(result)
        assert result.mistake is None


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("[1.0]", "It returned a list; one number is needed, not a list."),
        ("(1.0,)", "is there a comma too many?"),
        ("np.array(['a'])", "It returned text"),
        ("np.array([None, 1])", "It returned Python objects"),
        ("np.array(1 + 2j)", "It returned complex numbers"),
        ("np.nan", "It returned nan"),
        ("np.array([1.0, 2.0])", "It returned shape (2,); one number is needed"),
        ("np.inf", "received  inf"),
        (
            "np.ma.masked_array([1.0], mask=[True])",
            "It returned shape (1,); one number is needed",
        ),
        ("10**400", "It returned Python objects"),
        ("Fraction(1, 2)", "It returned a Fraction; an int or a float is needed."),
        ("np.array([Fraction(1, 2)])", "It returned an array of Fractions; ints or floats"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(value, sentence):
    exercise = exercises()["sigmoid"]
    result = check("sigmoid", answer_with(exercise, f"return {value}", Fraction=Fraction))
    assert refused(result, exercise)
    assert sentence in str(result)


def test_a_wrong_shape_is_told_with_both_shapes():
    exercise = exercises()["dense_backward"]
    body = "return delta.T @ a_previous, delta.sum(axis=0, keepdims=True), delta @ w"
    result = check("dense_backward", answer_with(exercise, body))
    assert "About `grad_b`: it returned shape (1, 4); shape (4,)" in str(result)


@pytest.mark.parametrize("returned", ["print()", "delta", "(delta, w)", "w, w, None", "[1]"])
def test_several_values_that_are_not_what_is_needed_are_refused(returned):
    exercise = exercises()["dense_backward"]
    assert refused(
        check("dense_backward", answer_with(exercise, f"return {returned}")), exercise
    )


def test_nan_in_a_part_of_an_array_is_counted():
    exercise = exercises()["sigmoid"]
    body = "return np.where(np.asarray(z) == 1, np.nan, 1 / (1 + np.exp(-z)))"
    result = check("sigmoid", answer_with(exercise, body))
    assert "It returned nan (not a number) in 1 of 3 entries." in str(result)


@pytest.mark.parametrize("thing", [0.5, None, "sigmoid", [1], np.zeros(3), {}])
def test_what_is_no_function_is_refused_in_one_sentence(thing):
    result = check("sigmoid", thing)
    assert refused(result, exercises()["sigmoid"])
    assert "The check needs the function itself" in str(result)


@pytest.mark.parametrize("function", [np.tanh, np.vectorize(np.tanh), float, print, len])
def test_functions_without_python_source_are_judged_too(function):
    assert refused(check("sigmoid", function), exercises()["sigmoid"])


@pytest.mark.parametrize("head", ["def f():", "def f(z, a):", "def f(*, z):"])
def test_the_wrong_number_of_arguments_names_the_right_signature(head):
    result = check("sigmoid", written(f"{head}\n    return 1\n"))
    assert refused(result, exercises()["sigmoid"])
    assert "`sigmoid(z)` is what is needed" in str(result)


def test_arguments_in_another_order_are_pointed_out():
    result = check("chain_derivative", written("def f(weights, x):\n    return x\n"))
    assert "in this order" in str(result)


LOOPS = {
    "plain": "while True:\n    pass",
    "catches all": "while True:\n    try: len([])\n    except BaseException: pass",
    "sleeps": "import time\nwhile True:\n    time.sleep(0.01)",
    "prints": "while True:\n    print('on and on')",
    "exit caught once": "try:\n    while True: pass\nexcept SystemExit:\n    while True: pass",
}


def threads():
    """Return the threads that run, without the one that watches progress bars."""
    return {thread for thread in threading.enumerate() if type(thread).__name__ != "TMonitor"}


@each_exercise
def test_an_endless_loop_is_stopped(exercise, monkeypatch):
    monkeypatch.setattr("course_lib.exercises.engine.guard.BY_THE_CLOCK", 4)
    before, seconds = threads(), 0.005 / exercise.time_factor
    for loop in LOOPS.values():
        result = check(exercise.name, answer_with(exercise, loop), seconds=seconds)
        assert refused(result, exercise)
        assert "did not come back in time" in str(result)
    assert threads() <= before


def test_a_loop_that_begins_late_is_stopped_too():
    body = "while np.ndim(z) == 3:\n    pass\nreturn 1 / (1 + np.exp(-z))"
    result = check("sigmoid", answer_with(exercises()["sigmoid"], body), seconds=0.2)
    assert "did not come back in time" in str(result)


def test_nothing_is_thrown_into_the_caller_after_a_stop():
    loop = answer_with(exercises()["sigmoid"], LOOPS["catches all"])
    for _ in range(3):
        check("sigmoid", loop, seconds=0.05)
    assert sum(i % 7 for i in range(300_000)) > 0


def test_a_call_that_cannot_be_stopped_is_left_behind_with_advice(monkeypatch):
    monkeypatch.setattr("course_lib.exercises.engine.guard.PATIENCE", 0.05)
    body = "import time\ntime.sleep(1.0)\nreturn 1.0"
    result = check("sigmoid", answer_with(exercises()["sigmoid"], body), seconds=0.05)
    assert "restart the kernel" in str(result)


def test_an_interrupt_by_the_learner_ends_the_check_in_words():
    if threading.current_thread() is not threading.main_thread():
        pytest.skip("an interrupt reaches only the main thread")

    def interrupting(z):
        _thread.interrupt_main()
        while True:
            time.sleep(0.01)

    # a test run in the background may have inherited that interrupts are ignored
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        result = check("sigmoid", interrupting)
    finally:
        signal.signal(signal.SIGINT, before)
    assert result.status == "failed"
    assert "It was interrupted." in str(result)


@pytest.mark.parametrize("seconds", [0, -1.0, float("nan"), None, "soon"])
def test_a_time_limit_that_is_none_is_answered_in_words(seconds):
    result = check("sigmoid", np.tanh, seconds=seconds)
    assert "`seconds` must be a number > 0, got" in str(result)
    assert result.function is exercises()["sigmoid"].reference


def test_a_guard_needs_time():
    with pytest.raises(ValueError, match="seconds must be > 0, got 0"):
        Guard(0)


def test_arguments_changed_in_place_are_named_with_before_and_after():
    exercise = exercises()["dense_backward"]
    body = "delta *= 2\nreturn (delta / 2).T @ a_previous, delta.sum(0) / 2, delta @ w / 2"
    result = check("dense_backward", answer_with(exercise, body))
    assert refused(result, exercise)
    assert "changed its argument `delta` in place" in str(result)
    assert "delta before" in str(result)
    assert "delta after" in str(result)


def test_rounding_left_behind_in_an_argument_is_told_as_rounding():
    body = (
        "g = np.zeros(len(theta))\nfor i in range(len(theta)):\n"
        "    theta[i] += 1e-5\n    above = f(theta)\n    theta[i] -= 2e-5\n"
        "    g[i] = (above - f(theta)) / 2e-5\n    theta[i] += 1e-5\nreturn g"
    )
    result = check("numerical_gradient", answer_with(exercises()["numerical_gradient"], body))
    assert "leaves rounding behind" in str(result)


def test_a_mistake_is_recognized_through_rounding_left_in_an_argument():
    body = (
        "g = np.zeros(len(theta))\nfor i in range(len(theta)):\n"
        "    here = f(theta)\n    theta[i] += 1e-6\n"
        "    g[i] = (f(theta) - here) / 1e-6\n    theta[i] -= 1e-6\nreturn g"
    )
    result = check("numerical_gradient", answer_with(exercises()["numerical_gradient"], body))
    assert result.mistake == "one-sided difference"


def test_the_learners_own_arrays_stay_as_they_are():
    kept = np.ones(3)
    check("sigmoid", lambda z: z + kept)
    np.testing.assert_array_equal(kept, np.ones(3))


def test_the_caller_gets_its_settings_back():
    before = np.geterr()
    check("sigmoid", lambda z: np.seterr(all="raise") and 1 / np.zeros(1))
    assert np.geterr() == before


LEFT_BEHIND = {
    "the seed of NumPy": (
        "np.random.seed(1)",
        lambda: np.random.get_state()[1].tolist(),  # noqa: NPY002
    ),
    "the seed of random": ("import random; random.seed(1)", random.getstate),
    "the recursion limit": ("import sys; sys.setrecursionlimit(50000)", sys.getrecursionlimit),
    "warnings": (
        "import warnings; warnings.simplefilter('error')",
        lambda: warnings.filters[:],
    ),
    "NumPy's errors": ("np.seterr(all='raise')", np.geterr),
    "how NumPy prints": ("np.set_printoptions(precision=1)", np.get_printoptions),
}


@pytest.mark.parametrize(("line", "state"), LEFT_BEHIND.values(), ids=LEFT_BEHIND)
def test_what_an_answer_sets_does_not_reach_the_caller(line, state):
    before = state()
    check("sigmoid", answer_with(exercises()["sigmoid"], f"{line}\nreturn z"))
    assert state() == before


def test_prints_of_the_first_case_are_shown_up_to_ten_lines(capsys):
    body = "for i in range(12):\n    print('line', i, z)\nreturn 1 / (1 + np.exp(-z))"
    result = check("sigmoid", answer_with(exercises()["sigmoid"], body))
    assert result.status == "passed"
    assert "line 9 2.0\n  ...\n" in str(result)
    assert "line 10" not in str(result)
    assert "line 0 0.0" not in str(result)
    assert capsys.readouterr().out == f"{result}\n"


def test_warnings_of_the_answer_are_not_shown(capsys, recwarn):
    check("sigmoid", lambda z: 1 / np.exp(z * 1e5) / (z - z))
    check("sigmoid", lambda z: np.ma.masked_array([1.0], mask=[True]))
    assert not recwarn.list
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("name", ["sigmiod", "", "x" * 500, None, 3, np.tanh, ["sigmoid"]])
def test_an_unknown_name_lists_the_known_ones(name):
    result = check(name, np.tanh)
    assert result.status == "not attempted"
    assert all(known in str(result) for known in exercises())
    with pytest.raises(LookupError, match="exercise"):
        result.function(0.0)


def test_a_near_miss_is_guessed():
    assert 'did you mean "sigmoid"?' in str(check("sigmiod", np.tanh))


@pytest.mark.parametrize("shown", [hint, solution])
def test_hint_and_solution_list_the_known_names(shown, capsys):
    for name in ("sigmiod", None, np.tanh):
        assert shown(name) is None
        text = capsys.readouterr().out
        assert all(known in text for known in exercises())


def test_a_fault_of_the_course_is_told_as_such(monkeypatch, capsys):
    def broken(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(faults, "strict", False)
    monkeypatch.setattr("course_lib.exercises.engine.api.grade", broken)
    monkeypatch.setattr("course_lib.exercises.engine.api.store.load", broken)
    result = check("sigmoid", np.tanh)
    assert "The check could not be finished. A part of this feedback failed with" in str(result)
    assert "ZeroDivisionError: that is a fault of the course, not of your function" in str(
        result
    )
    assert result.function is exercises()["sigmoid"].reference
    progress()
    hint("sigmoid")
    assert capsys.readouterr().out.count("This could not be shown") == 2
