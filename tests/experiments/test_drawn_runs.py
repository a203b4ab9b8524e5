"""Drawn runs: each fault fails before its repair and learns after it; the judge says which."""

import numpy as np
import pytest

from course_lib.experiments import drawn_runs
from course_lib.experiments.broken_runs import CAUSES, run

every_fault = pytest.mark.parametrize("fault", drawn_runs._FAULTS, ids=lambda f: f.__name__)


@every_fault
@pytest.mark.parametrize("seed", [20, 21])
def test_each_fault_fails_and_its_repair_learns(fault, seed):
    drawn = fault(np.random.default_rng(seed))
    broken = drawn.configuration
    assert drawn.cause in CAUSES
    assert run(broken).accuracy < 0.5
    assert drawn_runs.judge(drawn, broken.replace(**drawn.repair)).startswith("Mended: ")


def test_an_unchanged_run_is_not_mended():
    drawn = drawn_runs.drawn_run(0)
    assert drawn_runs.judge(drawn, drawn.configuration).startswith("Not mended: ")


@pytest.mark.parametrize(
    "changes", [{"n_steps": 1000}, {"batch_size": 64}, {"sizes": (64, 32, 10)}]
)
def test_what_is_given_has_to_stay(changes):
    drawn = drawn_runs.drawn_run(0)
    said = drawn_runs.judge(drawn, drawn.configuration.replace(**changes))
    assert said.startswith(f"Not judged: {next(iter(changes))} has to stay")


def test_seeds_draw_every_fault_and_the_same_seed_the_same_run():
    drawn = [drawn_runs.drawn_run(seed) for seed in range(40)]
    assert {case.cause for case in drawn} == set(CAUSES) - {"data"}
    assert str(drawn[7].configuration) == str(drawn_runs.drawn_run(7).configuration)


def test_a_printed_case_does_not_name_its_cause():
    for seed in range(20):
        drawn = drawn_runs.drawn_run(seed)
        assert drawn.cause not in repr(drawn).replace("diagnosis", "")
        assert CAUSES[drawn.cause] in drawn.answer()


def test_what_is_printed_of_the_parts_at_fault_occurs_in_healthy_runs_too():
    drawn = [drawn_runs.drawn_run(seed) for seed in range(200)]
    gathered, damaged, right_sigmoid, early_clip, late_clip = (
        {case.cause for case in drawn if all(part in str(case.configuration) for part in parts)}
        for parts in (
            ["accumulate_micro_batches(k=8)"],
            ["damaged"],
            ["sigmoid", "centered(normal(sigma_w=4))"],
            ["clip_by_global_norm(max_norm=1), momentum"],
            ["momentum(gamma=0.9), clip_by_global_norm(max_norm=1)"],
        )
    )
    assert gathered == set(CAUSES) - {"data"}
    assert damaged == {"vanishing", "exploding", "slow", "order", "derivative"}
    assert right_sigmoid == {"rate", "slow", "sum", "derivative"}
    assert early_clip == {"vanishing", "exploding", "slow", "derivative"}
    assert late_clip == {"vanishing", "exploding", "slow", "order", "derivative"}


@pytest.mark.parametrize("seed", [-1, 0.5])
def test_a_bad_seed_is_named(seed):
    with pytest.raises(ValueError, match=r"seed must be .* got"):
        drawn_runs.drawn_run(seed)


def test_what_is_no_configuration_is_not_judged():
    drawn = drawn_runs.drawn_run(1)
    assert drawn_runs.judge(drawn, None) == "Not judged: a configuration is needed, got None."
