"""Examines a configuration: a few numbers that tell whether it works, and what was changed."""

from typing import NamedTuple

import numpy as np

from course_lib.broken_runs import CAUSES, run
from course_lib.configurations import Configuration
from course_lib.exercises.playing import Unplayable
from course_lib.exercises.shown import kind
from course_lib.gradcheck import check_gradient
from course_lib.optimizers import chain

KEPT = ("sizes", "activation", "data", "n_steps", "batch_size")
_SMALL, _HUGE = 1e-6, 1e9  # norms far below and far above any threshold
_N_SMALL, _N_LATE, _N_HUGE, _N_AFTER = 480, 80, 16, 80
_GRID = np.linspace(-8, 8, 33)
_MAX_KEPT = 1024
_examined = {}


class Chart(NamedTuple):
    """What was measured; floats all, so that it can be an array.

    Attributes
    ----------
    seed : float
        Of the configuration.
    changed : float
        0, or the place in KEPT, counted from 1, of the first part that had to stay and did not.
    updates : float
        Updates for each gradient: 1/8 where eight micro-batches make one.
    rate : float
        What a small gradient is multiplied by in one update, once it lasts: η/(1 - γ).
    longest : float
        The longest step that a huge gradient can cause.
    memory : float
        Steps after a spike until they follow the gradient's new sign; 80 for more.
    accuracy, loss : float
        On digits that were not trained on.
    norm : float
        Median gradient norm.
    growth : float
        By how much δ grows per layer on its way back, before training.
    start : float
        Norm of the parameters before training.
    gradient_error : float
        Of a gradient check before training.
    cause : float
        The place of the diagnosis in CAUSES, counted from 1; 0 for none, -1 for other words.
    """

    seed: float
    changed: float
    updates: float
    rate: float
    longest: float
    memory: float
    accuracy: float
    loss: float
    norm: float
    growth: float
    start: float
    gradient_error: float
    cause: float


def chart(configuration, original):
    """Return what can be measured of a configuration.

    Parameters
    ----------
    configuration : object
        What the learner's function returned.
    original : Configuration
        What it was made from.

    Returns
    -------
    ndarray, shape (13,)
        A `Chart`.

    Raises
    ------
    Unplayable
        If it is no configuration.
    """
    if not isinstance(configuration, Configuration):
        needed = "a configuration is needed, such as `configuration.replace(...)` makes"
        raise Unplayable(f"It returned {kind(configuration)}; {needed}.")
    key = configuration.identity
    if key not in _examined:
        if len(_examined) >= _MAX_KEPT:
            _examined.clear()
        _examined[key] = _measured(configuration)
    told = {
        "seed": configuration.seed,
        "changed": _changed(configuration, original),
        "cause": _cause(configuration.diagnosis),
    }
    return np.array(Chart(**_examined[key], **told), float)


def _measured(configuration):
    recorded = run(configuration)
    return {
        **_played(configuration),
        "accuracy": recorded.accuracy,
        "loss": recorded.loss,
        "norm": np.median(recorded.history.grad_norm or [np.nan]),
        "growth": recorded.growth,
        "start": np.linalg.norm(configuration.theta()),
        "gradient_error": _gradient_error(configuration),
    }


def _gradient_error(configuration):
    model, batch = configuration.model, configuration.first_batch()
    rng = np.random.default_rng(0)

    def loss_and_gradient(theta):
        return model.loss_and_gradient(theta, *batch)

    return check_gradient(loss_and_gradient, configuration.theta(), rng, 3).relative_error


def _played(configuration):
    """Return what the links do with gradients that never change their direction."""
    optimizer, n = chain(*configuration.links), configuration.model.n_params
    direction = np.full(n, n**-0.5)
    small = _along(optimizer, direction, [_SMALL] * _N_SMALL)[-_N_LATE:]
    huge = _along(optimizer, direction, [_HUGE] * _N_HUGE)
    spiked = _along(optimizer, direction, [1.0, 1.0, 1000.0, *[-1.0] * _N_AFTER])
    n_updates = np.count_nonzero(small)
    return {
        "updates": n_updates / len(small),
        "rate": -small.sum() / max(n_updates, 1) / _SMALL,
        "longest": np.abs(huge).max(),
        "memory": _memory(spiked[3:]),
    }


def _along(optimizer, direction, sizes):
    state, along = optimizer.init(np.zeros_like(direction)), []
    for size in sizes:
        update, state = optimizer.update(size * direction, state)
        along.append(float((update * direction).sum()))
    return np.array(along)


def _memory(after):
    """Return how many updates after a spike the first one follows a gradient of -1."""
    turned = np.flatnonzero(after > 0)
    return turned[0] + 1 if len(turned) else len(after)


def _changed(configuration, original):
    for place, name in enumerate(KEPT, start=1):
        old, new = (getattr(part, name) for part in (original, configuration))
        same = np.allclose(old(_GRID), new(_GRID)) if name == "activation" else old == new
        if not same:
            return place
    return 0


def _cause(diagnosis):
    if not diagnosis:
        return 0
    word = str(diagnosis).strip().lower()
    return list(CAUSES).index(word) + 1 if word in CAUSES else -1
