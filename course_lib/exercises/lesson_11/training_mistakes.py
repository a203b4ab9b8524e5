"""What goes wrong when the article's training program is repaired, in lesson 11."""

import numpy as np

from course_lib.exercises.engine.formatting import compared, counted
from course_lib.exercises.engine.model import Mistake


def _loop(memory=None, step=None, gradient_at=None, more=0, remembers=True):
    """Return a training function with one part exchanged."""
    memory = memory or (lambda m, g, alpha, gamma: alpha * m + (1 - alpha) * gamma * g)
    step = step or (lambda theta, m, g, gamma: theta - m)
    gradient_at = gradient_at or (lambda gradient, first, theta: gradient(theta))

    def function(gradient, theta, alpha, gamma, n_steps):
        m, first = np.zeros_like(theta), theta
        for _ in range(n_steps + more):
            if not remembers:
                m = np.zeros_like(theta)
            g = gradient_at(gradient, first, theta)
            m = memory(m, g, alpha, gamma)
            theta = step(theta, m, g, gamma)
        return theta + 0.0

    return function


def _return_in_the_loop(gradient, theta, alpha, gamma, n_steps):
    m = np.zeros_like(theta)
    for _ in range(n_steps):
        m = alpha * m + (1 - alpha) * gamma * gradient(theta)
        theta = theta - m
        return theta


def _as_it_stands(gradient, theta, alpha, gamma, n_steps):
    for _ in range(n_steps):
        theta = alpha * theta + (1 - alpha) * gamma * theta
    return theta


def _theta_for_gradient(gradient, theta, alpha, gamma, n_steps):
    return _loop()(lambda parameters: parameters, theta, alpha, gamma, n_steps)


def _shrinking(gradient, theta, alpha, gamma, n_steps):
    m = np.zeros_like(theta)
    for _ in range(n_steps):
        gamma *= alpha
        m = alpha * m + (1 - alpha) * gamma * gradient(theta)
        theta = theta - m
    return theta


def _shrinking_afterwards(gradient, theta, alpha, gamma, n_steps):
    m = np.zeros_like(theta)
    for _ in range(n_steps):
        m = alpha * m + (1 - alpha) * gamma * gradient(theta)
        theta = theta - m
        gamma *= alpha
    return theta


def _old_memory(gradient, theta, alpha, gamma, n_steps):
    m = np.zeros_like(theta)
    for _ in range(n_steps):
        g = gradient(theta)
        theta = theta - m
        m = alpha * m + (1 - alpha) * gamma * g
    return theta


def _starts_with_the_gradient(gradient, theta, alpha, gamma, n_steps):
    m = gamma * gradient(theta)
    for _ in range(n_steps):
        theta = theta - m
        m = alpha * m + (1 - alpha) * gamma * gradient(theta)
    return theta


def _memory_returned(gradient, theta, alpha, gamma, n_steps):
    m = np.zeros_like(theta)
    for _ in range(n_steps):
        m = alpha * m + (1 - alpha) * gamma * gradient(theta)
        theta = theta - m
    return m


def _in_place(gradient, theta, alpha, gamma, n_steps):
    m = np.zeros_like(theta)
    for _ in range(n_steps):
        m = alpha * m + (1 - alpha) * gamma * gradient(theta)
        theta -= m
    return theta


def _with_numbers(sentence):
    """Return an explanation: the sentence, then the case with what came and what is right."""

    def explain(case, answer, expected):
        n_steps = counted(case[-1], "step")
        return f"{sentence} After {n_steps} {compared(answer, expected)}"

    return explain


MISTAKES = (
    Mistake(
        "return in the loop",
        _return_in_the_loop,
        _with_numbers("this makes one step, however many are asked for. A `return` inside the "
                      "loop does that: it ends the loop in its first round. It is the "
                      "article's own slip; the `return` stands in the column of `for`."),
    ),
    Mistake(
        "the formula as it stands",
        _as_it_stands,
        _with_numbers("this never asks for the gradient: the parameters are multiplied by the "
                      "same factor at each step, whatever the data."),
        variants=(_theta_for_gradient,),
    ),
    Mistake(
        "memory made anew in each step",
        _loop(remembers=False),
        _with_numbers("the memory is set to zero in each step, so that nothing is "
                      "remembered. It is made once, before the first step."),
    ),
    Mistake(
        "gradient taken at the start only",
        _loop(gradient_at=lambda gradient, first, theta: gradient(first)),
        _with_numbers("the gradient is that of the initial parameters at every step. It "
                      "changes as θ moves: ask for it in each step, at the present θ."),
    ),
    Mistake(
        "γ shrinks",
        _shrinking,
        _with_numbers("γ is multiplied by α in each step, as in the article's class: after a "
                      "few steps nothing moves any more. Constants stay constant."),
        variants=(_shrinking_afterwards,),
    ),
    Mistake(
        "parameters shrink",
        _loop(step=lambda theta, m, g, gamma: theta * (1 - gamma) - m),
        _with_numbers("the parameters are multiplied by 1 - γ as well, which pulls them to 0 "
                      "and away from the minimum. θ comes in whole."),
    ),
    Mistake(
        "uphill",
        _loop(step=lambda theta, m, g, gamma: theta + m),
        _with_numbers("the memory is added to the parameters: this climbs. θ ← θ - m."),
    ),
    Mistake(
        "step with the old memory",
        _old_memory,
        _with_numbers("each step is made with the memory of the step before, so that every "
                      "gradient comes one step late. Make the new memory first."),
    ),
    Mistake(
        "memory starts with the first gradient",
        _starts_with_the_gradient,
        _with_numbers("the memory starts with the first gradient, undamped, in place of zeros. "
                      "(PyTorch's `dampening` does so, for its first step; the formula does "
                      "not.)"),
    ),
    Mistake(
        "one step too few",
        _loop(more=-1),
        _with_numbers("one step is missing: `range(n_steps)` makes n_steps of them."),
    ),
    Mistake(
        "one step too many",
        _loop(more=1),
        _with_numbers("there is one step too many: `range(n_steps)` makes n_steps of them."),
    ),
    Mistake(
        "a sum in place of the average",
        _loop(memory=lambda m, g, alpha, gamma: alpha * m + gamma * g),
        _with_numbers("the gradient comes in without the factor 1 - α: momentum, which goes "
                      "1/(1 - α) times as far."),
    ),
    Mistake(
        "γ left out",
        _loop(memory=lambda m, g, alpha, gamma: alpha * m + (1 - alpha) * g),
        _with_numbers("γ, the learning rate, is not used."),
    ),
    Mistake(
        "weights swapped",
        _loop(memory=lambda m, g, alpha, gamma: (1 - alpha) * m + alpha * gamma * g),
        _with_numbers("the weights are swapped: α is the share of the memory that is kept."),
    ),
    Mistake(
        "memory returned",
        _memory_returned,
        _with_numbers("the memory is returned. The final parameters are wanted."),
    ),
    Mistake(
        "argument changed in place",
        _in_place,
        "the values are right, and the caller's initial parameters were overwritten: `theta -= "
        "m` writes into the array that was handed in. `theta = theta - m` makes a new one.",
    ),
)  # fmt: skip
