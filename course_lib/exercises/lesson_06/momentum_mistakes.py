"""What goes wrong with the velocity of momentum in lesson 06."""

import numpy as np

from course_lib.exercises.engine.formatting import farthest_apart, show_apart
from course_lib.exercises.engine.model import Mistake


def with_numbers(sentence):
    """Return an explanation: the sentence, then one entry with what came and what is right."""

    def explain(case, answer, expected):
        v, g, gamma = case
        i = farthest_apart(answer, expected)
        received, right = show_apart(answer[i], expected[i])
        return (
            f"{sentence} With γ = {gamma:.4g}, v = {v[i]:.4g} and g = {g[i]:.4g} it gives "
            f"{received}, and {right} is right."
        )

    return explain


def _momentum_in_place(v, g, gamma):
    v *= gamma
    v += g
    return v


def _momentum_into_g(v, g, gamma):
    g += gamma * v
    return g


def _scaled_gradient(seen):
    """Tell whether every answer is γv plus the same multiple of g, neither 0 nor ±1 times."""
    kept = [gamma * v for v, _, gamma in seen.cases]
    added = np.concatenate(
        [answer - part for answer, part in zip(seen.answers, kept, strict=True)]
    )
    gradients = np.concatenate([g for _, g, _ in seen.cases])
    factor = (added @ gradients) / (gradients @ gradients)
    alike = np.allclose(added, factor * gradients, rtol=1e-9, atol=1e-12)
    return alike and not np.isclose(factor, (-1, 0, 1), atol=1e-9).any()


OVERWRITTEN = (
    "the values are right, and the caller's own array was overwritten on the way. `*=` and "
    "`+=` write into the array that was handed in, so that nothing is left to compare or to "
    "plot: `gamma * v + ...` makes a new one."
)

MISTAKES = (
    Mistake(
        "averaged form",
        lambda v, g, gamma: gamma * v + (1 - gamma) * g,
        with_numbers("this is the averaged form (EMA), which takes 1 - γ of the gradient. The "
                     "course's v collects the whole gradient: under a constant one it grows to "
                     "g/(1 - γ), and the average only to g."),
    ),
    Mistake(
        "weights swapped",
        lambda v, g, gamma: (1 - gamma) * v + gamma * g,
        with_numbers("γ belongs to the velocity: it says how much of the past is kept. Here "
                     "1 - γ of it is kept, and the gradient, which should come in whole, is "
                     "cut."),
    ),
    Mistake(
        "γ at the gradient",
        lambda v, g, gamma: v + gamma * g,
        with_numbers("γ stands at the gradient. It belongs to the old velocity, which "
                     "otherwise never fades."),
    ),
    Mistake(
        "γ at both",
        lambda v, g, gamma: gamma * (v + g),
        with_numbers("γ multiplies the sum. Only the old velocity fades; the new gradient "
                     "comes in whole: γv + g, without parentheses."),
    ),
    Mistake(
        "no decay",
        lambda v, g, gamma: v + g,
        with_numbers("the gradients are added up and nothing fades. Under a constant gradient "
                     "such a sum has no limit; γv + g has g/(1 - γ)."),
    ),
    Mistake(
        "sign turned",
        lambda v, g, gamma: gamma * v - g,
        with_numbers("a sign is turned. Here the update only collects gradients; the one minus "
                     "stands in the step, θ ← θ - ηv. (Forms that collect -ηg in v have a plus "
                     "there.)"),
        variants=(lambda v, g, gamma: g - gamma * v, lambda v, g, gamma: -gamma * v - g),
    ),
    Mistake(
        "fixed γ",
        lambda v, g, gamma: 0.9 * v + g,
        with_numbers("a number stands where the argument `gamma` belongs, which is not 0.9 at "
                     "every call."),
        variants=(lambda v, g, gamma: 0.99 * v + g,),
    ),
    Mistake(
        "rate inside the velocity",
        lambda v, g, gamma: gamma * v - 0.1 * g,
        with_numbers("the gradient is multiplied by a fixed number, a learning rate perhaps. "
                     "That is the form of Sutskever et al. and of Keras, whose velocity holds "
                     "-η. In the course's form the rate stays outside, in the step θ ← θ - ηv, "
                     "and the gradient comes in whole."),
        when=_scaled_gradient,
    ),
    Mistake(
        "past forgotten",
        lambda v, g, gamma: g + 0.0,
        with_numbers("this is the gradient alone, as in plain descent. The past is what v "
                     "remembers: γ times the old v is added."),
    ),
    Mistake(
        "gradient left out",
        lambda v, g, gamma: gamma * v,
        with_numbers("the old velocity fades and the new gradient is not added. From rest it "
                     "would stay at 0 for ever."),
    ),
    Mistake(
        "old velocity returned",
        lambda v, g, gamma: v + 0.0,
        with_numbers("this is the velocity as it came in. The new one is needed, γv + g: is it "
                     "computed under one name and another returned?"),
    ),
    Mistake(
        "Nesterov's step",
        lambda v, g, gamma: gamma * (gamma * v + g) + g,
        with_numbers("γ and g are applied twice, to γ(γv + g) + g. That is the step of "
                     "Nesterov's form; the velocity, which this function returns, is γv + g in "
                     "either."),
    ),
    Mistake("argument changed in place", _momentum_in_place, OVERWRITTEN,
            variants=(_momentum_into_g,)),
)  # fmt: skip


def collected(function, gradients, gamma):
    """Return v after each gradient, from rest, for a function ``(v, g, gamma) -> v``.

    Parameters
    ----------
    function : callable
        The learner's update.
    gradients : sequence of float
        One number per step.
    gamma : float
        γ.

    Returns
    -------
    list of float
    """
    v, values = np.zeros(1), []
    for g in gradients:
        v = np.asarray(function(v, np.array([g]), gamma))
        values.append(float(v[0]))
    return values
