"""Data of the lessons: shipped with the course or written down here, never downloaded."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from course_lib.activations import sigmoid

_ASSETS = Path(__file__).resolve().parent.parent / "assets"


class Split(NamedTuple):
    """A data set in two parts.

    Attributes
    ----------
    x_train, x_test : ndarray, first axis examples
        Inputs.
    y_train, y_test : ndarray, first axis examples
        Targets.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def digits(rng, n_test=360, dtype=np.float64):
    """Return the 1,797 handwritten digits of 8 × 8 pixels, split at random.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws which images are kept for testing.
    n_test : int
        How many, from 1 to 1796.
    dtype : dtype, optional
        Of the images.

    Returns
    -------
    Split
        Images as rows of 64 gray values from 0 to 1, shape (n, 64); labels 0 to 9, shape (n,).

    Raises
    ------
    ValueError
        If ``n_test`` is out of range.
    FileNotFoundError
        If the course's folder ``assets`` does not stand beside ``course_lib``.

    Notes
    -----
    Source: Alpaydin & Kaynak 1998, UCI Machine Learning Repository, the data's test part.
    """
    images, labels = _load_digits()
    if not 1 <= n_test < len(labels):
        raise ValueError(f"n_test must lie in 1..{len(labels) - 1}, got {n_test}")
    x = (images.reshape(-1, 64) / 16).astype(dtype)
    order = rng.permutation(len(labels))
    train, test = order[n_test:], order[:n_test]
    return Split(x[train], labels[train], x[test], labels[test])


def _load_digits():
    path = _ASSETS / "digits" / "digits.npz"
    if not path.exists():
        raise FileNotFoundError(
            "the data is missing: assets/digits/digits.npz must stand beside course_lib; "
            "install the course from its own folder (python3 course.py lab does)"
        )
    with np.load(path) as archive:
        return archive["images"], archive["labels"].astype(np.int64)


def three_points():
    """Return the three examples that the article trains its three neurons on.

    Returns
    -------
    x : ndarray, shape (3, 2)
        (0, 0), (0, 1) and (1, 0).
    y : ndarray, shape (3, 1)
        σ(0), σ(1), σ(1): one sigmoid neuron with weights (1, 1) and bias 0 is exact.
    """
    x = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    return x, sigmoid(np.array([[0.0], [1.0], [1.0]]))
