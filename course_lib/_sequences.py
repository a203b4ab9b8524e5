"""What recurrent nets share: inputs with time in front, and sums over time."""

import numpy as np

from course_lib._validation import in_precision_of


def time_first(theta, x, n_inputs):
    """Return sequences with time as the first axis, in the precision of the parameters.

    Parameters
    ----------
    theta : ndarray, shape (..., n_params)
        Parameters: they decide precision and leading axes.
    x : array_like, shape (..., n_batch, T, n_inputs)
        Sequences.
    n_inputs : int
        How many inputs a step must have.

    Returns
    -------
    ndarray, shape (T, ..., n_batch, n_inputs)

    Raises
    ------
    ValueError
        If x has another number of inputs, or no time step.
    """
    x = in_precision_of(theta, x, "x")
    if x.ndim < 3 or x.shape[-1] != n_inputs or x.shape[-2] < 1:
        raise ValueError(f"x must have shape (..., n_batch, T >= 1, {n_inputs}), got {x.shape}")
    # axes of 1 for the networks that share these inputs, so that time can go in front
    x = x.reshape(*(1,) * (theta.ndim + 2 - x.ndim), *x.shape)
    return np.moveaxis(x, -2, 0)


def transposed(matrix):
    """Return a matrix, or many, with the last two axes exchanged."""
    return np.swapaxes(matrix, -1, -2)


def summed_product(deltas, inputs):
    """Return Σ δᵀa over time and batch.

    Parameters
    ----------
    deltas : ndarray, shape (T, ..., n_batch, n_out)
    inputs : ndarray, shape (T, ..., n_batch, n_in)

    Returns
    -------
    ndarray, shape (..., n_out, n_in)
    """
    deltas, inputs = (
        np.moveaxis(a, 0, -3).reshape(*a.shape[1:-2], -1, a.shape[-1]) for a in (deltas, inputs)
    )
    return transposed(deltas) @ inputs
