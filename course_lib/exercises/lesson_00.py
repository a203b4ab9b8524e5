"""Lesson 00: what is left of a gradient after many layers."""

from course_lib.exercises.model import Exercise, Law, Mistake


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
    drawn = [(float(rng.uniform(0.2, 2.0)), int(rng.integers(2, 40))) for _ in range(5)]
    return [*simple, *drawn]


def _xor(factor, n_layers):
    return factor ^ n_layers


def _explain_product(case, answer, expected):
    factor, n_layers = case
    return (
        f"this multiplies by the number of layers, {factor:g} × {n_layers} = {answer:.4g}. "
        f"Every layer multiplies once more, so the factor appears {n_layers} times in a "
        f"product: {expected:.4g}."
    )


def _explain_one_short(case, answer, expected):
    factor, n_layers = case
    return (
        f"one layer is missing. With {n_layers} layers the factor {factor:g} appears "
        f"{n_layers} times, and here it appears {n_layers - 1} times."
    )


def _explain_one_more(case, answer, expected):
    factor, n_layers = case
    return (
        f"there is one factor too many. The gradient starts as 1, not as {factor:g}: with "
        f"{n_layers} layers the factor appears {n_layers} times."
    )


_MISTAKES = (
    Mistake("product instead of power", lambda factor, n_layers: factor * n_layers,
            _explain_product),
    Mistake("one layer too few", lambda factor, n_layers: factor ** (n_layers - 1),
            _explain_one_short),
    Mistake("one layer too many", lambda factor, n_layers: factor ** (n_layers + 1),
            _explain_one_more),
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
    return value == 1, f"{value:g} is left with no layer"


def _one_more_layer(function):
    ratio = function(0.5, 11) / function(0.5, 10)
    return abs(ratio - 0.5) < 1e-12, f"from 10 to 11 layers at factor 0.5: × {ratio:.4g}"


EXERCISES = (
    Exercise(
        name="repeated_factor",
        lesson="00",
        statement="""What is left of a gradient of 1 after n_layers layers that each
        multiply it by factor.

        factor : float;  n_layers : int, 0 or more;  returns a number
        """,
        reference=repeated_factor,
        cases=_cases,
        mistakes=_MISTAKES,
        laws=(
            Law("no layer leaves the gradient as it is", _nothing_to_cross),
            Law("one more layer multiplies by the factor once more", _one_more_layer),
        ),
        hints=(
            "Write it out for three layers: what happens to the number 1 on its way?",
            "1 · factor · factor · factor: how many factors are there for n_layers layers?",
            "A power does it in one line (`**` in Python); a loop that multiplies does too.",
        ),
        remark="A quarter, ten times, is 9.5e-07; 1.5, thirty times, is 191751. Both are what "
        "this course is about.",
    ),
)
