"""What all nets share: their parameters in one flat vector, and what every net can be asked.

A net's own module says what the net is made of and how it runs, once forward and once backward.
Parameters and inputs may carry leading axes, one entry for each whole network of one layout.
"""

import math
from typing import NamedTuple

import numpy as np

from course_lib._validation import float_dtype, in_precision_of, inexact


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


class Net:
    """A net whose parameters are one flat vector.

    A net hands its layout to this class and writes two methods, in which ``p`` are the
    parameters as `unpack` names them:

    - ``_forward(p, x) -> trace``, everything that is computed; ``trace.output`` is the output;
    - ``_backward(p, trace, grad_output, grad)``, which adds ∂ℓ/∂θ to ``grad``, zeros that are
      named like ``p``.

    Parameters
    ----------
    sizes_of_layers : sequence of (int, int, ...)
        For each layer its outputs, then the inputs of each of its matrices: (n_units, n_inputs)
        is a dense layer. A layer's matrices come first in the vector, row by row, then its
        biases.
    loss : callable
        ``loss(output, y) -> (value, gradient)``.

    Attributes
    ----------
    layers : tuple of Layer
        The layout of the flat parameter vector. A layer with several matrices is told of as one
        with all their inputs.
    n_params : int
        The vector's length.
    """

    def __init__(self, sizes_of_layers, loss):
        self.loss, self.n_params, self._arrays = loss, 0, []
        self.layers: tuple[Layer, ...] = ()
        for fan_out, *fan_ins in sizes_of_layers:
            self.layers += (Layer.at(self.n_params, sum(fan_ins), fan_out),)
            for shape in [*((fan_out, fan_in) for fan_in in fan_ins), (fan_out,)]:
                start, self.n_params = self.n_params, self.n_params + math.prod(shape)
                self._arrays.append((slice(start, self.n_params), shape))

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
        for index, (w, b) in enumerate(_pairs(*self._views(theta))):
            w[...], b[...] = initializer(rng, w.shape, index)
        return theta

    def unpack(self, theta):
        """Return the parameters by name, as views into ``theta``.

        Parameters
        ----------
        theta : ndarray, shape (..., n_params)
            A flat vector of parameters, or of their gradient.

        Returns
        -------
        list of (ndarray, ndarray), shapes (..., fan_out, fan_in) and (..., fan_out)
            (W, b) of each layer, or a named tuple where the net has names for its arrays. No
            copies: what is written into a view stands in ``theta``.

        Raises
        ------
        ValueError
            If the last axis of ``theta`` has not n_params entries.
        """
        return self._named(*self._views(theta))

    def forward(self, theta, x):
        """Return the output.

        Parameters
        ----------
        theta : ndarray, shape (..., n_params)
            Parameters. They decide the precision.
        x : array_like
            Inputs, in the shape that the net's class names.

        Returns
        -------
        ndarray, shape (..., n_batch, n_outputs)
        """
        return self.trace(theta, x).output

    def trace(self, theta, x):
        """Return everything that a forward pass computes, as a named tuple.

        Parameters
        ----------
        theta, x
            As for `forward`.

        Raises
        ------
        ValueError
            If theta or x has not the shape that the net takes.
        """
        theta = inexact(theta, "theta")
        return self._forward(self.unpack(theta), self._checked_input(theta, x))

    def loss_and_gradient(self, theta, x, y):
        """Return the loss and its gradient, by backpropagation.

        Parameters
        ----------
        theta, x
            As for `forward`.
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
        Source: Rumelhart, Hinton & Williams 1986; through time, Werbos 1990.
        """
        theta = inexact(theta, "theta")
        p = self.unpack(theta)
        trace = self._forward(p, self._checked_input(theta, x))
        loss, grad_output = self._loss(trace.output, y)
        grad = np.zeros((*np.shape(loss), self.n_params), grad_output.dtype)
        self._backward(p, trace, grad_output, self.unpack(grad))
        return loss, grad

    def _forward(self, p, x):
        raise NotImplementedError(f"{type(self).__name__} has no forward pass yet")

    def _backward(self, p, trace, grad_output, grad):
        raise NotImplementedError(f"{type(self).__name__} has no backward pass yet")

    def _named(self, *arrays):
        """Return the arrays as `unpack` does; a net with names for them has a class here."""
        return _pairs(*arrays)

    def _loss(self, output, y):
        """Return the loss, and ∂ℓ/∂output in the form that `_backward` takes."""
        return self.loss(output, y)

    def _checked_input(self, theta, x):
        """Return x as `_forward` takes it; here one example a row."""
        x = in_precision_of(theta, x, "x")  # float32 parameters make a float32 network
        n_inputs = self.layers[0].fan_in
        if x.ndim < 2 or x.shape[-1] != n_inputs:
            raise ValueError(f"x must have shape (..., n_batch, {n_inputs}), got {x.shape}")
        return x

    def _views(self, theta):
        if theta.shape[-1:] != (self.n_params,):
            raise ValueError(
                f"theta must have shape (..., {self.n_params}) for {self}, got {theta.shape}"
            )
        leading = theta.shape[:-1]
        return [theta[..., part].reshape(leading + shape) for part, shape in self._arrays]


def _pairs(*arrays):
    return list(zip(arrays[::2], arrays[1::2], strict=True))
