"""What goes wrong with the moving average in lesson 06."""

from course_lib.exercises.lesson_06.momentum_mistakes import (
    COMMON,
    COUNTED,
    fixed,
    gamma,
    number,
    one,
    other,
    rest,
    weighted,
)

MISTAKES = (
    COUNTED,
    weighted("momentum's form",
             "this is the update of `momentum_update`, which takes the whole gradient. An "
             "average takes 1 - γ of it, so that both weights add to 1. For equal steps, "
             "momentum needs 1 - γ times the learning rate.", (gamma, one)),
    weighted("weights swapped",
             "the weights are swapped: γ is the share of the past that is kept, 1 - γ that of "
             "the new gradient. (Some texts call the new one's share α; then α = 1 - γ.)",
             (rest, gamma)),
    weighted("equal shares",
             "past and present get a half each, and γ is not used. It says how much of the "
             "past is kept.", (lambda x: one(x) / 2, lambda x: one(x) / 2)),
    weighted("divided by 1 - γ",
             "the average is divided by 1 - γ, so that its weights add to 1/(1 - γ). Adam "
             "divides by 1 - γ^t at step t, to correct the start from 0; it does so in its "
             "step and never in the average that it keeps.", (lambda x: x / (1 - x), one)),
    weighted("one factor at both",
             "v and g are multiplied by one factor, γ or 1 - γ. The past fades by γ alone, and "
             "the gradient gets 1 - γ.",
             (lambda x: x * (1 - x), rest), (rest, rest), (gamma, gamma),
             (gamma, lambda x: x * (1 - x))),
    weighted("no decay",
             "the past does not fade. It needs the weight γ: otherwise v only adds up and is "
             "no average.", (one, rest), (one, gamma),
             when=lambda facts: any(facts.are(one, x) for x in (one, gamma, rest))),
    weighted("away from the gradient",
             "the average moves away from the gradient: v + (1 - γ)(g - v) moves towards it.",
             (lambda x: 2 - x, lambda x: x - 1)),
    weighted("sign turned",
             "a sign is turned. The average only collects; the one minus stands in the step, θ "
             "← θ - ηv.",
             (gamma, lambda x: x - 1), (lambda x: -x, rest), (lambda x: -x, lambda x: x - 1)),
    weighted("Nesterov's step",
             "the update is applied twice. Once gives the new average; the second time belongs "
             "to Nesterov's step.", (lambda x: x**2, lambda x: (1 + x) * (1 - x))),
    *COMMON[:3],
    fixed((gamma, number(0.1))),
    other(gamma, rest, "γv + (1 - γ)g"),
    *COMMON[3:],
)  # fmt: skip
