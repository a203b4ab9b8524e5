"""Lesson 03: by what factor the gradient grows per layer, on its way back."""

import numpy as np

from course_lib import diagnostics
from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.tried import tried
from course_lib.exercises.lesson_03.norm_growth_mistakes import MISTAKES, Facts, listed


def growth_per_layer(norms):
    """Return r with r^(L-1) = norms[0] / norms[-1]."""
    n_steps = len(norms) - 1
    return (norms[0] / norms[-1]) ** (1 / n_steps)


def _cases(rng):
    simple = [[8.0, 4.0, 2.0], [8.0, 2.0], [1.0, 2.0, 4.0, 8.0], [3.0, 3.0, 3.0]]
    uneven = [[9.0, 5.0, 1.0], [2.0, 7.0, 1.0, 0.5], [1e-12, 3e-7, 2e-3, 1.0, 4.0]]
    drawn = [np.exp(rng.normal(size=n).cumsum()) for n in (5, 10, 30)]
    return [(np.array(norms),) for norms in (*simple, *uneven, *drawn)]


_UNEVEN = np.array([9.0, 5.0, 0.3, 1.0])


def _drawn(rng):
    return (np.exp(rng.normal(size=rng.integers(2, 8)).cumsum()),)


@tried((_UNEVEN,), (np.array([8.0, 2.0]),), drawn=_drawn)
def _whole_growth(function, norms):
    n, ratio = len(norms) - 1, norms[0] / norms[-1]
    whole = float(function(norms)) ** n
    said = f"r^{n} = {whole:.4g}, ratio {ratio:.4g}"
    return abs(whole - ratio) < 1e-6 * ratio, f"norms {listed(norms)}: {said}"


@tried((np.full(5, 0.3),), (np.full(2, 4.0),),
       drawn=lambda rng: (np.full(rng.integers(2, 9), rng.uniform(0.1, 9)),))  # fmt: skip
def _level(function, norms):
    value = float(function(norms))
    return abs(value - 1) < 1e-9, f"{len(norms)} norms of {norms[0]:.4g}: {value:.4g}"


@tried((_UNEVEN,), (np.array([8.0, 2.0]),), drawn=_drawn)
def _reversible(function, norms):
    back, forward = (float(function(given)) for given in (norms.copy(), norms[::-1].copy()))
    evidence = f"{back:.4g} back, {forward:.4g} forward, product {back * forward:.4g}"
    return abs(back * forward - 1) < 1e-6, evidence


EXERCISES = (
    Exercise(
        name="growth_per_layer",
        lesson="03",
        statement="""The factor r by which the gradient's norm grows per layer on its way
        BACK, from the last layer to the first: r^(L - 1) = norms[0] / norms[-1].

        norms : array, shape (L,), positive, the first layer first;  returns a number
        """,
        reference=diagnostics.growth_per_layer,
        solution=growth_per_layer,
        cases=_cases,
        mistakes=MISTAKES,
        facts=Facts,
        laws=(
            Law("r^(L - 1) is the ratio of the two ends", _whole_growth),
            Law("where nothing grows, r = 1", _level),
            Law("the norms in reverse have the growth 1/r", _reversible),
        ),
        hints=(
            "The gradient arrives at the last layer first. Which norm comes later, norms[0] "
            "or norms[-1], and which of them is divided by which?",
            "How many steps lie between L layers? With two layers there is one.",
            "The ratio of the ends is r multiplied by itself L - 1 times: undo that with "
            "`** (1 / (L - 1))`, parentheses included.",
        ),
        remark="This is the geometric mean of the layers' factors. Where the ratio itself is "
        "too large for a float, the library's function goes by logarithms.",
        comparison=Close(atol=0.0),
    ),
)
