"""What is found out about an answer where its exercise knows no mistake."""

import math
import re

import numpy as np
import pytest
from exercises_learner import written

from course_lib.exercises.engine import repair
from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.grading import grade
from course_lib.exercises.engine.model import Exercise


def exercise(reference, cases, **changes):
    """Return an exercise that knows no mistake and no law."""
    parts = {"name": "asked", "lesson": "00", "statement": "...", "mistakes": (), "laws": (),
             "hints": (), "comparison": Close(1e-9)}  # fmt: skip
    return Exercise(reference=reference, cases=lambda rng: cases(rng), **(parts | changes))


def weighted(x, scale):
    """Vectors and a number."""
    return scale * np.exp(x) + x


def _vectors(rng):
    sizes_and_scales = ((3, 2.0), (3, 0.5), (4, 1.5), (5, 3.0), (2, 1.0))
    return [(rng.normal(size=n), scale) for n, scale in sizes_and_scales]


def product(rows, table):
    """Matrices: examples are rows."""
    return rows @ table


def _tables(rng):
    sizes = ((2, 3, 4), (1, 3, 2), (4, 2, 2), (1, 2, 5), (3, 3, 3))
    return [(rng.normal(size=(n, m)), rng.normal(size=(m, k))) for n, m, k in sizes]


def total(x):
    """One number of each vector."""
    return float(np.sum(x**2))


def _numbers(rng):
    return [(rng.normal(size=n),) for n in (1, 2, 3, 5, 8)]


def both(x, y):
    """Two values."""
    return x + y, x * y


def _pairs(rng):
    return [(rng.normal(size=n), rng.normal(size=n)) for n in (2, 3, 4, 5)]


def curve(z):
    """A number or an array."""
    return np.exp(z)


def _one_row_is_wide(rng):
    sizes = ((1, 3, 4), (2, 3, 2), (1, 2, 5), (4, 2, 3))
    return [(rng.normal(size=(n, m)), rng.normal(size=(m, k))) for n, m, k in sizes]


def _curves(rng):
    arrays = [np.linspace(-2, 2, 5), rng.normal(size=(2, 3)), rng.normal(size=6)]
    return [(0.7,), (1.3,), *((a,) for a in arrays)]


ASKED = {
    "weighted": exercise(weighted, _vectors),
    "product": exercise(product, _tables),
    "total": exercise(total, _numbers),
    "both": exercise(both, _pairs, returns=("added", "multiplied")),
    "curve": exercise(curve, _curves),
    "rowed": exercise(lambda x, y: x @ y, _one_row_is_wide),
}
NAMES = {"weighted": weighted, "product": product, "total": total, "curve": curve,
         "both": both, "kept": [], "math": math}  # fmt: skip

FOUND = {
    "minus": ("weighted", "return -np.asarray(weighted(x, scale))", "returned minus the right"),
    "root": ("total", "return weighted and math.sqrt(total(x))", "the root of the right value"),
    "square": ("curve", "return np.exp(z) ** 2", "the square of the right value"),
    "reciprocal": ("curve", "return np.exp(-z)", "1 over the right value"),
    "complement": ("curve", "return 1 - np.exp(z)", "1 minus the right value"),
    "rounded": ("weighted", "return np.round(weighted(x, scale), 2)", "rounded to 2 decimals"),
    "whole": ("weighted", "return np.trunc(weighted(x, scale))", "cut to a whole number"),
    "half": ("total", "return total(x) / 2", "1/2 times the right value"),
    "factor": ("weighted", "return 2.5 * weighted(x, scale)", "2.5 times the right value"),
    "an argument too many": ("weighted", "return scale * weighted(x, scale)",
                             "`scale` times the right value"),
    "1 - scale": ("weighted", "return (1 - scale) * weighted(x, scale)",
                  "1 - scale times the right value"),
    "mean for sum": ("total", "return float(np.mean(x**2))",
                     "the right value divided by len(x)"),
    "root of the size": ("total", "return total(x) / math.sqrt(len(x))",
                         "divided by √(len(x))"),
    "rows counted": ("product", "return product(rows, table) / len(rows)",
                     "divided by rows.shape[0]"),
    "constant": ("weighted", "return weighted(x, scale) - 0.25", "the right value minus 0.25"),
    "minus an argument": ("weighted", "return scale * np.exp(x)", "the right value minus `x`"),
    "transposed": ("product", "return product(rows, table).T", "transposed"),
    "turned round": ("weighted", "return weighted(x, scale)[::-1]", "the last one first"),
    "sorted": ("weighted", "return np.sort(weighted(x, scale))", "in another order"),
    "an axis too many": ("weighted", "return weighted(x, scale)[None]", "in another shape"),
    "summed": ("weighted", "return np.sum(weighted(x, scale))", "sum of all the right numbers"),
    "first only": ("weighted", "return weighted(x, scale)[0]", "only the first of the right"),
    "last left out": ("weighted", "return weighted(x, scale)[:-1]",
                      "the right numbers without the last one"),
    "not summed": ("total", "return x**2", "their sum over axis 0 is the right value"),
    "signs": ("weighted", "return np.abs(weighted(x, scale))", "without its sign"),
    "unchanged": ("weighted", "return x.copy()", "It returned `x` unchanged"),
    "zero": ("weighted", "return np.zeros(len(x))", "It returned 0, in all 5 cases"),
    "other factor": ("weighted", "return weighted(x, scale) * x.max()",
                     "times a factor that changes"),
    "float32": ("weighted", "return weighted(x.astype(np.float32), scale).astype(float)",
                "Its result is right to about seven digits only, as many as float32 has, in"),
    "float32 returned": ("weighted", "return weighted(x, scale).astype(np.float32)",
                         "in all 5 cases. Keep the numbers in float64."),
    "float32 of two": ("both", "return (x + y).astype(np.float32), x * y",
                       "`multiplied` is right in all cases. Keep the numbers in float64."),
    "not used": ("weighted", "return np.exp(x) + x * 3", "`scale` makes no difference"),
    "swapped": ("both", "return np.exp(y) - x, x / y", "`added` and `multiplied` are wrong"),
    "order of values": ("both", "return x * y, x + y", "it returned `multiplied`, `added`"),
    "an argument, in part": ("weighted", "return weighted(x, scale) + 0.01 * x",
                             "the right value plus 0.01 times `x`"),
    "an argument less it": ("weighted", "return x - weighted(x, scale)",
                            "`x` minus the right value"),
    "cut off": ("weighted", "return np.clip(weighted(x, scale), -1, 1)",
                "the right value cut off at ±1"),
    "scaled to norm 1": ("weighted", "y = weighted(x, scale)\nreturn y / np.linalg.norm(y)",
                         "the right value divided by its norm"),
    "one number": ("weighted", "return np.full(len(x), 2.0)",
                   "returned 2 everywhere, in all"),
    "summed over rows": ("product", "return product(rows, table).sum(0)",
                         "the right value, summed over axis 0"),
    "one value for both": ("both", "return x + y, x + y",
                           "`multiplied` is what is right for `added`; `added` is right"),
    "one of two": ("both", "return x + y, -x * y",
                   "`multiplied` is minus the right value; `added` is right in all cases"),
    "two of two": ("both", "return 2 * (x + y), -x * y",
                   "`added` is 2 times the right value; `multiplied` is minus the right value"),
    "one row": ("product", "return rows[:1] @ table + 0 * product(rows, table)",
                "in the 2 cases where `rows` has one row, and wrong in the other 3"),
    "positive": ("curve", "return np.exp(np.maximum(z, 0))", "right where `z` >= 0"),
    "entries of one of two": ("both", "return x + y, np.where(x > 0, x * y, 0)",
                              "right where `x` >= 0 and 0 elsewhere; `added` is right in all"),
    # in the cases a wide table goes with one row, beside them it does not
    "one of two features": ("rowed", "return x @ y if y.shape[1] > 3 else x @ y + len(x)",
                            "in the 2 cases where y.shape[1] is 4 or more, and wrong in the"),
    "numbers": ("curve", "return np.exp(z) * (1 if np.ndim(z) == 0 else np.abs(z))",
                "in the 2 cases where `z` is one number"),
    "first entry": ("weighted", "y = weighted(x, scale)\ny[1:] *= x[1:] - 7\nreturn y",
                    "right where an entry is the first"),
    "not the last": ("weighted", "y = weighted(x, scale)\ny[-1:] += y[-1:] > 1\nreturn y",
                     "where an entry is not the last, and wrong in 2 of 5 entries elsewhere"),
    "a function not called": ("curve", "return np.exp(z) if curve > 0 else 0",
                              "`curve` is a function: call it"),
    "state": ("weighted", "kept.append(1)\nreturn weighted(x, scale) * len(kept)",
              "gives two different results"),
    "in place": ("weighted", "y = weighted(x, scale)\nx *= 0\nreturn y",
                 "changed its argument `x` in place"),
    "shapes": ("product", "return table @ rows",
               "`table` has shape (3, 4) and `rows` has shape (2, 3)"),
    "a single number": ("curve", "return np.array([math.exp(v) for v in z])",
                        "`z` is a single number"),
}  # fmt: skip


def judged(name, body):
    asked = ASKED[name]
    parameters = ", ".join(asked.parameters)
    text = f"def asked({parameters}):\n    " + body.replace("\n", "\n    ")
    return grade(asked, written(text, "asked", **NAMES))


@pytest.mark.parametrize(("name", "body", "said"), FOUND.values(), ids=FOUND)
def test_what_is_seen_is_said_first(name, body, said):
    result = judged(name, body)
    assert result.status == "failed"
    assert said in str(result).splitlines()[1], str(result)
    assert not re.search("numbers differ|numbers agree", str(result))


NOTHING = {
    "another formula": ("weighted", "return scale * np.cosh(x) - x"),
    "noise": ("curve", "return np.exp(z) + np.sin(37 * np.asarray(z))"),
    "another norm": ("total", "return float(np.sum(np.abs(x) ** 3))"),
}


@pytest.mark.parametrize(("name", "body"), NOTHING.values(), ids=NOTHING)
def test_where_nothing_is_seen_nothing_is_said(name, body, monkeypatch):
    monkeypatch.setattr(repair, "TRIES", 0)  # what is measured, and not what is tried
    result = judged(name, body)
    assert (result.status, result.mistake) == ("failed", None), str(result)
    assert str(result).splitlines()[1] == "The numbers differ."


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda a, b: b - 2 * a, "`a` and `b` are swapped: in all 3 cases"),
        (lambda a, b: a - 2 * a, "`a` stands where `b` belongs: in all 3 cases"),
    ],
)
def test_an_argument_taken_for_another_is_told(answer, said):
    asked = exercise(lambda a, b: a - 2 * b, lambda rng: [(1.0, 2.0), (3.0, 5.0), (0.5, 4.0)])
    assert said in str(grade(asked, answer)).splitlines()[1]


def test_no_bound_is_told_beyond_which_no_input_lies():
    asked = exercise(
        lambda q: 1 + np.sqrt(q), lambda rng: [(q,) for q in (4.0, 0.0, 0.5, 2.0, 9.0)]
    )
    said = str(grade(asked, lambda q: 1 + 2 * np.sqrt(q))).splitlines()[1]
    assert said == "It is right in the one case where `q` is 0, and wrong in the other 4."
