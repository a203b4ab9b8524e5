"""A multilayer perceptron whose parameters are one flat vector.

In the course's notation layer l computes z^l = W^l a^(l-1) + b^l and a^l = φ(z^l), with
δ^l = ∂ℓ/∂z^l. Batches are rows, so the code reads ``z = a @ w.T + b``. Parameters and inputs
may carry leading axes, one entry for each whole network of the same layout.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from course_lib._validation import inexact, require_count
from course_lib.losses import softmax_cross_entropy
from course_lib.nets import Layer, Net

__all__ = ["MLP", "Layer", "Trace", "dense", "dense_backward"]


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

    @property
    def output(self):
        """The last activation."""
        return self.a[-1]


def dense(a, w, b):
    """Return z = a @ w.T + b, for rows a.

    Parameters
    ----------
    a : ndarray, shape (..., n_batch, fan_in)
    w : ndarray, shape (..., fan_out, fan_in)
    b : ndarray, shape (..., fan_out)

    Returns
    -------
    ndarray, shape (..., n_batch, fan_out)
    """
    z = inexact(a, "a") @ inexact(w, "w").mT
    z += inexact(b, "b")[..., None, :]
    return z


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
    grad_w = delta.mT @ inexact(a_previous, "a_previous")
    grad_b = delta.sum(axis=-2)
    grad_a_previous = delta @ w
    return grad_w, grad_b, grad_a_previous


class MLP(Net):
    """A network of dense layers with one activation function.

    It takes x of shape (..., n_batch, sizes[0]), one example a row.

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
        self.activation, self.output_activation = activation, output_activation
        super().__init__([(n_out, n_in) for n_in, n_out in pairwise(self.sizes)], loss)

    def __repr__(self):
        """Name the sizes and the activation."""
        return f"MLP({list(self.sizes)}, {self.activation.name})"

    def _forward(self, p, x):
        zs, activations = [], [x]
        for (w, b), phi in zip(p, self._activations(), strict=True):
            zs.append(dense(activations[-1], w, b))
            activations.append(zs[-1] if phi is None else phi(zs[-1]))
        return Trace(tuple(zs), tuple(activations))

    def _backward(self, p, trace, grad_output, grad):
        """Fill ``grad``; return δ of every layer, the first layer first."""
        deltas, grad_a = [], grad_output
        layers = zip(p, grad, self._activations(), trace.a, trace.z, trace.a[1:], strict=False)
        for (w, _), (grad_w, grad_b), phi, a_previous, z, a in reversed(list(layers)):
            deltas.append(grad_a if phi is None else grad_a * phi.slope(z, a))
            grad_w[...], grad_b[...], grad_a = dense_backward(deltas[-1], a_previous, w)
        return deltas[::-1]

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
        theta, grad_output = inexact(theta, "theta"), inexact(grad_output, "grad_output")
        shape = (*trace.output.shape[:-2], self.n_params)
        grad = self.unpack(np.empty(shape, np.result_type(trace.output, grad_output)))
        return self._backward(self.unpack(theta), trace, grad_output, grad)

    def _activations(self):
        return [self.activation] * (len(self.layers) - 1) + [self.output_activation]
