"""What an exercise can ask of the engine: laws about warnings, rules, its own comparison."""

import numpy as np
import pytest

from course_lib.activations import centered_sigmoid, sigmoid
from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.formatting import listed_apart, show
from course_lib.exercises.engine.grading import grade
from course_lib.exercises.engine.guard import Guard
from course_lib.exercises.engine.laws import run_laws
from course_lib.exercises.engine.model import Exercise, Law, Mistake
from course_lib.mlp import MLP


def exponential(x):
    return np.exp(x)


def exercise(**changes):
    """Return an exercise on e^x, changed in what a test is about."""
    parts = {
        "name": "exponential",
        "lesson": "00",
        "statement": "e to the power of x.",
        "reference": exponential,
        "cases": lambda rng: [(np.array([0.0, 1.0]),), (np.array([2.0, 3.0, 4.0]),)],
        "mistakes": (),
        "laws": (),
        "hints": (),
    }
    return Exercise(**(parts | changes))


def law_trial(function, *, raising, x=1000.0):
    """Return the trial of a law that calls the function with x."""
    law = Law("it can be called", lambda f: (True, f"{f(x):.3g}"), raising)
    return run_laws(exercise(laws=(law,)), function, Guard())[0]


def test_an_overflow_breaks_a_law_about_overflow_and_is_the_evidence():
    trial = law_trial(exponential, raising=("over",))
    assert trial.held is False
    assert trial.evidence == "overflow encountered in exp"


def test_an_overflow_is_silent_in_other_laws():
    assert law_trial(exponential, raising=()).held is True
    assert law_trial(exponential, raising=("invalid", "divide")).held is True


def test_what_does_not_overflow_keeps_a_law_about_overflow():
    assert law_trial(exponential, raising=("over",), x=700.0).held is True


def test_other_exceptions_in_a_law_about_overflow_break_it():
    trial = law_trial(lambda x: 1 // 0, raising=("over",))
    assert trial.held is False
    assert trial.evidence == "it raised ZeroDivisionError"


def test_a_floating_point_error_of_the_answer_itself_breaks_other_laws_too():
    def raises(x):
        raise FloatingPointError("by hand")

    trial = law_trial(raises, raising=())
    assert (trial.held, trial.evidence) == (False, "it raised FloatingPointError")


def test_the_settings_of_the_caller_are_as_before_after_a_law_about_overflow():
    before = np.geterr()
    law_trial(exponential, raising=("over", "invalid"))
    assert np.geterr() == before


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([1.0, 2.0], "an array of shape (2,) is needed (`np.array(...)` makes one)."),
        ([[1.0, 2.0], [3.0, 4.0]], "It returned a list; an array of shape (2,) is needed.\n"),
        ((1.0, 2.0), "It returned a tuple"),
        ([[1.0], [1.0, 2.0]], "It returned a list"),
        (np.ones(2).view(np.matrix), "It returned np.matrix"),
    ],
)
def test_what_is_no_array_is_refused_in_words(value, said):
    assert said in str(grade(exercise(), lambda x: value))


def near(seen):
    pairs = zip(seen.answers, seen.expected, strict=True)
    return all(np.allclose(answer, right, rtol=0.1) for answer, right in pairs)


NEARLY = Mistake("nearly", lambda x: 1.01 * np.exp(x), "close and not right.", when=near)


def test_a_mistake_with_a_rule_is_recognized_by_it_and_not_by_its_function():
    noisy = exercise(mistakes=(NEARLY,))
    assert grade(noisy, lambda x: 1.05 * np.exp(x)).mistake == "nearly"
    assert grade(noisy, lambda x: 2 * np.exp(x)).mistake == "2 times the right value"


@pytest.mark.parametrize("value", ["text", None, np.ones(7), np.nan, np.array([1j, 1])])
def test_a_rule_is_asked_only_about_numbers_of_the_right_form(value):
    result = grade(exercise(mistakes=(NEARLY,)), lambda x: value)
    assert (result.status, result.mistake) == ("failed", None)
    assert "could not be finished" not in str(result)


def test_mistakes_are_recognized_in_their_order():
    exact = Mistake("five percent", lambda x: 1.05 * np.exp(x), "five percent too much.")
    answer = exact.function
    assert grade(exercise(mistakes=(exact, NEARLY)), answer).mistake == "five percent"
    assert grade(exercise(mistakes=(NEARLY, exact)), answer).mistake == "nearly"


def test_layers_and_activations_are_shown_in_words():
    assert show(MLP([2, 3, 1], sigmoid).layers) == "2 → 3: w 0:6, b 6:9\n3 → 1: w 9:12, b 12:13"
    assert show(centered_sigmoid) == "centered sigmoid"


def identity(x):
    return x


class Spelled(Close):
    agreement = "are the same"

    def mismatch(self, answer, expected):
        return "" if answer == expected else f"{answer:g} is not {expected:g}."

    def rows(self, answer, expected):
        return [("received", f"<{answer:g}>"), ("expected", f"<{expected:g}>")]

    def comment(self, answer):
        return f"It began with {answer:g}."


def test_an_exercise_may_say_itself_what_is_wrong_how_values_look_and_comment():
    own = exercise(
        statement="x itself.",
        reference=identity,
        cases=lambda rng: [(1.0,), (2.0,)],
        comparison=Spelled(),
    )
    failed = str(grade(own, lambda x: x + 1))
    assert "2 is not 1." in failed
    assert "received  <2>" in failed and "expected  <1>" in failed
    assert "It began with 2." in failed
    passed = str(grade(own, lambda x: x))
    assert "2 of 2 cases are the same." in passed
    assert "It began with 1." in passed
    assert "It began" not in str(grade(own, lambda x: "text"))


KEPT = Law("it is never below 0", lambda f: (bool((f(np.ones(2)) >= 0).all()), "at 1"))
BROKEN = Mistake("one less", lambda x: np.exp(x) - 9, "a constant is taken away.",
                 when=lambda seen: True)  # fmt: skip


def test_a_mistake_that_contradicts_the_laws_below_it_is_not_named():
    contrary = exercise(mistakes=(BROKEN,), laws=(KEPT,))
    assert grade(contrary, lambda x: np.exp(x) - 8.5).mistake == "one less"
    result = grade(contrary, lambda x: np.exp(x) + np.cos(x))
    assert result.mistake is None
    assert "✔ yes: it is never below 0" in str(result)


def test_a_law_that_some_examples_keep_and_some_break_decides_nothing():
    both = Mistake("a constant", BROKEN.function, BROKEN.explanation,
                   variants=(lambda x: np.exp(x) + 1,), when=lambda seen: True)  # fmt: skip
    free = exercise(mistakes=(both,), laws=(KEPT,))
    assert grade(free, lambda x: np.exp(x) + np.sin(x)).mistake == "a constant"
    assert grade(free, lambda x: np.exp(x) - 8.5).mistake == "a constant"


def test_facts_are_made_once_and_a_fact_that_cannot_be_had_fits_no_mistake():
    made = []

    class Facts:
        def __init__(self, seen):
            made.append(seen)

        @property
        def probed(self):
            return made[-1].call(np.array([-1.0, 5.0]))

    rules = tuple(
        Mistake(name, lambda x: x, "...", when=lambda facts: facts.probed.sum() > 1e9)
        for name in ("first", "second")
    )
    asked = exercise(mistakes=rules, facts=Facts)

    def fails_elsewhere(x):
        return 1.5 * np.cosh(x) if x.min() >= 0 else "text"

    assert grade(asked, fails_elsewhere).mistake is None
    assert len(made) == 1


def test_a_row_of_numbers_has_as_many_digits_throughout():
    rows = listed_apart(np.array([1.5e10, 2.0079999999999858]), np.array([2.5e8, 2.008]))
    assert rows == ("(1.5e+10, 2.008)", "(2.5e+08, 2.008)")
    assert listed_apart([0.25, 1 + 1e-6], [0.25, 1.0]) == ("(0.25, 1.000001)", "(0.25, 1)")
    assert listed_apart(2.0, 3.0) == ("2", "3")
