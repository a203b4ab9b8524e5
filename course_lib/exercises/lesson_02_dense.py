"""Lesson 02: the backward pass of a dense layer."""

import numpy as np

from course_lib import mlp
from course_lib.exercises.model import Exercise, Law, Mistake


def dense_backward(delta, a_previous, w):
    """Return the gradients of one batch by weights, biases and input."""
    grad_w = delta.T @ a_previous
    grad_b = delta.sum(axis=0)
    grad_a_previous = delta @ w
    return grad_w, grad_b, grad_a_previous


def _cases(rng):
    sizes = [(2, 2, 2), (1, 1, 1), (1, 2, 1), (3, 2, 4), (5, 3, 3), (4, 4, 4), (8, 5, 2)]
    return [_case(rng, *size) for size in sizes]


def _case(rng, n_batch, fan_in, fan_out):
    shapes = (n_batch, fan_out), (n_batch, fan_in), (fan_out, fan_in)
    return tuple(rng.normal(size=shape).round(1) + 0.0 for shape in shapes)  # no -0


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


def _sizes(case):
    delta, a_previous, _ = case
    n_batch, fan_out = delta.shape
    return n_batch, a_previous.shape[1], fan_out


def _explain_transposed(case, answer, expected):
    first = f"{answer[0][0, -1]:.4g} stands where {expected[0][0, -1]:.4g} belongs"
    return (
        "grad_w is transposed. It must have the shape of w, (fan_out, fan_in), as both are "
        "subtracted in the end. In a square layer the shapes agree, so that nothing but the "
        f"numbers tells: {first}."
    )


def _explain_mean(case, answer, expected):
    n_batch, _, _ = _sizes(case)
    return (
        f"something is divided by the number of examples, here {n_batch}. The loss has its 1/n "
        "already, so delta carries it: the backward pass only sums over the batch. Divided "
        "again, the gradient is n times too small."
    )


def _explain_not_summed(case, answer, expected):
    return (
        f"grad_b has shape {np.shape(answer[1])}, one row an example. All examples share one "
        f"bias, so their rows are added: shape {np.shape(expected[1])}."
    )


def _explain_axis(case, answer, expected):
    n_batch, _, fan_out = _sizes(case)
    return (
        "grad_b is summed over the wrong axis. delta has shape (n_batch, fan_out) = "
        f"({n_batch}, {fan_out}); the sum goes over the batch, axis 0, and leaves one number "
        "for every bias."
    )


_MISTAKES = (
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
        variants=(_changed("grad_b", lambda d, a, w: d.sum()),),
    ),
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
        "delta is multiplied by a slope first. delta is the derivative by z already: the slope "
        "of this layer's activation has been through it.",
    ),
)  # fmt: skip


def _example():
    return _case(np.random.default_rng(3), 4, 3, 2)


def _shapes_agree(function):
    _, a_previous, w = case = _example()
    shapes = tuple(np.shape(value) for value in function(*case))
    wanted = (w.shape, (w.shape[0],), a_previous.shape)
    return shapes == wanted, f"w {wanted[0]}: gradients {', '.join(map(str, shapes))}"


def _slope_by_w(function):
    delta, a_previous, w = _example()
    shift = np.zeros_like(w)
    shift[0, 1] = 1e-4
    ends = [np.sum(delta * (a_previous @ v.T)) for v in (w + shift, w - shift)]
    measured, value = (ends[0] - ends[1]) / 2e-4, float(function(delta, a_previous, w)[0][0, 1])
    return abs(value - measured) < 1e-7, f"entry [0, 1]: {value:.4f}, measured {measured:.4f}"


def _batch_twice(function):
    delta, a_previous, w = _example()
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

        delta : array, shape (n_batch, fan_out), the derivative of the loss by z
        a_previous : array, shape (n_batch, fan_in);  w : array, shape (fan_out, fan_in)
        returns grad_w, grad_b, grad_a_previous: the derivatives by w, b and a_previous
        """,
        reference=mlp.dense_backward,
        solution=dense_backward,
        returns=("grad_w", "grad_b", "grad_a_previous"),
        cases=_cases,
        mistakes=_MISTAKES,
        laws=(
            Law("every gradient has the shape of what it belongs to", _shapes_agree),
            Law("grad_w is the slope, by central differences", _slope_by_w),
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
        rtol=1e-9,
    ),
)
