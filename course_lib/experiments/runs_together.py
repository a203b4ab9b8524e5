"""Trains a run with several seeds at once, the nets as one array.

A step of three small nets costs little more than that of one. Only runs made of the course's
own parts, which take leading axes for whole nets, are trained so: of any other function nobody
knows what it makes of three nets.
"""

from typing import NamedTuple

import numpy as np

from course_lib.clipping import global_norm
from course_lib.experiments.configurations import data
from course_lib.optimizers import chain


class Outcome(NamedTuple):
    """What training made of a net.

    Attributes
    ----------
    grad_norm : list of float
        Before each step.
    accuracy, loss : float
        On digits that were not trained on.
    """

    grad_norm: list
    accuracy: float
    loss: float


def train_together(configuration, seeds):
    """Train a run with each of some seeds; each becomes what it is when it is run alone.

    Parameters
    ----------
    configuration : Configuration
    seeds : sequence of int

    Returns
    -------
    list of Outcome
        For each seed; none at all where the runs have to be trained one by one.
    """
    if not _is_made_of_known_parts(configuration):
        return []
    runs = [configuration.replace(seed=seed) for seed in seeds]
    try:
        with np.errstate(all="ignore"):
            thetas, norms = _trained(runs)
            return [_outcome(run, *end) for run, *end in zip(runs, thetas, norms, strict=True)]
    except Exception:  # a run alone will tell what is wrong with it
        return []


def _is_made_of_known_parts(configuration):
    return not any(
        callable(part) and not isinstance(part, np.ufunc)
        for part in _leaves(configuration.identity)
    )


def _leaves(identity):
    if not isinstance(identity, tuple):
        yield identity
        return
    for part in identity:
        yield from _leaves(part)


def _trained(runs):
    """Return the last parameters of all runs, and for each its gradient norms."""
    model, split, optimizer = runs[0].model, data(runs[0].data), chain(*runs[0].links)
    rngs = [np.random.default_rng([run.seed, 1]) for run in runs]
    theta, norms = np.array([run.theta() for run in runs]), []
    state = optimizer.init(theta)
    for _ in range(runs[0].n_steps):
        n = runs[0].batch_size
        batches = np.array([rng.integers(len(split.x_train), size=n) for rng in rngs])
        loss, grad = model.loss_and_gradient(
            theta, split.x_train[batches], split.y_train[batches]
        )
        if not np.isfinite(loss).all():
            raise FloatingPointError("one of the runs ends early")
        norms.append(global_norm(grad))
        update, state = optimizer.update(grad, state)
        theta = theta + update
    return theta, np.transpose(norms).tolist()


def _outcome(run, theta, grad_norm):
    model, split = run.model, data(run.data)
    output = model.forward(theta, split.x_test)
    accuracy = np.mean(output.argmax(axis=-1) == split.y_test)
    return Outcome(grad_norm, float(accuracy), float(model.loss(output, split.y_test)[0]))
