import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from course_lib.activations import relu, sigmoid, tanh
from course_lib.gradcheck import numerical_gradient
from course_lib.initializers import normal
from course_lib.losses import mse, softmax_cross_entropy
from course_lib.mlp import MLP, dense_backward

SIZES = [5, 7, 6, 4]
IN_AUTOGRAD = {
    sigmoid: lambda z: 1 / (1 + anp.exp(-z)),
    tanh: anp.tanh,
    relu: lambda z: anp.maximum(z, 0.0),
    None: lambda z: z,
}


@pytest.fixture
def rng():
    return np.random.default_rng(4)


def problem(rng, activation, output_activation=None, loss=softmax_cross_entropy):
    model = MLP(SIZES, activation, output_activation, loss)
    theta = model.init(rng, normal(sigma_w=2.0, sigma_b=0.5))
    x = rng.standard_normal((9, SIZES[0]))
    y = rng.integers(SIZES[-1], size=9) if loss is softmax_cross_entropy else rng.random((9, 4))
    return model, theta, x, y


def loss_in_autograd(model, theta, x, y):
    """The same network written without the model's layout: an independent reading of it."""
    a, start = x, 0
    for i, (fan_in, fan_out) in enumerate(zip(model.sizes[:-1], model.sizes[1:], strict=True)):
        w = theta[start : start + fan_in * fan_out].reshape(fan_out, fan_in)
        b = theta[start + fan_in * fan_out : start + (fan_in + 1) * fan_out]
        start += (fan_in + 1) * fan_out
        last = i == len(model.sizes) - 2
        a = IN_AUTOGRAD[model.output_activation if last else model.activation](a @ w.T + b)
    if model.loss is mse:
        return anp.mean((a - y) ** 2)
    log_probability = a - anp.log(anp.sum(anp.exp(a), axis=1, keepdims=True))
    return -anp.mean(log_probability[anp.arange(len(y)), y])


@pytest.mark.parametrize("activation", [sigmoid, tanh, relu], ids=lambda a: a.name)
@pytest.mark.parametrize(
    "ending", [(None, softmax_cross_entropy), (sigmoid, mse)], ids=["xent", "mse"]
)
def test_gradient_agrees_with_autograd(rng, activation, ending):
    model, theta, x, y = problem(rng, activation, *ending)
    loss, grad = model.loss_and_gradient(theta, x, y)
    oracle = autograd.value_and_grad(lambda t: loss_in_autograd(model, t, x, y))
    expected_loss, expected = oracle(theta)
    assert loss == pytest.approx(expected_loss, rel=1e-12)
    assert grad == pytest.approx(expected, abs=1e-13)


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
