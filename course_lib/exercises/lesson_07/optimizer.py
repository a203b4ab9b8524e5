"""Lesson 07: an optimizer of one's own, as a chain."""

import numpy as np

from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.optimizer_steps import DIRECTION, PlayedOptimizer, recovery
from course_lib.exercises.kit.tried import tried
from course_lib.exercises.lesson_07.optimizer_mistakes import MISTAKES, ChainFacts
from course_lib.optimizers import chain, clip_by_global_norm, momentum, scale

_SIZES = (1.0, 1.0, 1000.0, *[-1.0] * 8)
_SPIKE = 2  # its position
_SPIKED = "max_norm 1, γ = 0.9, a spike of 1000, then the sign turns"


def clipped_momentum(max_norm, gamma, lr):
    """Return the optimizer that clips, accumulates, and steps downhill."""
    return chain(clip_by_global_norm(max_norm), momentum(gamma), scale(-lr))


def _cases(rng):
    return [
        (1.0, 0.9, 0.1),
        (0.5, 0.9, 0.01),
        (2.0, 0.5, 0.3),
        (10.0, 0.0, 1.0),
        (1e6, 0.9, 0.1),
        (0.1, 0.99, 1.0),
    ]


def _along(function, *args):
    """Return how far each update moves along (0.6, 0.8)."""
    return np.asarray(function(*args)) @ DIRECTION


def _drawn(rng):
    return (
        float(rng.uniform(0.3, 5)),
        float(rng.uniform(0.3, 0.95)),
        float(rng.uniform(0.02, 2)),
    )


@tried((1.0, 0.9, 0.1), (0.5, 0.5, 1.0), drawn=_drawn)
def _bounded(function, max_norm, gamma, lr):
    longest = float(np.linalg.norm(function(max_norm, gamma, lr), axis=1).max())
    bound = lr * max_norm / (1 - gamma)
    return longest <= bound * (1 + 1e-9), f"bound {bound:.4g}, longest step {longest:.4g}"


@tried((0.9, 0.1), (0.9, 1.5), drawn=lambda rng: (0.9, float(rng.uniform(0.02, 2))))
def _recovers(function, gamma, lr):
    held, when = recovery(_along(function, 1.0, gamma, lr)[_SPIKE + 1 :], 3)
    return held, f"{_SPIKED}: {when}"


@tried((0.5, 0.9, 0.1), (10.0, 0.9, 0.1), drawn=_drawn)
def _first_step(function, max_norm, gamma, lr):
    step, right = float(_along(function, max_norm, gamma, lr)[0]), -lr * min(max_norm, 1.0)
    said = f"gradient of norm 1, lr {lr:.4g}, max_norm {max_norm:.4g}: {step:.4g}"
    return abs(step - right) < 1e-6 * abs(right), said


EXERCISES = (
    Exercise(
        name="clipped_momentum",
        lesson="07",
        statement="""Chain your own optimizer: clip by global norm, accumulate with momentum,
        and step downhill with the learning rate lr.

        max_norm, gamma, lr : numbers
        returns an optimizer, made by chain(...) of clip_by_global_norm(...), momentum(...)
        and scale(...).  The check plays it on the gradient (0.6, 0.8): twice as it is, once
        times 1000, eight times with the sign turned; it compares the updates, row by row.
        """,
        reference=clipped_momentum,
        cases=_cases,
        facts=ChainFacts,
        mistakes=MISTAKES,
        laws=(
            Law("no step is longer than lr · max_norm/(1 - γ)", _bounded),
            Law("3 steps after a spike the steps go downhill again", _recovers),
            Law("the first step is -lr times the clipped gradient", _first_step),
        ),
        hints=(
            "A chain is read from left to right, as the gradient flows. Which link should see "
            "the raw gradient?",
            "Clip first, so that no spike gets into the velocity. The sign and the learning "
            "rate come last.",
            "`chain(clip_by_global_norm(max_norm), momentum(gamma), scale(-lr))`.",
        ),
        remark="In PyTorch: `loss.backward`, then `torch.nn.utils.clip_grad_norm_`, then "
        "the step of `torch.optim.SGD`; the order is that of the lines in the loop.",
        comparison=PlayedOptimizer(1e-9, sizes=_SIZES),
    ),
)
