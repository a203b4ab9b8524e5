import numpy as np
import pytest

from course_lib import datasets
from course_lib.activations import sigmoid


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


@pytest.mark.parametrize("n_test", [0, 1797])
def test_a_split_without_two_parts_is_refused(n_test):
    with pytest.raises(ValueError, match=f"n_test must lie in 1..1796, got {n_test}"):
        datasets.digits(np.random.default_rng(0), n_test)


def test_missing_data_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setattr(datasets, "_ASSETS", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"python3 course\.py lab"):
        datasets.digits(np.random.default_rng(0))


def test_one_neuron_is_exact_on_the_three_points():
    x, y = datasets.three_points()
    assert np.array_equal(sigmoid(x @ np.array([[1.0], [1.0]])), y)
