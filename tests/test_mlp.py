import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from course_lib.activations import relu, sigmoid, tanh
from course_lib.gradcheck import check_gradient, numerical_gradient
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


def test_gradient_agrees_with_differences(rng):
    model, theta, x, y = problem(rng, tanh)
    check = check_gradient(lambda t: model.loss_and_gradient(t, x, y), theta, rng)
    assert check.relative_error < 1e-7


def test_complex_step_agrees_to_machine_precision(rng):
    model, theta, x, y = problem(rng, sigmoid, sigmoid, mse)
    _, grad = model.loss_and_gradient(theta, x, y)
    direction = rng.standard_normal(theta.shape)
    loss, _ = model.loss_and_gradient(theta + 1e-30j * direction, x, y)
    assert loss.imag / 1e-30 == pytest.approx(grad @ direction, rel=1e-12)


@pytest.mark.parametrize("shared_input", [True, False])
def test_leading_axes_are_whole_networks(rng, shared_input):
    model, _, x, y = problem(rng, sigmoid)
    theta = model.init(rng, normal(sigma_w=1.0), shape=(2, 3))
    xs = x if shared_input else rng.standard_normal((2, 3, *x.shape))
    losses, grads = model.loss_and_gradient(theta, xs, y)
    assert losses.shape == (2, 3) and grads.shape == theta.shape
    for i in np.ndindex(2, 3):
        loss, grad = model.loss_and_gradient(theta[i], xs if shared_input else xs[i], y)
        assert losses[i] == pytest.approx(loss, rel=1e-13)
        assert grads[i] == pytest.approx(grad, rel=1e-10, abs=1e-15)


def test_nothing_that_is_passed_in_changes_and_what_is_returned_is_the_callers(rng):
    model, theta, x, y = problem(rng, sigmoid)
    before = theta.copy(), x.copy(), y.copy()
    _, first = model.loss_and_gradient(theta, x, y)
    kept = first.copy()
    model.loss_and_gradient(theta + 1, x, y)
    assert np.array_equal(first, kept)
    for array, copy in zip((theta, x, y), before, strict=True):
        assert np.array_equal(array, copy)


def test_float32_parameters_make_a_float32_network(rng):
    model, theta, x, y = problem(rng, sigmoid)
    loss, grad = model.loss_and_gradient(theta.astype(np.float32), x, y)
    assert loss.dtype == grad.dtype == np.float32


def test_views_share_memory_and_cover_every_parameter_once(rng):
    model, _, _, _ = problem(rng, sigmoid)
    counts = np.zeros((2, model.n_params))
    for w, b in model.unpack(counts):
        assert np.shares_memory(w, counts) and np.shares_memory(b, counts)
        w += 1
        b += 1
    assert (counts == 1).all()
    assert model.n_params == sum((m + 1) * n for m, n in [(5, 7), (7, 6), (6, 4)])


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


def test_bad_shapes_are_named_with_both_values(rng):
    model, theta, x, _ = problem(rng, sigmoid)
    with pytest.raises(ValueError, match=rf"theta must have shape \(..., {model.n_params}\)"):
        model.forward(theta[:-1], x)
    with pytest.raises(
        ValueError, match=r"x must have shape \(..., n_batch, 5\), got \(9, 4\)"
    ):
        model.forward(theta, x[:, :4])
    with pytest.raises(ValueError, match=r"x must have shape \(..., n_batch, 5\), got \(5,\)"):
        model.forward(theta, x[0])
