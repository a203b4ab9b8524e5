"""Lesson 06: Nesterov's momentum, with the gradient at the parameters themselves."""

import numpy as np

from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.lesson_06.momentum import cases
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


def _constant_gradient(function):
    step, v = _steps(function, [1.0] * 100, 0.8)[-1]
    holds = abs(step - 5) < 1e-6 and abs(v - 5) < 1e-6
    return holds, f"γ = 0.8, g = 1: after 100 steps v = {v:.4g}, step {step:.4g}"


def _spike(function):
    total = sum(step for step, _ in _steps(function, [1.0] + [0.0] * 99, 0.8))
    return abs(total - 5) < 1e-6, f"γ = 0.8, one gradient of 1: in all {total:.4g}"


def _one_ahead(function):
    v, g, gamma = np.array([4.0]), np.array([-1.0]), 0.5
    step, new_v = (float(part[0]) for part in function(v, g, gamma))
    again = float(function(np.array([new_v]), g, gamma)[1][0])
    return abs(step - again) < 1e-9, f"step {step:.4g}, velocity one update later {again:.4g}"


def _plain_descent(function):
    step = float(function(np.array([10.0]), np.array([3.0]), 0.0)[0][0])
    return abs(step - 3) < 1e-9, f"v = 10, g = 3: step {step:.4g}"


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
