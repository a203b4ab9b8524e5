"""HIPS autograd as an oracle: nets written once more, without the library's layout."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from course_lib.activations import relu, sigmoid, tanh
from course_lib.losses import mse

IN_AUTOGRAD = {
    sigmoid: lambda z: 1 / (1 + anp.exp(-z)),
    tanh: anp.tanh,
    relu: lambda z: anp.maximum(z, 0.0),
    None: lambda z: z,
}


def reader(theta):
    """Return a function that takes the next array of a shape off a flat vector."""
    start = 0

    def take(*shape):
        nonlocal start
        start += int(np.prod(shape))
        return theta[start - int(np.prod(shape)) : start].reshape(shape)

    return take


def mean_loss(loss, output, y):
    """Return a loss of the library, over examples and whatever axes stand between."""
    if loss is mse:
        return anp.mean((output - y) ** 2)
    output, y = output.reshape((-1, output.shape[-1])), np.ravel(y)
    log_probability = output - anp.log(anp.sum(anp.exp(output), axis=1, keepdims=True))
    return -anp.mean(log_probability[anp.arange(len(y)), y])


def assert_gradient_is_autograds(output, model, theta, x, y):
    """Compare loss and gradient with those of ``output(model, take, x)``, see `reader`."""
    loss, grad = model.loss_and_gradient(theta, x, y)
    oracle = autograd.value_and_grad(
        lambda t: mean_loss(model.loss, output(model, reader(t), x), y)
    )
    expected_loss, expected = oracle(theta)
    assert loss == pytest.approx(expected_loss, rel=1e-12)
    assert grad == pytest.approx(expected, rel=1e-10, abs=1e-13)
