"""Losses: value and gradient together, since whoever wants the one wants the other.

Both average over the batch. Leading axes, before (n_batch, n_out), stand for whole networks.
"""

import numpy as np

from course_lib._validation import in_precision_of, inexact


def mse(output, target):
    """Mean squared error, averaged over examples and outputs.

    Parameters
    ----------
    output : array_like, shape (..., n_batch, n_out)
        The network's outputs; at least one example.
    target : array_like, shape (..., n_batch, n_out)
        What they should be.

    Returns
    -------
    value : ndarray, shape (...)
        The loss ℓ.
    gradient : ndarray, shape (..., n_batch, n_out)
        ∂ℓ/∂output.

    Raises
    ------
    ValueError
        If the shapes of the last two axes differ, or there is no example.
    """
    output = _checked_output(output)
    target = in_precision_of(output, target, "target")
    if target.shape[-2:] != output.shape[-2:]:
        raise ValueError(
            f"target must have shape (..., n_batch, n_out) = {output.shape}, got {target.shape}"
        )
    error = output - target
    n_terms = error.shape[-1] * error.shape[-2]
    return (error**2).mean(axis=(-2, -1)), (2 / n_terms) * error


def softmax_cross_entropy(output, labels):
    """Cross-entropy of the softmax of ``output``, averaged over the batch, in nats.

    The gradient is (softmax(output) - one_hot(labels)) / n_batch.

    Parameters
    ----------
    output : array_like, shape (..., n_batch, n_classes)
        Logits: unnormalized log-probabilities, -inf for an impossible class; at least one
        example.
    labels : array_like of int, shape (..., n_batch)
        The class of each example, from 0 to n_classes - 1.

    Returns
    -------
    value : ndarray, shape (...)
        The loss ℓ.
    gradient : ndarray, shape (..., n_batch, n_classes)
        ∂ℓ/∂output.

    Raises
    ------
    ValueError
        If the labels are not integers, are out of range or do not match the batch, or there is
        no example.
    """
    output = _checked_output(output)
    labels = _checked_labels(labels, output.shape)
    # taking the largest logit off changes no probability and keeps exp from overflowing
    with np.errstate(over="ignore"):  # a logit that far below has the probability 0
        shifted = output - output.real.max(axis=-1, keepdims=True)
    exponentials = np.exp(shifted)
    total = exponentials.sum(axis=-1, keepdims=True)
    one_hot = labels[..., None] == np.arange(output.shape[-1])
    # chosen, not multiplied by 0 or 1: -inf times 0 is nan
    chosen = np.where(one_hot, shifted, np.zeros((), shifted.dtype)).sum(axis=-1)
    log_probability = chosen - np.log(total[..., 0])
    gradient = (exponentials / total - one_hot) / output.dtype.type(output.shape[-2])
    return -log_probability.mean(axis=-1), gradient


def _checked_output(output):
    output = inexact(output, "output")
    if output.ndim < 2 or 0 in output.shape[-2:]:
        raise ValueError(
            f"output must have shape (..., n_batch >= 1, n_out >= 1), got {output.shape}"
        )
    return output


def _checked_labels(labels, shape):
    labels = np.asarray(labels)
    if labels.dtype.kind not in "iu":
        raise ValueError(f"labels must be integers, got an array of {labels.dtype}")
    if labels.shape[-1:] != shape[-2:-1]:
        raise ValueError(f"labels must have shape (..., {shape[-2]}), got {labels.shape}")
    if labels.size and not (0 <= labels.min() and labels.max() < shape[-1]):
        raise ValueError(
            f"labels must lie in 0..{shape[-1] - 1}, got {labels.min()}..{labels.max()}"
        )
    return labels
