"""Lesson 10: the training loop around a model and a chain."""

import numpy as np

from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.tiny_training import Bowl, Named, Pairs
from course_lib.exercises.kit.tried import tried
from course_lib.exercises.lesson_10.training_mistakes import MISTAKES, Diary
from course_lib.optimizers import Transform, chain, clip_by_global_norm, momentum, scale


def run_training(model, theta, batches, optimizer):
    """Train on one batch after the other; return the parameters and the losses."""
    state, losses = optimizer.init(theta), []
    for x, y in batches:
        loss, grad = model.loss_and_gradient(theta, x, y)
        update, state = optimizer.update(grad, state)
        theta = theta + update
        losses.append(loss)
    return theta, np.array(losses)


def _descent(lr):
    return Named(scale(-lr), f"scale({-lr:g})")


def _momentum(gamma, lr):
    return Named(
        chain(momentum(gamma), scale(-lr)), f"chain(momentum({gamma:g}), scale({-lr:g}))"
    )


def _clipped(max_norm, gamma, lr):
    links = clip_by_global_norm(max_norm), momentum(gamma), scale(-lr)
    names = f"clip_by_global_norm({max_norm:g}), momentum({gamma:g}), scale({-lr:g})"
    return Named(chain(*links), f"chain({names})")


def _decaying(lr, decay):
    """Return descent that draws the parameters to 0: it follows them, in its state."""

    def update(grad, theta):
        step = -lr * (grad + decay * theta)
        return step, theta + step

    return Named(
        Transform(lambda theta: theta + 0.0, update),
        f"scale({-lr:g}) with a weight decay of {decay:g}; its state is θ",
    )


def _cases(rng):
    one, three = Pairs([(1.0, 2.0)]), Pairs([(1.0, 2.0), (2.0, 1.0), (1.0, 3.0)])
    long = Pairs(zip(rng.normal(size=12).round(1), rng.normal(size=12).round(1), strict=True))
    theta = np.array([1.0, -2.0])
    return [
        (Bowl(), np.array([3.0]), one, _descent(0.1)),
        (Bowl(), np.array([0.5]), three, _descent(0.25)),
        (Bowl(), theta, three, _momentum(0.9, 0.1)),
        (Bowl(), theta, long, _momentum(0.5, 0.05)),
        (Bowl(), 10 * theta, long, _clipped(1.0, 0.9, 0.1)),
        (Bowl(), theta, three, _decaying(0.1, 0.2)),
        # two whole nets at once, as this lesson trains its seeds
        (Bowl(), np.array([[1.0, 0.0], [3.0, -1.0]]), three, _momentum(0.9, 0.1)),
    ]


_START = np.array([3.0])
_SAME = Pairs([(1.0, 1.0)] * 3)


def _drawn(rng):
    """Return a start, a minimum, a number of batches and a rate, below 1/curvature."""
    start, end = rng.normal(scale=3, size=2).round(1)
    far = end + np.sign(start - end + 0.01) * (1 + abs(start - end))
    return (
        float(far),
        float(end),
        int(rng.integers(2, 7)),
        round(float(rng.uniform(0.02, 0.6)), 2),
    )


_on_bowls = tried((3.0, 1.0, 3, 0.1), (6.0, 1.8, 6, 0.5), (3.0, 1.0, 4, 0.5), drawn=_drawn)


def _trained(function, start, end, n, optimizer):
    """Return where two parameters end: the second begins twice as far from the minimum."""
    starts = np.array([start, 2 * start - end])
    theta, losses = function(Bowl(), starts, Pairs([(end, 1.0)] * n), optimizer)
    return starts, np.asarray(theta), losses


def _told_of(holds, *values):
    """Return the entry of each array that breaks a law, or else the first."""
    i = 0 if np.all(holds) else int(np.argmin(holds))
    return [float(value[i]) for value in values]


@_on_bowls
def _first_loss(function, start, end, n, lr):
    starts, _, losses = _trained(function, start, end, n, _descent(lr))
    first, right = float(np.ravel(losses)[0]), float(np.sum((starts - end) ** 2) / 2)
    said = f"loss at the start {right:.4g}, first of the returned ones {first:.4g}"
    return abs(first - right) < 1e-9 * max(1, right), said


@_on_bowls
def _one_loss_per_batch(function, start, end, n, lr):
    *_, losses = _trained(function, start, end, n, _descent(lr))
    return np.shape(losses) == (
        n,
    ), f"for {n} batches the number of losses is {np.size(losses)}"


@_on_bowls
def _goes_down(function, start, end, n, lr):
    starts, theta, _ = _trained(function, start, end, n, _descent(lr))
    before, after = np.abs(starts - end), np.abs(theta - end)
    holds = after < before
    told = "distance {:.4g} before and {:.4g} after".format(*_told_of(holds, before, after))
    return holds.all(), f"minimum at {end:.4g}, {told}"


@_on_bowls
def _remembers(function, start, end, n, lr):
    starts, theta, _ = _trained(function, start, end, n, _momentum(0.9, lr))
    by_hand, v = starts, 0.0
    for _ in range(n):
        v = 0.9 * v + by_hand - end
        by_hand = by_hand - lr * v
    moved, right = theta - starts, by_hand - starts
    holds = np.abs(moved - right) < 1e-9 * np.maximum(1, np.abs(right))
    told = "move θ by {:.4g}, by hand {:.4g}".format(*_told_of(holds, moved, right))
    return holds.all(), f"{n} steps with γ = 0.9, lr {lr:g} {told}"


@_on_bowls
def _nothing_moves(function, start, end, n, lr):
    starts, theta, _ = _trained(function, start, end, n, _descent(0.0))
    holds = theta == starts
    told = "θ = {:.4g} becomes {:.4g}".format(*_told_of(holds, starts, theta))
    return holds.all(), f"lr 0: {told}"


EXERCISES = (
    Exercise(
        name="run_training",
        lesson="10",
        statement="""Train on one batch after the other.

        model : has loss_and_gradient(theta, x, y)
        theta : array, the initial parameters, left as they are
        batches : pairs (x, y), to be gone through once with `for`
        optimizer : has init(theta) -> state and update(grad, state) -> (update, state)
        returns the trained parameters, and an array of the losses, one per batch, each
        taken before the step
        """,
        reference=run_training,
        cases=_cases,
        facts=Diary,
        mistakes=MISTAKES,
        laws=(
            Law("the first loss is that of the initial parameters", _first_loss),
            Law("there is one loss per batch", _one_loss_per_batch),
            Law("on a bowl the parameters come nearer to the minimum", _goes_down),
            Law("momentum remembers from step to step", _remembers),
            Law("at a rate of 0 nothing moves", _nothing_moves),
        ),
        hints=(
            "Before the loop the optimizer has to be asked for its first state. What has to be "
            "carried from one step to the next?",
            "In the loop: loss and gradient at the present theta; update and new state from "
            "the optimizer; theta plus the update (the sign is in the chain); keep the loss.",
            "`state = optimizer.init(theta)`, then for each x, y: `loss, grad = "
            "model.loss_and_gradient(theta, x, y)`, `update, state = optimizer.update(grad, "
            "state)`, `theta = theta + update`. Return theta and `np.array(losses)`.",
        ),
        remark="It is `course_lib.training.train` without its progress bar, its record of "
        "norms and its stop at the first loss that is not finite; and many nets go at once.",
        returns=("theta", "losses"),
        comparison=Close(1e-9),
    ),
)
