"""Lesson 00: what is left of a gradient after many layers."""

from course_lib.exercises.engine.formatting import counted, times
from course_lib.exercises.engine.model import Exercise, Law, Mistake


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


def _xor(factor, n_layers):
    return factor ^ n_layers


def _factor(factor, n_layers):
    return factor


def _return_in_loop(factor, n_layers):
    left = 1
    for _ in range(n_layers):
        left *= factor
        return left


def _zero(factor, n_layers):
    return 0.0


def _appears(n_layers):
    return f"with {counted(n_layers, 'layer')} the factor appears {times(n_layers)}"


def _explain_product(case, answer, expected):
    factor, n_layers = case
    return (
        f"this multiplies by the number of layers, {factor:g} × {n_layers} = {answer:.4g}. "
        f"Every layer multiplies once more: {_appears(n_layers)} in a product, which is "
        f"{expected:.4g}."
    )


def _explain_one_short(case, answer, expected):
    factor, n_layers = case
    return (
        f"one layer is missing: {_appears(n_layers)}. Here {factor:g} appears "
        f"{times(n_layers - 1)}."
    )


def _explain_one_more(case, answer, expected):
    factor, n_layers = case
    return (
        f"there is one factor too many. The gradient starts as 1, not as {factor:g}: "
        f"{_appears(n_layers)}."
    )


def _explain_one_only(case, answer, expected):
    n_layers = case[1]
    return (
        f"this is the factor itself, as after one layer. {_appears(n_layers).capitalize()}: "
        f"{expected:.4g} is left. (If there is a loop: a `return` inside it ends it in its "
        "first round.)"
    )


_MISTAKES = (
    Mistake("product instead of power", lambda factor, n_layers: factor * n_layers,
            _explain_product),
    Mistake("one layer too few", lambda factor, n_layers: factor ** (n_layers - 1),
            _explain_one_short),
    Mistake("one layer too many", lambda factor, n_layers: factor ** (n_layers + 1),
            _explain_one_more),
    Mistake("one layer only", _factor, _explain_one_only, variants=(_return_in_loop,)),
    Mistake(
        "the product starts at 0",
        _zero,
        "this is 0 whatever the factor. A product that starts at 0 stays 0: start it at 1, "
        "which is the gradient before the first layer.",
    ),
    Mistake(
        "sign lost",
        lambda factor, n_layers: abs(factor) ** n_layers,
        lambda case, answer, expected: (
            f"the size is right and the sign is not. The factor {case[0]:g} turns the gradient "
            f"round in every layer: {case[0]:g} to the power of {case[1]} is {expected:.4g}."
        ),
    ),
    Mistake(
        "base and exponent swapped",
        lambda factor, n_layers: n_layers**factor,
        lambda case, answer, expected: (
            f"this raises the number of layers to the power of the factor, {case[1]} to the "
            f"power {case[0]:g}. The factor is what gets multiplied with itself: it is the "
            "base."
        ),
    ),
    Mistake(
        "^ for a power",
        _xor,
        "in Python `^` compares the bits of whole numbers (exclusive or). A power is written "
        "with two stars: `**`.",
    ),
    Mistake(
        "factor read as a growth rate",
        lambda factor, n_layers: (1 + factor) ** n_layers,
        lambda case, answer, expected: (
            f"this takes {case[0]:g} for what a layer adds, as a rate of interest does. Here a "
            f"layer multiplies by {case[0]:g} itself, so there is nothing to add to it."
        ),
    ),
    Mistake(
        "factor read as a loss",
        lambda factor, n_layers: (1 - factor) ** n_layers,
        lambda case, answer, expected: (
            f"this takes {case[0]:g} for the share that is lost in a layer. It is what the "
            f"gradient is multiplied by, so {expected:.4g} is left."
        ),
    ),
)  # fmt: skip


def _nothing_to_cross(function):
    value = function(0.25, 0)
    return value == 1, f"factor 0.25, 0 layers: {value:g}"


def _one_more_layer(function):
    less, more = function(0.5, 10), function(0.5, 11)
    holds = less != 0 and abs(more - 0.5 * less) < 1e-9 * abs(less)
    return holds, f"factor 0.5: {less:.4g} after 10 layers, {more:.4g} after 11"


def _turns_round(function):
    value = function(-0.5, 1)
    return value < 0, f"factor -0.5, 1 layer: {value:g}"


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
