"""A multilayer perceptron whose parameters are one flat vector.

In the course's notation layer l computes z^l = W^l a^(l-1) + b^l and a^l = φ(z^l), with
δ^l = ∂ℓ/∂z^l. Batches are rows, so the code reads ``z = a @ w.T + b``. Parameters and inputs
may carry leading axes, one entry for each whole network of the same layout.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from course_lib._validation import float_dtype, in_precision_of, inexact, require_count
from course_lib.losses import softmax_cross_entropy


class Layer(NamedTuple):
    """Where one layer's parameters lie in the flat vector.

    Attributes
    ----------
    fan_in, fan_out : int
        Inputs and outputs of the layer; W has shape (fan_out, fan_in).
    w, b : slice
        The weights (row by row) and the biases.
    parameters : slice
        Both: the weights, then the biases.
    """

    fan_in: int
    fan_out: int
    w: slice
    b: slice
    parameters: slice

    @classmethod
    def at(cls, start, fan_in, fan_out):
        """Return the layer whose parameters begin at entry ``start``."""
        middle = start + fan_out * fan_in
        stop = middle + fan_out
        return cls(
            fan_in, fan_out, slice(start, middle), slice(middle, stop), slice(start, stop)
        )


class Trace(NamedTuple):
    """Everything a forward pass computed.

    Attributes
    ----------
    z : tuple of ndarray, shape (..., n_batch, fan_out) each
        Pre-activations: z[0] is z¹ of the notation.
    a : tuple of ndarray
        Activations, beginning with the input: a[0] is x, a[-1] is the output.
    """

    z: tuple
    a: tuple


def dense_backward(delta, a_previous, w):
    """Backward pass of the dense layer z = a_previous @ w.T + b.

    Parameters
    ----------
    delta : ndarray, shape (..., n_batch, fan_out)
        δ = ∂ℓ/∂z, what arrives from above.
    a_previous : ndarray, shape (..., n_batch, fan_in)
        The layer's input.
    w : ndarray, shape (..., fan_out, fan_in)
        The layer's weights.

    Returns
    -------
    grad_w : ndarray, shape (..., fan_out, fan_in)
        ∂ℓ/∂W, summed over the batch.
    grad_b : ndarray, shape (..., fan_out)
        ∂ℓ/∂b, summed over the batch.
    grad_a_previous : ndarray, shape (..., n_batch, fan_in)
        ∂ℓ/∂a_previous, what is passed on below.

    Notes
    -----
    Source: Rumelhart, Hinton & Williams 1986, eqs. 6 and 7.
    """
    delta, w = inexact(delta, "delta"), inexact(w, "w")
    grad_w = np.swapaxes(delta, -1, -2) @ inexact(a_previous, "a_previous")
    grad_b = delta.sum(axis=-2)
    grad_a_previous = delta @ w
    return grad_w, grad_b, grad_a_previous


class MLP:
    """A network of dense layers with one activation function.

    Parameters
    ----------
    sizes : sequence of int
        Units per layer, beginning with the input: [64, 32, 10] has two layers.
    activation : Activation
        φ of the hidden layers.
    output_activation : Activation, optional
        φ of the last layer; None leaves the last pre-activation as it is (logits).
    loss : callable, optional
        ``loss(output, y) -> (value, gradient)``; softmax cross-entropy unless given.

    Attributes
    ----------
    layers : tuple of Layer
        The layout of the flat parameter vector.
    n_params : int
        Its length.

    Raises
    ------
    ValueError
        If there are fewer than two sizes, or one is not a whole number ≥ 1.
    """

    def __init__(self, sizes, activation, output_activation=None, loss=softmax_cross_entropy):
        if len(sizes) < 2:
            raise ValueError(f"sizes must name input and output at least, got {sizes!r}")
        for size in sizes:
            require_count("every entry of sizes", size)
        self.sizes = tuple(int(size) for size in sizes)
        self.activation = activation
        self.output_activation = output_activation
        self.loss = loss
        self.layers = _layout(self.sizes)
        self.n_params = self.layers[-1].parameters.stop

    def __repr__(self):
        """Name the sizes and the activation."""
        return f"MLP({list(self.sizes)}, {self.activation.name})"

    def init(self, rng, initializer, shape=(), dtype=np.float64):
        """Draw parameters.

        Parameters
        ----------
        rng : numpy.random.Generator
            Where the random numbers come from.
        initializer : callable
            One of `course_lib.initializers`, such as ``normal(sigma_w=1.0)``.
        shape : tuple of int, optional
            Leading axes: how many whole networks.
        dtype : dtype, optional
            float64 unless given.

        Returns
        -------
        ndarray, shape (*shape, n_params)
        """
        theta = np.empty((*shape, self.n_params), float_dtype(dtype))
        for index, (w, b) in enumerate(self.unpack(theta)):
            w[...], b[...] = initializer(rng, w.shape, index)
        return theta

    def unpack(self, theta):
        """Return the pairs (W, b) of all layers, as views into ``theta``.

        Parameters
        ----------
        theta : ndarray, shape (..., n_params)
            A flat vector of parameters, or of their gradient.

        Returns
        -------
        list of (ndarray, ndarray), shapes (..., fan_out, fan_in) and (..., fan_out)
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
        leading = theta.shape[:-1]
        return [
            (
                theta[..., layer.w].reshape(*leading, layer.fan_out, layer.fan_in),
                theta[..., layer.b],
            )
            for layer in self.layers
        ]

    def forward(self, theta, x):
        """Return the network's output.

        Parameters
        ----------
        theta : ndarray, shape (..., n_params)
            Parameters.
        x : ndarray, shape (..., n_batch, n_in)
            Inputs, one example a row.

        Returns
        -------
        ndarray, shape (..., n_batch, n_out)
        """
        return self.trace(theta, x).a[-1]

    def trace(self, theta, x):
        """Return every pre-activation and activation of a forward pass, as a `Trace`.

        Parameters
        ----------
        theta : ndarray, shape (..., n_params)
            Parameters.
        x : ndarray, shape (..., n_batch, n_in)
            Inputs, one example a row.

        Raises
        ------
        ValueError
            If x has not the network's number of inputs.
        """
        theta = inexact(theta, "theta")
        zs, activations = [], [self._checked_input(theta, x)]
        for (w, b), phi in zip(self.unpack(theta), self._activations(), strict=True):
            z = activations[-1] @ np.swapaxes(w, -1, -2) + b[..., None, :]
            zs.append(z)
            activations.append(z if phi is None else phi(z))
        return Trace(tuple(zs), tuple(activations))

    def loss_and_gradient(self, theta, x, y):
        """Return the loss and its gradient, by backpropagation.

        Parameters
        ----------
        theta : ndarray, shape (..., n_params)
            Parameters.
        x : ndarray, shape (..., n_batch, n_in)
            Inputs, one example a row.
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
        Source: Rumelhart, Hinton & Williams 1986.
        """
        theta = inexact(theta, "theta")
        trace = self.trace(theta, x)
        loss, grad_output = self.loss(trace.a[-1], y)
        deltas = self.deltas(theta, trace, grad_output)
        return loss, self._gradient(theta, trace, deltas)

    def deltas(self, theta, trace, grad_output):
        """Carry the gradient of the loss back through all layers.

        Parameters
        ----------
        theta : ndarray, shape (..., n_params)
            Parameters.
        trace : Trace
            The forward pass at ``theta``.
        grad_output : ndarray, shape (..., n_batch, n_out)
            ∂ℓ/∂output.

        Returns
        -------
        list of ndarray, shape (..., n_batch, fan_out) each
            δ^l = ∂ℓ/∂z^l of every layer, the first layer first.
        """
        theta, deltas = inexact(theta, "theta"), []
        grad_a = inexact(grad_output, "grad_output")
        backward = zip(self.unpack(theta), self._activations(), trace.z, strict=True)
        for (w, _), phi, z in reversed(list(backward)):
            delta = grad_a if phi is None else grad_a * phi.derivative(z)
            deltas.append(delta)
            if len(deltas) < len(self.layers):
                grad_a = delta @ w
        return deltas[::-1]

    def _gradient(self, theta, trace, deltas):
        grad = np.empty((*deltas[0].shape[:-2], self.n_params), deltas[0].dtype)
        for (grad_w, grad_b), delta, a in zip(
            self.unpack(grad), deltas, trace.a[:-1], strict=True
        ):
            np.matmul(np.swapaxes(delta, -1, -2), a, out=grad_w)
            np.sum(delta, axis=-2, out=grad_b)
        return grad

    def _activations(self):
        return [self.activation] * (len(self.layers) - 1) + [self.output_activation]

    def _checked_input(self, theta, x):
        x = in_precision_of(theta, x, "x")  # float32 parameters make a float32 network
        if x.ndim < 2 or x.shape[-1] != self.sizes[0]:
            raise ValueError(
                f"x must have shape (..., n_batch, {self.sizes[0]}), got {x.shape}"
            )
        return x


def _layout(sizes):
    layers, start = [], 0
    for fan_in, fan_out in pairwise(sizes):
        layers.append(Layer.at(start, fan_in, fan_out))
        start = layers[-1].parameters.stop
    return tuple(layers)
