"""Data of the lessons: shipped with the course or written down here, never downloaded."""

import json
from typing import NamedTuple

import numpy as np

from course_lib._files import shipped
from course_lib._validation import float_dtype, require_count
from course_lib.activations import sigmoid


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
        If ``n_test`` is out of range, or ``dtype`` is not one of floats.
    FileNotFoundError
        If the data did not come with the package.

    Notes
    -----
    Source: Alpaydin & Kaynak 1998, UCI Machine Learning Repository, the data's test part.
    """
    images, labels = _load_digits()
    require_count("n_test", n_test, at_most=len(labels) - 1)
    x = (images.reshape(-1, 64) / 16).astype(float_dtype(dtype))
    order = rng.permutation(len(labels))
    train, test = order[n_test:], order[:n_test]
    return Split(x[train], labels[train], x[test], labels[test])


def _load_digits():
    with np.load(shipped("digits", "digits.npz")) as archive:
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


N_SYMBOLS = 6  # of `temporal_order`: X and Y, which count, and four that distract


def temporal_order(rng, n, n_steps=20):
    """Return sequences in which the order of two symbols, far apart, is what counts.

    Each step shows one of six symbols. Two of them, X or Y each, stand early and before the
    middle (at 10 to 20 % and 40 to 50 % of the sequence); all others are distractors. The class
    says which two they were, in order: XX, XY, YX or YY. Whoever answers at the end has to
    remember both.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws places and symbols.
    n : int or tuple of int
        How many sequences; a tuple gives leading axes.
    n_steps : int
        T, ≥ 10.

    Returns
    -------
    x : ndarray, shape (*n, n_steps, 6)
        Symbols, one-hot: X, Y, then the four distractors.
    y : ndarray of int, shape (*n,)
        The class, from 0 to 3.

    Raises
    ------
    ValueError
        If ``n_steps`` is not a whole number ≥ 10, or ``n`` not one ≥ 1.

    Notes
    -----
    Source: Hochreiter & Schmidhuber 1997, task 6a, in the proportions of Pascanu, Mikolov &
    Bengio 2013.
    """
    require_count("n_steps", n_steps)
    if n_steps < 10:
        raise ValueError(f"n_steps must be >= 10, got {n_steps}")
    shape = _checked_shape(n)
    symbols = rng.integers(2, N_SYMBOLS, size=(*shape, n_steps))
    first, second = rng.integers(2, size=(2, *shape))
    for symbol, low, high in ((first, 0.1, 0.2), (second, 0.4, 0.5)):
        place = rng.integers(int(low * n_steps), int(high * n_steps), size=shape)
        np.put_along_axis(symbols, place[..., None], symbol[..., None], axis=-1)
    return np.eye(N_SYMBOLS)[symbols], 2 * first + second


def _checked_shape(n):
    """Return leading axes as a tuple: n itself, or as many sequences."""
    shape = (n,) if np.ndim(n) == 0 else tuple(n)
    for size in shape:
        require_count("n" if np.ndim(n) == 0 else "every entry of n", size)
    return shape


def temporal_order_runs():
    """Return how many recurrent nets learned the temporal order in runs too long for a lesson.

    ``course_lib/data/temporal_order/make.py`` has made them; its docstrings say how.

    Returns
    -------
    dict
        By name of the experiment: its settings, and ``solved[method]["plain" or "clipped"]``, a
        list of counts; beside them ``seed`` and ``versions``.

    Raises
    ------
    FileNotFoundError
        If the data did not come with the package.
    """
    return json.loads(shipped("temporal_order", "runs.json").read_text(encoding="utf-8"))
