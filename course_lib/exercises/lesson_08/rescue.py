"""Lesson 08: the chain that rescues a recurrent net, judged by what comes of it."""

from functools import cache

import numpy as np

from course_lib.activations import tanh
from course_lib.datasets import temporal_order
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.optimizer_steps import PlayedOptimizer
from course_lib.exercises.kit.tried import tried
from course_lib.exercises.lesson_08.rescue_mistakes import (
    GAMMA,
    MISTAKES,
    N_NETS,
    RATES,
    SMALL,
    Steps,
    direction_cosine,
    effective_rate,
    memory,
    up_to_spike,
)
from course_lib.initializers import normal, orthogonal
from course_lib.optimizers import chain, clip_by_global_norm, momentum, scale
from course_lib.rnn import RNN

_N_STEPS, _N_TIME_STEPS, _N_BATCH = 80, 12, 10
_NEEDED = 10  # of N_NETS
_TOO_FEW = f"Too few nets learn: {_NEEDED} of {N_NETS} are needed."
_solved = {}  # fraction by steps
_SIZES = (*[SMALL] * 150, *[1.0] * 2, 1000.0, *[-1.0] * 60)


def rescue(gamma, lr):
    """Return the chain of the failing run with a clip in front."""
    return chain(clip_by_global_norm(0.5), momentum(gamma), scale(-lr))


class _Rescued(PlayedOptimizer):
    """Optimizers are judged by how many nets learn with them; the laws look at their steps."""

    trains = True

    def observe(self, optimizer, gamma, lr):
        """Return the fraction of the nets that learn, and the steps, shape (213, 2).

        At another gamma than that of the cases only the steps are asked for.
        """
        steps = super().observe(optimizer)
        if gamma != GAMMA:
            return np.nan, steps
        key = steps.tobytes()  # the same steps train alike
        if key not in _solved:
            _solved[key] = _fraction_solved(optimizer)
        return _solved[key], steps

    def observe_for_laws(self, optimizer, *args):
        """Return the steps alone: no net is trained."""
        return np.nan, super().observe(optimizer)

    def mismatch(self, answer, expected):
        """Ask for a fraction of nets that learn, and nothing of the steps."""
        return "" if np.ndim(expected) or answer >= _NEEDED / N_NETS else _TOO_FEW

    def rows(self, answer, expected):
        """Return how many nets learn and how many have to."""
        n_solved = round(float(answer) * N_NETS)
        needed = f"{_NEEDED} of {N_NETS}"
        return [("nets that learn", f"{n_solved} of {N_NETS}"), ("needed", needed)]


@cache
def _nets_and_data():
    rng = np.random.default_rng(0)
    net = RNN(6, 20, 4, tanh)
    theta = net.init(rng, normal(0.15), orthogonal(1.1), (N_NETS,), np.float32)
    shape = (_N_STEPS, N_NETS, _N_BATCH)
    return net, theta, *temporal_order(rng, shape, _N_TIME_STEPS)


def _fraction_solved(optimizer):
    """Return the fraction of nets whose late loss is below half of what guessing costs."""
    net, theta, xs, ys = _nets_and_data()
    state, losses = optimizer.init(theta), []
    for x, y in zip(xs, ys, strict=True):
        loss, grad = net.loss_and_gradient(theta, x, y)
        update, state = optimizer.update(grad, state)
        theta = theta + np.asarray(update, np.float32)
        losses.append(loss)
    return float(np.mean(np.mean(losses[-15:], axis=0) < np.log(4) / 2))


def _cases(rng):
    return [(GAMMA, lr) for lr in RATES]


def _drawn(rng):
    return float(rng.uniform(0.3, 0.9)), float(rng.uniform(0.02, 0.3))


@tried(*((GAMMA, lr) for lr in RATES), (0.5, RATES[0]), drawn=_drawn, n_drawn=1)
def _keeps_rate(function, gamma, lr):
    rate, right = effective_rate(function(gamma, lr)[1]), lr / (1 - gamma)
    told = f"γ = {gamma:.4g}, lr = {lr:.4g}: {rate:.4g}"
    return abs(rate - right) < 2e-3 * right, f"{told}, and lr/(1 - γ) is {right:.4g}"


@tried((GAMMA,), (0.5,), drawn=lambda rng: (float(rng.uniform(0.3, 0.9)),), n_drawn=1)
def _keeps_momentum(function, gamma):
    kept = memory(function(gamma, RATES[0])[1])
    return abs(kept - gamma) < 1e-3, f"γ = {gamma:.4g}: falls to {kept:.4g} of it at each step"


@tried((GAMMA, RATES[0]), drawn=_drawn, n_drawn=1)
def _keeps_direction(function, gamma, lr):
    cosine = direction_cosine(up_to_spike(function(gamma, lr)[1]))
    return cosine > 1 - 1e-9, f"cosine with downhill: {cosine:.4f}"


EXERCISES = (
    Exercise(
        name="rescue",
        lesson="08",
        statement="""Rescue a recurrent net. With chain(momentum(gamma), scale(-lr)) it
        learns the order of two symbols in none of 12 runs at gamma 0.9 and lr 0.1. Return a
        chain with which it does, at the same gamma and lr: nothing is taken away, and one
        link added.

        gamma, lr : numbers
        returns an optimizer, made by chain(...).  The check trains 12 nets with it, at
        gamma 0.9 and lr 0.1, and at lr 0.05, and counts how many learn; 10 are needed.
        """,
        reference=rescue,
        cases=_cases,
        comparison=_Rescued(sizes=_SIZES),
        returns=("solved", "steps"),
        facts=Steps,
        mistakes=MISTAKES,
        laws=(
            Law("small gradients count lr/(1 - γ) in all, as before", _keeps_rate),
            Law(
                "what a small gradient adds to the steps falls by γ each time", _keeps_momentum
            ),
            Law("the step goes straight downhill, however long the gradient", _keeps_direction),
        ),
        hints=(
            "Record the norms of such a run: they begin below 1 and grow far beyond it. Which "
            "link bounds a gradient and keeps its direction?",
            "In front of the velocity its threshold c bounds the step: at most lr · c/(1 - γ). "
            "(Behind, at most lr · c; then a spike stays in the velocity.)",
            "`chain(clip_by_global_norm(0.5), momentum(gamma), scale(-lr))`: thresholds from "
            "about 0.2 to 0.7 do.",
        ),
        remark="Nesterov's momentum in place of momentum does as well, and so does a clip "
        "behind it whose bound is short enough: the outcome decides.",
    ),
)
