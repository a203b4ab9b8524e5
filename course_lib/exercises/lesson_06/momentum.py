"""Lesson 06: the velocity of momentum, and the moving average."""

import numpy as np

from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.lesson_06 import average_mistakes, momentum_mistakes
from course_lib.exercises.lesson_06.momentum_mistakes import collected
from course_lib.exercises.lesson_06.weights import Facts

_N_STEPS = 100  # 0.8^100 is 2e-10: the start is forgotten


def momentum_update(v, g, gamma):
    """Return γv + g."""
    return gamma * v + g


def ema_update(v, g, gamma):
    """Return γv + (1 - γ)g."""
    return gamma * v + (1 - gamma) * g


def cases(rng):
    """Return (v, g, gamma): from motion, from rest, at the edges of γ, then drawn ones."""
    simple = [
        ([1.0, -2.0], [3.0, 0.5], 0.9),
        ([0.0, 0.0], [1.0, -2.0], 0.9),
        ([4.0], [-1.0], 0.5),
    ]
    edges = [
        ([2.0, 5.0], [-1.0, 3.0], 0.0),
        ([1.0, 2.0, -3.0], [0.0, 0.0, 0.0], 0.9),
        ([100.0, -10.0], [1.0, 1.0], 0.99),
    ]
    drawn = [(rng.normal(size=n), rng.normal(size=n), 0.8) for n in (5, 20)]
    return [(np.array(v), np.array(g), gamma) for v, g, gamma in (*simple, *edges, *drawn)]


def _tends_to(limit):
    """Return the law's test: where a constant gradient of 1 leads at γ = 0.8."""

    def holds(function):
        v = collected(function, [1.0] * _N_STEPS, 0.8)[-1]
        return abs(v - limit) < 1e-6, f"γ = 0.8, g = 1: v = {v:.4g} after {_N_STEPS} steps"

    return holds


def _adds_up_to(total):
    """Return the law's test: what the velocities after one gradient of 1 add up to."""

    def holds(function):
        spike = [1.0] + [0.0] * (_N_STEPS - 1)
        value = sum(collected(function, spike, 0.8))
        return abs(value - total) < 1e-6, f"γ = 0.8, one gradient of 1: in all {value:.4g}"

    return holds


def _fades(function):
    v = float(function(np.array([10.0]), np.zeros(1), 0.9)[0])
    return abs(v - 9) < 1e-9, f"γ = 0.9: from 10 to {v:.4g}"


def _plain_descent(function):
    v = float(function(np.array([10.0]), np.array([3.0]), 0.0)[0])
    return abs(v - 3) < 1e-9, f"v = 10, g = 3: {v:.4g}"


EXERCISES = (
    Exercise(
        name="momentum_update",
        lesson="06",
        statement="""The accumulation update of the course: the new velocity γv + g.

        v : array, shape (n_params,), the velocity so far;  g : the gradient, same shape
        gamma : γ, a number in [0, 1)
        returns the new velocity, a new array of shape (n_params,)
        """,
        reference=momentum_update,
        cases=cases,
        mistakes=momentum_mistakes.MISTAKES,
        facts=Facts,
        laws=(
            Law("under a constant gradient v tends to g/(1 - γ)", _tends_to(5.0)),
            Law("one gradient counts 1/(1 - γ) times in all", _adds_up_to(5.0)),
            Law("without a gradient v fades by γ per step", _fades),
            Law("γ = 0 is plain gradient descent", _plain_descent),
        ),
        hints=(
            "Two things are added: what is kept of the past, and the new gradient. Which of "
            "them does γ shrink?",
            "γ is the share of the old velocity that is kept. The gradient comes in whole.",
            "One line: `gamma * v + g`. It makes a new array; `v *= gamma` would overwrite "
            "the caller's.",
        ),
        remark="In PyTorch this is `torch.optim.SGD` with `momentum=gamma`. In the course's "
        "optimizers it is the link `momentum`, whose state is v. (Polyak 1964.)",
    ),
    Exercise(
        name="ema_update",
        lesson="06",
        statement="""The averaged form of accumulation (exponential moving average):
        γv + (1 - γ)g.

        v : array, shape (n_params,), the average so far;  g : the gradient, same shape
        gamma : γ, a number in [0, 1)
        returns the new average, a new array of shape (n_params,)
        """,
        reference=ema_update,
        cases=cases,
        mistakes=average_mistakes.MISTAKES,
        facts=Facts,
        laws=(
            Law("under a constant gradient v tends to that gradient", _tends_to(1.0)),
            Law("one gradient counts once in all", _adds_up_to(1.0)),
            Law("without a gradient v fades by γ per step", _fades),
            Law("γ = 0 is plain gradient descent", _plain_descent),
        ),
        hints=(
            "An average has weights that add to 1. The past has the weight γ: what is left for "
            "the gradient?",
            "From v = g the average must not move: check that your two weights leave it there.",
            "One line: `gamma * v + (1 - gamma) * g`. Mind the parentheses around 1 - γ.",
        ),
        remark="With the learning rate η it takes the steps of momentum with (1 - γ)η, "
        "exactly. In PyTorch: `torch.optim.SGD` with `momentum=gamma` and "
        "`dampening=gamma`, but for its first step, which is not damped.",
    ),
)
