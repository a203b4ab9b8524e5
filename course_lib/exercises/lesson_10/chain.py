"""Lesson 10: the chain of lesson 07, with the threshold taken from recorded norms."""

import numpy as np

from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.optimizer_steps import DIRECTION, PlayedOptimizer, recovery
from course_lib.exercises.kit.tried import tried
from course_lib.exercises.lesson_10.chain_mistakes import MISTAKES, SIZES, SPIKE, Played
from course_lib.optimizers import chain, clip_by_global_norm, momentum, scale

_RECORD = np.array([0.5, 0.2, 0.9, 0.4, 7.0])  # median 0.5


def training_chain(norms, gamma, lr):
    """Return the optimizer that clips at the median of the norms, accumulates, and descends."""
    max_norm = float(np.median(norms))
    return chain(clip_by_global_norm(max_norm), momentum(gamma), scale(-lr))


def _cases(rng):
    simple = [
        ([0.5, 0.2, 0.9], 0.9, 0.1),
        ([0.002, 0.001, 0.19, 0.005, 0.003], 0.9, 2.0),
        ([3.0, 1.0, 2.0, 60.0, 1.5], 0.5, 0.3),
        ([0.4], 0.0, 1.0),
        ([0.2, 0.8, 0.4, 6.0], 0.9, 0.1),  # an even number: the median is 0.6
        ([0.7, 0.6, 40.0, 0.5, 0.3, 0.2, 0.1], 0.99, 1.0),
    ]
    drawn = [(rng.lognormal(size=n), gamma, 0.03) for n, gamma in ((9, 0.9), (101, 0.8))]
    return [(np.array(norms), gamma, lr) for norms, gamma, lr in (*simple, *drawn)]


def _along(function, *args):
    """Return how far each update moves along (0.6, 0.8)."""
    return np.asarray(function(*args)) @ DIRECTION


def _drawn(rng):
    """Return a record whose largest norm is far above the rest, in another order."""
    usual = rng.uniform(0.1, 2, size=rng.integers(3, 8))
    return (rng.permutation([*usual, float(rng.uniform(5, 9))]),)


def _drawn_settings(rng):
    return *_drawn(rng), float(rng.uniform(0.2, 0.9)), float(rng.uniform(0.02, 2))


def _drawn_memory(rng):
    """Return settings, every other time without memory."""
    record, gamma, lr = _drawn_settings(rng)
    return record, gamma * int(rng.integers(2)), lr


@tried((_RECORD, 0.0, 1.0), (_RECORD, 0.0, 0.1), (_RECORD, 0.5, 0.1), drawn=_drawn_memory)
def _half_are_shortened(function, record, gamma, lr):
    """Look at what each gradient adds: of a velocity that remembers, where that can be told."""
    along = -_along(function, record, gamma, lr)[:4] / lr
    added = along - gamma * np.append(0.0, along[:-1])
    per_size = added / SIZES[:4] if gamma else np.ones(2)
    right, median = per_size[0] * np.minimum(SIZES[:4], np.median(record)), np.median(record)
    evidence = ", ".join(f"{s:g} → {a:.4g}" for s, a in zip(SIZES, added, strict=False))
    said = f"median {median:.4g}, γ = {gamma:.4g}, lr = {lr:.4g}: {evidence}"
    other_velocity = not np.isclose(*per_size[:2], rtol=1e-6)
    return bool(other_velocity or np.allclose(added, right, rtol=1e-6)), said


@tried((_RECORD, 0.9, 0.1), (_RECORD[-4:], 0.9, 0.1), drawn=_drawn_settings)
def _spikes_in_the_record(function, record, gamma, lr):
    wild = np.where(record == record.max(), 1e6 * record, record)
    tame, other = (_along(function, norms, gamma, lr) for norms in (record, wild))
    longest = (np.abs(steps).max() for steps in (tame, other))
    evidence = "longest step {:.4g} and {:.4g}".format(*longest)
    said = f"largest norm {record.max():.4g} or a million times that"
    return np.allclose(tame, other, rtol=1e-9), f"{said}: {evidence}"


@tried((_RECORD, 0.9, 0.1), drawn=_drawn_settings)
def _bounded(function, record, gamma, lr):
    longest = float(np.abs(_along(function, record, gamma, lr)).max())
    bound = lr * float(np.median(record)) / (1 - gamma)
    return longest <= bound * (1 + 1e-9), f"bound {bound:.4g}, longest step {longest:.4g}"


@tried((_RECORD, 0.9, 0.1), drawn=_drawn_settings)
def _recovers(function, record, gamma, lr):
    held, when = recovery(_along(function, record, gamma, lr)[SPIKE + 1 :], 6)
    return held, f"a spike of 1000, then the sign turns: {when}"


EXERCISES = (
    Exercise(
        name="training_chain",
        lesson="10",
        statement="""A full training chain: clip by global norm at the median of the recorded
        norms, accumulate with momentum, and step downhill.

        norms : array of recorded gradient norms;  gamma, lr : numbers
        returns an optimizer, made by chain(...).  The check plays it on gradients along
        (0.6, 0.8), from norm 0.001 to 1000, and compares the updates, row by row.
        """,
        reference=training_chain,
        cases=_cases,
        facts=Played,
        mistakes=MISTAKES,
        laws=(
            Law("what is longer than the median norm is shortened to it", _half_are_shortened),
            Law("a spike in the record does not move the threshold", _spikes_in_the_record),
            Law("no step is longer than lr · median/(1 - γ)", _bounded),
            Law("6 steps after a spike the steps go downhill again", _recovers),
        ),
        hints=(
            "Two things have to be found: one number from the record, and the order of three "
            "links. Lesson 07 has both: section 5 and section 4.",
            "`np.median(norms)` is the threshold: half of the recorded norms are larger. What "
            "must stand first in the chain, so that no spike enters the velocity?",
            "`chain(clip_by_global_norm(float(np.median(norms))), momentum(gamma), "
            "scale(-lr))`.",
        ),
        remark="In PyTorch `torch.nn.utils.clip_grad_norm_` returns the norm before clipping: "
        "append it to a list in a run that goes well.",
        comparison=PlayedOptimizer(1e-9, sizes=SIZES),
    ),
)
