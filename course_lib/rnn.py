"""A recurrent net (Elman 1990), and backpropagation through time.

h_t = φ(W h_(t-1) + U x_t + b), with the output V h_t + c. Unrolled in time it is a deep net
whose layers share their weights.
"""

from typing import NamedTuple

import numpy as np

from course_lib._recurrent import RecurrentNet, summed_product
from course_lib._validation import require_finite
from course_lib.losses import softmax_cross_entropy
from course_lib.nets import transposed


class RNNTrace(NamedTuple):
    """Everything a forward pass computed; in x, z and h time is the first axis.

    Attributes
    ----------
    x : ndarray, shape (T, ..., n_batch, n_inputs)
        Inputs.
    z : ndarray, shape (T, ..., n_batch, n_units)
        Pre-activations.
    h : ndarray, shape (T + 1, ..., n_batch, n_units)
        States, beginning with h_0.
    output : ndarray, shape (..., n_batch, n_outputs) or (..., n_batch, T, n_outputs)
        V h + c, at the last step or at all of them.
    """

    x: np.ndarray
    z: np.ndarray
    h: np.ndarray
    output: np.ndarray


class RNN(RecurrentNet):
    """A recurrent net with one layer of units.

    It takes x of shape (..., n_batch, T, n_inputs).

    Parameters
    ----------
    n_inputs, n_units, n_outputs : int
        Inputs a step, units, and outputs, ≥ 1 each.
    activation : Activation
        φ of the units.
    loss : callable, optional
        ``loss(output, y) -> (value, gradient)``; softmax cross-entropy unless given.
    output : {"last", "all"}, optional
        Whether the net answers at the last time step or at each of them; then the targets have
        an axis of time behind that of the batch, and the loss is averaged over both.
    initial_state : float, optional
        h_0, the same for all units.

    Attributes
    ----------
    layers : tuple of Layer
        The layout of the flat parameter vector: the state's W, U and b, then the output's V and
        c. The first is told of as one layer of n_units + n_inputs inputs; `unpack` tells W from
        U.
    n_params : int
        Its length.

    Raises
    ------
    ValueError
        If a count is not a whole number ≥ 1, ``initial_state`` is not a finite number, or
        ``output`` is another word.
    """

    def __init__(
        self,
        n_inputs,
        n_units,
        n_outputs,
        activation,
        loss=softmax_cross_entropy,
        output="last",
        initial_state=0.0,
    ):
        require_finite("initial_state", initial_state)
        if output not in ("last", "all"):
            raise ValueError(f'output must be "last" or "all", got {output!r}')
        super().__init__(n_inputs, n_units, n_outputs, loss)
        self.activation, self.output, self.initial_state = activation, output, initial_state

    def __repr__(self):
        """Name the sizes and the activation."""
        sizes = f"{self.n_inputs}, {self.n_units}, {self.n_outputs}"
        return f"RNN({sizes}, {self.activation.name})"

    def _forward(self, p, x):
        z = x @ transposed(p.U) + p.b[..., None, :]  # what the inputs give, for all steps
        h = np.empty((len(z) + 1, *z.shape[1:]), z.dtype)
        h[0], back = self.initial_state, transposed(p.W)
        for t in range(len(z)):
            z[t] += h[t] @ back
            h[t + 1] = self.activation(z[t])
        output = self._read(h) @ transposed(p.V) + p.c[..., None, :]
        last = self.output == "last"
        return RNNTrace(x, z, h, output[0] if last else np.moveaxis(output, 0, -2))

    def _backward(self, p, trace, grad_output, grad):
        for t, _, delta in self._steps_back(p, trace, grad_output):
            grad.W[...] += transposed(delta) @ trace.h[t]
            grad.U[...] += transposed(delta) @ trace.x[t]
            grad.b[...] += delta.sum(axis=-2)
        grad.V[...] = summed_product(grad_output, self._read(trace.h))
        grad.c[...] = grad_output.sum(axis=(0, -2))

    def _steps_back(self, p, trace, grad_output):
        """Yield (t, ∂ℓ/∂h, δ) of each step, the last one first; t counts from 0."""
        direct = grad_output @ p.V
        grad_h = direct[-1]
        for t in range(len(trace.z) - 1, -1, -1):
            # step by step: to keep large arrays of all steps costs more than to fill them
            delta = grad_h * self.activation.slope(trace.z[t], trace.h[t + 1])
            yield t, grad_h, delta
            grad_h = delta @ p.W
            if self.output == "all" and t > 0:
                grad_h += direct[t - 1]

    def _state_gradients(self, p, trace, grad_output):
        steps = self._steps_back(p, trace, grad_output)
        return np.stack([grad_h for _, grad_h, _ in steps][::-1])

    def _read(self, h):
        """Return the states that the output is made of, time first."""
        return h[-1:] if self.output == "last" else h[1:]

    def _loss(self, output, y):
        """Return the loss, and ∂ℓ/∂output with time as its first axis."""
        loss, grad = self.loss(output, y)
        if self.output == "last":
            return loss, grad[None]
        # the loss has averaged over time, as if each sequence were a batch of its own
        return loss.mean(axis=-1), np.moveaxis(grad / output.shape[-3], -2, 0)
