"""Lesson 02: the backward pass of a dense layer."""

import numpy as np

from course_lib import mlp
from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.tried import is_slope, tried
from course_lib.exercises.lesson_02.dense_mistakes import MISTAKES, BackwardFacts


def dense_backward(delta, a_previous, w):
    """Return the gradients of one batch with respect to weights, biases and input."""
    grad_w = delta.T @ a_previous
    grad_b = delta.sum(axis=0)
    grad_a_previous = delta @ w
    return grad_w, grad_b, grad_a_previous


def _cases(rng):
    # all sizes differ in the first case: a product of the wrong two does not fit
    small = [(2, 3, 4), (2, 2, 2), (1, 1, 1), (1, 2, 1)]
    larger = [(3, 2, 4), (5, 3, 3), (4, 4, 4), (8, 5, 2)]
    long_and_thin = [(1, 3, 2), (3, 2, 1)]
    return [_case(rng, *size) for size in (*small, *larger, *long_and_thin)]


def _case(rng, n_batch, fan_in, fan_out):
    shapes = (n_batch, fan_out), (n_batch, fan_in), (fan_out, fan_in)
    return tuple(rng.normal(size=shape).round(1) + 0.0 for shape in shapes)  # no -0


def _example():
    return _case(np.random.default_rng(3), 4, 3, 2)


def _drawn(rng):
    n_batch, fan_in, fan_out = map(int, rng.choice(np.arange(2, 7), 3, replace=False))
    return _case(rng, n_batch, fan_in, fan_out)


_on_batches = tried(_case(np.random.default_rng(3), 4, 3, 2), drawn=_drawn)


@_on_batches
def _shapes_agree(function, delta, a_previous, w):
    shapes = tuple(np.shape(value) for value in function(delta, a_previous, w))
    wanted = (w.shape, (w.shape[0],), a_previous.shape)
    return shapes == wanted, f"w {wanted[0]}: gradients {', '.join(map(str, shapes))}"


@_on_batches
def _slope_by_w(function, delta, a_previous, w):
    value = function(delta, a_previous, w)[0]
    return is_slope(value, lambda v: np.sum(delta * (a_previous @ v.T)), w)


@_on_batches
def _slope_by_a_previous(function, delta, a_previous, w):
    value = function(delta, a_previous, w)[2]
    return is_slope(value, lambda a: np.sum(delta * (a @ w.T)), a_previous)


@_on_batches
def _batch_twice(function, delta, a_previous, w):
    once = function(delta, a_previous, w)
    twice = function(np.tile(delta, (2, 1)), np.tile(a_previous, (2, 1)), w)
    holds = all(np.allclose(b, 2 * a) for a, b in zip(once[:2], twice[:2], strict=True))
    return holds, f"grad_b[0]: {_entry(once[1]):.4g}, then {_entry(twice[1]):.4g}"


def _entry(values):
    return float(np.ravel(values)[0])


EXERCISES = (
    Exercise(
        name="dense_backward",
        lesson="02",
        statement="""Backward pass of the dense layer z = a_previous @ w.T + b.

        delta : array, shape (n_batch, fan_out), the derivative of the loss with
            respect to z
        a_previous : array, shape (n_batch, fan_in);  w : array, shape (fan_out, fan_in)
        returns grad_w, grad_b, grad_a_previous: the gradients with respect to w, b and
            a_previous, each in the shape of what it belongs to
        """,
        reference=mlp.dense_backward,
        solution=dense_backward,
        returns=("grad_w", "grad_b", "grad_a_previous"),
        cases=_cases,
        facts=BackwardFacts,
        mistakes=MISTAKES,
        laws=(
            Law("every gradient has the shape of what it belongs to", _shapes_agree),
            Law("grad_w is the slope with respect to w, by central differences", _slope_by_w),
            Law("grad_a_previous is that with respect to a_previous", _slope_by_a_previous),
            Law("the same batch twice over doubles grad_w and grad_b", _batch_twice),
        ),
        hints=(
            "A gradient has the shape of what it belongs to. Write down the shapes of delta, "
            "a_previous and w: only one product of two of them gives the shape of w.",
            "What all examples share gets the sum over all examples: the matrix product sums "
            "for grad_w, and grad_b needs `sum(axis=...)`.",
            "Forward multiplies by w.T, backward by w: grad_a_previous is `delta @ w`. And "
            "grad_w is delta.T times a_previous.",
        ),
        remark="The function in `course_lib.mlp` does the same for leading axes of whole "
        "networks. (Rumelhart, Hinton & Williams 1986, equations 6 and 7.)",
        comparison=Close(1e-9),
    ),
)
