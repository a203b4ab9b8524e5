"""What recurrent nets share: names, sequences with time in front, sums over time."""

from typing import NamedTuple

import numpy as np

from course_lib._validation import float_dtype, in_precision_of, inexact, require_count
from course_lib.clipping import global_norm
from course_lib.nets import Net


class RecurrentViews(NamedTuple):
    """The parameters of a recurrent net by name.

    Attributes
    ----------
    W : ndarray, shape (..., n_gates · n_units, n_units)
        From state to state; with several gates, the rows of one gate after the other.
    U : ndarray, shape (..., n_gates · n_units, n_inputs)
        From input to state.
    b : ndarray, shape (..., n_gates · n_units)
        Biases of the state.
    V : ndarray, shape (..., n_outputs, n_units)
        From state to output.
    c : ndarray, shape (..., n_outputs)
        Biases of the output.
    """

    W: np.ndarray
    U: np.ndarray
    b: np.ndarray
    V: np.ndarray
    c: np.ndarray


class RecurrentNet(Net):
    """A net that reads sequences x of shape (..., n_batch, T, n_inputs).

    Its trace has time as the first axis, and ``h``, the states, beginning with h_0. Beside
    ``_forward`` it writes the way back, ``_back_in_time(p, trace, direct)``, ``direct`` being
    ∂ℓ/∂h from the outputs, last or all. For each step, the last one first, it yields
    t, counted from 0, ∂ℓ/∂h, the gradient by what the input adds to the pre-activations,
    U x + b, and that by what the last state adds, W h.

    Parameters
    ----------
    n_inputs, n_units, n_outputs : int
        Inputs a step, units, and outputs, ≥ 1 each.
    loss : callable
        ``loss(output, y) -> (value, gradient)``.
    n_gates : int, optional
        How many sets of weights the state is computed with.
    output : {"last", "all"}, optional
        Whether the net answers at the last time step or at each of them.
    """

    _named = RecurrentViews

    def __init__(self, n_inputs, n_units, n_outputs, loss, n_gates=1, output="last"):
        counts = {"n_inputs": n_inputs, "n_units": n_units, "n_outputs": n_outputs}
        for name, value in counts.items():
            require_count(name, value)
        self.n_inputs, self.n_units = int(n_inputs), int(n_units)
        self.n_outputs, self.n_gates, self.output = int(n_outputs), n_gates, output
        state = (n_gates * self.n_units, self.n_units, self.n_inputs)
        super().__init__([state, (self.n_outputs, self.n_units)], loss)

    def init(self, rng, initializer, recurrent=None, shape=(), dtype=np.float64):
        """Draw parameters, for each gate by itself.

        Parameters
        ----------
        rng, shape, dtype
            As for `Net.init`.
        initializer : callable
            One of `course_lib.initializers`; it draws U with b, and V with c.
        recurrent : callable, optional
            The initializer of W, such as ``orthogonal(1.0)``; the same unless given.

        Returns
        -------
        ndarray, shape (*shape, n_params)
        """
        theta = np.empty((*shape, self.n_params), float_dtype(dtype))
        W, U, b, V, c = self.unpack(theta)
        by_gate = (*shape, self.n_gates, self.n_units)
        drawn_u, drawn_b = initializer(rng, (*by_gate, self.n_inputs), 0)
        drawn_w, _ = (recurrent or initializer)(rng, (*by_gate, self.n_units), 1)
        W[...], U[...] = drawn_w.reshape(W.shape), drawn_u.reshape(U.shape)
        b[...] = drawn_b.reshape(b.shape)
        V[...], c[...] = initializer(rng, V.shape, 2)
        return theta

    def state_gradients(self, theta, x, y):
        """Return ∂ℓ/∂h_t for every time step t = 1, ..., T.

        Parameters
        ----------
        theta, x, y
            As for `loss_and_gradient`.

        Returns
        -------
        ndarray, shape (..., T, n_batch, n_units)
        """
        theta = inexact(theta, "theta")
        trace = self.trace(theta, x)
        p, (_, grad_output) = self.unpack(theta), self._loss(trace.output, y)
        steps = self._back_in_time(p, trace, grad_output @ p.V)
        return np.stack([grad_state for _, grad_state, *_ in steps][::-1], axis=-3)

    def step_norms(self, theta, x, y):
        """Return the norm of ∂ℓ/∂h_t, over units and batch, for every time step.

        Parameters
        ----------
        theta, x, y
            As for `loss_and_gradient`.

        Returns
        -------
        ndarray, shape (..., T)
            The first step first. Neither overflows nor underflows before its result does.
        """
        grads = self.state_gradients(theta, x, y)
        return global_norm(grads.reshape(*grads.shape[:-2], -1))

    def _output(self, p, h):
        """Return V h + c, of the last state or of all."""
        output = self._read(h) @ p.V.mT + p.c[..., None, :]
        return output[0] if self.output == "last" else np.moveaxis(output, 0, -2)

    def _loss(self, output, y):
        """Return the loss, and ∂ℓ/∂output with time as its first axis."""
        loss, grad = self.loss(output, y)
        if self.output == "last":
            return loss, grad[None]
        # the loss has averaged over time, as if each sequence were a batch of its own
        return loss.mean(axis=-1), np.moveaxis(grad / output.shape[-3], -2, 0)

    def _backward(self, p, trace, grad_output, grad):
        W, U, b, V, c = grad
        V += _summed_product(grad_output, self._read(trace.h))
        c += grad_output.sum(axis=(0, -2))
        # step by step: to keep large arrays of all steps costs more than to fill them
        for t, _, by_input, by_state in self._back_in_time(p, trace, grad_output @ p.V):
            W += by_state.mT @ trace.h[t]
            U += by_input.mT @ trace.x[t]
            b += by_input.sum(axis=-2)

    def _read(self, h):
        """Return the states that the output is made of, time first."""
        return h[-1:] if self.output == "last" else h[1:]

    def _checked_input(self, theta, x):
        """Return the sequences with time as the first axis."""
        x, n_inputs = in_precision_of(theta, x, "x"), self.n_inputs
        if x.ndim < 3 or x.shape[-1] != n_inputs or x.shape[-2] < 1:
            raise ValueError(
                f"x must have shape (..., n_batch, T >= 1, {n_inputs}), got {x.shape}"
            )
        # axes of 1 for the networks that share these inputs, so that time can go in front
        x = x.reshape(*(1,) * (theta.ndim + 2 - x.ndim), *x.shape)
        return np.moveaxis(x, -2, 0)


def _summed_product(deltas, inputs):
    """Return Σ δᵀa over time, the first axis, and batch."""
    deltas, inputs = (
        np.moveaxis(a, 0, -3).reshape(*a.shape[1:-2], -1, a.shape[-1]) for a in (deltas, inputs)
    )
    return deltas.mT @ inputs
