"""Broken runs without a title: the faults of lesson 12, in nets drawn from a seed."""

from dataclasses import dataclass, field

import numpy as np

from course_lib._validation import require_count
from course_lib.activations import relu, sigmoid, tanh
from course_lib.experiments import faults
from course_lib.experiments.broken_runs import CAUSES, run
from course_lib.experiments.configurations import DATA, Configuration
from course_lib.initializers import centered, he, normal, orthogonal
from course_lib.optimizers import (
    accumulate_micro_batches,
    clip_by_global_norm,
    momentum,
    scale,
)

N_SEEDS, LEARNED = 3, 0.5  # of the new digits; guessing gives 0.1
_CLIP, _MOMENTUM = clip_by_global_norm(1.0), momentum(0.9)


@dataclass(frozen=True)
class DrawnRun:
    """A run that fails, without a word on why.

    Attributes
    ----------
    configuration : Configuration
        What is run; `broken_runs.run` records it.
    cause : str
        What is wrong, one of `broken_runs.CAUSES`. It is not shown when the run is printed.
    repair : dict
        What `Configuration.replace` needs to mend it. Not shown either.
    """

    configuration: Configuration
    cause: str = field(repr=False)
    repair: dict = field(repr=False)

    def answer(self):
        """Return the cause in words, and the part that was at fault."""
        return f"{CAUSES[self.cause]} (change: {', '.join(self.repair)})"


def drawn_run(seed):
    """Draw a fault and a net for it.

    Parameters
    ----------
    seed : int
        Any whole number >= 0; each gives a case of its own.

    Returns
    -------
    DrawnRun

    Raises
    ------
    ValueError
        If ``seed`` is not a whole number >= 0.
    """
    require_count("seed", seed, at_least=0)
    rng = np.random.default_rng([12, seed])
    return _FAULTS[rng.integers(len(_FAULTS))](rng)


def judge(drawn, mended):
    """Say whether a changed configuration is a repair, with what was measured.

    Parameters
    ----------
    drawn : DrawnRun
        The broken run.
    mended : Configuration
        Its configuration, changed.

    Returns
    -------
    str
        Its first word is "Mended" or "Not".
    """
    broken = drawn.configuration
    for name in ("sizes", "data", "n_steps", "batch_size"):
        if getattr(mended, name) != getattr(broken, name):
            return f"Not judged: {name} has to stay {getattr(broken, name)}."
    seeds = range(broken.seed, broken.seed + N_SEEDS)
    shares = [run(mended.replace(seed=seed)).accuracy for seed in seeds]
    listed = ", ".join(f"{share:.0%}" for share in shares)
    verdict = "Mended" if min(shares) >= LEARNED else "Not mended"
    return f"{verdict}: {listed} of the new digits, with {N_SEEDS} seeds; half is needed."


def _drawn(cause, repair, n_hidden, activation, initializer, links, rng, **options):
    seed = int(rng.integers(1000))
    sizes = (64, *[32] * n_hidden, 10)
    configuration = Configuration(sizes, activation, initializer, links, seed=seed, **options)
    return DrawnRun(configuration, cause, repair)


def _vanishing(rng):
    repair, depth = {"initializer": centered(normal(4.0))}, rng.integers(6, 8)
    links = (_MOMENTUM, scale(-0.1))
    weights = normal(float(rng.choice([0.5, 1.0, 1.5])))
    return _drawn("vanishing", repair, depth, sigmoid, weights, links, rng, n_steps=150)


def _exploding(rng):
    repair, depth = {"initializer": orthogonal(1.0)}, rng.integers(11, 14)
    links = (_CLIP, _MOMENTUM, scale(-0.02))
    weights = normal(float(rng.choice([4.0, 5.0, 6.0])))
    return _drawn("exploding", repair, depth, tanh, weights, links, rng)


def _rate(rng):
    repair, depth = {"links": (scale(-0.2),)}, rng.integers(3, 5)
    links = (scale(-float(rng.choice([2.0, 3.0, 4.0]))),)
    return _drawn("rate", repair, depth, tanh, orthogonal(1.0), links, rng)


def _slow(rng):
    repair, depth = {"links": (scale(-0.2),)}, rng.integers(3, 5)
    links = (scale(-float(rng.choice([1e-4, 3e-4, 1e-3]))),)
    return _drawn("slow", repair, depth, tanh, orthogonal(1.0), links, rng)


def _sum(rng):
    behind, depth = (_MOMENTUM, scale(-0.1)), rng.integers(3, 5)
    repair = {"links": (accumulate_micro_batches(8), *behind)}
    links = (faults.accumulate_micro_batches(8), *behind)
    budget = {"n_steps": 320, "batch_size": 8}
    return _drawn("sum", repair, depth, tanh, orthogonal(1.0), links, rng, **budget)


def _order(rng):
    step, depth = scale(-float(rng.choice([0.02, 0.03, 0.04]))), 3
    repair, links = {"links": (_CLIP, _MOMENTUM, step)}, (_MOMENTUM, _CLIP, step)
    return _drawn("order", repair, depth, relu, he(), links, rng, data=DATA[1])


def _derivative(rng):
    links, depth = (_CLIP, _MOMENTUM, scale(-0.1)), rng.integers(3, 5)
    slip, weights = faults.sigmoid_of_a_colleague, centered(normal(4.0))
    return _drawn("derivative", {"activation": sigmoid}, depth, slip, weights, links, rng)


_FAULTS = (_vanishing, _exploding, _rate, _slow, _sum, _order, _derivative)
