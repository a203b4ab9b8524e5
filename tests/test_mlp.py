from itertools import pairwise

import numpy as np
import pytest
from oracles import IN_AUTOGRAD, assert_gradient_is_autograds

from course_lib.activations import relu, sigmoid, tanh
from course_lib.gradcheck import numerical_gradient
from course_lib.initializers import normal
from course_lib.losses import mse, softmax_cross_entropy
from course_lib.mlp import MLP, dense_backward

SIZES = [5, 7, 6, 4]


@pytest.fixture
def rng():
    return np.random.default_rng(4)


def problem(rng, activation, output_activation=None, loss=softmax_cross_entropy):
    model = MLP(SIZES, activation, output_activation, loss)
    theta = model.init(rng, normal(sigma_w=2.0, sigma_b=0.5))
    x = rng.standard_normal((9, SIZES[0]))
    y = rng.integers(SIZES[-1], size=9) if loss is softmax_cross_entropy else rng.random((9, 4))
    return model, theta, x, y


def output_in_autograd(model, take, a):
    activations = [model.activation] * (len(model.sizes) - 2) + [model.output_activation]
    for (fan_in, fan_out), phi in zip(pairwise(model.sizes), activations, strict=True):
        w, b = take(fan_out, fan_in), take(fan_out)
        a = IN_AUTOGRAD[phi](a @ w.T + b)
    return a


@pytest.mark.parametrize("activation", [sigmoid, tanh, relu], ids=lambda a: a.name)
@pytest.mark.parametrize(
    "ending", [(None, softmax_cross_entropy), (sigmoid, mse)], ids=["xent", "mse"]
)
def test_gradient_agrees_with_autograd(rng, activation, ending):
    assert_gradient_is_autograds(output_in_autograd, *problem(rng, activation, *ending))


def test_gradient_agrees_with_pytorch(rng, torch):
    model, theta, x, y = problem(rng, sigmoid)
    _, grad = model.loss_and_gradient(theta, x, y)
    t = torch.tensor(theta, requires_grad=True)
    a = torch.tensor(x)
    for layer in model.layers:
        w = t[layer.w].reshape(layer.fan_out, layer.fan_in)
        z = torch.nn.functional.linear(a, w, t[layer.b])
        a = torch.sigmoid(z)
    torch.nn.functional.cross_entropy(z, torch.tensor(y)).backward()
    assert grad == pytest.approx(t.grad.numpy(), abs=1e-13)


def test_deltas_are_derivatives_with_respect_to_the_pre_activations(rng):
    model, theta, x, y = problem(rng, sigmoid)
    trace = model.trace(theta, x)
    deltas = model.deltas(theta, trace, model.loss(trace.a[-1], y)[1])
    assert [delta.shape[1] for delta in deltas] == SIZES[1:]
    w3, b3 = model.unpack(theta)[2]

    def loss_from_z2(z2):
        return model.loss(sigmoid(z2) @ w3.T + b3, y)[0]

    assert deltas[1] == pytest.approx(numerical_gradient(loss_from_z2, trace.z[1]), abs=1e-9)


def test_dense_backward_agrees_with_differences(rng):
    delta, a, w = (rng.standard_normal(s) for s in [(8, 3), (8, 5), (3, 5)])
    grad_w, grad_b, grad_a = dense_backward(delta, a, w)

    def total(a, w, b):
        return ((a @ w.T + b) * delta).sum()

    b = np.zeros(3)
    assert grad_w == pytest.approx(numerical_gradient(lambda v: total(a, v, b), w), abs=1e-8)
    assert grad_b == pytest.approx(numerical_gradient(lambda v: total(a, w, v), b), abs=1e-8)
    assert grad_a == pytest.approx(numerical_gradient(lambda v: total(v, w, b), a), abs=1e-8)


@pytest.mark.parametrize("sizes", [[], [3], [3, 0], [3, 2.5], [3, True]])
def test_bad_sizes_are_named(sizes):
    with pytest.raises(ValueError, match="sizes must"):
        MLP(sizes, sigmoid)
