import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from course_lib.diagnostics import layer_norms
from course_lib.gated import GRU
from course_lib.gradcheck import check_gradient, numerical_gradient
from course_lib.initializers import normal, orthogonal
from course_lib.losses import mse, softmax_cross_entropy

N_INPUTS, N_UNITS, N_OUTPUTS, T = 3, 5, 4, 7


@pytest.fixture
def rng():
    return np.random.default_rng(14)


def problem(rng, loss=softmax_cross_entropy):
    model = GRU(N_INPUTS, N_UNITS, N_OUTPUTS, loss)
    theta = model.init(rng, normal(sigma_w=1.5, sigma_b=0.5))
    x = rng.standard_normal((6, T, N_INPUTS))
    y = rng.integers(4, size=6) if loss is softmax_cross_entropy else rng.random((6, 4))
    return model, theta, x, y


def logistic(z):
    return 1 / (1 + anp.exp(-z))


def loss_in_autograd(theta, x, y, loss):
    """The same network gate by gate, without the model's layout."""
    start = 0

    def take(*shape):
        nonlocal start
        start += int(np.prod(shape))
        return theta[start - int(np.prod(shape)) : start].reshape(shape)

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
    output = anp.dot(h, V.T) + c
    if loss is mse:
        return anp.mean((output - y) ** 2)
    log_probability = output - anp.log(anp.sum(anp.exp(output), axis=1, keepdims=True))
    return -anp.mean(log_probability[anp.arange(len(y)), y])


@pytest.mark.parametrize("loss", [softmax_cross_entropy, mse])
def test_gradient_agrees_with_autograd(rng, loss):
    model, theta, x, y = problem(rng, loss)
    value, grad = model.loss_and_gradient(theta, x, y)
    oracle = autograd.value_and_grad(lambda t: loss_in_autograd(t, x, y, loss))
    expected_value, expected = oracle(theta)
    assert value == pytest.approx(expected_value, rel=1e-12)
    assert grad == pytest.approx(expected, abs=1e-13)


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


def test_gradient_agrees_with_differences(rng):
    model, theta, x, y = problem(rng)
    check = check_gradient(lambda t: model.loss_and_gradient(t, x, y), theta, rng)
    assert check.relative_error < 1e-7


def test_complex_step_agrees_to_machine_precision(rng):
    model, theta, x, y = problem(rng)
    _, grad = model.loss_and_gradient(theta, x, y)
    direction = rng.standard_normal(theta.shape)
    loss, _ = model.loss_and_gradient(theta + 1e-30j * direction, x, y)
    assert loss.imag / 1e-30 == pytest.approx(grad @ direction, rel=1e-12)


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


@pytest.mark.parametrize("shared_input", [True, False])
def test_leading_axes_are_whole_networks(rng, shared_input):
    model, _, x, y = problem(rng)
    theta = model.init(rng, normal(sigma_w=1.0), shape=(2, 3))
    xs = x if shared_input else rng.standard_normal((2, 3, *x.shape))
    losses, grads = model.loss_and_gradient(theta, xs, y)
    norms = model.step_norms(theta, xs, y)
    assert losses.shape == (2, 3) and grads.shape == theta.shape and norms.shape == (2, 3, T)
    for i in np.ndindex(2, 3):
        x_i = xs if shared_input else xs[i]
        loss, grad = model.loss_and_gradient(theta[i], x_i, y)
        assert losses[i] == pytest.approx(loss, rel=1e-13)
        assert grads[i] == pytest.approx(grad, rel=1e-10, abs=1e-14)
        assert norms[i] == pytest.approx(model.step_norms(theta[i], x_i, y), rel=1e-10)


def test_views_share_memory_and_cover_every_parameter_once():
    model = GRU(N_INPUTS, N_UNITS, N_OUTPUTS)
    counts = np.zeros((2, model.n_params))
    for view in model.unpack(counts):
        assert np.shares_memory(view, counts)
        view += 1
    assert (counts == 1).all()


def test_layer_norms_take_gates_and_output_apart(rng):
    model, theta, x, y = problem(rng)
    _, grad = model.loss_and_gradient(theta, x, y)
    squares = [(part**2).sum() for part in model.unpack(grad)]
    expected = np.sqrt([sum(squares[:3]), sum(squares[3:])])
    assert layer_norms(grad, model.layers) == pytest.approx(expected, rel=1e-12)


def test_float32_parameters_make_a_float32_network(rng):
    model, theta, x, y = problem(rng)
    loss, grad = model.loss_and_gradient(theta.astype(np.float32), x, y)
    norms = model.step_norms(theta.astype(np.float32), x, y)
    assert loss.dtype == grad.dtype == norms.dtype == np.float32


def test_nothing_that_is_passed_in_changes_and_what_is_returned_is_the_callers(rng):
    model, theta, x, y = problem(rng)
    before = theta.copy(), x.copy(), y.copy()
    _, first = model.loss_and_gradient(theta, x, y)
    kept = first.copy()
    model.loss_and_gradient(theta + 1, x, y)
    assert np.array_equal(first, kept)
    for array, copy in zip((theta, x, y), before, strict=True):
        assert np.array_equal(array, copy)


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


def test_bad_shapes_are_named_with_both_values(rng):
    model, theta, x, _ = problem(rng)
    with pytest.raises(ValueError, match=rf"theta must have shape \(..., {model.n_params}\)"):
        model.forward(theta[:-1], x)
    for bad in (x[..., :2], x[0], x[:, :0]):
        with pytest.raises(ValueError, match=r"n_batch, T >= 1, 3\), got \("):
            model.forward(theta, bad)
