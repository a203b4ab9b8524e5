"""What goes wrong with a sigmoid that should not overflow, in lesson 05."""

import numpy as np

from course_lib.exercises.engine.formatting import compared
from course_lib.exercises.engine.model import Mistake

RTOL = 1e-6  # how right a value must be, however small it is


def _plain(z):
    return 1 / (1 + np.exp(-z))


def _other_plain(z):
    return np.exp(z) / (1 + np.exp(z))


def _both_branches(z):
    return np.where(z >= 0, _plain(z), _other_plain(z))


def _as_float64(function):
    return lambda z: function(np.asarray(z, np.float64))


def _hidden(function):
    """Return the function with NumPy told to keep silent."""

    def silent(z):
        with np.errstate(all="ignore"):
            return function(z)

    return silent


def _clipped(limit):
    return lambda z: _plain(np.clip(z, -limit, limit))


def _from_decay(above, below):
    """Return an answer built from exp(-|z|), with one formula on either side of 0."""

    def function(z):
        decay = np.exp(-np.abs(z))
        return np.where(z >= 0, above(decay), below(decay))

    return function


def _masked(empty, prepared=lambda z: z):
    """Return an answer that fills an array of results through masks."""

    def function(z):
        z = prepared(z)
        result = empty(z)
        result[z >= 0] = _plain(z[z >= 0])
        result[z < 0] = _other_plain(z[z < 0])
        return result

    return function


def _branching(z):
    return _plain(z) if z >= 0 else _other_plain(z)


def _float_zeros(z):
    return np.zeros_like(z, dtype=float)


def _first_difference(case, answer, expected):
    """Return z, what came and what was expected, where the two first differ."""
    z, answer, expected = (np.ravel(value) for value in (case[0], answer, expected))
    i = np.argmin(np.isclose(answer, expected, rtol=RTOL, atol=0))
    return float(z[i]), float(answer[i]), float(expected[i])


def _with_numbers(sentence):
    """Return an explanation: the sentence, then what came and what is right."""

    def explain(*observed):
        z, answer, expected = _first_difference(*observed)
        return f"{sentence} At z = {z:g} {compared(answer, expected)}"

    return explain


_ENTRY_BY_ENTRY = (
    "`np.where(z >= 0, ..., ...)` chooses entry by entry, and takes single numbers as well."
)

MISTAKES = (
    Mistake(
        "plain form",
        _plain,
        "the values are right, and on the way exp(-z) overflows: beyond 709.8 in float64, "
        "beyond 88.7 in float32, it is inf. That 1/(1 + inf) is 0 saves the value, not the "
        "warning on the screen, and derivatives from such parts are nan. Take the exponential "
        "of -|z|, which is at most 1.",
        variants=(_as_float64(_plain), lambda z: np.exp(-np.log1p(np.exp(-z)))),
    ),
    Mistake(
        "both branches evaluated",
        _both_branches,
        "the values are right, and `np.where` has computed both branches for every z before it "
        "chose: exp(-z) overflows far to the left and exp(z) far to the right. Make the "
        "argument safe before the exponential: exp(-|z|) is at most 1.",
        variants=(_as_float64(_both_branches),),
    ),
    Mistake(
        "overflow hidden",
        _hidden(_plain),
        "the values are right and no warning shows, because it is silenced: the exponential "
        "overflows to inf as before. Hiding is no remedy: the same setting keeps silent where "
        "inf spoils a value, and derivatives from such parts are nan. Take the exponential of "
        "-|z|, which is at most 1, and there is nothing to hide.",
        variants=(_hidden(_both_branches), _hidden(_as_float64(_plain)),
                  _hidden(_as_float64(_both_branches))),
    ),
    Mistake(
        "nan far to the right",
        _other_plain,
        _with_numbers("exp(z)/(1 + exp(z)) is inf/inf beyond z = 709.8, which is nan. To the "
                      "right of 0 divide by exp(z), and exp(-z) is left, at most 1."),
        variants=(_as_float64(_other_plain),),
    ),
    Mistake(
        "z clipped",
        _clipped(500),
        _with_numbers("z is cut off, so that everything beyond has one value. Far to the left "
                      "σ goes on falling as exp(z), and floats can follow it to 1e-308."),
        variants=tuple(_clipped(limit) for limit in (
            15, 16, 20, 25, 30, 35, 36, 50, 60, 80, 88, 100, 200, 250, 300, 600, 700, 709)),
    ),
    Mistake(
        "difference of two numbers near 1",
        lambda z: 0.5 * (1 + np.tanh(z / 2)),
        _with_numbers("a small value is computed as a difference of two that are nearly equal. "
                      "Beside 1 a float64 cannot hold less than 1e-16, so that from z = -37 on "
                      "nothing is left. The form with tanh does this (tanh nears -1, and 1 is "
                      "added), and so does 1 - σ(-z)."),
        variants=(lambda z: 1 - 1 / (1 + np.exp(z)),
                  _from_decay(lambda d: 1 / (1 + d), lambda d: 1 - 1 / (1 + d))),
    ),
    Mistake(
        "one formula for both sides",
        _from_decay(lambda d: 1 / (1 + d), lambda d: 1 / (1 + d)),
        _with_numbers("with |z| in place of z, the formula no longer knows the sign of z. "
                      "1/(1 + exp(-|z|)) is right for z >= 0, exp(-|z|)/(1 + exp(-|z|)) for "
                      "z < 0."),
        variants=(_from_decay(lambda d: d / (1 + d), lambda d: d / (1 + d)),),
    ),
    Mistake(
        "sides exchanged",
        _from_decay(lambda d: d / (1 + d), lambda d: 1 / (1 + d)),
        _with_numbers("this is σ(-z): the two formulas stand on the wrong sides of 0."),
        variants=(lambda z: 1 / (1 + np.exp(z)),),
    ),
    Mistake(
        "decay instead of the sigmoid",
        _from_decay(lambda d: 1 / (1 + d), lambda d: d),
        _with_numbers("to the left of 0 only exp(z) is left. That is right far out, and twice "
                      "as much as it should be at 0: divide by 1 + exp(z)."),
    ),
    Mistake(
        "if on an array",
        _branching,
        f"`if` needs one yes or no, and an array of several z gives one for each entry. "
        f"{_ENTRY_BY_ENTRY}",
    ),
    Mistake(
        "mask on a single number",
        _masked(np.zeros_like),
        "a mask needs an array, and z may be one number. Begin with `z = np.asarray(z)`, or do "
        f"without masks: {_ENTRY_BY_ENTRY}",
        variants=(_masked(lambda z: np.zeros(z.shape)), _masked(_float_zeros),
                  _masked(lambda z: np.zeros(np.shape(z)))),
    ),
    Mistake(
        "whole numbers stay whole",
        _masked(np.zeros_like, np.asarray),
        _with_numbers("`np.zeros_like(z)` has the dtype of z, and where z holds whole numbers, "
                      "so does the result: 0.88 is cut to 0 without a word."),
    ),
    Mistake(
        "number becomes an array",
        _masked(_float_zeros, np.atleast_1d),
        lambda case, answer, expected: (
            f"z is one number, and the answer has shape {np.shape(answer)}: `np.atleast_1d` "
            "adds an axis. `np.asarray` does not, and masks work on what it returns."
        ),
        variants=(_masked(np.zeros_like, np.atleast_1d),),
    ),
    Mistake(
        "float32 becomes float64",
        _masked(_float_zeros, np.asarray),
        "the values are right, and float32 comes back as float64: `np.zeros(shape)` and "
        "`dtype=float` are float64. In a net every later array would follow, twice as large "
        "and slower; `np.where` keeps the dtype.",
    ),
)  # fmt: skip
