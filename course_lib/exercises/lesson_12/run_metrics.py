"""Examines a configuration: a few numbers that tell whether it works, and what was changed."""

from hashlib import sha256
from typing import NamedTuple

import numpy as np

from course_lib.exercises.engine.comparison import Unobservable
from course_lib.exercises.engine.formatting import kind
from course_lib.exercises.lesson_12.before_training import measured_before_training
from course_lib.exercises.lesson_12.optimizer_response import (
    optimizer_response,
    steps_of_whole_batches,
)
from course_lib.experiments.broken_runs import CAUSES, run
from course_lib.experiments.closures import identity
from course_lib.experiments.configurations import Configuration
from course_lib.experiments.runs_together import Outcome, train_together

KEPT = ("sizes", "activation", "data", "n_steps", "batch_size")
_GRID = np.linspace(-8, 8, 33)
_FINE = np.sinh(np.linspace(-9, 9, 1025))  # to 4000, dense at 0
_MAX_KEPT = 1024
_N_DRAWN = 4  # parts of a run's behavior that are there before it is trained
_examined, _probed, _started, _outcomes = {}, {}, {}, {}


class RunMetrics(NamedTuple):
    """What was measured; floats all, so that it can be an array.

    Attributes
    ----------
    seed : float
        Of the configuration.
    changed : float
        0, or the place in KEPT, counted from 1, of the first part that had to stay and did not.
    untouched : float
        1 where nothing was changed but the diagnosis, else 0.
    updates : float
        Updates for each gradient: 1/8 where eight micro-batches make one.
    rate : float
        What a small gradient is multiplied by in one update, once it lasts: η/(1 - γ);
        nan where the update is not proportional to the gradient, as with Adam.
    buildup : float
        By how much a gradient that lasts makes the update grow: 1/(1 - γ).
    longest : float
        The longest step that huge gradients can cause.
    minuses : float
        How many links turn the sign of a gradient.
    memory : float
        Steps after a spike until they follow the gradient's new sign; 80 for more.
    reach : float
        The same after a spike a million times as large: longer, if no clip stands before.
    turning : float
        1 - the cosine between a huge gradient and the steps that it causes: 0 where every entry
        is shortened alike.
    acting : float
        Fraction of recorded gradients too long for the links to pass on in proportion.
    step_length, step_error : float
        Updates as multiples of those that whole batches make, and how far they are from being
        multiples; 1 and 0 where nothing is cut into micro-batches.
    accuracy, loss : float
        On digits that were not trained on.
    untrained : float
        The same accuracy before training.
    norm : float
        Median gradient norm.
    growth : float
        By how much δ grows per layer on its way back, before training.
    start : float
        A sum over the parameters before training that is another for others.
    biased : float
        Norm of the biases before training.
    gradient_error : float
        Of a gradient check before training.
    cause : float
        The place of the diagnosis in CAUSES, counted from 1; 0 for none, -1 for other words.
    """

    seed: float
    changed: float
    untouched: float
    updates: float
    rate: float
    buildup: float
    longest: float
    minuses: float
    memory: float
    reach: float
    turning: float
    acting: float
    step_length: float
    step_error: float
    accuracy: float
    loss: float
    untrained: float
    norm: float
    growth: float
    start: float
    biased: float
    gradient_error: float
    cause: float


class Measured(np.ndarray):
    """A `RunMetrics` as an array that can show the configuration it was measured of."""

    shown_as = ""


def metrics(configuration, original, meant=None, seeds=()):
    """Return what can be measured of a configuration.

    Parameters
    ----------
    configuration : object
        What the learner's function returned.
    original : Configuration
        What it was made from.
    meant : (tuple of Transform, int), optional
        The links of the run in whole batches, and how many micro-batches make one.
    seeds : tuple of int
        Those that the same repair will be measured with.

    Returns
    -------
    Measured, shape (23,)
        A `RunMetrics`.

    Raises
    ------
    Unobservable
        If it is no configuration.
    """
    if not isinstance(configuration, Configuration):
        needed = "a configuration is needed, such as `configuration.replace(...)` makes"
        raise Unobservable(f"It returned {kind(configuration)}; {needed}.")
    measured = _measured_once(configuration, seeds)
    length, error = steps_of_whole_batches(configuration.links, *meant) if meant else (1, 0)
    told = {
        "seed": configuration.seed,
        "changed": _changed(configuration, original),
        "untouched": _is_same_run(configuration, original.replace(seed=configuration.seed)),
        "step_length": length,
        "step_error": error,
        "cause": _cause(configuration.diagnosis),
    }
    made = np.array(RunMetrics(**measured, **told), float).view(Measured)
    made.shown_as = str(configuration)
    return made


def _is_same_run(configuration, other):
    return configuration.identity == other.identity


def _measured_once(configuration, seeds):
    """Return what is measured of a run, from a run before it that did the same."""
    key = _behavior(configuration)
    if key is None:
        return _measured(configuration, _trained_alone(configuration))

    def measure():
        if key not in _outcomes and configuration.seed in seeds:
            _train_ahead(configuration, seeds)
        outcome = _outcomes.pop(key, None) or _trained_alone(configuration)
        return _measured(configuration, outcome, key)

    return _remembered(_examined, key, measure)


def _train_ahead(configuration, seeds):
    """Keep what becomes of a run with each seed: its repair is measured with all of them."""
    for seed, outcome in zip(seeds, train_together(configuration, seeds), strict=False):
        key = _behavior(configuration.replace(seed=seed))
        _remembered(_outcomes, key, lambda outcome=outcome: outcome)


def _trained_alone(configuration):
    recorded = run(configuration)
    return Outcome(recorded.history.grad_norm, recorded.accuracy, recorded.loss)


def _remembered(kept, key, make):
    if key not in kept:
        if len(kept) >= _MAX_KEPT:
            kept.clear()
        kept[key] = make()
    return kept[key]


def _behavior(configuration):
    """Return what decides a run: weights, slopes and links; None if they cannot be had.

    Functions that somebody wrote are told by what they make, not by what they are: an answer
    may define them anew at every call.
    """
    c, phi = configuration, configuration.activation
    try:
        value = phi(_FINE)
        parts = (c.theta(), value, phi.derivative(_FINE), phi.slope(_FINE, value))
        made = [_digest(part) for part in parts]
    except Exception:  # the run says what is wrong with it
        return None
    return (*made, identity(c.links), c.sizes, c.data, c.n_steps, c.batch_size, c.seed)


def _digest(array):
    if array.dtype.kind != "f":
        raise TypeError(f"real numbers are needed, got {array.dtype}")
    return str(array.dtype), array.shape, sha256(array.tobytes()).digest()


def _measured(configuration, outcome, key=None):
    links, n = configuration.links, configuration.model.n_params
    probes = _remembered(_probed, (identity(links), n), lambda: optimizer_response(links, n))
    norms = np.array(outcome.grad_norm or [np.nan])
    return {
        **probes,
        **_before_training(configuration, key),
        "acting": np.mean(norms * abs(probes["rate"]) > probes["longest"]),
        "accuracy": outcome.accuracy,
        "loss": outcome.loss,
        "norm": np.median(norms),
    }


def _before_training(configuration, key):
    if key is None:
        return measured_before_training(configuration)
    drawn = (*key[:_N_DRAWN], configuration.sizes, configuration.data)
    return _remembered(_started, drawn, lambda: measured_before_training(configuration))


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
