"""What goes wrong with the velocity of momentum in lesson 06."""

import numpy as np

from course_lib.exercises.engine.facts import known_relation
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.values import fits
from course_lib.exercises.kit.told import told_with
from course_lib.exercises.lesson_06.weights import MIXED, compared_entry, compared_weights

told, _told = told_with(compared_weights), told_with(compared_entry)


def gamma(x):
    """Return γ: a weight as a function of γ."""
    return x


def rest(x):
    """Return 1 - γ."""
    return 1 - x


def one(x):
    """Return 1."""
    return 1 + 0 * x


def zero(x):
    """Return 0."""
    return 0 * x


def weighted(name, sentence, *weights, when=None, vague=False):
    """Return the mistake of giving v and g these weights, one pair for each example."""
    examples = [
        lambda v, g, gamma, past=past, present=present: past(gamma) * v + present(gamma) * g
        for past, present in weights
    ]
    return told(
        name, sentence, *examples,
        when=when or (lambda facts: any(facts.are(*pair) for pair in weights)),
        any_form=True, vague=vague,
    )  # fmt: skip


def other(past, present, right):
    """Return the mistake of weights that are neither these nor known, told as they are."""

    def explain(case, answer, expected):
        compared = compared_weights(case, answer, expected) if fits(answer, expected) else ""
        return f"What is right is {right}, whatever γ is. {compared}"

    return Mistake(
        "other weights", lambda v, g, gamma: gamma**2 * v + g, explain,
        (lambda v, g, gamma: gamma * v + 2 * gamma * g, lambda v, g, gamma: v + gamma * v + g),
        when=lambda facts: facts.are() and bool(facts.about(past, present)), any_form=True,
        measured=lambda facts: f"{facts.about(past, present)}.", vague=True)  # fmt: skip


def number(x):
    """Return a weight that does not depend on γ."""
    return lambda gamma: x + 0 * gamma


def fixed(*weights):
    """Return the mistake of a number where γ belongs, with these examples too."""
    return weighted(
        "fixed γ",
        "a number stands where the argument `gamma` belongs, which is not the same at every "
        "call.",
        (number(0.9), one), (number(0.7), rest), *weights,
        when=lambda facts: facts.are_fixed(0) or (facts.are(gamma) and facts.are_fixed(1)),
    )  # fmt: skip


COUNTED = _told(
    "number of entries counts",
    "v and g get other weights where they have more entries or fewer. Weights are made of γ "
    "alone, and each entry is reckoned for itself.",
    lambda v, g, gamma: gamma * v + g / len(v),
    lambda v, g, gamma: v + 2 / (len(v) + 1) * (g - v),
    when=lambda facts: facts.counts_entries, any_form=True)  # fmt: skip
COMMON = (
    weighted("past forgotten",
             "v is left out, as in plain descent. The past is what v remembers: γ times the "
             "old v is added.", (zero, one), (zero, rest), when=lambda facts: facts.are(zero)),
    weighted("old v returned",
             "this is v as it came in, and g is not used. Is the new one computed under one "
             "name and another returned, or does v stand where g belongs?", (one, zero)),
    weighted("gradient left out",
             "the old v fades and the new gradient is not added. From 0 it would stay at 0 for "
             "ever.", (gamma, zero), when=lambda facts: facts.are(None, zero)),
    Mistake("one number returned", lambda v, g, gamma: gamma * np.dot(v, g),
            "one number is returned, and v and g have an entry for each parameter, as the "
            "new array has. Is one entry taken, or are they put together, as `np.dot`, a "
            "sum, a mean or a norm does?",
            (lambda v, g, gamma: np.mean([gamma * v, (1 - gamma) * g]),),
            when=lambda facts: all(isinstance(a, float | np.ndarray) and np.ndim(a) == 0
                                   for a in facts.seen.answers)
            and not known_relation(facts.seen), any_form=True, vague=True),
    _told("a number added",
         "a number is added that is neither a multiple of v nor of g. (Are parentheses missing "
         "around a difference, such as 1 - γ?)",
         lambda v, g, gamma: gamma * v + 1 - gamma * g,
         lambda v, g, gamma: gamma * v + gamma + g,
         when=lambda facts: facts.adds_number, any_form=True),
    _told("entries mixed",
         f"the {MIXED}",
         lambda v, g, gamma: gamma * v + g.mean(),
         lambda v, g, gamma: gamma * v + np.linalg.norm(g),
         when=lambda facts: not facts.is_sum and facts.mixes_entries, any_form=True,
         vague=True),
    _told("not a weighted sum",
         "this is no weighted sum of v and g, entry by entry: something is squared, cut off, "
         "rounded or left out, or a product, a size, a sign, a minimum or a maximum is taken.",
         lambda v, g, gamma: gamma * v + np.sign(g), lambda v, g, gamma: gamma * v * g,
         lambda v, g, gamma: gamma * v + (1 - gamma) * g**2,
         lambda v, g, gamma: np.maximum(gamma * v, g),
         lambda v, g, gamma: np.abs(v) ** gamma * g ** (1 - 0 * gamma),
         when=lambda facts: not facts.is_sum, any_form=True, vague=True),
)  # fmt: skip

MISTAKES = (
    COUNTED,
    weighted("averaged form",
             "this is the averaged form (EMA), which takes 1 - γ of the gradient. The course's "
             "v collects the whole gradient: under a constant one it grows to g/(1 - γ), and "
             "the average only to g.", (gamma, rest)),
    weighted("weights swapped",
             "γ belongs to the velocity: it says how much of the past is kept. Here 1 - γ of "
             "it is kept, and the gradient, which should come in whole, is cut.",
             (rest, gamma)),
    weighted("γ at the gradient",
             "γ stands at the gradient. It belongs to the old velocity, which otherwise never "
             "fades.", (one, gamma), (one, lambda x: -x)),
    weighted("γ at both",
             "v and g have one and the same weight. Only the old velocity fades; the new "
             "gradient comes in whole: γv + g, without parentheses.",
             (gamma, gamma), (rest, rest)),
    weighted("no decay",
             "the gradients are added up and nothing fades. Under a constant gradient such a "
             "sum has no limit; γv + g has g/(1 - γ).", (one, one)),
    weighted("sign turned",
             "a sign is turned. Here the update only collects gradients; the one minus stands "
             "in the step, θ ← θ - ηv. (Forms that collect -ηg in v have a plus there.)",
             (gamma, lambda x: -one(x)), (lambda x: -x, one),
             (lambda x: -x, lambda x: -one(x))),
    weighted("Nesterov's step",
             "γ and g are applied twice, to γ(γv + g) + g. That is the step of Nesterov's "
             "form; the velocity, which this function returns, is γv + g in either.",
             (lambda x: x**2, lambda x: 1 + x)),
    weighted("divided by 1 - γ",
             "the whole is divided by 1 - γ. That is where v tends to by itself, under a "
             "constant gradient.", (lambda x: x / (1 - x), lambda x: 1 / (1 - x))),
    *COMMON[:3],
    weighted("rate inside the velocity",
             "the gradient is multiplied by a fixed number, a learning rate perhaps. That is "
             "the form of Sutskever et al. and of Keras, whose velocity holds -η. In the "
             "course's form the rate stays outside, in the step θ ← θ - ηv, and the gradient "
             "comes in whole.",
             (gamma, number(-0.1)),
             when=lambda facts: facts.are(gamma) and facts.are_fixed(1)),
    fixed(),
    other(gamma, one, "γv + g"),
    *COMMON[3:],
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
