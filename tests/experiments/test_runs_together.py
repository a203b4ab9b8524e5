"""Runs of lesson 12 that are trained together: each becomes what it is alone."""

import numpy as np
import pytest

from course_lib import activations, optimizers, schedules
from course_lib.exercises import exercises
from course_lib.exercises.lesson_12.six_runs import REPAIR_TASKS
from course_lib.experiments.broken_runs import CASES, run
from course_lib.experiments.closures import described
from course_lib.experiments.runs_together import train_together


@pytest.mark.parametrize("task", REPAIR_TASKS, ids=lambda p: f"run {p.number}")
@pytest.mark.parametrize("mended", [False, True], ids=["broken", "mended"])
def test_a_run_among_others_becomes_what_it_is_alone(task, mended):
    repair = exercises()[f"mend_{task.number}"].solution if mended else lambda c: c
    configuration = repair(task.case.configuration).replace(n_steps=24)
    together = train_together(configuration, task.case.seeds)
    for seed, outcome in zip(task.case.seeds, together, strict=True):
        alone = run(configuration.replace(seed=seed))
        np.testing.assert_allclose(outcome.grad_norm, alone.history.grad_norm, rtol=1e-6)
        assert outcome.accuracy == pytest.approx(alone.accuracy, abs=0.01)
        assert outcome.loss == pytest.approx(alone.loss, rel=1e-6)


@pytest.mark.parametrize(
    "link",
    [
        optimizers.adam(),
        optimizers.accumulate_micro_batches(3),
        optimizers.clip_by_global_norm(0.5),
        optimizers.clip_by_value(0.01),
        optimizers.ema(0.9),
        optimizers.momentum(0.9),
        optimizers.nesterov(0.9),
        schedules.warm_up(5),
    ],
    ids=described,
)
def test_a_link_treats_nets_that_are_trained_together_one_by_one(link):
    links = (link, optimizers.scale(-0.1))
    configuration = CASES[0].configuration.replace(links=links, n_steps=10)
    together = train_together(configuration, (0, 1))
    for seed, outcome in zip((0, 1), together, strict=True):
        alone = run(configuration.replace(seed=seed)).history.grad_norm
        np.testing.assert_allclose(outcome.grad_norm, alone, rtol=1e-6)


def _own_initializer(rng, shape, index):
    return rng.standard_normal(shape) / shape[-1] ** 0.5, np.zeros(shape[:-1])


def _step(g, state):
    return -0.1 * g / max(np.linalg.norm(g), 1.0), state


OF_ONES_OWN = {
    "initializer": {"initializer": _own_initializer},
    "link": {"links": (optimizers.Transform(lambda theta: (), _step),)},
    "link inside the course's": {"links": (optimizers.stateless(lambda g: -0.1 * g),)},
    "log": {"links": (optimizers.record([]), optimizers.scale(-0.1))},
    "derivative": {
        "activation": activations.Activation(
            "mine", 0.25, activations.sigmoid._value, lambda z: 0.25 + 0 * z
        )
    },
    "run that ends early": {"links": (optimizers.scale(-1.7e308),)},
}


@pytest.mark.parametrize("changes", OF_ONES_OWN.values(), ids=OF_ONES_OWN)
def test_runs_with_parts_of_ones_own_or_an_early_end_are_trained_one_by_one(changes):
    configuration = CASES[0].configuration.replace(n_steps=2)
    assert train_together(configuration, (0, 1))
    assert not train_together(configuration.replace(**changes), (0, 1))
