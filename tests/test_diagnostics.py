import numpy as np
import pytest

from course_lib.activations import sigmoid
from course_lib.clipping import global_norm
from course_lib.diagnostics import (
    backward_norms,
    forward_norms,
    growth_per_layer,
    layer_jacobians,
    layer_norms,
)
from course_lib.initializers import normal
from course_lib.mlp import MLP

MODEL = MLP([3, 4, 5, 2], sigmoid)


def test_squares_of_the_layer_norms_add_up_to_the_square_of_the_global_norm():
    grad = np.random.default_rng(5).standard_normal((6, MODEL.n_params))
    norms = layer_norms(grad, MODEL.layers)
    assert norms.shape == (6, 3)
    assert (norms**2).sum(axis=-1) == pytest.approx(global_norm(grad) ** 2)


def test_a_gradient_in_one_layer_shows_in_that_layer_only():
    grad = np.zeros(MODEL.n_params)
    w, _ = MODEL.unpack(grad)[1]
    w[2, 3] = -7
    assert layer_norms(grad, MODEL.layers).tolist() == [0, 7, 0]


def test_tiny_float32_gradients_have_a_norm():
    grad = np.full(MODEL.n_params, 1e-25, np.float32)
    assert (layer_norms(grad, MODEL.layers) > 0).all()


@pytest.mark.parametrize(("layers", "n"), [(MODEL.layers, "53"), ((), "at least one layer")])
def test_a_layout_that_does_not_fit_is_refused(layers, n):
    with pytest.raises(ValueError, match=rf"layers describe {n} .* got grad of shape \(3,\)"):
        layer_norms(np.zeros(3), layers)


def test_growth_is_the_factor_of_a_geometric_sequence():
    norms = 3.0 * 1.7 ** np.arange(9)[::-1]
    assert growth_per_layer(norms) == pytest.approx(1.7)
    assert growth_per_layer(norms[::-1]) == pytest.approx(1 / 1.7)


def test_two_layers_are_enough_for_a_growth():
    assert growth_per_layer([6, 2]) == pytest.approx(3)


def test_growth_is_right_where_the_ratio_is_no_float():
    norms = np.array([[1e-300, 1e-8, 1e300], [1e300, 1e8, 1e-300]])
    assert np.log10(growth_per_layer(norms)) == pytest.approx([-300, 300])


@pytest.mark.parametrize("bad", [0.0, np.inf, np.nan])
def test_growth_is_nan_where_there_is_no_rate(bad):
    with np.errstate(all="raise"):
        rates = growth_per_layer(
            np.array([[bad, 1.0, 1.0], [1.0, 1.0, bad], [4.0, bad, 1.0], [4.0, 2.0, 1.0]])
        )
    assert np.isnan(rates).tolist() == [True, True, True, False]
    assert rates[3] == pytest.approx(2)


@pytest.mark.parametrize("norms", [3.0, [3.0], [1.0, -1.0]])
def test_growth_names_bad_norms(norms):
    with pytest.raises(ValueError, match="norms must"):
        growth_per_layer(norms)


def test_layer_jacobians_carry_delta_back():
    rng = np.random.default_rng(7)
    theta = MODEL.init(rng, normal(2.0))
    x, g = rng.standard_normal((6, 3)), rng.standard_normal((6, 2))
    deltas = MODEL.deltas(theta, MODEL.trace(theta, x), g)
    jacobians = layer_jacobians(MODEL, theta, x)
    assert len(jacobians) == 2
    for below, above, jacobian in zip(deltas[:-1], deltas[1:], jacobians, strict=True):
        carried = (above[:, None, :] @ jacobian)[:, 0]
        assert carried == pytest.approx(below, rel=1e-12)


def test_with_one_example_forward_times_backward_norms_are_the_norms_of_the_weights_gradient():
    rng = np.random.default_rng(8)
    theta = MODEL.init(rng, normal(2.0), shape=(4,))
    x, y = rng.standard_normal((1, 3)), np.array([1])
    _, grad = MODEL.loss_and_gradient(theta, x, y)
    grad_output = MODEL.loss(MODEL.forward(theta, x), y)[1]
    back = backward_norms(MODEL, theta, x, grad_output)
    forward = np.concatenate(
        [np.full((4, 1), np.linalg.norm(x)), forward_norms(MODEL, theta, x)[:, :-1]], axis=1
    )
    weights = np.stack([np.linalg.norm(w, axis=(1, 2)) for w, _ in MODEL.unpack(grad)], axis=1)
    assert forward * back == pytest.approx(weights, rel=1e-12)
