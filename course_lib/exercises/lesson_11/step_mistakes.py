"""What goes wrong when the article's formula is repaired, in lesson 11."""

import numpy as np

from course_lib.exercises.engine.formatting import farthest_apart, show_apart
from course_lib.exercises.engine.model import Mistake


def _memory(m, g, alpha, gamma):
    return alpha * m + (1 - alpha) * gamma * g


def _with_memory(memory):
    """Return the answer whose memory is another; the step is right."""

    def function(theta, m, g, alpha, gamma):
        new_m = memory(m, g, alpha, gamma)
        return theta - new_m, new_m

    return function


def _with_step(step):
    """Return the answer whose memory is right and whose parameters are others."""

    def function(theta, m, g, alpha, gamma):
        new_m = _memory(m, g, alpha, gamma)
        return step(theta, m, new_m, g, alpha, gamma), new_m

    return function


def _as_it_stands(theta, m, g, alpha, gamma):
    new_theta = alpha * theta + (1 - alpha) * gamma * theta
    return new_theta, _memory(m, g, alpha, gamma)


def _as_it_stands_twice(theta, m, g, alpha, gamma):
    new_theta = alpha * theta + (1 - alpha) * gamma * theta
    return new_theta, new_theta + 0.0


def _theta_in_the_memory(theta, m, g, alpha, gamma):
    new_m = _memory(m, theta, alpha, gamma)
    return theta - new_m, new_m


def _swapped(theta, m, g, alpha, gamma):
    new_m = _memory(m, g, alpha, gamma)
    return new_m, theta - new_m


def _old_memory_kept(theta, m, g, alpha, gamma):
    return theta - _memory(m, g, alpha, gamma), m + 0.0


def _in_place(theta, m, g, alpha, gamma):
    m *= alpha
    m += (1 - alpha) * gamma * g
    return theta - m, m


def _theta_in_place(theta, m, g, alpha, gamma):
    new_m = _memory(m, g, alpha, gamma)
    theta -= new_m
    return theta, new_m


def _both_in_place(theta, m, g, alpha, gamma):
    m *= alpha
    m += (1 - alpha) * gamma * g
    theta -= m
    return theta, m


def _theta_kept_in_the_memory(theta, m, g, alpha, gamma):
    new_m = alpha * theta + (1 - alpha) * gamma * g
    return theta - new_m, new_m


def _theta_kept_on_the_left(theta, m, g, alpha, gamma):
    new_theta = alpha * theta + (1 - alpha) * gamma * g
    return new_theta, new_theta + 0.0


def _farthest(answer, expected):
    return float(abs(answer - expected).max())


def _with_numbers(sentence):
    """Return an explanation: the sentence, then one entry with what came and what is right."""

    def explain(case, answer, expected):
        _, m, g, alpha, gamma = case
        wrong = int(np.argmax(list(map(_farthest, answer, expected))))
        i = farthest_apart(answer[wrong], expected[wrong])
        received, right = show_apart(answer[wrong][i], expected[wrong][i])
        return (
            f"{sentence} With α = {alpha:.4g}, γ = {gamma:.4g}, m = {m[i]:.4g} and g = "
            f"{g[i]:.4g} the new {('θ', 'm')[wrong]} comes out as {received}, and {right} is "
            "right."
        )

    return explain


MISTAKES = (
    Mistake(
        "the formula as it stands",
        _as_it_stands,
        _with_numbers("the parameters are multiplied by α + (1 - α)γ, as in the article: no "
                      "gradient moves them. What is averaged is the gradient, in m, and θ "
                      "moves by m."),
        variants=(_as_it_stands_twice, _theta_in_the_memory),
    ),
    Mistake(
        "θ in the memory",
        _theta_kept_in_the_memory,
        _with_numbers("there is a gradient, and α still multiplies θ, as on the right of the "
                      "article's formula. The memory m takes the place of θ on both sides: α "
                      "multiplies the old m."),
        variants=(_theta_kept_on_the_left,),
    ),
    Mistake(
        "α at the parameters",
        _with_step(lambda theta, m, new_m, g, alpha, gamma: alpha * theta - new_m),
        _with_numbers("the parameters are multiplied by α, which shrinks them at each step "
                      "whatever the loss. α belongs to the memory; θ comes in whole."),
        variants=(
            _with_step(lambda theta, m, new_m, g, alpha, gamma:
                       alpha * theta - (1 - alpha) * gamma * g),
            _with_step(lambda theta, m, new_m, g, alpha, gamma:
                       alpha * theta - (1 - alpha) * new_m),
            _with_step(lambda theta, m, new_m, g, alpha, gamma: theta * (1 - gamma) - new_m),
        ),
    ),
    Mistake(
        "uphill",
        _with_step(lambda theta, m, new_m, g, alpha, gamma: theta + new_m),
        _with_numbers("the memory is added to the parameters: this climbs. The minus stands "
                      "in the step, θ - new_m."),
        variants=(
            _with_memory(lambda m, g, alpha, gamma: alpha * m - (1 - alpha) * gamma * g),
        ),
    ),
    Mistake(
        "step with the old memory",
        _with_step(lambda theta, m, new_m, g, alpha, gamma: theta - m),
        _with_numbers("the step is made with the memory as it came in, so that each gradient "
                      "moves the parameters one step late. Take the new one."),
    ),
    Mistake(
        "γ twice",
        _with_step(lambda theta, m, new_m, g, alpha, gamma: theta - gamma * new_m),
        _with_numbers("γ multiplies the step as well. It is in the memory already: this form "
                      "keeps the rate inside."),
        variants=(
            _with_memory(lambda m, g, alpha, gamma:
                         alpha * gamma * m + (1 - alpha) * gamma * g),
        ),
    ),
    Mistake(
        "γ moved to the step",
        lambda theta, m, g, alpha, gamma: (
            theta - gamma * (alpha * m + (1 - alpha) * g),
            alpha * m + (1 - alpha) * g,
        ),
        _with_numbers("γ multiplies the step and not the gradient in the memory. That is the "
                      "course's own form and a good method, with another m: here γ is inside "
                      "m, as in the article's formula."),
    ),
    Mistake(
        "γ left out",
        _with_memory(lambda m, g, alpha, gamma: alpha * m + (1 - alpha) * g),
        _with_numbers("γ is not used: the memory averages the gradients themselves, and the "
                      "step is as long as they are. γ, the rate, multiplies the gradient."),
    ),
    Mistake(
        "a sum in place of the average",
        _with_memory(lambda m, g, alpha, gamma: alpha * m + gamma * g),
        _with_numbers("the gradient comes in with γ and without 1 - α: that is momentum with "
                      "the rate inside, which goes 1/(1 - α) times as far. An average has "
                      "the weights α and 1 - α."),
    ),
    Mistake(
        "weights swapped",
        _with_memory(lambda m, g, alpha, gamma: (1 - alpha) * m + alpha * gamma * g),
        _with_numbers("the weights are swapped: α is the share of the memory that is kept, "
                      "1 - α that of what comes in."),
    ),
    Mistake(
        "α and γ swapped",
        _with_memory(lambda m, g, alpha, gamma: gamma * m + (1 - gamma) * alpha * g),
        _with_numbers("the letters are exchanged. In this formula α is the decay and γ the "
                      "rate, the other way round than one would expect from the rest of the "
                      "course."),
        variants=(
            _with_memory(lambda m, g, alpha, gamma: gamma * m + (1 - gamma) * g),
        ),
    ),
    Mistake(
        "memory left out",
        _with_memory(lambda m, g, alpha, gamma: (1 - alpha) * gamma * g),
        _with_numbers("the old memory is not used. α of it is kept."),
        variants=(_with_memory(lambda m, g, alpha, gamma: gamma * g),),
    ),
    Mistake(
        "plain step on top",
        _with_step(lambda theta, m, new_m, g, alpha, gamma: theta - new_m - gamma * g),
        _with_numbers("the gradient is taken twice: once in the memory, once more beside it. "
                      "The step is the memory alone."),
        variants=(
            _with_step(lambda theta, m, new_m, g, alpha, gamma: theta - gamma * g),
        ),
    ),
    Mistake(
        "order of the returned values",
        _swapped,
        "both values are right and stand in another order: the parameters first, then the "
        "memory.",
    ),
    Mistake(
        "old memory returned",
        _old_memory_kept,
        _with_numbers("the memory is returned as it came in, so that nothing is ever "
                      "accumulated."),
    ),
    Mistake(
        "argument changed in place",
        _in_place,
        "the values are right, and the caller's own array was overwritten on the way: `*=`, "
        "`+=` and `-=` write into the array that was handed in. `theta - new_m` makes a new "
        "one.",
        variants=(_theta_in_place, _both_in_place),
    ),
)  # fmt: skip
