"""Broken runs without a title: the faults of lesson 12, in nets drawn from a seed."""

from dataclasses import dataclass, field

import numpy as np

from course_lib._validation import require_count
from course_lib.activations import relu, sigmoid, tanh
from course_lib.experiments import faults
from course_lib.experiments.broken_runs import CAUSES, run
from course_lib.experiments.configurations import DATA, Configuration
from course_lib.experiments.runs_together import train_together
from course_lib.initializers import centered, he, normal, orthogonal
from course_lib.optimizers import (
    accumulate_micro_batches,
    clip_by_global_norm,
    momentum,
    scale,
)

N_SEEDS, LEARNED = 3, 0.5  # of the new digits; guessing gives 0.1
_N_UPDATES, _N_MICRO = 150, 8
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
    if not isinstance(mended, Configuration):
        return f"Not judged: a configuration is needed, got {mended!r}."
    broken = drawn.configuration
    for name in ("sizes", "data", "n_steps", "batch_size"):
        if getattr(mended, name) != getattr(broken, name):
            return f"Not judged: {name} has to stay {getattr(broken, name)}."
    seeds = range(broken.seed, broken.seed + N_SEEDS)
    together = train_together(mended, seeds)
    shares = [c.accuracy for c in together or (run(mended.replace(seed=s)) for s in seeds)]
    listed = ", ".join(f"{share:.0%}" for share in shares)
    verdict = "Mended" if min(shares) >= LEARNED else "Not mended"
    return f"{verdict}: {listed} of the new digits, with {N_SEEDS} seeds; half is needed."


def _drawn(cause, repair, net, rng, micro_batches, links):
    """Return a case; ``repair`` leaves out the link that gathers micro-batches."""
    before, budget = micro_batches
    if "links" in repair:
        gathers = (accumulate_micro_batches(_N_MICRO),) if before else ()
        repair = {"links": (*gathers, *repair["links"])}
    # a clip in front bears damaged images
    data = (
        DATA[1] if cause == "order" or (links[0] is _CLIP and rng.random() < 0.5) else DATA[0]
    )
    seed = int(rng.integers(1000))
    configuration = Configuration(*net, (*before, *links), data, seed=seed, **budget)
    return DrawnRun(configuration, cause, repair)


def _one_of(rng, *options):
    return options[rng.integers(len(options))]


def _budget(rng, accumulate=accumulate_micro_batches):
    """Draw batches, or micro-batches with what gathers them: the links in front, the budget."""
    if accumulate is accumulate_micro_batches and rng.random() < 0.5:
        return (), {"n_steps": _N_UPDATES, "batch_size": 32}
    return (accumulate(_N_MICRO),), {"n_steps": _N_MICRO * _N_UPDATES, "batch_size": 8}


def _sizes(n_hidden):
    return (64, *[32] * int(n_hidden), 10)


def _healthy_net(rng):
    """Draw a net whose gradient keeps its size: sizes, activation, initializer."""
    phi, initializer = _one_of(
        rng, (tanh, orthogonal(1.0)), (sigmoid, centered(normal(4.0))), (relu, he())
    )
    return _sizes(rng.integers(3, 6)), phi, initializer


def _loose_clip(rng):
    """Draw no clip, or one that is too loose to cure anything."""
    return _one_of(rng, (), (clip_by_global_norm(100.0),))


def _behind(rng, step):
    """Draw momentum with a clip in front, with one behind, or with none: all are harmless."""
    return _one_of(rng, (_CLIP, _MOMENTUM, step), (_MOMENTUM, _CLIP, step), (_MOMENTUM, step))


def _vanishing(rng):
    weights = normal(_one_of(rng, 0.5, 1.0, 1.5))
    net = _sizes(rng.integers(6, 8)), sigmoid, _one_of(rng, weights, centered(weights))
    repair = {"initializer": centered(normal(4.0))}
    return _drawn("vanishing", repair, net, rng, _budget(rng), _behind(rng, scale(-0.1)))


def _exploding(rng):
    net = _sizes(rng.integers(11, 14)), tanh, normal(_one_of(rng, 4.0, 5.0, 6.0))
    repair = {"initializer": orthogonal(1.0)}
    return _drawn("exploding", repair, net, rng, _budget(rng), _behind(rng, scale(-0.02)))


def _rate(rng):
    net, clip, memory = _healthy_net(rng), _loose_clip(rng), _one_of(rng, (), (_MOMENTUM,))
    bears = 4 if net[1] is sigmoid else 1  # so much larger rates
    links = (*clip, *memory, scale(-bears * _one_of(rng, 2.0, 3.0, 4.0)))
    repair = {"links": (*clip, *memory, scale(-0.02 if memory else -0.2))}
    return _drawn("rate", repair, net, rng, _budget(rng), links)


def _slow(rng):
    links = _behind(rng, scale(-_one_of(rng, 1e-5, 3e-5, 1e-4)))
    repair = {"links": (*links[:-1], scale(-0.05))}
    return _drawn("slow", repair, _healthy_net(rng), rng, _budget(rng), links)


def _sum(rng):
    net = _healthy_net(rng)
    rate = {sigmoid: 0.4, tanh: 0.1, relu: 0.05}[net[1]]  # the sum is too much, the mean is not
    links = (*_loose_clip(rng), _MOMENTUM, scale(-rate))
    micro_batches = _budget(rng, faults.accumulate_micro_batches)
    return _drawn("sum", {"links": links}, net, rng, micro_batches, links)


def _order(rng):
    step, net = scale(-_one_of(rng, 0.02, 0.03, 0.04)), (_sizes(3), relu, he())
    repair, links = {"links": (_CLIP, _MOMENTUM, step)}, (_MOMENTUM, _CLIP, step)
    return _drawn("order", repair, net, rng, _budget(rng), links)


def _derivative(rng):
    net = _sizes(rng.integers(3, 6)), faults.sigmoid_of_a_colleague, centered(normal(4.0))
    links, repair = _behind(rng, scale(-0.1)), {"activation": sigmoid}
    return _drawn("derivative", repair, net, rng, _budget(rng), links)


_FAULTS = (_vanishing, _exploding, _rate, _slow, _sum, _order, _derivative)
