import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from course_lib.activations import relu, sigmoid, tanh
from course_lib.datasets import temporal_order
from course_lib.gradcheck import check_gradient
from course_lib.initializers import normal
from course_lib.losses import mse
from course_lib.mlp import MLP
from course_lib.optimizers import scale
from course_lib.penalties import (
    Penalized,
    gradient_penalty,
    hessian_vector_product,
    input_gradient,
    input_penalty,
)
from course_lib.rnn import RNN
from course_lib.training import train


@pytest.fixture
def rng():
    return np.random.default_rng(8)


def problem(rng, activation=tanh):
    model = MLP([4, 6, 3], activation)
    theta = model.init(rng, normal(1.5, 0.5))
    return model, theta, rng.standard_normal((5, 4)), rng.integers(3, size=5)


def loss_in_autograd(theta, x, y):
    """The tanh net of `problem`, written without the model's layout."""
    w, b, v, c = theta[:24], theta[24:30], theta[30:48], theta[48:]
    out = anp.tanh(x @ w.reshape(6, 4).T + b) @ v.reshape(3, 6).T + c
    log_probability = out - anp.log(anp.sum(anp.exp(out), axis=1, keepdims=True))
    return -anp.mean(log_probability[anp.arange(len(y)), y])


@pytest.mark.parametrize(("method", "tolerance"), [("complex", 1e-12), ("differences", 1e-6)])
def test_hessian_vector_product_agrees_with_autograd(rng, method, tolerance):
    model, theta, x, y = problem(rng)
    v = rng.standard_normal(theta.size)
    product = hessian_vector_product(
        lambda t: model.loss_and_gradient(t, x, y)[1], theta, v, method
    )
    expected = autograd.hessian(lambda t: loss_in_autograd(t, x, y))(theta) @ v
    assert product == pytest.approx(expected, rel=tolerance, abs=tolerance)


def test_hessian_vector_product_agrees_with_differences_through_time(rng):
    model = RNN(6, 5, 4, tanh)
    theta = model.init(rng, normal(1.0))
    x, y = temporal_order(rng, 7, n_steps=12)
    products = [
        hessian_vector_product(lambda t: model.loss_and_gradient(t, x, y)[1], theta, theta, m)
        for m in ("complex", "differences")
    ]
    assert products[0] == pytest.approx(products[1], rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("size", [1e-8, 1.0, 1e8])
def test_the_product_is_linear_in_its_direction_at_any_length(rng, size):
    model, theta, x, y = problem(rng, sigmoid)
    v = rng.standard_normal(theta.size)
    one, many = (
        hessian_vector_product(lambda t: model.loss_and_gradient(t, x, y)[1], theta, s * v)
        for s in (1.0, size)
    )
    assert many == pytest.approx(size * one, rel=1e-9)


def test_the_product_with_a_zero_direction_is_zero(rng):
    _, theta, *_ = problem(rng)
    assert not hessian_vector_product(np.tanh, theta, 0 * theta).any()


@pytest.mark.parametrize("method", ["complex", "differences"])
def test_on_a_quadratic_the_penalty_raises_the_curvature(method):
    curvature, mu, theta = np.array([0.5, 3.0]), 0.2, np.array([1.0, -2.0])
    _, grad = gradient_penalty(
        lambda t: (np.sum(curvature * t**2) / 2, curvature * t), theta, mu, method
    )
    assert grad == pytest.approx(curvature * (1 + 2 * curvature * mu) * theta, rel=1e-8)


def test_the_penalized_gradient_belongs_to_the_penalized_loss(rng):
    model, theta, x, y = problem(rng)
    penalized = Penalized(model, 0.3)
    check = check_gradient(lambda t: penalized.loss_and_gradient(t, x, y), theta, rng)
    assert check.relative_error < 1e-7
    loss, grad = model.loss_and_gradient(theta, x, y)
    assert penalized.loss_and_gradient(theta, x, y)[0] == pytest.approx(
        loss + 0.3 * grad @ grad
    )


def test_without_weight_the_penalty_changes_nothing(rng):
    model, theta, x, y = problem(rng, relu)
    for one, two in zip(
        Penalized(model, 0).loss_and_gradient(theta, x, y),
        model.loss_and_gradient(theta, x, y),
        strict=True,
    ):
        assert np.array_equal(one, two)


def test_a_penalized_model_can_be_trained_and_has_the_smaller_gradient(rng):
    model, theta, x, y = problem(rng)
    norms = []
    for mu in (0.0, 5.0):
        history = train(Penalized(model, mu), theta, x, y, scale(-0.05), 40, progress=False)
        norms.append(np.linalg.norm(model.loss_and_gradient(history.theta, x, y)[1]))
    assert norms[1] < norms[0]


def test_input_gradient_agrees_with_autograd(rng):
    model, theta, x, y = problem(rng)
    expected = autograd.grad(lambda inputs: loss_in_autograd(theta, inputs, y))(x)
    assert input_gradient(model, theta, x, y) == pytest.approx(expected, abs=1e-13)


def test_input_penalty_agrees_with_autograd(rng):
    model, theta, x, y = problem(rng)

    def penalty(t):
        slopes = autograd.grad(lambda inputs: loss_in_autograd(t, inputs, y))(x)
        return anp.sum(slopes**2)

    value, grad = input_penalty(model, theta, x, y)
    assert value == pytest.approx(penalty(theta), rel=1e-12)
    assert grad == pytest.approx(autograd.grad(penalty)(theta), rel=1e-8, abs=1e-12)


def test_input_penalty_of_a_flat_net_is_zero(rng):
    model = MLP([4, 3], tanh, loss=mse)
    value, grad = input_penalty(
        model, np.zeros(model.n_params), np.ones((2, 4)), np.ones((2, 3))
    )
    assert value == 0 and not grad.any()


@pytest.mark.parametrize("method", ["complex", "differences"])
def test_many_networks_at_once_are_each_penalized_alone(rng, method):
    model = RNN(6, 5, 4, tanh)
    theta = model.init(rng, normal(1.0), shape=(2, 3)) * [[[1.0]], [[2.0]]]
    x, y = temporal_order(rng, 7, n_steps=10)
    loss, grad = Penalized(model, 0.3, method).loss_and_gradient(theta, x, y)
    assert loss.shape == (2, 3)
    for i in np.ndindex(2, 3):
        one = Penalized(model, 0.3, method).loss_and_gradient(theta[i], x, y)
        assert loss[i] == pytest.approx(one[0])
        assert grad[i] == pytest.approx(one[1], rel=1e-7, abs=1e-9)


def test_a_network_at_rest_beside_others_gets_a_zero_product():
    curvature, theta = np.array([0.5, 3.0]), np.array([[0.0, 0.0], [1.0, -2.0]])
    product = hessian_vector_product(lambda t: curvature * t, theta, theta)
    assert product == pytest.approx(curvature * theta)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [0.5, 40.0])
def test_the_difference_is_as_wide_as_rounding_asks_for(dtype, size):
    theta, v = np.array([0.6, 0.8], dtype) * dtype(size), np.array([0.0, 7.0], dtype)
    seen = []
    hessian_vector_product(lambda t: seen.append(t) or t, theta, v, "differences")
    width = 2 * np.finfo(dtype).eps ** (1 / 3) * max(1, size)
    assert seen[0] - seen[1] == pytest.approx([0, width], rel=1e-2)


@pytest.mark.parametrize("method", ["complex", "differences"])
@pytest.mark.parametrize("size", [1e-30, 1e-25, 1.0, 1e25, 1e30])
def test_float32_directions_of_any_length_have_a_product(method, size):
    theta, v = np.ones(2, np.float32), np.array([size, 2 * size], np.float32)
    with np.errstate(over="raise", invalid="raise"):
        product = hessian_vector_product(lambda t: 3 * t, theta, v, method)
    assert product.dtype == np.float32 and product == pytest.approx(3 * v, rel=1e-2)


@pytest.mark.parametrize("mu", [-1.0, np.inf, np.nan])
def test_bad_weights_are_named(rng, mu):
    model, *_ = problem(rng)
    with pytest.raises(ValueError, match=f"mu must .*{mu}"):
        Penalized(model, mu)


def test_other_bad_arguments_are_named(rng):
    _, theta, *_ = problem(rng)
    with pytest.raises(ValueError, match=r"method must be .* got 'exact'"):
        hessian_vector_product(np.tanh, theta, theta, "exact")
    with pytest.raises(ValueError, match="v must have the shape of theta"):
        hessian_vector_product(np.tanh, theta, theta[:-1])
