import numpy as np
import pytest

from course_lib.activations import relu, sigmoid
from course_lib.initializers import normal
from course_lib.losses import mse
from course_lib.mlp import MLP
from course_lib.optimizers import chain, scale
from course_lib.training import train

RNG = np.random.default_rng(6)
X, Y = RNG.standard_normal((20, 3)), RNG.random((20, 1))


def one_neuron(activation=None):
    model = MLP([3, 1], sigmoid, activation, mse)
    return model, model.init(np.random.default_rng(0), normal(1.0))


def test_gradient_descent_on_a_linear_neuron_finds_the_least_squares_fit():
    model, theta = one_neuron()
    history = train(model, theta, X, Y, chain(scale(-0.1)), 2000, progress=False)
    design = np.column_stack([X, np.ones(len(X))])
    assert history.theta == pytest.approx(np.linalg.lstsq(design, Y)[0].ravel(), abs=1e-9)
    assert history.stopped is None and history.n_steps == 2000


def test_a_run_repeats_the_loop_written_by_hand():
    model, theta = one_neuron(sigmoid)
    history = train(model, theta, X, Y, scale(-0.5), 5, progress=False)
    for step in range(5):
        loss, grad = model.loss_and_gradient(theta, X, Y)
        assert history.loss[step] == loss
        norm = np.linalg.norm(grad)
        assert history.grad_norm[step] == pytest.approx(norm)
        assert history.update_ratio[step] == pytest.approx(0.5 * norm / np.linalg.norm(theta))
        theta = theta - 0.5 * grad
    assert history.theta == pytest.approx(theta, abs=0)


def test_the_initial_parameters_are_not_changed():
    model, theta = one_neuron()
    before = theta.copy()
    train(model, theta, X, Y, scale(-0.1), 3, progress=False)
    assert np.array_equal(theta, before)


def test_equal_generators_give_equal_runs_and_other_ones_do_not():
    model, theta = one_neuron(sigmoid)

    def losses(seed):
        rng = np.random.default_rng(seed)
        return train(
            model, theta, X, Y, scale(-0.1), 5, rng=rng, batch_size=4, progress=False
        ).loss

    assert losses(0) == losses(0) != losses(1)


@pytest.mark.filterwarnings("error")
def test_a_loss_that_is_not_finite_stops_with_a_reason_and_no_warning():
    model = MLP([3, 8, 8, 1], relu, None, mse)
    theta = model.init(np.random.default_rng(0), normal(3.0)).astype(np.float32)
    history = train(model, theta, X, Y, scale(-10.0), 500, progress=False)
    assert history.stopped.startswith(f"stopped before step {history.n_steps}: the loss is ")
    assert "the gradient's norm was" in history.stopped
    assert np.isfinite(history.loss).all() and 0 < history.n_steps < 500
    with np.errstate(over="ignore"):
        loss, _ = model.loss_and_gradient(history.theta, X, Y)
    assert loss == pytest.approx(history.loss[-1])


def test_initial_parameters_without_a_finite_loss_are_said_to_be_the_cause():
    model, theta = one_neuron()
    history = train(model, np.nan * theta, X, Y, scale(-0.1), 5, progress=False)
    assert (
        history.stopped == "stopped before step 0: the loss is nan: at the initial parameters"
    )


def test_the_progress_bar_goes_to_stderr_only_when_asked_for(capsys):
    model, theta = one_neuron()
    train(model, theta, X, Y, scale(-0.1), 3, progress=False)
    assert capsys.readouterr() == ("", "")
    train(model, theta, X, Y, scale(-0.1), 3)
    out, err = capsys.readouterr()
    assert out == "" and "training" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"theta": np.zeros((2, 4))}, r"theta must have shape \(n_params,\), got \(2, 4\)"),
        ({"n_steps": 0}, "n_steps must be a whole number >= 1, got 0"),
        ({"batch_size": 2.5}, "batch_size must be a whole number >= 1, got 2.5"),
        ({"batch_size": 4}, "rng must be a numpy.random.Generator with batch_size, got None"),
        ({"x": X[:0], "y": Y[:0]}, "x must hold at least one example, got none"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    model, theta = one_neuron()
    call = {"theta": theta, "x": X, "y": Y, "n_steps": 2} | arguments
    with pytest.raises(ValueError, match=message):
        train(model, call.pop("theta"), call.pop("x"), call.pop("y"), scale(-1.0), **call)
