import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from oracles import IN_AUTOGRAD, assert_gradient_is_autograds

from course_lib.activations import relu, sigmoid, tanh
from course_lib.gradcheck import numerical_gradient
from course_lib.initializers import normal
from course_lib.losses import mse, softmax_cross_entropy
from course_lib.mlp import MLP
from course_lib.residual import ResidualNet, layer_norm, layer_norm_backward

SIZES = (5, 6, 3, 4)
SWITCHES = [(True, False), (True, True), (False, False), (False, True)]


@pytest.fixture
def rng():
    return np.random.default_rng(6)


def problem(rng, activation=tanh, skip=True, normalize=False, loss=softmax_cross_entropy):
    model = ResidualNet(*SIZES, activation, skip, normalize, loss)
    theta = model.init(rng, normal(sigma_w=1.5, sigma_b=0.5))
    x = rng.standard_normal((9, SIZES[0]))
    y = rng.integers(4, size=9) if loss is softmax_cross_entropy else rng.random((9, 4))
    return model, theta, x, y


def norm_in_autograd(h):
    centered = h - anp.mean(h, axis=-1, keepdims=True)
    return centered / anp.sqrt(anp.mean(centered**2, axis=-1, keepdims=True) + 1e-5)


def output_in_autograd(model, take, x):
    phi = IN_AUTOGRAD[model.activation]

    def dense(a, fan_out):
        w, b = take(fan_out, a.shape[1]), take(fan_out)
        return anp.dot(a, w.T) + b

    h = phi(dense(x, SIZES[1]))
    for _ in range(SIZES[2]):
        branch = phi(dense(norm_in_autograd(h) if model.normalize else h, SIZES[1]))
        h = h + branch if model.skip else branch
    return dense(h, SIZES[3])


@pytest.mark.parametrize("activation", [sigmoid, tanh, relu], ids=lambda a: a.name)
@pytest.mark.parametrize("switches", SWITCHES)
@pytest.mark.parametrize("loss", [softmax_cross_entropy, mse])
def test_gradient_agrees_with_autograd(rng, activation, switches, loss):
    made = problem(rng, activation, *switches, loss)
    assert_gradient_is_autograds(output_in_autograd, *made)


@pytest.mark.parametrize("switches", SWITCHES)
def test_gradient_agrees_with_pytorch(rng, torch, switches):
    model, theta, x, y = problem(rng, tanh, *switches)
    _, grad = model.loss_and_gradient(theta, x, y)
    pairs = [
        [torch.tensor(v.copy(), requires_grad=True) for v in p] for p in model.unpack(theta)
    ]
    functional = torch.nn.functional
    h = torch.tanh(functional.linear(torch.tensor(x), *pairs[0]))
    for pair in pairs[1:-1]:
        seen = functional.layer_norm(h, (SIZES[1],)) if model.normalize else h
        branch = torch.tanh(functional.linear(seen, *pair))
        h = h + branch if model.skip else branch
    functional.cross_entropy(functional.linear(h, *pairs[-1]), torch.tensor(y)).backward()
    for ours, theirs in zip(model.unpack(grad), pairs, strict=True):
        for part, expected in zip(ours, theirs, strict=True):
            assert part == pytest.approx(expected.grad.numpy(), abs=1e-12)


def test_without_skip_and_normalization_it_is_the_plain_net(rng):
    model, theta, x, y = problem(rng, sigmoid, skip=False)
    plain = MLP([5, 6, 6, 6, 6, 4], sigmoid)
    assert model.layers == plain.layers
    loss, grad = model.loss_and_gradient(theta, x, y)
    expected_loss, expected = plain.loss_and_gradient(theta, x, y)
    assert loss == expected_loss and grad == pytest.approx(expected, abs=1e-16)


def test_blocks_of_zero_weights_carry_state_and_gradient_past_themselves(rng):
    model, theta, x, y = problem(rng, tanh)
    for w, b in model.unpack(theta)[1:-1]:
        w[...] = b[...] = 0
    states = model.trace(theta, x).h
    assert all(np.array_equal(h, states[0]) for h in states)
    norms = model.block_gradients(theta, x, y)
    assert np.array_equal(norms, np.full(4, norms[0]))


@pytest.mark.parametrize("switches", SWITCHES)
def test_block_gradients_are_derivatives_with_respect_to_the_states(rng, switches):
    model, theta, x, y = problem(rng, tanh, *switches)
    states, pairs = model.trace(theta, x).h, model.unpack(theta)
    norms = model.block_gradients(theta, x, y)
    assert norms.shape == (4,)

    def loss_from(h, block):
        for w, b in pairs[1 + block : -1]:
            branch = np.tanh((layer_norm(h) if model.normalize else h) @ w.T + b)
            h = h + branch if model.skip else branch
        return model.loss(h @ pairs[-1][0].T + pairs[-1][1], y)[0]

    for block, h in enumerate(states):
        grad = numerical_gradient(lambda v, block=block: loss_from(v, block), h)
        assert norms[block] == pytest.approx(np.linalg.norm(grad), rel=1e-7)


def test_skip_connections_keep_a_gradient_that_vanishes_without_them(rng):
    x, y = rng.standard_normal((8, 5)), rng.integers(4, size=8)
    first = {}
    for skip in (True, False):
        model = ResidualNet(5, 32, 30, 4, sigmoid, skip)
        norms = model.block_gradients(model.init(rng, normal(sigma_w=1.0)), x, y)
        first[skip] = norms[0] / norms[-1]
    assert first[False] < 1e-12 and 0.1 < first[True] < 1000


def test_layer_normalization_leaves_mean_zero_and_variance_one(rng):
    h = 7 + 1000 * rng.standard_normal((3, 4, 50))
    normalized = layer_norm(h)
    assert normalized.mean(axis=-1) == pytest.approx(np.zeros((3, 4)), abs=1e-13)
    assert normalized.var(axis=-1) == pytest.approx(np.ones((3, 4)), rel=1e-9)


def test_layer_normalization_forgets_shift_and_size(rng):
    h = rng.standard_normal((4, 50))
    assert layer_norm(3 + 100 * h, eps=1e-30) == pytest.approx(layer_norm(h, eps=1e-30))


def test_equal_states_are_normalized_to_zero():
    assert np.array_equal(layer_norm(np.full((2, 5), 3.0)), np.zeros((2, 5)))
    assert np.isfinite(layer_norm_backward(np.ones((2, 5)), np.full((2, 5), 3.0))).all()


def test_layer_normalization_backward_agrees_with_autograd(rng):
    h, weights = 2 + 3 * rng.standard_normal((4, 7)), rng.standard_normal((4, 7))
    expected = autograd.grad(lambda v: anp.sum(norm_in_autograd(v) * weights))(h)
    assert layer_norm_backward(weights, h) == pytest.approx(expected, abs=1e-13)


@pytest.mark.parametrize("eps", [1e-5, 0.5])
def test_layer_normalization_backward_agrees_with_differences(rng, eps):
    h, weights = rng.standard_normal((4, 7)), rng.standard_normal((4, 7))
    expected = numerical_gradient(lambda v: (layer_norm(v, eps) * weights).sum(), h)
    assert layer_norm_backward(weights, h, eps) == pytest.approx(expected, abs=1e-8)


def test_pytorch_normalizes_alike(rng, torch):
    h = rng.standard_normal((4, 7))
    expected = torch.nn.functional.layer_norm(torch.tensor(h), (7,)).numpy()
    assert layer_norm(h) == pytest.approx(expected, abs=1e-13)


@pytest.mark.parametrize("name", ["n_inputs", "n_units", "n_blocks", "n_outputs"])
@pytest.mark.parametrize("value", [0, 2.5, True])
def test_bad_counts_are_named(name, value):
    counts = dict(zip(("n_inputs", "n_units", "n_blocks", "n_outputs"), SIZES, strict=True))
    with pytest.raises(ValueError, match=f"{name} must be a whole number >= 1, got {value}"):
        ResidualNet(**{**counts, name: value}, activation=tanh)


@pytest.mark.parametrize("size", [1e10, 1e20, 1e37])
def test_float32_states_whose_squares_overflow_are_normalized(size):
    h = np.array([[1.0, -1.0, 0.5, 2.5], [1.0, 2.0, 3.0, 5.0]], np.float32)
    factor = np.array([[size], [1.0]], np.float32)
    grad = np.array([[1.0, 0.0, -2.0, 0.5]] * 2, np.float32)
    with np.errstate(over="raise", invalid="raise"):
        large, back = layer_norm(factor * h), layer_norm_backward(grad, factor * h)
    assert large.dtype == back.dtype == np.float32
    assert large == pytest.approx(layer_norm(h, eps=0.0), abs=1e-5)
    assert np.array_equal(large[1], layer_norm(h)[1])
    assert factor * back == pytest.approx(layer_norm_backward(grad, h, eps=0.0), abs=1e-4)


@pytest.mark.parametrize("h", [1.0, np.zeros((3, 0))])
def test_states_without_units_are_named(h):
    with pytest.raises(ValueError, match=r"h must have shape \(\.\.\., n_units >= 1\), got"):
        layer_norm(h)
