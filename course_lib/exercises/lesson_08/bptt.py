"""Lesson 08: one step of backpropagation through time."""

import numpy as np

from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.tried import is_slope, tried
from course_lib.exercises.lesson_08.bptt_mistakes import MISTAKES, Made


def bptt_step(grad_h, h, h_before, x, W):
    """Return what one time step adds to the gradient, and the gradient one step earlier."""
    delta = grad_h * (1 - h**2)
    return delta.T @ h_before, delta.T @ x, delta.sum(axis=0), delta @ W


def _cases(rng):
    # all sizes differ in the first case: a product of the wrong two does not fit
    small = [(2, 3, 4), (1, 2, 1), (2, 2, 2), (1, 1, 1)]
    larger = [(3, 4, 2), (5, 3, 3), (4, 4, 4), (8, 5, 2)]
    return [_case(rng, *size) for size in (*small, *larger)]


def _case(rng, n_batch, n_units, n_inputs):
    grad_h, h_before = rng.normal(size=(2, n_batch, n_units)).round(1) + 0.0  # no -0
    x = rng.normal(size=(n_batch, n_inputs)).round(1) + 0.0
    W = rng.normal(size=(n_units, n_units)).round(1) + 0.0
    h = np.tanh(rng.normal(size=(n_batch, n_units))).round(2) + 0.0
    return grad_h, h, np.tanh(h_before).round(2) + 0.0, x, W


def _example(rng=None):
    """Return a batch of one step with all that a loss of its state needs."""
    sizes = (4, 3, 2) if rng is None else map(int, rng.integers(2, 5, 3))
    rng = np.random.default_rng(8) if rng is None else rng
    grad_h, _, h_before, x, W = _case(rng, *sizes)
    U, b = rng.normal(size=(len(W), x.shape[1])), rng.normal(size=len(W))
    return grad_h, h_before, x, W, U, b


_on_steps = tried(_example(), drawn=_example)


def _is_slope(position, name):
    """Return the law's test of one of the values, with respect to one argument."""

    @_on_steps
    def holds(function, grad_h, h_before, x, W, U, b):
        given = {"h_before": h_before, "W": W, "U": U}

        def state(h_before, W, U):
            return np.tanh(h_before @ W.T + x @ U.T + b)

        def loss(moved):
            return np.sum(grad_h * state(**(given | {name: moved})))

        value = function(grad_h, state(**given), h_before, x, W)[position]
        return is_slope(value, loss, given[name])

    return holds


@_on_steps
def _saturated(function, grad_h, h_before, x, W, U, b):
    h = np.sign(h_before) + (h_before == 0)
    values = function(grad_h, h, h_before, x, W)
    largest = max(float(np.abs(value).max()) for value in values)
    return largest == 0, f"h = 1 or -1 everywhere: largest entry {largest:.4g}"


EXERCISES = (
    Exercise(
        name="bptt_step",
        lesson="08",
        statement="""One step of backpropagation through time, for
        h = tanh(h_before @ W.T + x @ U.T + b).

        grad_h : array, shape (n_batch, n_units), the gradient with respect to h
        h, h_before : arrays, shape (n_batch, n_units), the states after and before it
        x : array, shape (n_batch, n_inputs);  W : array, shape (n_units, n_units)
        returns grad_W, grad_U, grad_b, what this step adds to the gradient with respect
            to W, U and b, and grad_h_before, the gradient with respect to h_before
        """,
        reference=bptt_step,
        returns=("grad_W", "grad_U", "grad_b", "grad_h_before"),
        cases=_cases,
        facts=Made,
        mistakes=MISTAKES,
        laws=(
            Law("grad_W is the slope with respect to W, by differences", _is_slope(0, "W")),
            Law("grad_U is that with respect to U", _is_slope(1, "U")),
            Law("grad_h_before is that with respect to h_before", _is_slope(3, "h_before")),
            Law("through saturated units nothing passes", _saturated),
        ),
        hints=(
            "It is the backward pass of a dense layer (lesson 02), whose input is h_before, "
            "with the activation behind it: on the way back it comes first. So go from h back "
            "to z.",
            "tanh'(z) = 1 - tanh²(z) = 1 - h²: delta = grad_h times that, entry by entry. All "
            "four values are made of delta.",
            "With `delta = grad_h * (1 - h**2)`: `delta.T @ h_before`, `delta.T @ x`, "
            "`delta.sum(axis=0)`, and one step earlier `delta @ W`.",
        ),
        remark="In `course_lib.rnn` the same four lines serve many networks at once. (Werbos "
        "1990; Rumelhart, Hinton & Williams 1986.)",
        comparison=Close(1e-9),
    ),
)
