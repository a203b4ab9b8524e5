"""Lesson 08: one step of backpropagation through time."""

import numpy as np

from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.formatting import beside_measured
from course_lib.exercises.engine.model import Exercise, Law
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


def _example():
    """Return a batch of one step with all that a loss of its state needs."""
    rng = np.random.default_rng(8)
    grad_h, _, h_before, x, W = _case(rng, 4, 3, 2)
    U, b = rng.normal(size=(3, 2)), rng.normal(size=3)
    return grad_h, h_before, x, W, U, b


def _at(function, position):
    """Return one of the values that the function gives on the example."""
    grad_h, h_before, x, W, U, b = _example()
    h = np.tanh(h_before @ W.T + x @ U.T + b)
    return np.asarray(function(grad_h, h, h_before, x, W)[position])


def _slope(name):
    """Measure entry [0, 1] of the gradient with respect to one argument."""
    ends = []
    for step in (1e-5, -1e-5):
        grad_h, h_before, x, W, U, b = _example()
        moved = {"W": W, "U": U, "h_before": h_before}[name]
        moved[0, 1] += step
        ends.append(np.sum(grad_h * np.tanh(h_before @ W.T + x @ U.T + b)))
    return float((ends[0] - ends[1]) / 2e-5)


def _is_slope(position, name):
    def holds(function):
        held, said = beside_measured(float(_at(function, position)[0, 1]), _slope(name))
        return held, f"entry [0, 1]: {said}"

    return holds


def _saturated(function):
    _, h_before, x, W, _, _ = _example()
    values = function(np.ones_like(h_before), np.ones_like(h_before), h_before, x, W)
    largest = max(float(np.abs(value).max()) for value in values)
    return largest == 0, f"h = 1 everywhere: largest entry {largest:.4g}"


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
            "with the activation in front of it. First go from h back to z.",
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
