"""Configurations that can be read, changed and run, and the six of them that fail."""

import copy
import dataclasses

import numpy as np
import pytest

from course_lib import optimizers
from course_lib.activations import Activation, relu, sigmoid, tanh
from course_lib.experiments.broken_runs import CASES, CAUSES, growth_at_start, run
from course_lib.experiments.closures import described, identity
from course_lib.experiments.configurations import DATA, Configuration, data
from course_lib.gradcheck import check_gradient
from course_lib.initializers import centered, glorot, he, normal, orthogonal
from course_lib.optimizers import (
    chain,
    clip_by_global_norm,
    momentum,
    record,
    scale,
    stateless,
)

SMALL = Configuration((64, 8, 10), tanh, orthogonal(1.0), (scale(-0.1),), n_steps=3)


@pytest.mark.parametrize(
    ("part", "text"),
    [
        (momentum(0.9), "momentum(gamma=0.9)"),
        (scale(-0.02), "scale(factor=-0.02)"),
        (clip_by_global_norm(1.0), "clip_by_global_norm(max_norm=1)"),
        (
            clip_by_global_norm(1.0, nonfinite="zero"),
            "clip_by_global_norm(max_norm=1, nonfinite='zero')",
        ),
        (optimizers.adam(eps=1e-4), "adam(eps=0.0001)"),
        (optimizers.accumulate_micro_batches(8), "accumulate_micro_batches(k=8)"),
        (chain(momentum(0.9), scale(-1)), "chain(momentum(gamma=0.9), scale(factor=-1))"),
        (record([]), "record(log=...)"),
        (stateless(lambda g: g / 8), "a link of one's own"),
        (normal(4.0), "normal(sigma_w=4)"),
        (normal(4.0, 0.1), "normal(sigma_w=4, sigma_b=0.1)"),
        (he(), "normal(sigma_w=1.414)"),
        (glorot(), "glorot()"),
        (centered(normal(4.0)), "centered(normal(sigma_w=4))"),
        (lambda rng, shape, index: None, "a function of one's own"),
    ],
)
def test_parts_are_described_as_they_are_made(part, text):
    assert described(part) == text


PAIRS = [
    (lambda: momentum(0.9), lambda: momentum(0.8)),
    (lambda: momentum(0.9), lambda: optimizers.ema(0.9)),
    (lambda: clip_by_global_norm(1.0), lambda: clip_by_global_norm(2.0)),
    (lambda: chain(momentum(0.9), scale(-1.0)), lambda: chain(scale(-1.0), momentum(0.9))),
    (lambda: centered(normal(4.0)), lambda: normal(4.0)),
    (lambda: CASES[3].configuration.links[0], lambda: optimizers.accumulate_micro_batches(8)),
]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_the_same_link_made_twice_is_the_same_and_another_is_not(one, other):
    assert identity(one()) == identity(one())
    assert hash(identity(one())) == hash(identity(copy.deepcopy(one())))
    assert identity(one()) != identity(other())


def test_a_link_of_ones_own_is_only_the_same_as_itself():
    def half():
        return stateless(lambda g: g / 2)

    link = half()
    assert identity(link) == identity(link)
    assert identity(half()) != identity(link)


def test_a_link_that_keeps_a_log_is_only_the_same_as_itself():
    assert identity(record([])) != identity(record([]))


def test_a_configuration_is_shown_in_words_and_without_addresses():
    text = str(CASES[1].configuration.replace(diagnosis="rate"))
    assert text.splitlines()[0].split(maxsplit=1) == ["sizes", "64, 12 times 32, 10"]
    assert "links        clip_by_global_norm(max_norm=1), momentum(gamma=0.9), scale(" in text
    assert text.endswith("diagnosis    rate")
    assert "0x" not in text
    assert repr(CASES[1].configuration) == str(CASES[1].configuration)


def test_no_configuration_names_what_is_wrong():
    for case in CASES:
        assert case.configuration.diagnosis == ""
        assert not any(f" {cause}" in str(case.configuration) for cause in CAUSES)


def test_the_identity_leaves_the_diagnosis_out_and_nothing_else():
    again = Configuration((64, 8, 10), tanh, orthogonal(1.0), (scale(-0.1),), n_steps=3)
    assert again.identity == SMALL.identity == SMALL.replace(diagnosis="rate").identity
    changes = [
        {"sizes": (64, 9, 10)},
        {"activation": sigmoid},
        {"activation": dataclasses.replace(tanh, _slope=lambda a: 1 - a)},
        {"initializer": orthogonal(2.0)},
        {"links": (scale(-0.2),)},
        {"data": DATA[1]},
        {"n_steps": 4},
        {"batch_size": 8},
        {"seed": 1},
    ]
    identities = {SMALL.replace(**change).identity for change in changes}
    assert len(identities) == len(changes)
    assert SMALL.identity not in identities


def test_one_chain_or_a_list_may_stand_for_the_links():
    assert SMALL.replace(links=[scale(-0.1)]).identity == SMALL.identity
    one = SMALL.replace(links=chain(momentum(0.9), scale(-0.1)))
    two = SMALL.replace(links=(momentum(0.9), scale(-0.1)))
    assert run(one).history.loss == run(two).history.loss


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"rate": 0.1}, TypeError, "has no part 'rate'.*the learning rate stands in a link"),
        ({"activation": np.tanh}, TypeError, "activation must be an Activation"),
        ({"initializer": 4.0}, TypeError, "initializer must be callable, got 4.0"),
        ({"links": (scale,)}, TypeError, r"links\[0\] must be a link"),
        ({"links": ()}, ValueError, "number of links"),
        ({"data": "mnist"}, ValueError, "data must be one of .*, got 'mnist'"),
        ({"n_steps": 0}, ValueError, "n_steps must be .*, got 0"),
        ({"seed": -1}, ValueError, "seed must be .*, got -1"),
        (
            {"sizes": (64, 5)},
            ValueError,
            r"sizes must begin with 64 and end with 10, got \(64, 5",
        ),
    ],
)
def test_what_makes_no_run_is_refused(changes, error, message):
    with pytest.raises(error, match=message):
        SMALL.replace(**changes)


def test_eight_training_images_are_damaged_and_none_that_the_net_is_examined_on():
    clean, damaged = map(data, DATA)
    changed = np.flatnonzero((clean.x_train != damaged.x_train).any(axis=1))
    assert len(changed) == 8
    assert len(clean.x_train) == 1437
    np.testing.assert_allclose(damaged.x_train[changed], 1000 * clean.x_train[changed])
    np.testing.assert_array_equal(clean.x_test, damaged.x_test)
    x, _ = SMALL.replace(data=DATA[1]).first_batch()
    assert x.max() <= 1


def test_a_run_is_the_same_every_time_and_its_seed_decides():
    assert run(SMALL).history.loss == run(SMALL).history.loss
    assert run(SMALL).history.loss != run(SMALL.replace(seed=1)).history.loss


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("case", CASES)
def test_every_case_fails_with_every_seed(case, seed):
    failed = run(case.configuration.replace(seed=seed))
    assert failed.accuracy < 0.3
    assert failed.loss > 2.2


@pytest.mark.parametrize(
    ("number", "low", "high"),
    [(1, 0.2, 0.25), (2, 1.5, 1.8), (3, 0.8, 1), (4, 0.8, 1), (5, 0.9, 1.1), (6, 10, 15)],
)
def test_the_growth_before_training_tells_some_cases_apart(number, low, high):
    for seed in CASES[number - 1].seeds:
        growth = growth_at_start(CASES[number - 1].configuration.replace(seed=seed))
        assert low < growth < high


def test_only_in_the_last_case_a_gradient_check_fails():
    for number, case in enumerate(CASES, start=1):
        configuration = case.configuration
        model, batch = configuration.model, configuration.first_batch()
        checked = check_gradient(
            lambda theta, model=model, batch=batch: model.loss_and_gradient(theta, *batch),
            configuration.theta(),
            np.random.default_rng(0),
        )
        assert (checked.relative_error > 0.1) == (number == 6)
        assert number == 6 or checked.relative_error < 1e-4


def test_the_faulty_parts_bear_the_names_of_the_sound_ones():
    link, phi = CASES[3].configuration.links[0], CASES[5].configuration.activation
    assert described(link) == described(optimizers.accumulate_micro_batches(8))
    assert phi.name == sigmoid.name
    assert isinstance(phi, Activation)
    z = np.linspace(-5, 5, 11)
    np.testing.assert_array_equal(phi(z), sigmoid(z))
    np.testing.assert_allclose(phi.derivative(z), z * (1 - z))


def test_the_nets_are_of_three_kinds_so_that_none_is_the_answer_to_all():
    assert {case.configuration.activation.name for case in CASES} == {
        sigmoid.name,
        tanh.name,
        relu.name,
    }
