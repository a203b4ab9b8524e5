"""What goes wrong with one step of backpropagation through time in lesson 08."""

import numpy as np

from course_lib.exercises.engine.model import Mistake

_NAMES = ("grad_W", "grad_U", "grad_b", "grad_h_before")


def _from_delta(delta, h_before, x, W):
    return delta.T @ h_before, delta.T @ x, delta.sum(axis=0), delta @ W


def _with_delta(make):
    """Return the answer with another delta: ``make(grad_h, h, h_before)``."""

    def function(grad_h, h, h_before, x, W):
        return _from_delta(make(grad_h, h, h_before), h_before, x, W)

    return function


def _changed(name, change):
    """Return the right answer with one value replaced: ``change(delta, h, h_before, x, W)``."""

    def function(grad_h, h, h_before, x, W):
        delta = grad_h * (1 - h**2)
        values = list(_from_delta(delta, h_before, x, W))
        values[_NAMES.index(name)] = change(delta, h, h_before, x, W)
        return tuple(values)

    return function


def _without_slope_in(name):
    """Return the right answer with one value made of grad_h in place of delta."""

    def function(grad_h, h, h_before, x, W):
        values = list(_from_delta(grad_h * (1 - h**2), h_before, x, W))
        plain = _from_delta(grad_h, h_before, x, W)
        values[_NAMES.index(name)] = plain[_NAMES.index(name)]
        return tuple(values)

    return function


def _mean_over_batch(*positions):
    def function(grad_h, h, h_before, x, W):
        values = _from_delta(grad_h * (1 - h**2), h_before, x, W)
        return tuple(v / len(h) if i in positions else v for i, v in enumerate(values))

    return function


def _late_slope(grad_h, h, h_before, x, W):
    delta = grad_h * (1 - h**2)
    *grads, _ = _from_delta(delta, h_before, x, W)
    return *grads, (grad_h @ W) * (1 - h**2)


def _reordered(grad_h, h, h_before, x, W):
    grad_W, grad_U, grad_b, grad_h_before = _from_delta(grad_h * (1 - h**2), h_before, x, W)
    return grad_h_before, grad_W, grad_U, grad_b


def _in_place(grad_h, h, h_before, x, W):
    grad_h *= 1 - h**2
    return _from_delta(grad_h, h_before, x, W)


def _not_summed(case, answer, expected):
    return (
        f"grad_b has shape {np.shape(answer[2])}, one row per example. All examples share one "
        f"bias, so their rows are added: shape {np.shape(expected[2])}."
    )


MISTAKES = (
    Mistake(
        "slope forgotten",
        _with_delta(lambda grad_h, h, h_before: grad_h),
        "tanh is missing: the gradient goes from h to h_before as if the unit were linear. "
        "Between h and W stands tanh, with the slope 1 - h². Without it every step passes too "
        "much on.",
    ),
    Mistake(
        "slope in h taken as tanh again",
        _with_delta(lambda grad_h, h, h_before: grad_h * (1 - np.tanh(h) ** 2)),
        "the slope is taken at h as if h were the pre-activation. h is tanh(z) already: "
        "tanh'(z) = 1 - tanh²(z) = 1 - h². (With a function of z one would write "
        "`1 - np.tanh(z)**2`.)",
    ),
    Mistake(
        "slope of the sigmoid",
        _with_delta(lambda grad_h, h, h_before: grad_h * h * (1 - h)),
        "h(1 - h) is the slope of the sigmoid in terms of its value. These units are tanh, "
        "whose slope is 1 - h².",
    ),
    Mistake(
        "square forgotten",
        _with_delta(lambda grad_h, h, h_before: grad_h * (1 - h)),
        "the slope of tanh is 1 - h², and here stands 1 - h. For negative h that is larger "
        "than 1, which no slope of tanh can be.",
    ),
    Mistake(
        "slope of the step before",
        _with_delta(lambda grad_h, h, h_before: grad_h * (1 - h_before**2)),
        "the slope is taken at h_before. tanh of this step made h; that of h_before belongs to "
        "the step before, which the loop comes to next.",
    ),
    Mistake(
        "slope behind W",
        _late_slope,
        "grad_h_before is multiplied by the slope after W. Backward the slope comes first: z "
        "lies between h and W, so that grad_h_before is delta @ W with the slope in delta.",
        variants=(
            _changed("grad_h_before", lambda d, h, hb, x, W: (d @ W) * (1 - hb**2)),
            _changed("grad_h_before", lambda d, h, hb, x, W: (d @ W) * (1 - h**2)),
        ),
    ),
    Mistake(
        "slope forgotten on the way back",
        _without_slope_in("grad_h_before"),
        "grad_W, grad_U and grad_b have the slope in them, and grad_h_before has not. All four "
        "go through z: `delta @ W` with the same delta.",
    ),
    Mistake(
        "slope forgotten at the weights",
        _without_slope_in("grad_W"),
        "grad_W is made of grad_h. W acts on z, behind tanh: like the other values it is made "
        "of delta = grad_h (1 - h²).",
    ),
    Mistake(
        "state after the step",
        _changed("grad_W", lambda d, h, hb, x, W: d.T @ h),
        "grad_W is made with h. W multiplies the state that goes into the step, h_before: the "
        "gradient of a weight is delta times what came in through it.",
    ),
    Mistake(
        "W transposed",
        _changed("grad_h_before", lambda d, h, hb, x, W: d @ W.T),
        "W is transposed on the way back. Forward it was `h_before @ W.T`; backward it is "
        "`delta @ W`. Both have the same shape, as W is square: nothing but numbers tells.",
    ),
    Mistake(
        "grad_W transposed",
        _changed("grad_W", lambda d, h, hb, x, W: hb.T @ d),
        "grad_W is transposed: row i must belong to unit i of h, as in W. `delta.T` comes "
        "first. Both have the same shape, as W is square.",
        variants=(
            lambda grad_h, h, h_before, x, W: (
                h_before.T @ (grad_h * (1 - h**2)),
                x.T @ (grad_h * (1 - h**2)),
                (grad_h * (1 - h**2)).sum(axis=0),
                (grad_h * (1 - h**2)) @ W,
            ),
        ),
    ),
    Mistake(
        "grad_U transposed",
        _changed("grad_U", lambda d, h, hb, x, W: x.T @ d),
        "grad_U is transposed. U has shape (n_units, n_inputs), and its gradient must have the "
        "same: `delta.T @ x`.",
    ),
    Mistake(
        "mean over the batch",
        _mean_over_batch(0, 1, 2),
        "the gradients are divided by the number of examples. The loss has its 1/n already, so "
        "grad_h carries it: here one only sums.",
        variants=(_mean_over_batch(2), _mean_over_batch(0, 1, 2, 3)),
    ),
    Mistake(
        "bias not summed",
        _changed("grad_b", lambda d, h, hb, x, W: d),
        _not_summed,
        variants=(
            _changed("grad_b", lambda d, h, hb, x, W: d.sum(axis=1)),
            _changed("grad_b", lambda d, h, hb, x, W: d.sum(axis=0, keepdims=True)),
        ),
    ),
    Mistake(
        "order of the returned values",
        _reordered,
        "the four values come in another order. The loop expects grad_W, grad_U, grad_b, and "
        "grad_h_before last.",
        variants=(
            lambda *case: tuple(_reordered(*case)[i] for i in (2, 1, 3, 0)),
            lambda *case: tuple(_reordered(*case)[i] for i in (3, 1, 2, 0)),
        ),
    ),
    Mistake(
        "argument changed in place",
        _in_place,
        "the values are right, and the caller's grad_h was overwritten on the way by `*=`. "
        "`delta = grad_h * (1 - h**2)` makes a new array.",
    ),
)
