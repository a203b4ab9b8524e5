"""Lesson 08: backpropagation through time over a whole sequence."""

import numpy as np

from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.tried import is_slope, tried
from course_lib.exercises.lesson_08.bptt import bptt_step as step_back  # its name in the lesson
from course_lib.exercises.lesson_08.loop_mistakes import MISTAKES, Sums


def bptt(grad_h, h, x, W):
    """Return the gradients of W, U and b, added up from the last time step to the first."""
    grad_W, grad_U, grad_b = 0.0, 0.0, 0.0
    for t in reversed(range(len(x))):
        added_W, added_U, added_b, grad_h = step_back(grad_h, h[t + 1], h[t], x[t], W)
        grad_W, grad_U, grad_b = grad_W + added_W, grad_U + added_U, grad_b + added_b
    return grad_W, grad_U, grad_b


def _states(x, W, U, b, before=0.0):
    """Return the states from ``before`` on, shape (n_steps + 1, n_batch, n_units)."""
    states = [np.zeros((x.shape[1], len(b))) + before]
    for inputs in x:
        states.append(np.tanh(states[-1] @ W.T + inputs @ U.T + b))
    return np.array(states)


def _weights(rng, n_units, n_inputs):
    return rng.normal(size=(n_units, n_units)), rng.normal(size=(n_units, n_inputs))


def _cases(rng):
    # two steps are the fewest in which anything goes back; all sizes differ
    sizes = [(2, 2, 3, 4), (1, 2, 3, 1), (3, 1, 2, 2), (4, 3, 3, 2), (6, 2, 4, 3)]
    return [_case(rng, *size) for size in sizes]


def _case(rng, n_steps, n_batch, n_units, n_inputs):
    W, U = (matrix.round(1) + 0.0 for matrix in _weights(rng, n_units, n_inputs))
    x = rng.normal(size=(n_steps, n_batch, n_inputs)).round(1) + 0.0
    grad_h = rng.normal(size=(n_batch, n_units)).round(1) + 0.0
    h = _states(x, W, U, np.zeros(n_units)).round(3) + 0.0
    h[0] = rng.normal(size=h[0].shape).round(2)  # a state may begin anywhere
    return grad_h, h, x, W


def _drawn(rng):
    """Return a sequence, its weights, and the state before it, which is not 0."""
    n_steps, n_batch, n_units, n_inputs = map(int, rng.integers(2, 5, 4))
    W, U = _weights(rng, n_units, n_inputs)
    x = rng.normal(size=(n_steps, n_batch, n_inputs))
    grad_h, before = rng.normal(size=(2, n_batch, n_units))
    return grad_h, x, W, U, rng.normal(size=n_units), np.tanh(before)


def _is_slope(i, inputs_at=slice(None)):
    """Return the law's test of a gradient, with inputs at these steps only."""

    @tried(_drawn(np.random.default_rng(8)), drawn=_drawn)
    def holds(function, grad_h, x, W, U, b, before):
        inputs = np.zeros_like(x)
        inputs[inputs_at] = x[inputs_at]

        def loss(moved):
            weights = [W, U]
            weights[i] = moved
            return np.sum(grad_h * _states(inputs, *weights, b, before)[-1])

        value = function(grad_h, _states(inputs, W, U, b, before), inputs, W)[i]
        held, said = is_slope(value, loss, (W, U)[i])
        return held, f"{len(x)} steps, {said}"

    return holds


EXERCISES = (
    Exercise(
        name="bptt",
        lesson="08",
        statement="""Backpropagation through time over a whole sequence; the loss sees the last
        state only.

        grad_h : array, shape (n_batch, n_units), the gradient with respect to the last
            state;  h : array, shape (n_steps + 1, n_batch, n_units), the states, from
            before the first step on;  x : array, shape (n_steps, n_batch, n_inputs)
        W : array, shape (n_units, n_units)
        returns grad_W, grad_U, grad_b: the gradients with respect to W, U and b
        """,
        reference=bptt,
        returns=("grad_W", "grad_U", "grad_b"),
        cases=_cases,
        facts=Sums,
        mistakes=MISTAKES,
        laws=(
            Law("grad_W is the slope with respect to W, by differences", _is_slope(0)),
            Law("grad_U is that with respect to U", _is_slope(1)),
            Law("so it is where only the first step has an input", _is_slope(1, 0)),
        ),
        hints=(
            "Your step does all the work. What goes round in the loop, and what is added up?",
            "Go from the last time step to the first. The step that reads `x[t]` made `h[t + "
            "1]` of `h[t]`; the gradient that it hands back belongs to `h[t]`.",
            "Begin with three zeros. In `for t in reversed(range(len(x)))` call "
            "`step_back(grad_h, h[t + 1], h[t], x[t], W)`: add the first three values, and let "
            "the fourth be the new `grad_h`.",
        ),
        remark="A loss that sees every state adds its part to `grad_h` before each step: the "
        "net of lesson 10 is trained so. (Werbos 1990.)",
        comparison=Close(1e-9),
    ),
)
