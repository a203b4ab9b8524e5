"""A recurrent net of gated units, which can keep its state as it is.

A gated recurrent unit mixes its old state with a candidate, h ← u ⊙ h + (1 - u) ⊙ n. Where the
update gate u is 1 the state is copied, forward, and its gradient likewise, backward.
"""

from typing import NamedTuple

import numpy as np

from course_lib._sequences import summed_product, time_first, transposed
from course_lib._validation import float_dtype, inexact, require_count, require_finite
from course_lib.activations import sigmoid, tanh
from course_lib.clipping import global_norm
from course_lib.losses import softmax_cross_entropy
from course_lib.mlp import Layer, dense_backward


class GRUViews(NamedTuple):
    """The parameters of a `GRU` by name; rows go by gate: reset, update, candidate.

    Attributes
    ----------
    W : ndarray, shape (..., 3 n_units, n_units)
        From the last state.
    U : ndarray, shape (..., 3 n_units, n_inputs)
        From the input.
    b : ndarray, shape (..., 3 n_units)
        Biases.
    V : ndarray, shape (..., n_outputs, n_units)
        From the state to the output.
    c : ndarray, shape (..., n_outputs)
        Biases of the output.
    """

    W: np.ndarray
    U: np.ndarray
    b: np.ndarray
    V: np.ndarray
    c: np.ndarray


class GRUTrace(NamedTuple):
    """Everything a forward pass computed; time is the first axis.

    Attributes
    ----------
    x : ndarray, shape (T, ..., n_batch, n_inputs)
        Inputs.
    h : ndarray, shape (T + 1, ..., n_batch, n_units)
        States, beginning with h_0 = 0.
    z : ndarray, shape (T, ..., n_batch, 3 n_units)
        Pre-activations of reset gate, update gate and candidate.
    recalled : ndarray, shape (T, ..., n_batch, n_units)
        What the candidate is told of the last state, W h before the reset gate.
    output : ndarray, shape (..., n_batch, n_outputs)
        V h_T + c.
    """

    x: np.ndarray
    h: np.ndarray
    z: np.ndarray
    recalled: np.ndarray
    output: np.ndarray


class GRU:
    """A recurrent net of gated units that answers at the last time step.

    With h_0 = 0 and, at each step,

    - reset gate r = σ(W_r h + U_r x + b_r), update gate u = σ(W_u h + U_u x + b_u),
    - candidate n = tanh(r ⊙ (W_n h) + U_n x + b_n),
    - new state u ⊙ h + (1 - u) ⊙ n,

    the output is V h_T + c.

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
        counts = {"n_inputs": n_inputs, "n_units": n_units, "n_outputs": n_outputs}
        for name, value in counts.items():
            require_count(name, value)
        self.n_inputs, self.n_units = int(n_inputs), int(n_units)
        self.n_outputs, self.loss = int(n_outputs), loss
        gates = Layer.at(0, self.n_units + self.n_inputs, 3 * self.n_units)
        output = Layer.at(gates.parameters.stop, self.n_units, self.n_outputs)
        self.layers, self.n_params = (gates, output), output.parameters.stop

    def __repr__(self):
        """Name the sizes."""
        return f"GRU({self.n_inputs}, {self.n_units}, {self.n_outputs})"

    def init(self, rng, initializer, recurrent=None, shape=(), dtype=np.float64, gate_bias=0.0):
        """Draw parameters, for each gate by itself.

        Parameters
        ----------
        rng : numpy.random.Generator
            Where the random numbers come from.
        initializer : callable
            One of `course_lib.initializers`; it draws the biases with U and with V.
        recurrent : callable, optional
            The initializer of W, such as ``orthogonal()``; the same as for U unless given.
        shape : tuple of int, optional
            Leading axes: how many whole networks.
        dtype : dtype, optional
            float64 unless given.
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
        theta = np.empty((*shape, self.n_params), float_dtype(dtype))
        W, U, b, V, c = self.unpack(theta)
        by_gate = (*shape, 3, self.n_units)
        drawn_u, drawn_b = initializer(rng, (*by_gate, self.n_inputs), 0)
        drawn_w, _ = (recurrent or initializer)(rng, (*by_gate, self.n_units), 1)
        U[...], b[...] = drawn_u.reshape(U.shape), drawn_b.reshape(b.shape)
        W[...] = drawn_w.reshape(W.shape)
        V[...], c[...] = initializer(rng, V.shape, 2)
        b[..., self._update] += gate_bias
        return theta

    def unpack(self, theta):
        """Return the parameters by name, as views into ``theta``.

        Parameters
        ----------
        theta : ndarray, shape (..., n_params)
            A flat vector of parameters, or of their gradient.

        Returns
        -------
        GRUViews
            No copies: what is written into a view stands in ``theta``.

        Raises
        ------
        ValueError
            If the last axis of ``theta`` has not n_params entries.
        """
        if theta.shape[-1:] != (self.n_params,):
            raise ValueError(
                f"theta must have shape (..., {self.n_params}) for {self}, got {theta.shape}"
            )
        gates, output = self.layers
        leading, middle = theta.shape[:-1], 3 * self.n_units**2
        return GRUViews(
            theta[..., :middle].reshape(*leading, 3 * self.n_units, self.n_units),
            theta[..., middle : gates.w.stop].reshape(
                *leading, 3 * self.n_units, self.n_inputs
            ),
            theta[..., gates.b],
            theta[..., output.w].reshape(*leading, self.n_outputs, self.n_units),
            theta[..., output.b],
        )

    def forward(self, theta, x):
        """Return the output at the last step.

        Parameters
        ----------
        theta : ndarray, shape (..., n_params)
            Parameters.
        x : ndarray, shape (..., n_batch, T, n_inputs)
            Sequences.

        Returns
        -------
        ndarray, shape (..., n_batch, n_outputs)
        """
        return self.trace(theta, x).output

    def trace(self, theta, x):
        """Return every state and pre-activation of a forward pass, as a `GRUTrace`.

        Parameters
        ----------
        theta : ndarray, shape (..., n_params)
            Parameters.
        x : ndarray, shape (..., n_batch, T, n_inputs)
            Sequences.

        Raises
        ------
        ValueError
            If x has not the network's number of inputs, or no time step.
        """
        theta = inexact(theta, "theta")
        W, U, b, V, c = self.unpack(theta)
        x = time_first(theta, x, self.n_inputs)
        z = x @ transposed(U) + b[..., None, :]
        h = np.zeros((len(x) + 1, *z.shape[1:-1], self.n_units), z.dtype)
        recalled = np.empty_like(h[1:])
        for t in range(len(x)):
            h[t + 1], recalled[t] = self._step(z[t], h[t] @ transposed(W), h[t])
        output = h[-1] @ transposed(V) + c[..., None, :]
        return GRUTrace(x, h, z, recalled, output)

    def _step(self, z, from_state, h):
        """Complete the pre-activations ``z`` in place; return the new state and W_n h."""
        gates, n = self._gates, self._candidate
        z[..., gates] += from_state[..., gates]
        opened = sigmoid(z[..., gates])
        z[..., n] += opened[..., self._reset] * from_state[..., n]
        update = opened[..., self._update]
        return update * h + (1 - update) * tanh(z[..., n]), from_state[..., n]

    def loss_and_gradient(self, theta, x, y):
        """Return the loss and its gradient, by backpropagation through time.

        Parameters
        ----------
        theta : ndarray, shape (..., n_params)
            Parameters.
        x : ndarray, shape (..., n_batch, T, n_inputs)
            Sequences.
        y : array_like
            Targets, in the form the loss takes.

        Returns
        -------
        loss : ndarray, shape (...)
            ℓ, averaged over the batch.
        grad : ndarray, shape (..., n_params)
            ∂ℓ/∂θ, in the layout of ``theta``.

        Notes
        -----
        Source of backpropagation through time: Werbos 1990.
        """
        theta = inexact(theta, "theta")
        views, trace = self.unpack(theta), self.trace(theta, x)
        loss, grad_output = self.loss(trace.output, y)
        grad = np.empty((*grad_output.shape[:-2], self.n_params), grad_output.dtype)
        parts = self.unpack(grad)
        parts.V[...], parts.c[...], grad_last = dense_backward(
            grad_output, trace.h[-1], views.V
        )
        _, deltas, recurrent = self._backward(views, trace, grad_last)
        parts.W[...] = summed_product(recurrent, trace.h[:-1])
        parts.U[...] = summed_product(deltas, trace.x)
        parts.b[...] = deltas.sum(axis=(0, -2))
        return loss, grad

    def state_gradients(self, theta, x, y):
        """Return ∂ℓ/∂h_t for every time step t = 1, ..., T.

        Parameters
        ----------
        theta : ndarray, shape (..., n_params)
            Parameters.
        x : ndarray, shape (..., n_batch, T, n_inputs)
            Sequences.
        y : array_like
            Targets, in the form the loss takes.

        Returns
        -------
        ndarray, shape (..., T, n_batch, n_units)
        """
        theta = inexact(theta, "theta")
        views, trace = self.unpack(theta), self.trace(theta, x)
        grad_last = self.loss(trace.output, y)[1] @ views.V
        return np.moveaxis(self._backward(views, trace, grad_last)[0], 0, -3)

    def step_norms(self, theta, x, y):
        """Return the norm of ∂ℓ/∂h_t, over units and batch, for every time step.

        Parameters
        ----------
        theta : ndarray, shape (..., n_params)
            Parameters.
        x : ndarray, shape (..., n_batch, T, n_inputs)
            Sequences.
        y : array_like
            Targets, in the form the loss takes.

        Returns
        -------
        ndarray, shape (..., T)
            The first step first. Neither overflows nor underflows before its result does.
        """
        grads = self.state_gradients(theta, x, y)
        return global_norm(grads.reshape(*grads.shape[:-2], -1))

    def _backward(self, views, trace, grad_last):
        """Return ∂ℓ/∂h_t, ∂ℓ/∂z_t and ∂ℓ/∂(W h_(t-1)) of all time steps."""
        factors, keep, reset = self._local_derivatives(trace)
        grads = np.empty_like(trace.h[1:])
        grads[-1] = grad_last
        for t in range(len(grads) - 1, 0, -1):
            recurrent = self._recurrent(_thrice(grads[t]) * factors[t], reset[t])
            grads[t - 1] = grads[t] * keep[t] + recurrent @ views.W
        deltas = _thrice(grads) * factors
        return grads, deltas, self._recurrent(deltas, reset)

    def _local_derivatives(self, trace):
        """Return ∂h_t/∂z_t entry by entry, the update gate and the reset gate of all steps."""
        gates = trace.z[..., self._gates]
        opened, slopes = sigmoid(gates), sigmoid.derivative(gates)
        reset, update = opened[..., self._reset], opened[..., self._update]
        candidate = trace.z[..., self._candidate]
        by_candidate = (1 - update) * tanh.derivative(candidate)
        by_update = (trace.h[:-1] - tanh(candidate)) * slopes[..., self._update]
        by_reset = by_candidate * trace.recalled * slopes[..., self._reset]
        return np.concatenate([by_reset, by_update, by_candidate], axis=-1), update, reset

    def _recurrent(self, deltas, reset):
        """Return ∂ℓ/∂(W h): the candidate's share went through the reset gate."""
        share = deltas[..., self._candidate] * reset
        return np.concatenate([deltas[..., self._gates], share], axis=-1)

    @property
    def _gates(self):
        return slice(0, 2 * self.n_units)

    @property
    def _reset(self):
        return slice(0, self.n_units)

    @property
    def _update(self):
        return slice(self.n_units, 2 * self.n_units)

    @property
    def _candidate(self):
        return slice(2 * self.n_units, 3 * self.n_units)


def _thrice(grad):
    return np.concatenate([grad] * 3, axis=-1)
