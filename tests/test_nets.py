"""What holds for every net, over one table: to add a net is to add its row."""

from copy import copy
from dataclasses import dataclass, replace

import numpy as np
import pytest

from course_lib.activations import relu, sigmoid, tanh
from course_lib.clipping import clip_layer_norms
from course_lib.cnn import CNN
from course_lib.diagnostics import layer_norms
from course_lib.gated import GRU
from course_lib.gradcheck import check_gradient
from course_lib.initializers import normal
from course_lib.losses import mse
from course_lib.mlp import MLP
from course_lib.nets import Net
from course_lib.residual import ResidualNet
from course_lib.rnn import RNN

N_BATCH, N_CLASSES = 6, 4


@dataclass
class Row:
    """A net, the shape of one example, shapes of x that it refuses, and what it measures."""

    net: Net
    example: tuple
    refused: tuple
    y_shape: tuple = ()
    measure: str = ""  # a method like loss_and_gradient that returns norms
    smooth: bool = True  # else a complex step is no derivative

    def data(self, rng, *leading):
        """Draw parameters and a batch."""
        theta = self.net.init(rng, normal(sigma_w=1.5, sigma_b=0.5), shape=leading)
        x = rng.standard_normal((*leading, N_BATCH, *self.example))
        if self.net.loss is mse:
            return theta, x, rng.random((N_BATCH, *self.y_shape, N_CLASSES))
        return theta, x, rng.integers(N_CLASSES, size=(N_BATCH, *self.y_shape))


DENSE, SEQUENCE = ((N_BATCH, 4), (5,)), ((N_BATCH, 7, 2), (7, 3), (N_BATCH, 0, 3))
ROWS = {
    "MLP": Row(MLP([5, 7, 6, 4], sigmoid), (5,), DENSE),
    "MLP, ReLU": Row(MLP([5, 7, 6, 4], relu), (5,), DENSE, smooth=False),
    "MLP, squared error": Row(MLP([5, 7, 6, 4], sigmoid, sigmoid, mse), (5,), DENSE),
    "RNN": Row(RNN(3, 5, 4, tanh), (7, 3), SEQUENCE, measure="step_norms"),
    "RNN, all": Row(
        RNN(3, 5, 4, sigmoid, output="all", initial_state=0.5),
        (7, 3),
        SEQUENCE,
        y_shape=(7,),
        measure="step_norms",
    ),
    "GRU": Row(GRU(3, 5, 4), (7, 3), SEQUENCE, measure="step_norms"),
    "CNN": Row(CNN((8, 8), 3, 4), (8, 8), ((N_BATCH, 63), (8, 8)), smooth=False),
    **{
        f"ResidualNet, skip={skip}, normalize={normalize}": Row(
            ResidualNet(5, 6, 3, 4, tanh, skip, normalize),
            (5,),
            DENSE,
            measure="block_gradients",
        )
        for skip in (True, False)
        for normalize in (True, False)
    },
}
every_net = pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
smooth_nets = pytest.mark.parametrize(
    "row", [pytest.param(row, id=name) for name, row in ROWS.items() if row.smooth]
)


@pytest.fixture
def rng():
    return np.random.default_rng(4)


def flat(parts):
    """The arrays of a trace or of `unpack`, one after the other; some come in tuples."""
    return [a for part in parts for a in ([part] if isinstance(part, np.ndarray) else part)]


@every_net
def test_gradient_agrees_with_differences(rng, row):
    theta, x, y = row.data(rng)
    check = check_gradient(lambda t: row.net.loss_and_gradient(t, x, y), theta, rng)
    assert check.relative_error < 1e-7


@smooth_nets
def test_complex_step_agrees_to_machine_precision(rng, row):
    theta, x, y = row.data(rng)
    _, grad = row.net.loss_and_gradient(theta, x, y)
    direction = rng.standard_normal(theta.shape)
    loss, _ = row.net.loss_and_gradient(theta + 1e-30j * direction, x, y)
    assert loss.imag / 1e-30 == pytest.approx(grad @ direction, rel=1e-12)


@every_net
def test_an_activation_whose_slope_is_told_of_z_alone_gives_the_same_gradient(rng, row):
    theta, x, y = row.data(rng)
    other = copy(row.net)
    for name in {"activation", "output_activation"} & set(vars(other)):
        if phi := getattr(other, name):
            setattr(other, name, replace(phi, _slope=None))
    grads = [net.loss_and_gradient(theta, x, y)[1] for net in (row.net, other)]
    assert grads[1] == pytest.approx(grads[0], rel=1e-9, abs=1e-13)


@every_net
@pytest.mark.parametrize("shared_input", [True, False])
def test_leading_axes_are_whole_networks(rng, row, shared_input):
    theta, xs, y = row.data(rng, 2, 3)
    xs = xs[0, 0] if shared_input else xs
    losses, grads = row.net.loss_and_gradient(theta, xs, y)
    assert losses.shape == (2, 3) and grads.shape == theta.shape
    for i in np.ndindex(2, 3):
        x = xs if shared_input else xs[i]
        loss, grad = row.net.loss_and_gradient(theta[i], x, y)
        assert losses[i] == pytest.approx(loss, rel=1e-13)
        assert grads[i] == pytest.approx(grad, rel=1e-10, abs=1e-14)
        if row.measure:
            measure = getattr(row.net, row.measure)
            norms = measure(theta, xs, y)[i]
            assert norms == pytest.approx(measure(theta[i], x, y), rel=1e-10)


@every_net
def test_float32_parameters_make_a_float32_network(rng, row):
    theta, x, y = row.data(rng)
    results = row.net.loss_and_gradient(theta.astype(np.float32), x, y)
    if row.measure:
        results += (getattr(row.net, row.measure)(theta.astype(np.float32), x, y),)
    assert {result.dtype for result in results} == {np.dtype(np.float32)}


@every_net
def test_nothing_that_is_passed_in_changes_and_what_is_returned_is_the_callers(rng, row):
    theta, x, y = row.data(rng)
    before = theta.copy(), x.copy(), y.copy()
    returned = [*flat(row.net.trace(theta, x)), *row.net.loss_and_gradient(theta, x, y)]
    kept = [np.copy(value) for value in returned]
    for other in (2 * theta, theta.astype(np.float32), np.stack([theta, 3 * theta])):
        row.net.loss_and_gradient(other, x, y)
    assert all(map(np.array_equal, returned, kept))
    for array, old in zip((theta, x, y), before, strict=True):
        assert np.array_equal(array, old)
    assert np.array_equal(row.net.loss_and_gradient(theta, x, y)[1], returned[-1])


@every_net
def test_views_share_memory_and_stand_in_the_vector_one_after_the_other(row):
    numbers = np.arange(2.0 * row.net.n_params).reshape(2, -1)
    views = flat(row.net.unpack(numbers))
    assert all(np.shares_memory(view, numbers) for view in views)
    assert np.array_equal(np.hstack([view.reshape(2, -1) for view in views]), numbers)


@every_net
def test_layers_end_with_their_biases_and_cover_the_vector(rng, row):
    views, start = flat(row.net.unpack(np.arange(row.net.n_params))), 0
    for layer in row.net.layers:
        assert layer.parameters == slice(layer.w.start, layer.b.stop)
        assert (layer.w.start, layer.w.stop) == (start, layer.b.start)
        assert layer.w.stop - start == layer.fan_in * layer.fan_out
        start = layer.b.stop
        assert any(np.array_equal(view, np.arange(layer.b.start, start)) for view in views)
    assert start == row.net.n_params


@every_net
def test_the_diagnostics_and_the_clip_by_layer_take_its_layers(rng, row):
    theta, x, y = row.data(rng)
    _, grad = row.net.loss_and_gradient(theta, x, y)
    norms = [np.linalg.norm(grad[layer.parameters]) for layer in row.net.layers]
    assert layer_norms(grad, row.net.layers) == pytest.approx(norms, rel=1e-12)
    limit = np.median(norms)
    clipped = layer_norms(clip_layer_norms(grad, limit, row.net.layers), row.net.layers)
    assert clipped == pytest.approx(np.minimum(norms, limit), rel=1e-12)


@every_net
def test_bad_shapes_are_named_with_both_values(rng, row):
    theta, _, _ = row.data(rng)
    n = row.net.n_params
    expected = rf"theta must have shape \(..., {n}\) for .*, got \({n - 1},\)"
    with pytest.raises(ValueError, match=expected):
        row.net.forward(theta[:-1], np.zeros((N_BATCH, *row.example)))
    for shape in row.refused:
        got = ", ".join(map(str, shape))
        with pytest.raises(ValueError, match=rf"x must have shape \(\.\.\..*, got \({got}"):
            row.net.forward(theta, np.zeros(shape))
