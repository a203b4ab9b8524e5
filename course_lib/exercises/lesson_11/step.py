"""Lesson 11: the article's formula, repaired, as one step."""

import numpy as np

from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.tried import limit_of, tried
from course_lib.exercises.lesson_11.step_mistakes import MISTAKES, Weights


def repaired_step(theta, m, g, alpha, gamma):
    """Return the new parameters and the new memory αm + (1 - α)γg."""
    new_m = alpha * m + (1 - alpha) * gamma * g
    return theta - new_m, new_m


def _cases(rng):
    """Return (theta, m, g, alpha, gamma): from rest, from motion, at the edges, then drawn."""
    simple = [
        ([1.0, 2.0], [0.0, 0.0], [1.0, -2.0], 0.9, 0.5),
        ([1.0, 2.0], [0.4, -0.3], [3.0, 0.5], 0.9, 0.5),
        ([0.0], [0.2], [-1.0], 0.5, 2.0),
    ]
    edges = [
        ([3.0, -1.0], [2.0, 5.0], [-1.0, 3.0], 0.0, 0.1),
        ([1.0, 2.0, -3.0], [0.5, -0.5, 2.0], [0.0, 0.0, 0.0], 0.9, 0.3),
    ]
    drawn = [(*rng.normal(size=(3, n)), 0.8, 0.3) for n in (5, 20)]
    return [(*map(np.array, case[:3]), *case[3:]) for case in (*simple, *edges, *drawn)]


def _walk(function, gradients, alpha, gamma):
    """Return θ and m after each gradient, from 0: two entries, the second of -2 times g."""
    theta, m, pairs = np.zeros(2), np.zeros(2), []
    for g in gradients:
        theta, m = (np.asarray(p) for p in function(theta, m, g * _ENTRIES, alpha, gamma))
        pairs.append((theta, m))
    return np.array(pairs)


_ENTRIES = np.array([1.0, -2.0])


def _tends(values, right, times):
    """Return whether both entries tend to ``times`` g, and the one that tells, with its g."""
    limits = np.array([limit_of(entry) for entry in values.T])
    right = right * _ENTRIES
    holds = np.abs(limits - times * right) < 1e-6 * np.abs(times * right)
    i = 0 if holds.all() else int(np.argmin(holds))
    return bool(holds.all()), float(values[-1, i]), float(right[i])


def _drawn(rng):
    """Return g, α and γ, none of them special."""
    size = float(rng.choice([-1, 1]) * rng.uniform(1.5, 5))
    return size, float(rng.uniform(0.2, 0.8)), float(rng.uniform(0.1, 2))


_on_rates = tried((1.0, 0.8, 0.5), (-3.0, 0.5, 0.2), drawn=_drawn, n_drawn=3)


@_on_rates
def _stays_at_a_minimum(function, size, alpha, gamma):
    theta = size * np.array([3.0, -2.0])
    moved, m = function(theta.copy(), np.zeros(2), np.zeros(2), alpha, gamma)
    holds = bool(np.allclose(moved, theta) and np.allclose(m, 0))
    far = np.max(np.abs(moved - theta))
    said = f"θ = ({theta[0]:.4g}, {theta[1]:.4g}), m = 0, g = 0: θ moves by {far:.3g}"
    return (
        holds,
        said if holds or far > 1e-6 else f"{said}, and m becomes {np.max(np.abs(m)):.3g}",
    )


@_on_rates
def _averages(function, g, alpha, gamma):
    values = _walk(function, [g] * 100, alpha, gamma)[:, 1]
    holds, m, g = _tends(values, g, gamma)
    said = f"α = {alpha:.4g}, γ = {gamma:.4g}, g = {g:.4g}: m = {m:.4g}"
    return holds, f"{said} after 100 steps"


@_on_rates
def _one_gradient_in_all(function, g, alpha, gamma):
    values = _walk(function, [g] + [0.0] * 99, alpha, gamma)[:, 0]
    holds, theta, g = _tends(values, g, -gamma)
    said = f"α = {alpha:.4g}, γ = {gamma:.4g}, one gradient of {g:.4g}"
    return holds, f"{said}: θ goes to {theta:.4g}"


@tried((10.0, 7.0, 3.0, 0.5), drawn=lambda rng: (*map(float, rng.normal(scale=4, size=3)),
                                                 float(rng.uniform(0.1, 2))))  # fmt: skip
def _plain_descent(function, theta, m, g, gamma):
    starts, memories, gradients = (np.array([x, y]) for x, y in ((theta, -m), (m, 1), (g, -m)))
    moved = np.asarray(function(starts.copy(), memories, gradients.copy(), 0.0, gamma)[0])
    holds = np.abs(moved - (starts - gamma * gradients)) < 1e-6 * np.maximum(1, np.abs(moved))
    i = 0 if holds.all() else int(np.argmin(holds))
    told = "θ = {:.4g}, m = {:.4g}, g = {:.4g}".format(
        *(p[i] for p in (starts, memories, gradients))
    )
    return holds.all(), f"{told}, γ = {gamma:.4g}: θ becomes {moved[i]:.4g}"


EXERCISES = (
    Exercise(
        name="repaired_step",
        lesson="11",
        statement="""One step of the article's formula with a gradient in it:
        new_m = αm + (1 - α)γg, and then new_theta = θ - new_m.

        theta, m, g : arrays, shape (n_params,): parameters, memory, gradient
        alpha : α, the decay, in [0, 1);  gamma : γ, the learning rate, > 0
        returns new_theta, new_m: two new arrays of shape (n_params,)
        """,
        reference=repaired_step,
        returns=("new_theta", "new_m"),
        cases=_cases,
        facts=Weights,
        mistakes=MISTAKES,
        laws=(
            Law("where there is neither gradient nor memory, θ stays", _stays_at_a_minimum),
            Law("under a constant gradient m tends to γg", _averages),
            Law("one gradient moves θ by γ times its size in all, downhill",
                _one_gradient_in_all),
            Law("α = 0 is plain gradient descent with the rate γ", _plain_descent),
        ),
        hints=(
            "Two lines: the memory first, then the parameters. Which of them does the "
            "gradient enter?",
            "The memory is an average with the weights α and 1 - α, of the old memory and of "
            "γ times the gradient. The parameters then move by the new memory, downhill.",
            "After `new_m = alpha * m + (1 - alpha) * gamma * g` the parameters are "
            "`theta - new_m`. Return both, the parameters first.",
        ),
        remark="In the course's letters this is a chain of `ema(alpha)` and `scale(-gamma)`: "
        "EMA with decay α and learning rate γ. The article's formula has θ in place of g, and "
        "θ in place of m on both sides.",
    ),
)  # fmt: skip
