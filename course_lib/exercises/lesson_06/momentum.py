"""Lesson 06: the velocity of momentum, and the moving average."""

import numpy as np

from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.tried import limit_of, tried
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


def drawn_number(rng):
    """Return a number that is neither 0 nor 1, of either sign."""
    return float(rng.choice([-1, 1]) * rng.uniform(1.5, 12))


def drawn_gamma(rng):
    """Return a γ whose hundredth power is next to nothing."""
    return float(rng.uniform(0.2, 0.8))


_on_rates = tried(
    (0.8, 1.0),
    (0.5, -3.0),
    drawn=lambda rng: (drawn_gamma(rng), drawn_number(rng)),
    n_drawn=3,
)


def _all_of_it(gamma):
    return 1 / (1 - gamma)


def _once(gamma):
    return 1.0


def _tends_to(weight):
    """Return the law's test: a constant gradient leads to weight(γ) times itself."""

    @_on_rates
    def holds(function, gamma, g):
        values, right = collected(function, [g] * _N_STEPS, gamma), g * weight(gamma)
        limit = limit_of(values)
        said = f"v = {values[-1]:.4g} after {_N_STEPS} steps"
        return abs(limit - right) < 1e-6 * abs(right), f"γ = {gamma:.4g}, g = {g:.4g}: {said}"

    return holds


def _adds_up_to(weight):
    """Return the law's test: the velocities after one gradient add up to weight(γ) times it."""

    @_on_rates
    def holds(function, gamma, g):
        spike = [g] + [0.0] * (_N_STEPS - 1)
        sums, right = np.cumsum(collected(function, spike, gamma)), g * weight(gamma)
        limit = limit_of(sums)
        said = f"one gradient of {g:.4g}: in all {sums[-1]:.4g}"
        return abs(limit - right) < 1e-6 * abs(right), f"γ = {gamma:.4g}, {said}"

    return holds


@tried((10.0, 0.9), (-4.0, 0.3), drawn=lambda rng: (drawn_number(rng), drawn_gamma(rng)))
def _fades(function, v, gamma):
    value = float(function(np.array([v]), np.zeros(1), gamma)[0])
    return abs(value - gamma * v) < 1e-6 * abs(
        v
    ), f"γ = {gamma:.4g}: from {v:.4g} to {value:.4g}"


@tried((10.0, 3.0), (-1.0, -20.0), drawn=lambda rng: (drawn_number(rng), drawn_number(rng)))
def _plain_descent(function, v, g):
    value = float(function(np.array([v]), np.array([g]), 0.0)[0])
    return abs(value - g) < 1e-6 * abs(g), f"v = {v:.4g}, g = {g:.4g}: {value:.4g}"


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
            Law("under a constant gradient v tends to g/(1 - γ)", _tends_to(_all_of_it)),
            Law("one gradient counts 1/(1 - γ) times in all", _adds_up_to(_all_of_it)),
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
            Law("under a constant gradient v tends to that gradient", _tends_to(_once)),
            Law("one gradient counts once in all", _adds_up_to(_once)),
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
