import autograd.numpy as anp
import numpy as np
import pytest
from oracles import IN_AUTOGRAD, assert_gradient_is_autograds

from course_lib.activations import sigmoid, tanh
from course_lib.initializers import normal, orthogonal
from course_lib.losses import mse, softmax_cross_entropy
from course_lib.rnn import RNN

N_INPUTS, N_UNITS, N_OUTPUTS, N_BATCH, N_STEPS = 3, 5, 4, 6, 7


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def problem(rng, activation=tanh, output="last", loss=softmax_cross_entropy, start=0.0):
    model = RNN(N_INPUTS, N_UNITS, N_OUTPUTS, activation, loss, output, start)
    theta = model.init(rng, normal(1.0, 0.3))
    x = rng.standard_normal((N_BATCH, N_STEPS, N_INPUTS))
    shape = (N_BATCH,) if output == "last" else (N_BATCH, N_STEPS)
    if loss is mse:
        return model, theta, x, rng.standard_normal((*shape, N_OUTPUTS))
    return model, theta, x, rng.integers(N_OUTPUTS, size=shape)


def output_in_autograd(model, take, x):
    w, u, b = take(N_UNITS, N_UNITS), take(N_UNITS, N_INPUTS), take(N_UNITS)
    v, c = take(N_OUTPUTS, N_UNITS), take(N_OUTPUTS)
    h, outputs = np.full((len(x), N_UNITS), model.initial_state), []
    for t in range(x.shape[1]):
        h = IN_AUTOGRAD[model.activation](h @ w.T + x[:, t] @ u.T + b)
        outputs.append(h @ v.T + c)
    return outputs[-1] if model.output == "last" else anp.stack(outputs, axis=1)


@pytest.mark.parametrize("activation", [sigmoid, tanh], ids=lambda a: a.name)
@pytest.mark.parametrize("output", ["last", "all"])
@pytest.mark.parametrize("loss", [softmax_cross_entropy, mse])
def test_gradient_agrees_with_autograd(rng, activation, output, loss):
    made = problem(rng, activation, output, loss, start=0.5)
    assert_gradient_is_autograds(output_in_autograd, *made)


def test_gradient_agrees_with_pytorch(rng, torch):
    model, theta, x, y = problem(rng)
    value, grad = model.loss_and_gradient(theta, x, y)
    theirs = torch.nn.RNN(N_INPUTS, N_UNITS, batch_first=True, dtype=torch.float64)
    out = torch.nn.Linear(N_UNITS, N_OUTPUTS, dtype=torch.float64)
    targets = [
        theirs.weight_hh_l0,
        theirs.weight_ih_l0,
        theirs.bias_ih_l0,
        out.weight,
        out.bias,
    ]
    with torch.no_grad():
        theirs.bias_hh_l0.zero_()
        for parameter, part in zip(targets, model.unpack(theta), strict=True):
            parameter.copy_(torch.tensor(part))
    loss = torch.nn.functional.cross_entropy(
        out(theirs(torch.tensor(x))[0][:, -1]), torch.tensor(y)
    )
    loss.backward()
    their_grad = np.concatenate([p.grad.numpy().ravel() for p in targets])
    assert value == pytest.approx(loss.item(), rel=1e-10)
    assert grad == pytest.approx(their_grad, abs=1e-10)


def test_state_gradients_say_what_a_nudge_of_a_state_does(rng):
    """A nudge of h_t comes to the same as one of z_(t+1) by W times it."""
    model, theta, x, y = problem(rng)
    grads = model.state_gradients(theta, x, y)
    assert grads.shape == (N_STEPS, N_BATCH, N_UNITS)
    parts, nudge = model.unpack(theta), 1e-6
    last = model.trace(theta, x).h[-1]
    moved = last + nudge * rng.standard_normal(last.shape)
    losses = [model.loss(h @ parts.V.T + parts.c, y)[0] for h in (last, moved)]
    assert losses[1] - losses[0] == pytest.approx(np.sum(grads[-1] * (moved - last)), rel=1e-4)
    trace = model.trace(theta, x)
    for t in range(1, N_STEPS):
        delta = grads[t] * tanh.derivative(trace.z[t])
        assert grads[t - 1] == pytest.approx(delta @ parts.W)


def test_step_norms_are_those_of_the_state_gradients(rng):
    model, theta, x, y = problem(rng)
    expected = np.linalg.norm(model.state_gradients(theta, x, y), axis=(-2, -1))
    assert model.step_norms(theta, x, y) == pytest.approx(expected)


def test_an_orthogonal_linear_range_keeps_the_gradient(rng):
    """Where tanh is linear, orthogonal weights neither let the gradient grow nor shrink."""
    model = RNN(1, 8, 2, tanh)
    theta = model.init(rng, normal(1e-3), recurrent=orthogonal(1.0))
    norms = model.step_norms(theta, np.zeros((1, 60, 1)), np.array([1]))
    assert norms == pytest.approx(norms[-1], rel=1e-3)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"n_units": 0}, "n_units"),
        ({"n_inputs": 2.5}, "n_inputs"),
        ({"output": "first"}, 'output must be "last" or "all", got \'first\''),
    ],
)
def test_bad_arguments_are_named(change, words):
    arguments = {"n_inputs": 2, "n_units": 3, "n_outputs": 2, "activation": tanh} | change
    with pytest.raises(ValueError, match=words):
        RNN(**arguments)


@pytest.mark.parametrize("state", [None, "0", np.inf, 1j, [0.0]])
def test_a_bad_initial_state_is_named(state):
    with pytest.raises(ValueError, match="initial_state must be a finite number, got"):
        RNN(3, 5, 4, tanh, initial_state=state)
