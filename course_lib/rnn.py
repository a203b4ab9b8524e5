"""A recurrent net (Elman 1990), and backpropagation through time.

h_t = φ(W h_(t-1) + U x_t + b), with the output V h_t + c. Unrolled in time it is a deep net
whose layers share their weights. The parameters are one flat vector, batches are rows, and
leading axes stand for whole networks, as in `course_lib.mlp`.
"""

from typing import NamedTuple

import numpy as np

from course_lib._sequences import summed_product, time_first, transposed
from course_lib._validation import float_dtype, inexact, require_count, require_finite
from course_lib.clipping import global_norm
from course_lib.losses import softmax_cross_entropy


class RNNViews(NamedTuple):
    """The parameters of an `RNN` by name.

    Attributes
    ----------
    W : ndarray, shape (..., n_units, n_units)
        From state to state.
    U : ndarray, shape (..., n_units, n_inputs)
        From input to state.
    b : ndarray, shape (..., n_units)
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


def _new_states(shape, dtype):
    """Return arrays for z and h: h has one step more."""
    return np.empty(shape, dtype), np.empty((shape[0] + 1, *shape[1:]), dtype)


class RNN:
    """A recurrent net with one layer of units.

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
    n_params : int
        Length of the flat parameter vector: W, U, b, V, c in this order, matrices by row.

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
        counts = {"n_inputs": n_inputs, "n_units": n_units, "n_outputs": n_outputs}
        for name, value in counts.items():
            require_count(name, value)
        require_finite("initial_state", initial_state)
        if output not in ("last", "all"):
            raise ValueError(f'output must be "last" or "all", got {output!r}')
        self.n_inputs, self.n_units = int(n_inputs), int(n_units)
        self.n_outputs, self.activation = int(n_outputs), activation
        self.loss, self.output, self.initial_state = loss, output, initial_state
        self._shapes = RNNViews(
            (self.n_units, self.n_units),
            (self.n_units, self.n_inputs),
            (self.n_units,),
            (self.n_outputs, self.n_units),
            (self.n_outputs,),
        )
        self.n_params = sum(int(np.prod(shape)) for shape in self._shapes)
        self._spare = None

    def __repr__(self):
        """Name the sizes and the activation."""
        sizes = f"{self.n_inputs}, {self.n_units}, {self.n_outputs}"
        return f"RNN({sizes}, {self.activation.name})"

    def init(self, rng, initializer, recurrent=None, shape=(), dtype=np.float64):
        """Draw parameters.

        Parameters
        ----------
        rng : numpy.random.Generator
            Where the random numbers come from.
        initializer : callable
            One of `course_lib.initializers`; it draws U with b, and V with c.
        recurrent : callable, optional
            The initializer of W, such as ``orthogonal(1.0)``; the same unless given.
        shape : tuple of int, optional
            Leading axes: how many whole networks.
        dtype : dtype, optional
            float64 unless given.

        Returns
        -------
        ndarray, shape (*shape, n_params)
        """
        theta = np.empty((*shape, self.n_params), float_dtype(dtype))
        parts = self.unpack(theta)
        parts.U[...], parts.b[...] = initializer(rng, parts.U.shape, 0)
        parts.W[...], _ = (recurrent or initializer)(rng, parts.W.shape, 1)
        parts.V[...], parts.c[...] = initializer(rng, parts.V.shape, 2)
        return theta

    def unpack(self, theta):
        """Return the parameters by name, as views into ``theta``.

        Parameters
        ----------
        theta : ndarray, shape (..., n_params)
            A flat vector of parameters, or of their gradient.

        Returns
        -------
        RNNViews
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
        parts, start = [], 0
        for shape in self._shapes:
            stop = start + int(np.prod(shape))
            parts.append(theta[..., start:stop].reshape(*theta.shape[:-1], *shape))
            start = stop
        return RNNViews(*parts)

    def forward(self, theta, x):
        """Return the output.

        Parameters
        ----------
        theta : ndarray, shape (..., n_params)
            Parameters.
        x : ndarray, shape (..., n_batch, T, n_inputs)
            Sequences.

        Returns
        -------
        ndarray, shape (..., n_batch, n_outputs), or (..., n_batch, T, n_outputs)
        """
        return self.trace(theta, x).output

    def trace(self, theta, x):
        """Return every state and pre-activation of a forward pass, as an `RNNTrace`.

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
        return self._run(theta, x, _new_states)

    def _run(self, theta, x, states):
        """Return the trace; ``states(shape, dtype)`` gives the arrays of z and h."""
        theta = inexact(theta, "theta")
        W, U, b, V, c = self.unpack(theta)
        x = time_first(theta, x, self.n_inputs)
        nets = np.broadcast_shapes(x.shape[1:-2], theta.shape[:-1])
        shape = (len(x), *nets, x.shape[-2], self.n_units)
        z, h = states(shape, np.result_type(theta, x))
        np.matmul(x, transposed(U), out=z)  # what the inputs give, for all steps at once
        z += b[..., None, :]
        h[0] = self.initial_state
        back = transposed(W)
        for t in range(len(x)):
            z[t] += h[t] @ back
            h[t + 1] = self.activation(z[t])
        output = self._read(h) @ transposed(V) + c[..., None, :]
        last = self.output == "last"
        return RNNTrace(x, z, h, output[0] if last else np.moveaxis(output, 0, -2))

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
            ℓ, averaged over the batch (and over time, where the net answers at each step).
        grad : ndarray, shape (..., n_params)
            ∂ℓ/∂θ, in the layout of ``theta``.

        Notes
        -----
        Source: Werbos 1990, "Backpropagation through time: what it does and how to do it".
        """
        trace = self._run(theta, x, self._spare_states)
        loss, grad_output = self._loss(trace.output, y)
        grad = np.zeros((*trace.z.shape[1:-2], self.n_params), trace.z.dtype)
        parts = self.unpack(grad)
        for t, _, delta in self._backward(theta, trace, grad_output):
            parts.W[...] += transposed(delta) @ trace.h[t]
            parts.U[...] += transposed(delta) @ trace.x[t]
            parts.b[...] += delta.sum(axis=-2)
        parts.V[...] = summed_product(grad_output, self._read(trace.h))
        parts.c[...] = grad_output.sum(axis=(0, -2))
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
        trace = self.trace(theta, x)
        _, grad_output = self._loss(trace.output, y)
        grads = np.empty_like(trace.z)
        for t, grad, _ in self._backward(theta, trace, grad_output):
            grads[t] = grad
        return np.moveaxis(grads, 0, -3)

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

    def _spare_states(self, shape, dtype):
        """Return the arrays of the last call if they fit: to get new ones costs more."""
        held = self._spare and (self._spare[0].shape, self._spare[0].dtype)
        if held != (shape, dtype):
            self._spare = _new_states(shape, dtype)
        return self._spare

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

    def _backward(self, theta, trace, grad_output):
        """Yield (t, ∂ℓ/∂h, δ) of each step, the last one first; t counts from 0."""
        W, _, _, V, _ = self.unpack(inexact(theta, "theta"))
        direct = grad_output @ V
        grad = direct[-1]
        for t in range(len(trace.z) - 1, -1, -1):
            # step by step: to keep large arrays of all steps costs more than to fill them
            delta = grad * self.activation.derivative(trace.z[t])
            yield t, grad, delta
            grad = delta @ W
            if self.output == "all" and t > 0:
                grad += direct[t - 1]
