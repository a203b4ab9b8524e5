"""A recurrent net of gated units, which can keep its state as it is.

A gated recurrent unit mixes its old state with a candidate, h ← u ⊙ h + (1 - u) ⊙ n. Where the
update gate u is 1 the state is copied, forward, and its gradient likewise, backward.
"""

from typing import NamedTuple

import numpy as np

from course_lib._recurrent import RecurrentNet
from course_lib._validation import require_finite
from course_lib.activations import sigmoid, tanh
from course_lib.losses import softmax_cross_entropy


class GRUTrace(NamedTuple):
    """Everything a forward pass computed; time is the first axis.

    Attributes
    ----------
    x : ndarray, shape (T, ..., n_batch, n_inputs)
        Inputs.
    h : ndarray, shape (T + 1, ..., n_batch, n_units)
        States, beginning with h_0 = 0.
    gates : ndarray, shape (T, ..., n_batch, 2 n_units)
        Reset gate r and update gate u, side by side.
    candidate : ndarray, shape (T, ..., n_batch, n_units)
        The candidate n.
    recalled : ndarray, shape (T, ..., n_batch, n_units)
        What the candidate is told of the last state, W_n h before the reset gate.
    output : ndarray, shape (..., n_batch, n_outputs)
        V h_T + c.
    """

    x: np.ndarray
    h: np.ndarray
    gates: np.ndarray
    candidate: np.ndarray
    recalled: np.ndarray
    output: np.ndarray


class GRU(RecurrentNet):
    """A recurrent net of gated units that answers at the last time step.

    With h_0 = 0 and, at each step,

    - reset gate r = σ(W_r h + U_r x + b_r), update gate u = σ(W_u h + U_u x + b_u),
    - candidate n = tanh(r ⊙ (W_n h) + U_n x + b_n),
    - new state u ⊙ h + (1 - u) ⊙ n,

    the output is V h_T + c. It takes x of shape (..., n_batch, T, n_inputs).

    Parameters
    ----------
    n_inputs, n_units, n_outputs : int
        Inputs a step, units, and outputs, ≥ 1 each.
    loss : callable, optional
        ``loss(output, y) -> (value, gradient)``; softmax cross-entropy unless given.

    Attributes
    ----------
    layers : tuple of Layer
        The layout of the flat parameter vector: [W, U and b of all gates], then the output. The
        first is told of as one layer of n_units + n_inputs inputs; `unpack` tells W from U.
    n_params : int
        Its length.

    Raises
    ------
    ValueError
        If a count is not a whole number ≥ 1.

    Notes
    -----
    Source: Cho et al. 2014, eqs. 5 to 8, in one respect changed: there the reset gate acts on
    the state, W_n (r ⊙ h), here on the product, r ⊙ (W_n h), so that one product serves all
    gates. This is PyTorch's ``torch.nn.GRU``, with its second vector of biases at 0.
    """

    def __init__(self, n_inputs, n_units, n_outputs, loss=softmax_cross_entropy):
        super().__init__(n_inputs, n_units, n_outputs, loss, n_gates=3)

    def __repr__(self):
        """Name the sizes."""
        return f"GRU({self.n_inputs}, {self.n_units}, {self.n_outputs})"

    def init(self, rng, initializer, recurrent=None, shape=(), dtype=np.float64, gate_bias=0.0):
        """Draw parameters, for each gate by itself.

        Parameters
        ----------
        rng, initializer, recurrent, shape, dtype
            As `RNN.init` takes them.
        gate_bias : float, optional
            Added to the update gate's biases: where it is large the net begins by remembering,
            each step keeping about σ(gate_bias) of the state.

        Returns
        -------
        ndarray, shape (*shape, n_params)

        Raises
        ------
        ValueError
            If ``gate_bias`` is not a finite number.
        """
        require_finite("gate_bias", gate_bias)
        theta = super().init(rng, initializer, recurrent, shape, dtype)
        self.unpack(theta).b[..., self.n_units : 2 * self.n_units] += gate_bias
        return theta

    def _forward(self, p, x):
        z = x @ p.U.mT + p.b[..., None, :]  # what the inputs give, for all steps
        n_units, back = self.n_units, p.W.mT
        h = np.zeros((len(z) + 1, *z.shape[1:-1], n_units), z.dtype)
        gates, candidate = z[..., : 2 * n_units], z[..., 2 * n_units :]
        recalled = np.empty_like(h[1:])
        for t in range(len(z)):
            from_state = h[t] @ back
            recalled[t] = from_state[..., 2 * n_units :]
            gates[t] = sigmoid(gates[t] + from_state[..., : 2 * n_units])
            reset, update = gates[t][..., :n_units], gates[t][..., n_units:]
            candidate[t] = tanh(candidate[t] + reset * recalled[t])
            h[t + 1] = update * h[t] + (1 - update) * candidate[t]
        return GRUTrace(x, h, gates, candidate, recalled, self._output(p, h))

    def _back_in_time(self, p, trace, direct):
        reset, update = np.split(trace.gates, 2, axis=-1)
        # ∂h by the pre-activations of the three, entry by entry, for all steps
        by_candidate = (1 - update) * (1 - trace.candidate**2)
        by_update = (trace.h[:-1] - trace.candidate) * update * (1 - update)
        by_reset = by_candidate * trace.recalled * reset * (1 - reset)
        grad_h = direct[-1]
        for t in range(len(update) - 1, -1, -1):
            gates = grad_h * by_reset[t], grad_h * by_update[t]
            candidate = grad_h * by_candidate[t]
            by_input = np.concatenate([*gates, candidate], axis=-1)
            # W h reaches the candidate through the reset gate
            by_state = np.concatenate([*gates, candidate * reset[t]], axis=-1)
            yield t, grad_h, by_input, by_state
            grad_h = grad_h * update[t] + by_state @ p.W
