"""Lesson 06: Nesterov's momentum, with the gradient at the parameters themselves."""

import numpy as np

from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.tried import limit_of, tried
from course_lib.exercises.lesson_06.momentum import cases, drawn_gamma, drawn_number
from course_lib.exercises.lesson_06.nesterov_mistakes import MISTAKES
from course_lib.exercises.lesson_06.weights import PairFacts


def nesterov_update(v, g, gamma):
    """Return the step γ(γv + g) + g and the new velocity γv + g."""
    new_v = gamma * v + g
    step = gamma * new_v + g
    return step, new_v


def _steps(function, gradients, gamma):
    """Return step and velocity after each gradient, from rest."""
    v, pairs = np.zeros(1), []
    for g in gradients:
        step, v = (np.asarray(part) for part in function(v, np.array([g]), gamma))
        pairs.append((float(step[0]), float(v[0])))
    return pairs


_on_rates = tried(
    (0.8, 1.0),
    (0.5, -3.0),
    drawn=lambda rng: (drawn_gamma(rng), drawn_number(rng)),
    n_drawn=3,
)


@_on_rates
def _constant_gradient(function, gamma, g):
    pairs, right = _steps(function, [g] * 100, gamma), g / (1 - gamma)
    limits = [limit_of(values) for values in zip(*pairs, strict=True)]
    said = f"after 100 steps v = {pairs[-1][1]:.4g}, step {pairs[-1][0]:.4g}"
    holds = bool(np.allclose(limits, right, rtol=1e-6, atol=0))
    return holds, f"γ = {gamma:.4g}, g = {g:.4g}: {said}"


@_on_rates
def _spike(function, gamma, g):
    sums = np.cumsum([step for step, _ in _steps(function, [g] + [0.0] * 99, gamma)])
    right = g / (1 - gamma)
    said = f"γ = {gamma:.4g}, one gradient of {g:.4g}: in all {sums[-1]:.4g}"
    return abs(limit_of(sums) - right) < 1e-6 * abs(right), said


@tried((4.0, -1.0, 0.5), (-3.0, -2.0, 0.9),
       drawn=lambda rng: (drawn_number(rng), drawn_number(rng), drawn_gamma(rng)))  # fmt: skip
def _one_ahead(function, v, g, gamma):
    v, g = np.array([v]), np.array([g])
    step, new_v = (float(part[0]) for part in function(v, g, gamma))
    again = float(function(np.array([new_v]), g, gamma)[1][0])
    return abs(step - again) < 1e-6 * max(
        1, abs(step)
    ), f"step {step:.4g}, velocity one update later {again:.4g}"


@tried((10.0, 3.0), (-1.0, -0.5), drawn=lambda rng: (drawn_number(rng), drawn_number(rng)))
def _plain_descent(function, v, g):
    step = float(function(np.array([v]), np.array([g]), 0.0)[0][0])
    return abs(step - g) < 1e-6 * abs(g), f"v = {v:.4g}, g = {g:.4g}: step {step:.4g}"


EXERCISES = (
    Exercise(
        name="nesterov_update",
        lesson="06",
        statement="""Nesterov's update: new_v = γv + g and step = γ new_v + g, with the
        gradient at θ itself. The loop then does θ ← θ - η step.

        v : array, shape (n_params,), the velocity so far;  g : the gradient, same shape
        gamma : γ, a number in [0, 1)
        returns step, new_v: two new arrays of shape (n_params,)
        """,
        reference=nesterov_update,
        returns=("step", "new_v"),
        cases=cases,
        mistakes=MISTAKES,
        facts=PairFacts,
        laws=(
            Law("under a constant gradient step and velocity tend to g/(1 - γ)",
                _constant_gradient),
            Law("one gradient moves the parameters 1/(1 - γ) times in all", _spike),
            Law("the step is the velocity that the same gradient once more would give",
                _one_ahead),
            Law("γ = 0 is plain gradient descent", _plain_descent),
        ),
        hints=(
            "The velocity is that of momentum: make it first and give it a name of its own.",
            "The step looks one update ahead: it does to the new velocity what the new "
            "velocity did to the old one.",
            "After `new_v = gamma * v + g` the step is `gamma * new_v + g`. Return both, the "
            "step first.",
        ),
        remark="In PyTorch: `torch.optim.SGD` with `nesterov=True`. The look-ahead form, with "
        "the gradient at θ - ηγv, is the same method in other variables. (Sutskever et al. "
        "2013.)",
    ),
)  # fmt: skip
