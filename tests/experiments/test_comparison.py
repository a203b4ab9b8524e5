"""Many runs at once, what counts as solved, and what may be said of a remedy."""

import numpy as np
import pytest

from course_lib.experiments.comparison import N_LAST, solved, told, train_many, verdict
from course_lib.optimizers import chain, momentum, scale
from course_lib.stability import quadratic
from course_lib.statistics import wilson_interval
from course_lib.training import train


class Bowl:
    """½ λ θ² with λ = 4, as a model for many networks."""

    n_params = 1

    def loss_and_gradient(self, theta, x, y):
        return quadratic(np.array([[4.0]], theta.dtype))(theta)


def nothing():
    return None, None


def test_each_run_is_the_run_of_one_network_alone():
    theta, rates = np.array([[1.0], [-2.0], [0.5]]), [0.01, 0.1]
    runs = train_many(Bowl(), theta, nothing, momentum(0.9), rates, 30, progress=False)
    assert runs.loss.shape == (30, 2, 3) and runs.theta.shape == (2, 3, 1)
    for i, rate in enumerate(rates):
        for j, start in enumerate(theta):
            one = chain(momentum(0.9), scale(-rate))
            alone = train(Bowl(), start, [0], [0], one, 30, progress=False)
            assert runs.loss[:, i, j] == pytest.approx(alone.loss)
            assert runs.theta[i, j] == pytest.approx(alone.theta)


def test_the_starts_stay_as_they_are_and_their_type_is_kept():
    theta = np.ones((2, 1), np.float32)
    runs = train_many(Bowl(), theta, nothing, momentum(0.0), [0.1], 3, progress=False)
    assert np.array_equal(theta, np.ones((2, 1))) and runs.theta.dtype == np.float32


def test_runs_at_and_beyond_the_stability_limit_are_told_apart():
    theta = np.ones((1, 1))
    runs = train_many(Bowl(), theta, nothing, momentum(0.0), [0.45, 0.55], 400, progress=False)
    assert solved(runs.loss, 1.0)[:, 0].tolist() == [True, False]


def test_an_overflow_is_no_warning(recwarn):
    theta = np.full((1, 1), 1e30, np.float32)
    runs = train_many(Bowl(), theta, nothing, momentum(0.0), [1e10], 20, progress=False)
    assert not np.isfinite(runs.loss[-1]).any() and not recwarn.list


def test_the_progress_bar_shows_what_runs_and_disappears(capsys):
    train_many(Bowl(), np.ones((1, 1)), nothing, momentum(0.0), [0.1], 3, desc="clipping")
    err = capsys.readouterr().err
    assert "clipping" in err and not err.endswith("\n")


@pytest.mark.parametrize("rates", [[0.0], [-1.0], [np.inf], [[0.1]], 0.1])
def test_bad_rates_are_named(rates):
    with pytest.raises(ValueError, match="rates must be a sequence of numbers > 0"):
        train_many(Bowl(), np.ones((1, 1)), nothing, momentum(0.0), rates, 3)


def test_other_bad_arguments_are_named():
    with pytest.raises(ValueError, match=r"theta must have shape \(n_seeds, n_params\)"):
        train_many(Bowl(), np.ones(1), nothing, momentum(0.0), [0.1], 3)
    with pytest.raises(ValueError, match="n_steps"):
        train_many(Bowl(), np.ones((1, 1)), nothing, momentum(0.0), [0.1], 0)


def test_solved_looks_at_the_last_steps_and_a_lost_run_is_not_solved():
    loss = np.ones((3 * N_LAST, 4))
    loss[-N_LAST:, 1] = 0.4
    loss[: 2 * N_LAST, 2] = 0.0
    loss[-1, 3] = np.nan
    assert solved(loss, 1.0).tolist() == [False, True, False, False]


@pytest.mark.parametrize(
    ("with_it", "without", "word"),
    [
        (30, 0, "cures"),
        (27, 10, "cures"),
        (26, 10, "helps"),
        (30, 28, "not shown"),
        (14, 10, "not shown"),
        (2, 15, "makes worse"),
        (0, 0, "not shown"),
    ],
)
def test_the_verdict_is_that_of_the_intervals(with_it, without, word):
    assert verdict(with_it, without, 30) == word


def test_no_verdict_without_separate_intervals():
    for without in range(31):
        for successes in range(31):
            low, high = wilson_interval(successes, 30)
            low_without, high_without = wilson_interval(without, 30)
            apart = low > high_without or high < low_without
            assert (verdict(successes, without, 30) != "not shown") == apart


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (20, "at least 15"),
        (15, "at least 15"),
        (14, "5 to 15"),
        (6, "5 to 15"),
        (5, "at most 5"),
        (0, "at most 5"),
    ],
)
def test_a_count_is_told_to_a_quarter(count, said):
    assert told(count, 20) == f"{said} of 20"


def test_of_a_few_runs_none_is_said_and_not_at_most_0():
    assert told(0, 3) == "none of 3" and told(0, 4) == "at most 1 of 4"
