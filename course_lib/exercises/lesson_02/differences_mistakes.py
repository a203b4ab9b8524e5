"""What goes wrong with central differences in lesson 02."""

import numpy as np

from course_lib.exercises.engine.formatting import listed_apart
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.kit.formula import listed
from course_lib.exercises.kit.wrong_differences import (
    all_at_once,
    coarse,
    copied_once,
    differences,
    left_above,
    left_ahead,
    left_below,
    misplaced_step,
    not_restored,
    one_coordinate,
    smaller_by_a_square,
    whole_copies,
    whole_result,
    zero,
)


def _numbers(case, answer, expected):
    f, theta = case
    received, right = listed_apart(answer, expected)
    return f"For {f} at θ = {listed(theta)} it gives {received}, and {right} is right."


def _with_numbers(sentence):
    return lambda *observed: f"{sentence} {_numbers(*observed)}"


def _all_rows(f, theta, shifts=np.eye):
    """Hand f every moved θ at once, one in each row."""
    rows = 1e-5 * shifts(theta.size)
    return (f(theta + rows) - f(theta - rows)) / 2e-5


def _one_row(f, theta):
    """Hand f a matrix with one row."""
    return _all_rows(f, theta, lambda n: np.eye(1, n))


def _one_column(f, theta):
    """Hand f a matrix with one column."""
    return _all_rows(f, theta[:, None], lambda n: np.eye(n, 1))


MISTAKES = (
    Mistake(
        "one-sided difference",
        differences(behind=0.0, span=1.0),
        _with_numbers("this looks to one side of θ only. At a corner it sees one of two "
                      "slopes, and elsewhere its error shrinks as h, not as h². Take "
                      "f(θ + h) - f(θ - h), divided by 2h."),
        variants=(
            *(differences(step, 1.0, 0.0, 1.0) for step in (1e-3, 1e-4, 1e-6, 1e-7, 1e-8)),
            *(differences(step, 0.0, 1.0, 1.0) for step in (1e-3, 1e-4, 1e-5, 1e-6, 1e-8)),
        ),
    ),
    Mistake(
        "divided by h, not by 2h",
        differences(span=1.0),
        _with_numbers("the two points are 2h apart, and the difference is divided by h: every "
                      "entry is twice as large as it should be."),
    ),
    Mistake(
        "one-sided difference divided by 2h",
        differences(behind=0.0),
        _with_numbers("f(θ + h) - f(θ) spans h only, and is divided by 2h: every entry is half "
                      "of what it should be. Replace f(θ) by f(θ - h)."),
        variants=(differences(1e-6, behind=0.0), differences(1e-4, behind=0.0)),
    ),
    Mistake(
        "sign of the difference",
        differences(span=-2.0),
        _with_numbers("the difference is f(θ - h) - f(θ + h): what lies ahead comes first."),
    ),
    Mistake(
        "all coordinates moved at once",
        all_at_once,
        _with_numbers("`theta + h` moves every coordinate, and the slopes of all directions "
                      "are added up. Move one coordinate at a time: add h to entry i only."),
    ),
    Mistake(
        "only one coordinate handed to f",
        one_coordinate,
        "f is called with a single entry of theta. It is a function of the whole vector: copy "
        "theta, change entry i of the copy, and hand over the copy.",
    ),
    Mistake(
        "a matrix handed to f",
        _all_rows,
        "f is called with a matrix, and takes one vector at a time. If it is "
        "`theta + h * np.eye(n)`, each row is such a vector: call f in a loop over i, with "
        "row i.",
        variants=(_one_row, _one_column),
    ),
    Mistake(
        "theta not put back",
        not_restored,
        lambda case, answer, expected: (
            "entry i of theta is moved and stays moved, so that the next entries are measured "
            "elsewhere, and the caller's theta has changed at the end. Move a copy."
        ),
        variants=(left_above,),
    ),
    Mistake(
        "the copy not put back",
        copied_once(left_below),
        "entry i of the copy is moved and stays moved, so that the next entries are measured "
        "beside θ and not at it. In a small net that hardly shows; with a million parameters "
        "all the others have moved by then. Put the entry back, or make the copy anew for "
        "every i.",
        variants=(copied_once(left_ahead), copied_once(left_below, np.copy),
                  copied_once(left_ahead, np.copy)),
    ),
    Mistake(
        "multiplied by h",
        misplaced_step,
        _with_numbers("`/ 2 * h` divides by 2 and then multiplies by h. Parentheses make one "
                      "divisor of it: `/ (2 * h)`."),
        when=smaller_by_a_square,
    ),
    Mistake(
        "0 everywhere",
        lambda f, theta: np.zeros(theta.shape),
        "every entry is 0. Either the result is never written (`gradient[i] = ...`), or the "
        "step is so small that θ + h is θ itself: floats near 1 lie 2e-16 apart.",
        when=zero,
    ),
    Mistake(
        "step too large",
        differences(0.1),
        _with_numbers("the step is so large that the curve bends between the two points. The "
                      "error shrinks as h²: try 1e-5."),
        variants=tuple(differences(step) for step in (1.0, 0.5, 0.2, 0.05, 0.02, 0.01)),
    ),
    Mistake(
        "step too small",
        differences(1e-12),
        _with_numbers("the step is so small that f(θ + h) and f(θ - h) agree in nearly all "
                      "their 16 digits; what is left of them is rounding. Near 1e-5 "
                      "rounding and bending are both small."),
        when=coarse,
    ),
    Mistake(
        "whole numbers stay whole",
        whole_copies,
        "an array of whole numbers cannot hold 3 + 1e-5: NumPy cuts it back to 3 without a "
        "word, and 3 - 1e-5 to 2. Begin with `theta = np.array(theta, dtype=float)`, which is "
        "a copy as well.",
        variants=(lambda f, theta: whole_copies(f, theta, np.zeros_like(theta)),),
    ),
    Mistake(
        "the result is cut to whole numbers",
        whole_result,
        "`np.zeros_like(theta)` has the dtype of theta. Where theta holds whole numbers, so "
        "does the result, and 0.39 is cut to 0 without a word: "
        "`np.zeros(theta.shape)` holds floats.",
    ),
)  # fmt: skip
