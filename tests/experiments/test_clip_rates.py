"""The largest rate at which half of the nets learn, and what a clip makes of it."""

import numpy as np
import pytest

from course_lib.experiments.clip_rates import WAYS, factor, largest_rate, stored_runs

RATES = np.array([1.0, 10.0, 100.0])


def test_between_two_rates_the_share_is_interpolated_on_logarithms():
    assert largest_rate(RATES, np.array([1.0, 0.75, 0.25])) == pytest.approx(10**1.5)
    assert largest_rate(RATES, np.array([1.0, 0.5, 0.0])) == pytest.approx(10)


def test_the_last_rate_that_reaches_a_half_counts():
    assert largest_rate(RATES, np.array([0.2, 1.0, 0.0])) == pytest.approx(10**1.5)
    assert largest_rate(RATES[[0, 0, 1, 2]], np.array([0.9, 0.2, 0.6, 0.4])) > 10


@pytest.mark.parametrize("shares", [[0.1, 0.2, 0.3], [1.0, 1.0, 0.5]])
def test_a_grid_that_ends_too_early_gives_nan(shares):
    assert np.isnan(largest_rate(RATES, np.array(shares)))


def test_many_shares_at_once_give_what_each_gives():
    shares = np.array([[1.0, 0.75, 0.25], [0.1, 0.2, 0.3], [1.0, 0.5, 0.0]])
    each = [largest_rate(RATES, one) for one in shares]
    np.testing.assert_array_equal(largest_rate(RATES, shares), each)


def test_a_clip_that_moves_every_net_by_one_rate_is_worth_that_factor():
    rates = 10.0 ** np.arange(5)
    last = np.array([1] * 10 + [2] * 10)  # place of each net's last rate without a clip
    places = np.arange(5)[:, None]
    learned = {"no clip": places <= last, "clip": places <= last + 1}
    times, low, high = factor(rates, learned, np.random.default_rng(0))
    assert (times, low, high) == pytest.approx((10, 10, 10))


def test_what_is_stored_are_the_same_nets_in_both_ways_and_every_grid_reaches_far_enough():
    runs = stored_runs()
    assert [*runs] == ["two hidden layers", "convolutional", "recurrent"]
    for rates, learned in runs.values():
        assert [*learned] == [*WAYS] and (np.diff(rates) > 0).all()
        for bools in learned.values():
            assert bools.dtype == bool and bools.shape == (len(rates), 60)
            assert bools[0].mean() > 0.5 and not bools[-1].any()
