"""What goes wrong with the growth per layer in lesson 03."""

import numpy as np

from course_lib.diagnostics import growth_per_layer
from course_lib.exercises.engine.formatting import compared, counted, times
from course_lib.exercises.engine.model import Mistake


def _factors(norms):
    """Return the factor of every layer, on the way back."""
    return norms[:-1] / norms[1:]


def _total(norms):
    return norms[0] / norms[-1]


def _fitted(norms):
    slope = np.polyfit(np.arange(len(norms)), np.log(norms), 1)[0]
    return float(np.exp(-slope))


def listed(values):
    """Return norms as text, the first five of them."""
    shown = ", ".join(f"{value:.4g}" for value in values[:5])
    return f"({shown}{', ...' if len(values) > 5 else ''})"


def _with_numbers(sentence):
    """Return an explanation: the sentence, then what came and what is right."""

    def explain(case, answer, expected):
        return f"{sentence} For the norms {listed(case[0])} {compared(answer, expected)}"

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


def _explain_upside_down(case, answer, expected):
    norms = case[0]
    return (
        f"two things. Direction: norms[1:]/norms[:-1] are the factors from the first layer to "
        f"the last, and the gradient travels back, where they are {listed(_factors(norms))}. "
        f"Averaging: factors multiply, so not their average counts but the root of their "
        f"product. {compared(answer, expected).capitalize()}"
    )


def _explain_fixed(case, answer, expected):
    n_layers = len(case[0])
    return (
        f"the number of steps is the same whatever comes in: does it use the length of norms? "
        f"Here are {n_layers} norms, so {counted(n_layers - 1, 'step')}: "
        f"{compared(answer, expected)}"
    )


def _to_the_power(exponent):
    return lambda norms: _total(norms) ** exponent


def _from_the_second(norms):
    return (norms[1] / norms[-1]) ** (1 / (len(norms) - 1))


def _counted_from_1(norms):
    return (norms[1] / norms[len(norms)]) ** (1 / (len(norms) - 1))


MISTAKES = (
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
    ),
    Mistake(
        "mean of upside-down factors",
        lambda norms: np.mean(norms[1:] / norms[:-1]),
        _explain_upside_down,
    ),
    Mistake(
        "whole-number division",
        lambda norms: _total(norms) ** (1 // (len(norms) - 1)),
        _with_numbers("`1 // steps` rounds down to a whole number, 0 for more than one step, "
                      "and anything to the power of 0 is 1. `1 / steps` keeps the fraction."),
        variants=(lambda norms: _total(norms) ** (1 // len(norms)),),
    ),
    Mistake(
        "fixed number of steps",
        _to_the_power(1 / 29),
        _explain_fixed,
        variants=(_to_the_power(1 / 30), _to_the_power(1 / 31)),
    ),
    Mistake(
        "counted from 1",
        _from_the_second,
        _with_numbers("norms[1] is the second layer's norm. Python counts from 0: the first "
                      "is norms[0]."),
        variants=(lambda norms: (norms[1] / norms[-1]) ** (1 / len(norms)),),
    ),
    Mistake(
        "beyond the last norm",
        _counted_from_1,
        "Python counts from 0: of L norms the first is norms[0] and the last norms[L - 1], or "
        "norms[-1]. There is no norms[L].",
        variants=(lambda norms: norms[0] / norms[len(norms)],),
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
            f"these are the factors of the single layers, {listed(answer)}. One number is "
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
