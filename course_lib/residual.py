"""Deep nets of equal blocks, with or without skip connections and layer normalization.

A block adds to its input instead of replacing it: h ← h + φ(W norm(h) + b). On the way back
∂ℓ/∂h has the identity as one of its two paths, so that it is carried past every block. Without
the skip a block is a plain layer, h ← φ(W norm(h) + b).
"""

from typing import NamedTuple

import numpy as np

from course_lib._validation import inexact, require_count, require_non_negative
from course_lib.clipping import global_norm
from course_lib.losses import softmax_cross_entropy
from course_lib.mlp import dense, dense_backward
from course_lib.nets import Net

EPS = 1e-5


def layer_norm(h, eps=EPS):
    """Shift and scale every example to mean 0 and variance 1 over its units.

    The gain and bias that usually follow are left out: the dense layer behind can do both.

    Parameters
    ----------
    h : ndarray, shape (..., n_units)
        States, one example a row.
    eps : float, optional
        Added to the variance: states much smaller than √eps stay small.

    Returns
    -------
    ndarray, shape of h

    Notes
    -----
    Source: Ba, Kiros & Hinton 2016, eq. 3.
    """
    normalized, _ = _normalized(inexact(h, "h"), eps)
    return normalized


def layer_norm_backward(grad, h, eps=EPS):
    """Backward pass of `layer_norm`.

    What a shift of h or a change of its length would do is taken off the gradient, for neither
    changes the output; the rest is divided by the standard deviation, so that large states get
    small gradients.

    Parameters
    ----------
    grad : ndarray, shape (..., n_units)
        ∂ℓ/∂(layer_norm(h)).
    h : ndarray, shape (..., n_units)
        What was normalized.
    eps : float, optional
        As in `layer_norm`.

    Returns
    -------
    ndarray, shape (..., n_units)
        ∂ℓ/∂h.
    """
    grad = inexact(grad, "grad")
    normalized, deviation = _normalized(inexact(h, "h"), eps)
    along = (grad * normalized).mean(axis=-1, keepdims=True)
    return (grad - grad.mean(axis=-1, keepdims=True) - normalized * along) / deviation


def _normalized(h, eps):
    require_non_negative("eps", eps)
    if h.shape[-1:] in ((), (0,)):
        raise ValueError(f"h must have shape (..., n_units >= 1), got {h.shape}")
    with np.errstate(over="ignore"):
        centered, deviation = _deviations(h, eps)
        too_large = ~np.isfinite(deviation)
        if not too_large.any():
            return centered / deviation, deviation
        # the squares are no floats, but those of h relative to its largest entry are
        size = np.where(too_large, np.abs(h).max(axis=-1, keepdims=True), 1)
        centered, deviation = _deviations(h / size, eps / size**2)
        return centered / deviation, deviation * size


def _deviations(h, eps):
    centered = h - h.mean(axis=-1, keepdims=True)
    return centered, np.sqrt((centered**2).mean(axis=-1, keepdims=True) + eps)


class ResidualTrace(NamedTuple):
    """Everything a forward pass computed.

    Attributes
    ----------
    inputs : tuple of ndarray
        What each dense layer was given: x, then norm(h) or h itself for each block, then the
        last state.
    z : tuple of ndarray
        Pre-activations of all dense layers; z[-1] is the output.
    a : tuple of ndarray, shape (..., n_batch, n_units) each
        Activations φ(z) of all dense layers but the last.
    h : tuple of ndarray, shape (..., n_batch, n_units) each
        The states: before the first block, then behind each block.
    """

    inputs: tuple
    z: tuple
    a: tuple
    h: tuple

    @property
    def output(self):
        """The last pre-activation."""
        return self.z[-1]


class ResidualNet(Net):
    """Input layer h = φ(Wx + b), blocks h ← h + φ(W norm(h) + b), output Wh + b.

    It takes x of shape (..., n_batch, n_inputs), one example a row.

    With ``skip=False`` and ``normalize=False`` it is the `MLP` of the same depth, number for
    number: what the two switches do can be told apart.

    Parameters
    ----------
    n_inputs, n_units, n_blocks, n_outputs : int
        Inputs, units of every block, blocks, and outputs, ≥ 1 each.
    activation : Activation
        φ of the input layer and of the blocks.
    skip : bool, optional
        Whether a block's input is added to its output.
    normalize : bool, optional
        Whether a block sees its input through `layer_norm` ("pre-activation").
    loss : callable, optional
        ``loss(output, y) -> (value, gradient)``; softmax cross-entropy unless given.

    Attributes
    ----------
    layers : tuple of Layer
        The layout of the flat parameter vector: input layer, blocks, output layer.
    n_params : int
        Its length.

    Raises
    ------
    ValueError
        If a number of units, blocks, inputs or outputs is not a whole number ≥ 1.

    Notes
    -----
    Source: He et al. 2016 ("Deep residual learning for image recognition"), eq. 1, with one
    dense layer a block.
    """

    def __init__(
        self,
        n_inputs,
        n_units,
        n_blocks,
        n_outputs,
        activation,
        skip=True,
        normalize=False,
        loss=softmax_cross_entropy,
    ):
        counts = {"n_inputs": n_inputs, "n_units": n_units, "n_outputs": n_outputs}
        for name, value in {**counts, "n_blocks": n_blocks}.items():
            require_count(name, value)
        self.n_inputs, self.n_units = int(n_inputs), int(n_units)
        self.n_blocks, self.n_outputs = int(n_blocks), int(n_outputs)
        self.activation, self.skip, self.normalize = activation, bool(skip), bool(normalize)
        blocks = [(self.n_units, self.n_units)] * self.n_blocks
        first, last = (self.n_units, self.n_inputs), (self.n_outputs, self.n_units)
        super().__init__([first, *blocks, last], loss)

    def __repr__(self):
        """Name the sizes and the switches."""
        return (
            f"ResidualNet({self.n_inputs}, {self.n_units}, {self.n_blocks}, {self.n_outputs}, "
            f"{self.activation.name}, skip={self.skip}, normalize={self.normalize})"
        )

    def _forward(self, p, x):
        first, *blocks, last = p
        inputs, zs = [x], [dense(x, *first)]
        activations = [self.activation(zs[0])]
        states = [activations[0]]
        for w, b in blocks:
            inputs.append(layer_norm(states[-1]) if self.normalize else states[-1])
            zs.append(dense(inputs[-1], w, b))
            activations.append(self.activation(zs[-1]))
            states.append(states[-1] + activations[-1] if self.skip else activations[-1])
        inputs.append(states[-1])
        zs.append(dense(inputs[-1], *last))
        return ResidualTrace(*map(tuple, (inputs, zs, activations, states)))

    def _backward(self, p, trace, grad_output, grad):
        """Fill ``grad``; return ∂ℓ/∂h of all states, the first state first."""

        def through_dense(index, delta):
            grads = dense_backward(delta, trace.inputs[index], p[index][0])
            grad[index][0][...], grad[index][1][...], grad_input = grads
            return grad_input

        def through_layer(index, grad_a):
            slope = self.activation.slope(trace.z[index], trace.a[index])
            return through_dense(index, grad_a * slope)

        grads = [through_dense(-1, grad_output)]
        for index in range(self.n_blocks, 0, -1):
            back = through_layer(index, grads[-1])
            if self.normalize:
                back = layer_norm_backward(back, trace.h[index - 1])
            grads.append(grads[-1] + back if self.skip else back)
        through_layer(0, grads[-1])
        return grads[::-1]

    def block_gradients(self, theta, x, y):
        """Norms of ∂ℓ/∂h of all states, over units and batch.

        Parameters
        ----------
        theta, x, y
            As for `loss_and_gradient`.

        Returns
        -------
        ndarray, shape (..., n_blocks + 1)
            The state before the first block, then the one behind each block: between two
            neighbors lies one block. Neither overflows nor underflows before its result does.
        """
        theta = inexact(theta, "theta")
        trace = self.trace(theta, x)
        grad_output = self.loss(trace.z[-1], y)[1]
        grad = np.empty((*grad_output.shape[:-2], self.n_params), grad_output.dtype)
        grads = self._backward(self.unpack(theta), trace, grad_output, self.unpack(grad))
        flat = [g.reshape(*g.shape[:-2], g.shape[-2] * g.shape[-1]) for g in grads]
        return np.stack([global_norm(g) for g in flat], axis=-1)
