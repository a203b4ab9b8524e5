"""Laws of Wilson's interval, with SciPy as the oracle."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_lib.statistics import fisher_exact, wilson_interval

counts = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts)
def test_the_interval_is_that_of_scipy(count):
    from scipy.stats import binomtest  # slow to import: not while tests are collected

    expected = binomtest(*count).proportion_ci(0.95, method="wilson")
    np.testing.assert_allclose(wilson_interval(*count), expected, rtol=1e-12, atol=1e-15)


@given(counts)
def test_the_fraction_lies_in_the_interval_and_the_interval_in_0_to_1(count):
    low, high = wilson_interval(*count)
    assert 0 <= low <= count[0] / count[1] + 1e-15
    assert count[0] / count[1] - 1e-15 <= high <= 1


@given(counts)
def test_failures_have_the_mirrored_interval_of_successes(count):
    low, high = wilson_interval(*count)
    other_low, other_high = wilson_interval(count[1] - count[0], count[1])
    np.testing.assert_allclose([low, high], [1 - other_high, 1 - other_low], atol=1e-12)


def test_both_ends_satisfy_the_equation_that_defines_them():
    k, n = np.arange(1, 20), 20
    for p in wilson_interval(k, n):
        z = (k / n - p) / np.sqrt(p * (1 - p) / n)
        np.testing.assert_allclose(np.abs(z), 1.959964, rtol=1e-6)


def test_all_or_none_still_leave_doubt_and_more_runs_leave_less():
    for successes in (0, 1):
        widths = [np.subtract(*wilson_interval(successes * n, n)[::-1]) for n in (10, 40, 160)]
        assert widths[0] > widths[1] > widths[2] > 0


def test_many_counts_at_once_are_each_by_itself():
    low, high = wilson_interval([0, 7, 20], 20)
    for i, successes in enumerate((0, 7, 20)):
        assert (low[i], high[i]) == wilson_interval(successes, 20)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int32, np.uint64, np.float32])
def test_counts_of_any_type_are_those_of_floats(dtype):
    for successes, n in ((100, 120), (50_000, 100_000)):
        if successes <= (np.iinfo(dtype).max if dtype is not np.float32 else np.inf):
            interval = wilson_interval(dtype(successes), n)
            np.testing.assert_allclose(interval, wilson_interval(successes, n), rtol=1e-6)
    low, high = wilson_interval(np.uint8(200), np.uint8(250))
    assert (low, high) == wilson_interval(200, 250)


@pytest.mark.parametrize(
    ("successes", "n", "message"),
    [
        (1, 0, r"^n must be a whole number >= 1, got 0"),
        (1, 2.5, r"^n must be .* got 2.5"),
        (-1, 5, r"^successes must be whole numbers in \[0, 5\], got -1"),
        (6, 5, r"^successes must .* got 6"),
        ([1, 0.5], 5, r"^successes must .*0\.5"),
        (np.nan, 5, r"^successes must .* got nan"),
    ],
)
def test_what_are_no_counts_is_refused(successes, n, message):
    with pytest.raises(ValueError, match=message):
        wilson_interval(successes, n)


@pytest.mark.parametrize(
    ("counts", "p"),
    [((40, 36, 60), 0.57), ((52, 58, 60), 0.095), ((3, 1, 4), 0.486), ((5, 5, 10), 1.0)],
)
def test_fishers_test_agrees_with_known_values(counts, p):
    """The third row is the lady who tastes tea, two-sided."""
    assert fisher_exact(*counts) == pytest.approx(p, abs=0.005)


def test_fishers_test_is_symmetric_and_small_for_far_counts():
    assert fisher_exact(3, 9, 20) == fisher_exact(9, 3, 20)
    assert fisher_exact(0, 60, 60) < 1e-30


def test_fishers_test_names_a_bad_count():
    with pytest.raises(ValueError, match=r"successes must be whole numbers in \[0, 5\]"):
        fisher_exact(6, 1, 5)
