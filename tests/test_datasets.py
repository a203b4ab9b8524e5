import numpy as np
import pytest

from course_lib import datasets
from course_lib.activations import sigmoid
from course_lib.datasets import temporal_order


def test_digits_are_all_there_once_and_scaled_to_one():
    split = datasets.digits(np.random.default_rng(0), n_test=300)
    assert split.x_train.shape == (1497, 64) and split.x_test.shape == (300, 64)
    x, y = np.vstack([split.x_train, split.x_test]), np.hstack([split.y_train, split.y_test])
    assert x.min() == 0 and x.max() == 1
    assert np.bincount(y).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    both = np.column_stack([x, y])
    other = datasets.digits(np.random.default_rng(1), n_test=10)
    again = np.column_stack(
        [np.vstack([other.x_train, other.x_test]), np.hstack([other.y_train, other.y_test])]
    )
    assert np.array_equal(both[np.lexsort(both.T)], again[np.lexsort(again.T)])


def test_equal_generators_give_equal_splits():
    a, b = (datasets.digits(np.random.default_rng(3)) for _ in range(2))
    assert all(np.array_equal(p, q) for p, q in zip(a, b, strict=True))


@pytest.mark.parametrize("n_test", [0, 1797, 10.5])
def test_a_split_without_two_parts_is_refused(n_test):
    with pytest.raises(ValueError, match=rf"n_test .* whole number in 1\.\.1796, got {n_test}"):
        datasets.digits(np.random.default_rng(0), n_test)


def test_one_neuron_is_exact_on_the_three_points():
    x, y = datasets.three_points()
    assert np.array_equal(sigmoid(x @ np.array([[1.0], [1.0]])), y)


def test_temporal_order_is_decided_by_two_symbols_in_their_windows():
    x, y = temporal_order(np.random.default_rng(0), 500, n_steps=20)
    assert x.shape == (500, 20, 6) and np.all(x.sum(axis=-1) == 1)
    relevant = x[..., :2].any(axis=-1)
    assert np.all(relevant.sum(axis=-1) == 2)
    places = np.array([np.flatnonzero(row) for row in relevant])
    assert np.all((places[:, 0] >= 2) & (places[:, 0] < 4))
    assert np.all((places[:, 1] >= 8) & (places[:, 1] < 10))
    first, second = (x[np.arange(500), places[:, i], 1] for i in (0, 1))
    assert np.array_equal(y, 2 * first + second)
    assert set(y) == {0, 1, 2, 3}


def test_the_distractors_tell_nothing():
    x, y = temporal_order(np.random.default_rng(1), 20_000)
    shares = np.array([x[y == k][..., 2:].mean(axis=(0, 1)) for k in range(4)])
    assert shares == pytest.approx(shares.mean(), rel=0.03)


def test_sequences_come_with_any_leading_axes():
    x, y = temporal_order(np.random.default_rng(0), (3, 5), n_steps=12)
    assert x.shape[:3] == (3, 5, 12) and y.shape[:2] == (3, 5)


@pytest.mark.parametrize("n_steps", [9, 1, 12.5])
def test_a_sequence_that_is_too_short_is_named(n_steps):
    with pytest.raises(ValueError, match=f"n_steps must .*got {n_steps}"):
        temporal_order(np.random.default_rng(0), 1, n_steps=n_steps)


@pytest.mark.parametrize(("n", "name"), [(2.5, "n"), (0, "n"), ((3, -1), "every entry of n")])
def test_a_bad_number_of_sequences_is_named(n, name):
    with pytest.raises(ValueError, match=f"^{name} must be a whole number >= 1, got"):
        temporal_order(np.random.default_rng(0), n, n_steps=12)


def test_images_are_floats():
    with pytest.raises(ValueError, match=r"^dtype must be one of floats, got <class 'int'>"):
        datasets.digits(np.random.default_rng(0), dtype=int)
