"""What is said about exceptions, wrong kinds of values and too few digits; laws that raise."""

import sys
from dataclasses import replace

import numpy as np
import pytest
import sympy as sp
from exercises_learner import answer_with, written

from course_lib.activations import sigmoid as sigma
from course_lib.exercises import check, exercises
from course_lib.exercises.engine import api, faults
from course_lib.exercises.engine.grading import grade
from course_lib.exercises.engine.laws import Untried
from course_lib.exercises.engine.model import Exercise, Law, Mistake

z_symbol = sp.Symbol("z")
UNTOUCHED = written("def sigmoid(z):\n    ...")
FORMULA = 1 / (1 + sp.exp(-z_symbol))


def verdict(name, body, **names):
    """Return what is said about an answer, which has to fail."""
    result = check(name, answer_with(exercises()[name], body, **names))
    assert result.status == "failed"
    return str(result)


SAID = {
    "unset variable": (
        "repeated_factor",
        "for _ in range(n_layers):\n    r *= factor\nreturn r",
        "Give `r` a value first: before the loop",
    ),
    "no branch was taken": (
        "variance_scaling",
        "if mode == 'in':\n    n = len(draw[0])\nelif mode == 'out':\n    n = len(draw)\n"
        "return draw / n",
        "`mode == 'in'` or `mode == 'out'` holds, and none of them holds here",
    ),
    "no such key": (
        "variance_scaling",
        "return draw / {'fan_in': 1, 'avg': 2}[mode]",
        "Its dictionary has the keys `'fan_in'` and `'avg'`.",
    ),
    "entries as places": (
        "numerical_gradient",
        "g = np.zeros(len(theta))\nfor i in theta:\n    g[i] = f(theta)\nreturn g",
        "`i` goes through the entries of `theta`, which are no places",
    ),
    "a number with places": (
        "numerical_gradient",
        "g = 0\nfor i in range(len(theta)):\n    g[i] = f(theta)\nreturn g",
        "`g` is one number, made in line 2, and has no places",
    ),
    "a local name hides the global one": (
        "sigmoid_derivative",
        "sigma = sigma(z)\nreturn sigma * (1 - sigma)",
        "hides the `sigma` outside: choose another name inside",
    ),
    "exp without np": ("sigmoid", "return 1 / (1 + exp(-z))", "say `np.exp`"),
    "linalg without np": (
        "layer_norms",
        "return [linalg.norm(grad[l.parameters]) for l in layers]",
        "say `np.linalg`",
    ),
    "a misspelled name": ("sigmoid", "return 1 / (1 + np.exp(-y))", "a name misspelled?"),
    "too many arguments": (
        "repaired_training",
        "return gradient(theta, alpha, gamma)",
        "`gradient` takes `theta` only, and 3 arguments were given.",
    ),
    "too few arguments of a method": (
        "run_training",
        "return [model.loss_and_gradient(theta) for _ in batches]",
        "`model.loss_and_gradient` takes `theta`, `x` and `y`, and x, y are missing.",
    ),
    "one of two functions without a name": (
        "run_training",
        "return optimizer.update(theta)",
        "`optimizer.update` takes `g` and `state`, and state is missing.",
    ),
    "an unknown keyword": (
        "repaired_training",
        "return gradient(at=theta)",
        "`gradient` takes `theta` only, and no `at=`.",
    ),
    "a model called": (
        "run_training",
        "return [model(theta, x, y) for x, y in batches]",
        "`model` is no function: call `model.loss_and_gradient`.",
    ),
    "an operand made by a matrix product": (
        "bptt_step",
        "d = grad_h @ (1 - h**2).T\nreturn d.T @ h_before, d.T @ x, d.sum(axis=0), d @ W",
        "`d` is made in its line 2, `d = grad_h @ (1 - h ** 2).T`: none of `grad_h`, `h`, "
        "`h_before` and `x` has its shape.",
    ),
    "a matrix product of two of one shape": (
        "bptt_step",
        "d = grad_h @ (1 - h**2)\nreturn d.T @ h_before, d.T @ x, d.sum(axis=0), d @ W",
        "Both have one shape: entry by entry they are multiplied with `*`",
    ),
    "a function calculated with": (
        "sigmoid_derivative",
        "return sigma * (1 - sigma)",
        "`sigma` is a function: call it, `sigma(z)`.",
    ),
    "a function in square brackets": (
        "sigmoid_derivative",
        "return sigma[z]",
        "`sigma` is a function: call it, `sigma(z)`.",
    ),
    "a function of several arguments calculated with": (
        "chain_derivative",
        "return weights * sigma",
        "call it, `sigma(...)`.",
    ),
    "an exercise that is not written yet": (
        "sigmoid_derivative",
        "return sigmoid(z) * (1 - sigmoid(z))",
        "`sigmoid` returns None, as it has no body yet.",
    ),
    "a SymPy formula": (
        "sigmoid_derivative",
        "return s * (1 - s)",
        "It returned a SymPy formula; one number is needed.",
    ),
    "SymPy formulas in an array": (
        "sigmoid",
        "return np.array([s, s])",
        "It returned SymPy formulas; real numbers are needed.",
    ),
    "a list in place of a number": (
        "chain_derivative",
        "return [0.5 for w in weights]",
        "It returned a list; one number is needed, not a list.",
    ),
    "factors in place of their product": (
        "chain_derivative",
        "a, factors = x, []\nfor w in weights:\n    z = w * a\n    a = sigma(z)\n"
        "    factors.append(w * a * (1 - a))\nreturn factors",
        "multiply them, `np.prod(...)`",
    ),
    "an array in place of a number": (
        "chain_derivative",
        "return weights * 1.5",
        "It returned shape (1,); one number is needed.",
    ),
    "a number in place of an array": (
        "numerical_gradient",
        "return 6.0",
        "It returned one number; shape (1,) is needed.",
    ),
    "a field that layers lack": (
        "layer_norms",
        "return [np.linalg.norm(grad[l.weights]) for l in layers]",
        "`.w`, `.b` and `.parameters`",
    ),
    "math on arrays": (
        "stable_sigmoid",
        "import math\nd = math.exp(-abs(z))\nreturn np.where(z >= 0, 1, d) / (1 + d)",
        "take single numbers only, and here it is an array",
    ),
    "float of an array": (
        "sigmoid",
        "return 1 / (1 + np.exp(-float(z)))",
        "take single numbers only, and here it is an array",
    ),
    "float32": (
        "sigmoid_derivative",
        "s = sigma(np.float32(z))\nreturn s * (1 - s)",
        "as far as float32 goes, which is about 7 digits",
    ),
}


@pytest.mark.parametrize(("name", "body", "said"), SAID.values(), ids=SAID)
def test_what_went_wrong_comes_with_what_to_do(name, body, said):
    assert said in verdict(name, body, sigma=sigma, sigmoid=UNTOUCHED, s=FORMULA)


def test_an_exercise_is_meant_to_be_solved_without_scipy(monkeypatch):
    for name in ("scipy", "scipy.special"):
        monkeypatch.setitem(sys.modules, name, None)
    body = "from scipy.special import expit\nreturn expit(z)"
    assert "without SciPy" in verdict("stable_sigmoid", body)


def test_a_callable_in_an_exception_about_something_else_gets_no_advice():
    told = verdict("sigmoid", "return 1 / (1 + np.exp('z'))", sigma=sigma)
    assert "call it" not in told


@pytest.mark.parametrize("name", ["sigmoid", "sigmoid_derivative", "chain_derivative"])
def test_what_differs_only_in_float32_is_shown_with_digits_that_differ(name):
    exercise = exercises()[name]
    result = check(name, lambda *args: np.float32(exercise.reference(*args)))
    rows = dict(line.split(maxsplit=1) for line in str(result).splitlines() if "  " in line[:2])
    assert result.status == "failed"
    assert rows["received"] != rows["expected"]
    assert "float32" in str(result)


@pytest.mark.parametrize("entry", ["kelvin", 1e-7])
def test_values_that_differ_by_more_than_their_dtype_are_not_called_a_matter_of_digits(entry):
    factor = 1.5 if entry == "kelvin" else 1.01
    result = check("sigmoid", lambda z: np.float32(factor * sigma(z)))
    assert "float32 goes" not in str(result)


def twice(x):
    return 2 * x


def with_law(holds):
    """Return an exercise on 2x with one law."""
    return Exercise(
        name="twice",
        lesson="00",
        statement="2x.",
        reference=twice,
        cases=lambda rng: [(1.0,), (3.0,)],
        mistakes=(Mistake("nothing", lambda x: 0.0, "this is 0 whatever x is."),),
        laws=(Law("a law", holds),),
        hints=(),
    )


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyError, NameError, RuntimeError])
def test_a_law_that_fails_by_itself_is_a_fault_of_the_course(error, monkeypatch, caplog):
    def holds(function):
        if function(1.0) == 0:
            raise error("in the law")
        return True, "fine"

    with pytest.raises(error):
        grade(with_law(holds), lambda x: 0.0)
    monkeypatch.setattr(faults, "strict", False)
    monkeypatch.setattr(api, "find", lambda name: with_law(holds))
    result = check("twice", lambda x: 0.0)
    assert result.status == "not attempted"
    assert "a fault of the course, not of your function" in str(result)
    assert caplog.records[-1].exc_info[0] is error


def test_a_law_breaks_where_what_comes_has_not_the_form_that_it_needs():
    def holds(function):
        return function(7.0) > 1, "fine"

    result = grade(with_law(holds), lambda x: 2 * x if x < 5 else np.array([[1.0], [2.0]]))
    assert "All 2 cases are right, but a law does not hold: " in str(result)
    assert "✘ no: a law (what came has another form than is needed)" in str(result)


def test_a_law_that_cannot_be_measured_is_neither_yes_nor_no():
    def holds(function):
        raise Untried("nothing to measure")

    result = grade(with_law(holds), lambda x: 2 * x)
    assert (result.status, result.mistake) == ("failed", None)
    assert "not every law could be measured: nothing to measure." in str(result)
    assert "– not measured: a law (nothing to measure)" in str(result)
    assert "✘" not in str(result).partition("\n")[2]


def test_a_rule_or_explanation_that_fails_is_a_fault_of_the_course_beside_the_verdict(
    monkeypatch, caplog
):
    def when(seen):
        return seen.no_such_thing

    exercise = replace(with_law(lambda f: (True, "fine")),
                       mistakes=(Mistake("odd", twice, "odd.", when=when),))  # fmt: skip
    with pytest.raises(AttributeError):
        grade(exercise, lambda x: 0.0)
    monkeypatch.setattr(faults, "strict", False)
    result = grade(exercise, lambda x: 0.0)
    assert (result.status, result.mistake) == ("failed", None)
    assert "a fault of the course, not of your function" in str(result)
    assert "First case that fails" in str(result)
    assert caplog.records[-1].exc_info[0] is AttributeError


def test_laws_that_were_not_tried_are_mentioned():
    exercise = with_law(lambda function: (True, "fine"))
    untried = str(grade(exercise, lambda x: "text" if x > 1 else 2 * x))
    assert "Fix this first; the other checks need a valid result" in untried
    assert "Fix this first" not in str(grade(exercise, lambda x: 1.0))


def test_a_later_case_of_another_form_is_told_first_where_nothing_is_known_of_the_numbers():
    exercise = with_law(lambda function: (True, "fine"))
    verdict = str(grade(exercise, lambda x: "text" if x > 1 else 0.0)).splitlines()
    assert verdict[1] == "It returned a piece of text; one number is needed."
    assert verdict[2] == "First case that has another form (0 of 2 are right):"


def test_a_later_case_of_another_form_is_told_as_it_is():
    exercise = with_law(lambda function: (True, "fine"))
    verdict = str(grade(exercise, lambda x: "text" if x > 1 else np.nan))
    assert "In case 2 of 2: it returned a piece of text; one number is needed." in verdict


def test_what_was_raised_stands_before_a_known_mistake_and_before_other_numbers():
    mistake = Mistake("odd", twice, "odd.", when=lambda seen: True, any_form=True)
    exercise = replace(with_law(lambda function: (True, "fine")), mistakes=(mistake,))

    def answer(x):
        return 0.0 if x < 2 else [x][1]

    verdict = str(grade(exercise, answer)).splitlines()
    assert verdict[1].startswith("It raised IndexError in its line 2")
    assert verdict[1].endswith("A known mistake, odd: odd.")
    assert verdict[2] == "First case that raises (0 of 2 are right):"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Inf", "Use `np.inf` instead."),
        ("float", "NumPy had it once for Python's own: `float`."),
        ("product", "NumPy says `np.prod`."),
        ("Sqrt", "NumPy says `np.sqrt`."),
        ("flattened_twice", "has no attribute 'flattened_twice'."),
    ],
)
def test_a_name_that_numpy_has_not_is_told(name, said):
    exercise = with_law(lambda function: (True, "fine"))
    assert str(grade(exercise, lambda x: getattr(np, name))).splitlines()[1].endswith(said)


def test_time_that_is_up_in_a_law_is_told():
    body = "while n_layers == 11:\n    pass\nreturn factor**n_layers"
    answer = answer_with(exercises()["repeated_factor"], body)
    result = check("repeated_factor", answer, seconds=0.2)
    assert "not every law could be measured: the time was up" in str(result)


def test_a_rule_is_not_asked_where_only_an_argument_was_changed():
    close = Mistake("close", twice, "close.", when=lambda seen: True)
    exercise = Exercise(
        name="twice",
        lesson="00",
        statement="2x.",
        reference=twice,
        cases=lambda rng: [(np.ones(2),)],
        mistakes=(close,),
        laws=(),
        hints=(),
    )

    def changes(x):
        x *= 2
        return x

    assert grade(exercise, changes).mistake == "argument changed in place"
    assert grade(exercise, lambda x: 3 * x).mistake == "close"
