"""Lesson 00: what is left of a gradient after many layers."""

import math
import operator

import numpy as np

from course_lib.exercises.engine.formatting import compared, counted, times
from course_lib.exercises.engine.model import Exercise, Law, Mistake
from course_lib.exercises.kit.reading import single_numbers
from course_lib.exercises.kit.told import told_with
from course_lib.exercises.kit.tried import tried


def repeated_factor(factor, n_layers):
    """Return what is left of a gradient of 1 after n_layers layers.

    Parameters
    ----------
    factor : float
        What every layer multiplies the gradient by.
    n_layers : int
        How many layers, ≥ 0.

    Returns
    -------
    float
    """
    return factor**n_layers


def _cases(rng):
    simple = [(2.0, 1), (0.5, 2), (2.0, 3), (0.25, 10), (1.0, 30), (1.5, 30), (3.0, 0)]
    negative = [(-0.5, 3), (-1.0, 10), (-2.0, 7)]
    drawn = [(float(rng.uniform(0.2, 2.0)), int(rng.integers(2, 40))) for _ in range(5)]
    return [*simple, *negative, *drawn]


class _Facts:
    """An answer where there are layers: factors, numbers of layers, and what came.

    ``power`` is how often the factor was multiplied, nan where that cannot be read off.
    """

    def __init__(self, seen):
        self.factor, self.n = np.array(seen.cases, float).T
        self.answer = single_numbers(seen)
        self.right = np.array(seen.expected, float)
        self.power = np.log(np.abs(self.answer)) / np.log(np.abs(self.factor))

    def is_power(self, n):
        """Tell whether the factor was multiplied n times, wherever there are layers."""
        known = (self.n > 0) & (np.abs(self.factor) != 1) & np.isfinite(self.power)
        other = known & ~np.isclose(self.power, self.n)
        varied = other.sum() > 2 and np.ptp(self.answer[known]) > 0
        return varied and np.allclose(self.power[known], n[known])

    def is_value(self, *values):
        """Tell whether the answers are one of these, wherever there are layers."""
        known = (self.n > 0) & np.isfinite(self.answer)
        return any(np.allclose(self.answer[known], value[known]) for value in values)


def _appears(n_layers):
    return f"with {counted(n_layers, 'layer')} the factor appears {times(n_layers)}"


def _numbers(case, answer, expected):
    factor, n_layers = case
    return (
        f"{_appears(n_layers).capitalize()} in the product. For the factor {factor:g} "
        f"{compared(answer, expected)}"
    )


_told = told_with(_numbers)

_MISTAKES = (
    _told("sum instead of product",
          "the factors are added up (or subtracted). Every layer multiplies once more.",
          lambda factor, n_layers: factor * n_layers,
          lambda factor, n_layers: 1 + factor * n_layers,
          when=lambda facts: facts.is_value(*(start + sign * facts.factor * facts.n for start in
              (0, 1, facts.factor) for sign in (1, -1)))),
    _told("one layer too few",
          "one layer is missing. (`range(1, n)` has n - 1 rounds.)",
          lambda factor, n_layers: factor ** (n_layers - 1),
          lambda factor, n_layers: factor ** max(n_layers - 1, 0),
          when=lambda facts: facts.is_power(facts.n - 1)),
    _told("one layer too many",
          "there is one factor too many. The gradient starts as 1, not as the factor.",
          lambda factor, n_layers: factor ** (n_layers + 1),
          when=lambda facts: facts.is_power(facts.n + 1)),
    _told("one layer only",
          "this is the factor itself, as after one layer. (If there is a loop: a `return` "
          "inside it ends it in its first round.)", lambda factor, n_layers: factor,
          when=lambda facts: facts.is_value(facts.factor), any_form=True),
    _told("squared in every round",
          "what is left is multiplied by itself in every round, and should be by the factor.",
          lambda factor, n_layers: np.power(factor, 2.0**n_layers),
          when=lambda facts: facts.is_power(2**facts.n), any_form=True),
    _told("another number of factors",
          "the factor is not multiplied as often as there are layers.",
          lambda factor, n_layers: factor ** (n_layers // 2),
          lambda factor, n_layers: np.abs(factor) ** np.divide(1, n_layers),
          when=lambda facts: not facts.is_power(-facts.n) and (
              facts.is_power(np.round(facts.power)) or facts.is_power(1 / facts.n)),
          any_form=True),
    _told("divided instead of multiplied",
          "the factor is divided by the number of layers. Every layer multiplies by it.",
          lambda factor, n_layers: factor / n_layers,
          when=lambda facts: facts.is_value(facts.factor / facts.n), any_form=True),
    Mistake("the product starts at 0", lambda factor, n_layers: 0.0,
            "this is 0 whatever the factor. A product that starts at 0, or is multiplied by 0 "
            "once, stays 0: start it at 1, the gradient before the first layer.",
            variants=(lambda factor, n_layers: float(n_layers == 0),),
            when=lambda facts: facts.is_value(0 * facts.factor)),
    _told("sign lost",
          "the size is right and the sign is not. A negative factor turns the gradient round "
          "in every layer.", lambda factor, n_layers: abs(factor) ** n_layers,
          lambda factor, n_layers: math.copysign(abs(factor) ** n_layers, factor),
          when=lambda facts: np.allclose(np.abs(facts.answer), np.abs(facts.right))),
    Mistake("0 layers forgotten", lambda factor, n_layers: factor ** max(n_layers, 1),
            "it is right but with 0 layers. There nothing multiplies the gradient, and what is "
            "left is the 1 that it starts as.",
            variants=(lambda factor, n_layers: factor**n_layers if n_layers else 0.0,),
            when=lambda facts: np.allclose(*(side[facts.n > 0] for side in
                                             (facts.answer, facts.right)))),
    _told("powers added up",
          "the powers of the factor are added up. What is left after n layers is the last "
          "product alone.",
          lambda factor, n_layers: sum(factor**i for i in range(n_layers)),
          lambda factor, n_layers: sum(factor**i for i in range(n_layers + 1)),
          lambda factor, n_layers: sum(factor**i for i in range(1, n_layers + 1))),
    _told("base and exponent swapped",
          "this raises the number of layers to the power of the factor. The factor is what "
          "gets multiplied with itself: it is the base.",
          lambda factor, n_layers: n_layers**factor),
    _told("e for the base",
          "this is a power of e. The factor is what gets multiplied with itself: it is the "
          "base, `factor ** n_layers`.", lambda factor, n_layers: math.exp(factor * n_layers)),
    Mistake("^ for a power", operator.xor,
            "in Python `^` compares the bits of whole numbers (exclusive or). A power is "
            "written with two stars: `**`.",
            (lambda factor, n_layers: int(factor) ^ n_layers,)),
    _told("logarithm instead of the power",
          "this is n times the logarithm of the factor: the logarithm of what is left. The "
          "power itself is asked for, `factor ** n_layers`.",
          lambda factor, n_layers: n_layers * np.log(factor),
          when=lambda facts: facts.is_value(*(facts.n * log(facts.factor) for log in
              (np.log, np.log2, np.log10))), any_form=True),
    _told("factor read as a growth rate",
          "this takes the factor for what a layer adds, as a rate of interest does. Here a "
          "layer multiplies by the factor itself.",
          lambda factor, n_layers: (1 + factor) ** n_layers),
    _told("factor read as a loss",
          "this takes the factor for the share that is lost in a layer. It is what the "
          "gradient is multiplied by.", lambda factor, n_layers: (1 - factor) ** n_layers),
)  # fmt: skip


@tried((0.25,), (-2.0,), drawn=lambda rng: (float(rng.uniform(-2, 2)),))
def _nothing_to_cross(function, factor):
    value = function(factor, 0)
    return value == 1, f"factor {factor:.4g}, 0 layers: {value:g}"


@tried((0.5, 10), (2.0, 0), (-1.5, 1),
       drawn=lambda rng: (float(rng.uniform(-2, 2)), int(rng.integers(0, 9))))  # fmt: skip
def _one_more_layer(function, factor, n):
    less, more = function(factor, n), function(factor, n + 1)
    holds = less != 0 and abs(more - factor * less) < 1e-6 * abs(less)
    said = f"{less:.4g} after {counted(n, 'layer')}, {more:.4g} after {n + 1}"
    return holds, f"factor {factor:.4g}: {said}"


@tried((0.5, 1), (0.5, 0), (1.5, 2),
       drawn=lambda rng: (float(rng.uniform(0.2, 2)), int(rng.integers(0, 9))))  # fmt: skip
def _turns_round(function, size, n):
    values = function(-size, n), function(-size, n + 1)
    said = f"{values[0]:.4g} after {counted(n, 'layer')}, {values[1]:.4g} after {n + 1}"
    return values[0] * values[1] < 0, f"factor {-size:.4g}: {said}"


EXERCISES = (
    Exercise(
        name="repeated_factor",
        lesson="00",
        statement="""What is left of a gradient of 1 after n_layers layers that each
        multiply it by factor.

        factor : float, also negative;  n_layers : int, 0 or more;  returns a number
        """,
        reference=repeated_factor,
        cases=_cases,
        mistakes=_MISTAKES,
        facts=_Facts,
        laws=(
            Law("with 0 layers, 1 is left", _nothing_to_cross),
            Law("one more layer multiplies by the factor once more", _one_more_layer),
            Law("a negative factor turns the gradient round", _turns_round),
        ),
        hints=(
            "Write it out for three layers: what happens to the number 1 on its way?",
            "1 · factor · factor · factor: how many factors are there for n_layers layers?",
            "A power does it in one line (`**` in Python); a loop that multiplies does too.",
        ),
        remark="A quarter, ten times, is 9.5e-07; 1.5, fifty times, is 6.4e+08. Both are what "
        "this course is about.",
    ),
)
