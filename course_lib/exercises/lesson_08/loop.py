"""Lesson 08: backpropagation through time over a whole sequence."""

from functools import cached_property

import numpy as np

from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.formatting import beside_measured
from course_lib.exercises.engine.model import Exercise, Law, Mistake
from course_lib.exercises.engine.relations import close
from course_lib.exercises.engine.seen import Unseen
from course_lib.exercises.lesson_08.bptt import bptt_step as step_back  # its name in the lesson


def bptt(grad_h, h, x, W):
    """Return the gradients of W, U and b, added up from the last time step to the first."""
    grad_W, grad_U, grad_b = 0.0, 0.0, 0.0
    for t in reversed(range(len(x))):
        added_W, added_U, added_b, grad_h = step_back(grad_h, h[t + 1], h[t], x[t], W)
        grad_W, grad_U, grad_b = grad_W + added_W, grad_U + added_U, grad_b + added_b
    return grad_W, grad_U, grad_b


def _states(x, W, U, b):
    """Return the states, the first of which is 0, shape (n_steps + 1, n_batch, n_units)."""
    states = [np.zeros((x.shape[1], len(b)))]
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


def _parts(grad_h, h, x, W, order=reversed, hands_back=True, after=1):
    """Return what each time step adds, in the order in which a loop goes through them."""
    parts = []
    for t in order(range(len(x))):
        *added, back = step_back(grad_h, h[t + after], h[t + after - 1], x[t], W)
        grad_h = back if hands_back else grad_h
        parts.append(added)
    return parts


def _summed(parts):
    return tuple(sum(values[1:], values[0]) for values in zip(*parts, strict=True))


class Sums:
    """Which time steps an answer has added up, and how each was reached."""

    def __init__(self, seen):
        self._seen = seen

    @cached_property
    def weights(self):
        """How often each of four steps counts in the gradient of W, from the first to the last.

        Raises
        ------
        Unseen
            If it is no weighted sum of what the steps add.
        """
        case = _case(np.random.default_rng(3), 4, 3, 3, 2)
        columns = np.array([added[0].ravel() for added in _parts(*case)[::-1]]).T
        value = np.ravel(self._seen.call(*case)[0])
        weights = np.linalg.lstsq(columns, value, rcond=None)[0]
        if not np.allclose(columns @ weights, value, rtol=1e-8):
            raise Unseen
        return weights.round(8)

    def made(self, **how):
        """Tell whether the answer sums what a loop gives that goes another way."""
        pairs = zip(self._seen.answers, self._seen.cases, strict=True)
        return all(all(map(close, a, _summed(_parts(*case, **how)))) for a, case in pairs)


def _loop(pick=_summed, **how):
    return lambda grad_h, h, x, W: pick(_parts(grad_h, h, x, W, **how))


MISTAKES = (
    Mistake("one step alone",
        _loop(pick=lambda parts: tuple(parts[-1])),
        "one time step alone counts. Is the sum overwritten in each round of the loop, or does "
        "`return` stand inside it? A shared weight's gradient is the sum over all its copies.",
        (_loop(pick=lambda parts: tuple(parts[0])),),
        when=lambda sums: np.count_nonzero(sums.weights) == 1,
        any_form=True),
    Mistake("a step left out",
        _loop(pick=lambda parts: _summed(parts[:-1] or [[0 * v for v in parts[0]]])),
        "the first or the last time step is not counted. `range(len(x))` has one number for "
        "each input, from 0 on; `h` has one state more than there are inputs.",
        (_loop(pick=lambda parts: _summed(parts[1:] or [[0 * v for v in parts[0]]])),),
        when=lambda sums: np.array_equal(np.sort(sums.weights), [0, 1, 1, 1]),
        any_form=True),
    Mistake("mean over time",
        _loop(pick=lambda parts: tuple(v / len(parts) for v in _summed(parts))),
        "the time steps are averaged. The derivative with respect to a shared weight is the "
        "sum of those with respect to its copies.",
        when=lambda sums: np.ptp(sums.weights) == 0 and sums.weights[0] == 0.25),
    Mistake("nothing handed on",
        _loop(hands_back=False),
        "every time step gets the gradient of the last state. Each hands its own on: the "
        "fourth value of `step_back` is the `grad_h` of the step before.",
        when=lambda sums: sums.made(hands_back=False)),
    Mistake("forward in time",
        _loop(order=iter),
        "the loop goes from the first time step to the last. The gradient comes from the loss, "
        "behind the last state, and goes back: `reversed(range(len(x)))`.",
        when=lambda sums: sums.made(order=iter)),
    Mistake("states one place off",
        _loop(after=0),
        "the states stand one place off. `h[0]` is the state before the first input: the step "
        "that reads `x[t]` goes from `h[t]` to `h[t + 1]`. (`h[-1]` raises nothing: it is the "
        "last state.)",
        when=lambda sums: sums.made(after=0)),
)  # fmt: skip


def _example(inputs_at=slice(None)):
    """Return a sequence and its weights; only the inputs at these steps are not 0."""
    rng = np.random.default_rng(8)
    W, U = _weights(rng, 3, 2)
    x = np.zeros((5, 2, 2))
    x[inputs_at] = rng.normal(size=x[inputs_at].shape)
    return rng.normal(size=(2, 3)), x, W, U, rng.normal(size=3)


def _is_slope(i, inputs_at=slice(None)):
    """Return the law's test: entry [0, 1] of a gradient is the slope of the loss."""

    def holds(function):
        grad_h, x, W, U, b = _example(inputs_at)
        value = np.asarray(function(grad_h, _states(x, W, U, b), x, W)[i])[0, 1]
        ends = []
        for step in (1e-5, -1e-5):
            moved = [W.copy(), U.copy()]
            moved[i][0, 1] += step
            ends.append(np.sum(grad_h * _states(x, *moved, b)[-1]))
        held, said = beside_measured(float(value), float(ends[0] - ends[1]) / 2e-5)
        return held, f"5 steps, entry [0, 1]: {said}"

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
