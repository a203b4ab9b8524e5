"""What goes wrong with the moving average in lesson 06."""

from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.lesson_06.momentum_mistakes import OVERWRITTEN, with_numbers


def _in_place(v, g, gamma):
    v *= gamma
    v += (1 - gamma) * g
    return v


def _into_g(v, g, gamma):
    g *= 1 - gamma
    g += gamma * v
    return g


MISTAKES = (
    Mistake(
        "momentum's form",
        lambda v, g, gamma: gamma * v + g,
        with_numbers("this is the update of `momentum_update`, which takes the whole gradient. "
                     "An average takes 1 - γ of it, so that both weights add to 1. For equal "
                     "steps, momentum needs 1 - γ times the learning rate."),
    ),
    Mistake(
        "weights swapped",
        lambda v, g, gamma: (1 - gamma) * v + gamma * g,
        with_numbers("the weights are swapped: γ is the share of the past that is kept, 1 - γ "
                     "that of the new gradient. (Some texts call the new one's share α; then "
                     "α = 1 - γ.)"),
    ),
    Mistake(
        "parentheses missing",
        lambda v, g, gamma: gamma * v + 1 - gamma * g,
        with_numbers("`gamma * v + 1 - gamma * g` adds a 1 and takes γg away. The share of the "
                     "gradient needs its parentheses: `(1 - gamma) * g`."),
    ),
    Mistake(
        "equal shares",
        lambda v, g, gamma: (v + g) / 2,
        with_numbers("past and present get a half each, and γ is not used. It says how much of "
                     "the past is kept."),
    ),
    Mistake(
        "divided by 1 - γ",
        lambda v, g, gamma: (gamma * v + (1 - gamma) * g) / (1 - gamma),
        with_numbers("the average is divided by 1 - γ, so that its weights add to 1/(1 - γ). "
                     "Adam divides by 1 - γ^t at step t, to correct the start from 0; it does "
                     "so in its step and never in the average that it keeps."),
        variants=(lambda v, g, gamma: gamma / (1 - gamma) * v + g,),
    ),
    Mistake(
        "1 - γ at both",
        lambda v, g, gamma: (1 - gamma) * (gamma * v + g),
        with_numbers("1 - γ multiplies the past as well. The past fades by γ alone; only the "
                     "gradient gets 1 - γ."),
        variants=(lambda v, g, gamma: (1 - gamma) * (v + g),),
    ),
    Mistake(
        "γ at both",
        lambda v, g, gamma: gamma * (v + g),
        with_numbers("γ multiplies the gradient too. The weights of an average add to 1: the "
                     "gradient's is 1 - γ."),
        variants=(lambda v, g, gamma: v + gamma * g,),
    ),
    Mistake(
        "no decay",
        lambda v, g, gamma: v + (1 - gamma) * g,
        with_numbers("the past does not fade. It needs the weight γ: otherwise v only adds up "
                     "and is no average."),
    ),
    Mistake(
        "fixed γ",
        lambda v, g, gamma: 0.9 * v + 0.1 * g,
        with_numbers("numbers stand where the argument `gamma` belongs, which is not 0.9 at "
                     "every call."),
        variants=(lambda v, g, gamma: 0.9 * v + (1 - gamma) * g,
                  lambda v, g, gamma: gamma * v + 0.1 * g),
    ),
    Mistake(
        "past forgotten",
        lambda v, g, gamma: (1 - gamma) * g,
        with_numbers("the old average is left out: γ of it is kept, and 1 - γ of the gradient "
                     "comes in."),
        variants=(lambda v, g, gamma: g + 0.0,),
    ),
    Mistake(
        "gradient left out",
        lambda v, g, gamma: gamma * v,
        with_numbers("the old average fades and the new gradient is not added. From 0 it would "
                     "never move."),
    ),
    Mistake(
        "old average returned",
        lambda v, g, gamma: v + 0.0,
        with_numbers("this is the average as it came in: is the new one computed under one "
                     "name and another returned?"),
    ),
    Mistake(
        "sign turned",
        lambda v, g, gamma: gamma * v - (1 - gamma) * g,
        with_numbers("a sign is turned. The average only collects; the one minus stands in the "
                     "step, θ ← θ - ηv."),
        variants=(lambda v, g, gamma: (1 - gamma) * g - gamma * v,
                  lambda v, g, gamma: -gamma * v - (1 - gamma) * g),
    ),
    Mistake(
        "Nesterov's step",
        lambda v, g, gamma: gamma * (gamma * v + (1 - gamma) * g) + (1 - gamma) * g,
        with_numbers("the update is applied twice. Once gives the new average; the second time "
                     "belongs to Nesterov's step."),
    ),
    Mistake("argument changed in place", _in_place, OVERWRITTEN, variants=(_into_g,)),
)  # fmt: skip
