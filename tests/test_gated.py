import autograd.numpy as anp
import numpy as np
import pytest
from oracles import IN_AUTOGRAD, assert_gradient_is_autograds

from course_lib.activations import sigmoid
from course_lib.gated import GRU
from course_lib.gradcheck import numerical_gradient
from course_lib.initializers import normal, orthogonal
from course_lib.losses import mse, softmax_cross_entropy

N_INPUTS, N_UNITS, N_OUTPUTS, T = 3, 5, 4, 7
logistic = IN_AUTOGRAD[sigmoid]


@pytest.fixture
def rng():
    return np.random.default_rng(14)


def problem(rng, loss=softmax_cross_entropy):
    model = GRU(N_INPUTS, N_UNITS, N_OUTPUTS, loss)
    theta = model.init(rng, normal(sigma_w=1.5, sigma_b=0.5))
    x = rng.standard_normal((6, T, N_INPUTS))
    y = rng.integers(4, size=6) if loss is softmax_cross_entropy else rng.random((6, 4))
    return model, theta, x, y


def output_in_autograd(model, take, x):
    """Gate by gate."""
    W = [take(N_UNITS, N_UNITS) for _ in range(3)]
    U = [take(N_UNITS, N_INPUTS) for _ in range(3)]
    b = [take(N_UNITS) for _ in range(3)]
    V, c = take(N_OUTPUTS, N_UNITS), take(N_OUTPUTS)
    h = anp.zeros((len(x), N_UNITS))
    for t in range(x.shape[1]):
        old, new = [anp.dot(h, w.T) for w in W], [anp.dot(x[:, t], u.T) for u in U]
        reset = logistic(old[0] + new[0] + b[0])
        update = logistic(old[1] + new[1] + b[1])
        candidate = anp.tanh(reset * old[2] + new[2] + b[2])
        h = update * h + (1 - update) * candidate
    return anp.dot(h, V.T) + c


@pytest.mark.parametrize("loss", [softmax_cross_entropy, mse])
def test_gradient_agrees_with_autograd(rng, loss):
    assert_gradient_is_autograds(output_in_autograd, *problem(rng, loss))


def test_gradient_agrees_with_pytorchs_gru(rng, torch):
    model, theta, x, y = problem(rng)
    _, grad = model.loss_and_gradient(theta, x, y)
    views = model.unpack(theta)
    gru = torch.nn.GRU(N_INPUTS, N_UNITS, batch_first=True, dtype=torch.float64)
    output = torch.nn.Linear(N_UNITS, N_OUTPUTS, dtype=torch.float64)
    with torch.no_grad():
        gru.weight_hh_l0.copy_(torch.tensor(views.W))
        gru.weight_ih_l0.copy_(torch.tensor(views.U))
        gru.bias_ih_l0.copy_(torch.tensor(views.b))
        gru.bias_hh_l0.zero_()
        output.weight.copy_(torch.tensor(views.V))
        output.bias.copy_(torch.tensor(views.c))
    logits = output(gru(torch.tensor(x))[0][:, -1])
    torch.nn.functional.cross_entropy(logits, torch.tensor(y)).backward()
    assert model.forward(theta, x) == pytest.approx(logits.detach().numpy(), abs=1e-13)
    theirs = (gru.weight_hh_l0, gru.weight_ih_l0, gru.bias_ih_l0, output.weight, output.bias)
    for part, expected in zip(model.unpack(grad), theirs, strict=True):
        assert part == pytest.approx(expected.grad.numpy(), abs=1e-13)


def test_state_gradients_are_derivatives_with_respect_to_the_states(rng):
    model, theta, x, y = problem(rng)
    grads, states = model.state_gradients(theta, x, y), model.trace(theta, x).h
    assert grads.shape == (T, 6, N_UNITS)
    W, U, b, V, c = model.unpack(theta)

    def loss_from(h, t):
        for x_t in np.moveaxis(x, 1, 0)[t:]:
            old, new = np.split(h @ W.T, 3, axis=1), np.split(x_t @ U.T + b, 3, axis=1)
            reset, update = logistic(old[0] + new[0]), logistic(old[1] + new[1])
            h = update * h + (1 - update) * np.tanh(reset * old[2] + new[2])
        return model.loss(h @ V.T + c, y)[0]

    for t in range(1, T + 1):
        expected = numerical_gradient(lambda h, t=t: loss_from(h, t), states[t])
        assert grads[t - 1] == pytest.approx(expected, abs=1e-9)
    norms = np.linalg.norm(grads.reshape(T, -1), axis=1)
    assert model.step_norms(theta, x, y) == pytest.approx(norms, rel=1e-12)


def test_an_open_update_gate_copies_state_and_gradient(rng):
    model = GRU(N_INPUTS, N_UNITS, N_OUTPUTS)
    theta = model.init(rng, normal(sigma_w=1.0), gate_bias=40.0)
    x = rng.standard_normal((6, 100, N_INPUTS))
    norms = model.step_norms(theta, x, rng.integers(4, size=6))
    assert norms == pytest.approx(np.full(100, norms[-1]), rel=1e-10)


def test_the_gate_bias_is_the_share_of_the_state_that_a_step_keeps(rng):
    model = GRU(N_INPUTS, N_UNITS, N_OUTPUTS)
    theta = model.init(rng, normal(sigma_w=0.0), gate_bias=1.5)
    x = np.zeros((2, 10, N_INPUTS))
    norms = model.step_norms(theta, x, [0, 1])
    assert np.array_equal(norms, np.zeros(10)), "V is 0 here"
    model.unpack(theta).V[...] = 1.0
    norms = model.step_norms(theta, x, [0, 1])
    assert norms == pytest.approx(np.zeros(10), abs=1e-16), "softmax gradients sum to 0"
    model.unpack(theta).V[...] = rng.standard_normal((N_OUTPUTS, N_UNITS))
    norms = model.step_norms(theta, x, [0, 1])
    assert norms[:-1] / norms[1:] == pytest.approx(np.full(9, logistic(1.5)), rel=1e-12)


def test_the_gate_bias_touches_the_update_gate_only():
    model = GRU(N_INPUTS, N_UNITS, N_OUTPUTS)
    plain, biased = (
        model.init(np.random.default_rng(1), normal(1.0, 0.3), gate_bias=bias)
        for bias in (0.0, 2.0)
    )
    change = model.unpack(biased - plain)
    expected = np.repeat([0.0, 2.0, 0.0], N_UNITS)
    assert change.b == pytest.approx(expected, abs=1e-14)
    assert not any(part.any() for part in (change.W, change.U, change.V, change.c))


def test_the_gate_bias_is_added_to_what_was_drawn():
    model = GRU(N_INPUTS, N_UNITS, N_OUTPUTS)
    biases = model.unpack(model.init(np.random.default_rng(1), normal(1.0, 0.3), gate_bias=2)).b
    _, drawn = normal(1.0, 0.3)(np.random.default_rng(1), (3, N_UNITS, N_INPUTS))
    assert biases.reshape(3, N_UNITS) - drawn == pytest.approx(
        [[0.0], [2.0], [0.0]] * np.ones(5)
    )


def test_recurrent_weights_have_an_initializer_of_their_own_gate_by_gate(rng):
    model = GRU(N_INPUTS, N_UNITS, N_OUTPUTS)
    theta = model.init(rng, normal(1.0), recurrent=orthogonal(gain=2.0), shape=(2,))
    gates = model.unpack(theta).W.reshape(2, 3, N_UNITS, N_UNITS)
    products = gates @ np.swapaxes(gates, -1, -2)
    assert products == pytest.approx(np.broadcast_to(4 * np.eye(N_UNITS), products.shape))


@pytest.mark.parametrize("name", ["n_inputs", "n_units", "n_outputs"])
@pytest.mark.parametrize("value", [0, 2.5, True])
def test_bad_counts_are_named(name, value):
    counts = {"n_inputs": 3, "n_units": 5, "n_outputs": 4, name: value}
    with pytest.raises(ValueError, match=f"{name} must be a whole number >= 1, got {value}"):
        GRU(**counts)


@pytest.mark.parametrize("gate_bias", [np.nan, np.inf, "1", None, [1.0]])
def test_a_bad_gate_bias_is_named(rng, gate_bias):
    with pytest.raises(ValueError, match="gate_bias must be a finite number, got"):
        GRU(3, 5, 4).init(rng, normal(1.0), gate_bias=gate_bias)
