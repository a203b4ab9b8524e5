"""What goes wrong with the backward pass of a dense layer in lesson 02."""

import numpy as np

from course_lib.exercises.engine.model import Mistake
from course_lib.mlp import dense_backward


def _changed(name, change):
    """Return the right answer with one of its three values replaced."""
    position = ("grad_w", "grad_b", "grad_a_previous").index(name)

    def function(delta, a_previous, w):
        values = list(dense_backward(delta, a_previous, w))
        values[position] = change(delta, a_previous, w)
        return tuple(values)

    return function


def _reordered(*order):
    def function(delta, a_previous, w):
        values = dense_backward(delta, a_previous, w)
        return tuple(values[i] for i in order)

    return function


def _mean_of(*positions):
    def function(delta, a_previous, w):
        values = dense_backward(delta, a_previous, w)
        n_batch = len(delta)
        return tuple(v / n_batch if i in positions else v for i, v in enumerate(values))

    return function


def _explain_transposed(case, answer, expected):
    _, _, w = case
    return (
        f"grad_w is transposed. It must have the shape of w, (fan_out, fan_in) = {w.shape}, as "
        f"it is subtracted from w in the end; here it has {np.shape(answer[0])}. In a square "
        "layer the shapes agree, and nothing but the numbers tells."
    )


def _explain_mean(case, answer, expected):
    n_batch = len(case[0])
    return (
        f"something is divided by the number of examples, here {n_batch}. The loss has its 1/n "
        "already, so delta carries it: the backward pass only sums over the batch. Divided "
        "again, the gradient is n times too small."
    )


def _explain_not_summed(case, answer, expected):
    return (
        f"grad_b has shape {np.shape(answer[1])}, one row per example. All examples share one "
        f"bias, so their rows are added: shape {np.shape(expected[1])}."
    )


def _explain_axis(case, answer, expected):
    return (
        "grad_b is summed over the wrong axis. delta has shape (n_batch, fan_out) = "
        f"{case[0].shape}; the sum goes over the batch, axis 0, and leaves one number for "
        "every bias."
    )


def _explain_one_sum(case, answer, expected):
    n_batch, fan_out = case[0].shape
    return (
        f"grad_b is one number, {float(answer[1]):.4g}: `sum()` without an axis adds up all of "
        f"delta. There is one bias for each of the fan_out = {fan_out} columns: sum over the "
        f"n_batch = {n_batch} rows only, `sum(axis=0)`."
    )


MISTAKES = (
    Mistake("grad_w transposed", _changed("grad_w", lambda d, a, w: a.T @ d),
            _explain_transposed),
    Mistake(
        "mean over the batch",
        _mean_of(0, 1),
        _explain_mean,
        variants=(_mean_of(0), _mean_of(1), _mean_of(0, 1, 2), _mean_of(2)),
    ),
    Mistake("bias not summed", _changed("grad_b", lambda d, a, w: d), _explain_not_summed),
    Mistake(
        "bias summed over the wrong axis",
        _changed("grad_b", lambda d, a, w: d.sum(axis=1)),
        _explain_axis,
    ),
    Mistake("bias summed over everything", _changed("grad_b", lambda d, a, w: d.sum()),
            _explain_one_sum),
    Mistake(
        "bias with an axis too many",
        _changed("grad_b", lambda d, a, w: d.sum(axis=0, keepdims=True)),
        lambda case, answer, expected: (
            f"grad_b has shape {np.shape(answer[1])} and the bias {np.shape(expected[1])}. "
            "Subtracted from each other they broadcast without a word, and the bias changes "
            "its shape: leave out `keepdims=True`."
        ),
    ),
    Mistake(
        "w transposed",
        _changed("grad_a_previous", lambda d, a, w: d @ w.T),
        "forward, the layer multiplies by w.T; backward by w itself. The shapes say it: delta "
        "is (n_batch, fan_out), w is (fan_out, fan_in), and (n_batch, fan_in) is wanted. A "
        "square layer lets w.T pass without an error.",
    ),
    Mistake(
        "order of the returned values",
        _reordered(2, 0, 1),
        "the three values are right and stand in another order. The order here is grad_w, "
        "grad_b, grad_a_previous.",
        variants=(_reordered(1, 0, 2), _reordered(0, 2, 1), _reordered(2, 1, 0),
                  _reordered(1, 2, 0)),
    ),
    Mistake(
        "slope of the activation multiplied in",
        _changed("grad_a_previous", lambda d, a, w: (d @ w) * a * (1 - a)),
        "the third value already contains a(1 - a), the slope of the layer below. This "
        "function ends at a_previous; the step from a to z belongs to the layer below and its "
        "activation. Done in both places, it counts twice.",
    ),
    Mistake(
        "slope multiplied into delta",
        lambda d, a, w: dense_backward(d * (a @ w.T) * (1 - a @ w.T), a, w),
        "delta is multiplied by a slope first. delta is the derivative with respect to z "
        "already: it contains the slope of this layer's activation.",
    ),
)  # fmt: skip
