"""Lesson 03: by what factor the gradient grows per layer, on its way back."""

import numpy as np

from course_lib import diagnostics
from course_lib.exercises.model import Exercise, Law, Mistake
from course_lib.exercises.shown import compared, counted, times


def growth_per_layer(norms):
    """Return r with r^(L-1) = norms[0] / norms[-1]."""
    n_steps = len(norms) - 1
    return (norms[0] / norms[-1]) ** (1 / n_steps)


def _cases(rng):
    simple = [[8.0, 4.0, 2.0], [8.0, 2.0], [1.0, 2.0, 4.0, 8.0], [3.0, 3.0, 3.0]]
    uneven = [[9.0, 5.0, 1.0], [2.0, 7.0, 1.0, 0.5], [1e-12, 3e-7, 2e-3, 1.0, 4.0]]
    drawn = [np.exp(rng.normal(size=n).cumsum()) for n in (5, 10, 30)]
    return [(np.array(norms),) for norms in (*simple, *uneven, *drawn)]


def _factors(norms):
    """Return the factor of every layer, on the way back."""
    return norms[:-1] / norms[1:]


def _total(norms):
    return norms[0] / norms[-1]


def _fitted(norms):
    slope = np.polyfit(np.arange(len(norms)), np.log(norms), 1)[0]
    return float(np.exp(-slope))


def _listed(values):
    shown = ", ".join(f"{value:.4g}" for value in values[:5])
    return f"({shown}{', ...' if len(values) > 5 else ''})"


def _with_numbers(sentence):
    """Return an explanation: the sentence, then what came and what is right."""

    def explain(case, answer, expected):
        return f"{sentence} For the norms {_listed(case[0])} {compared(answer, expected)}"

    return explain


def _explain_forward(case, answer, expected):
    norms = case[0]
    return (
        f"this is the factor from the first layer to the last, {answer:.4g}. The gradient "
        f"travels the other way: from {norms[-1]:.4g} in the last layer to {norms[0]:.4g} in "
        f"the first, which is a factor of {expected:.4g} per layer."
    )


def _explain_count(case, answer, expected):
    n_layers = len(case[0])
    return (
        f"{n_layers} layers have {counted(n_layers - 1, 'step')} between them, as {n_layers} "
        f"posts have {counted(n_layers - 1, 'gap')}. Counted otherwise "
        f"{compared(answer, expected)}"
    )


def _explain_mean(case, answer, expected):
    n_steps = len(case[0]) - 1
    return (
        f"the factors of the layers are averaged, to {answer:.4g}. Factors multiply, and the "
        f"average, taken {times(n_steps)}, makes {answer**n_steps:.4g}, where the gradient has "
        f"grown by {_total(case[0]):.4g}. The root of order {n_steps} of that growth is "
        f"{expected:.4g}."
    )


_MISTAKES = (
    Mistake("forward instead of back", lambda norms: growth_per_layer(norms[::-1]),
            _explain_forward),
    Mistake(
        "as many steps as layers",
        lambda norms: _total(norms) ** (1 / len(norms)),
        _explain_count,
        variants=(lambda norms: _total(norms) ** (1 / (len(norms) + 1)),),
    ),
    Mistake(
        "mean of the factors",
        lambda norms: np.mean(_factors(norms)),
        _explain_mean,
        variants=(lambda norms: np.mean(norms[1:] / norms[:-1]),),
    ),
    Mistake(
        "growth of the whole net",
        _total,
        _with_numbers("this is the growth over all layers together. What one layer "
                      "contributes is its (L - 1)th root."),
        variants=(lambda norms: norms[-1] / norms[0],),
    ),
    Mistake(
        "divided instead of the root",
        lambda norms: _total(norms) / (len(norms) - 1),
        _with_numbers("the growth of the whole net is divided by the number of steps. A factor "
                      "that is applied again and again is found by a root, and the exponent "
                      "needs parentheses: `ratio ** 1 / steps` is ratio / steps, "
                      "`ratio ** (1 / steps)` is the root."),
        variants=(lambda norms: _total(norms) / len(norms),),
    ),
    Mistake(
        "the logarithm of it",
        lambda norms: np.log10(growth_per_layer(norms)),
        _with_numbers("this is the logarithm of the growth, 0 where a layer changes nothing. "
                      "The factor itself is asked for, 1 there."),
        variants=(lambda norms: np.log(growth_per_layer(norms)),
                  lambda norms: np.log10(_total(norms)), lambda norms: np.log(_total(norms))),
    ),
    Mistake(
        "difference instead of ratio",
        lambda norms: (norms[0] - norms[-1]) / (len(norms) - 1),
        _with_numbers("the norms are subtracted. A layer multiplies the gradient: how much it "
                      "grows is a ratio."),
        variants=(lambda norms: (norms[-1] - norms[0]) / (len(norms) - 1),
                  lambda norms: norms[0] - norms[-1]),
    ),
    Mistake(
        "power instead of the root",
        lambda norms: _total(norms) ** (len(norms) - 1),
        _with_numbers("the growth of the whole net is raised to the power of L - 1. It is the "
                      "other way round: r to that power gives the whole."),
    ),
    Mistake(
        "one layer's factor",
        lambda norms: norms[0] / norms[1],
        _with_numbers("this is the factor of one layer only. Between the first norm and the "
                      "last lie all of them."),
        variants=(lambda norms: norms[-2] / norms[-1],),
    ),
    Mistake(
        "every layer's factor",
        _factors,
        lambda case, answer, expected: (
            f"these are the factors of the single layers, {_listed(answer)}. One number is "
            f"asked for, the same in every layer, whose power of {len(case[0]) - 1} is their "
            f"product: {expected:.4g}."
        ),
        variants=(lambda norms: norms[1:] / norms[:-1], lambda norms: list(_factors(norms))),
    ),
    Mistake(
        "slope of a fitted line",
        _fitted,
        _with_numbers("a line is fitted through the logarithms of all norms. That is a good "
                      "measure too, and another one: r is made of the two ends alone, so that "
                      "r^(L - 1) gives their ratio exactly."),
    ),
)  # fmt: skip


_UNEVEN = np.array([9.0, 5.0, 0.3, 1.0])


def _whole_growth(function):
    whole = float(function(_UNEVEN)) ** 3
    return abs(whole - 9) < 1e-6, f"norms {_listed(_UNEVEN)}: r³ = {whole:.4g}, ratio 9"


def _level(function):
    value = float(function(np.full(5, 0.3)))
    return abs(value - 1) < 1e-9, f"five equal norms: {value:.4g}"


def _reversible(function):
    back, forward = (float(function(norms)) for norms in (_UNEVEN, _UNEVEN[::-1]))
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
        mistakes=_MISTAKES,
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
        atol=0.0,
    ),
)
