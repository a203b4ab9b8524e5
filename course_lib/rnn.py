"""A recurrent net (Elman 1990), and backpropagation through time.

h_t = φ(W h_(t-1) + U x_t + b), with the output V h_t + c. Unrolled in time it is a deep net
whose layers share their weights.
"""

from typing import NamedTuple

import numpy as np

from course_lib._recurrent import RecurrentNet
from course_lib._validation import require_finite
from course_lib.losses import softmax_cross_entropy


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
        super().__init__(n_inputs, n_units, n_outputs, loss, output=output)
        self.activation, self.initial_state = activation, initial_state

    def __repr__(self):
        """Name the sizes and the activation."""
        sizes = f"{self.n_inputs}, {self.n_units}, {self.n_outputs}"
        return f"RNN({sizes}, {self.activation.name})"

    def _forward(self, p, x):
        z = x @ p.U.mT + p.b[..., None, :]  # what the inputs give, for all steps
        h = np.empty((len(z) + 1, *z.shape[1:]), z.dtype)
        h[0], back = self.initial_state, p.W.mT
        for t in range(len(z)):
            z[t] += h[t] @ back
            h[t + 1] = self.activation(z[t])
        return RNNTrace(x, z, h, self._output(p, h))

    def _back_in_time(self, p, trace, direct):
        grad_h = direct[-1]
        for t in range(len(trace.z) - 1, -1, -1):
            delta = grad_h * self.activation.slope(trace.z[t], trace.h[t + 1])
            yield t, grad_h, delta, delta
            grad_h = delta @ p.W
            if self.output == "all" and t > 0:
                grad_h += direct[t - 1]
