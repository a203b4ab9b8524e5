import numpy as np
import pytest

from course_lib.activations import sigmoid
from course_lib.clipping import global_norm
from course_lib.diagnostics import layer_norms
from course_lib.mlp import MLP

MODEL = MLP([3, 4, 5, 2], sigmoid)


def test_squares_of_the_layer_norms_add_up_to_the_square_of_the_global_norm():
    grad = np.random.default_rng(5).standard_normal((6, MODEL.n_params))
    norms = layer_norms(grad, MODEL.layers)
    assert norms.shape == (6, 3)
    assert (norms**2).sum(axis=-1) == pytest.approx(global_norm(grad) ** 2)


def test_a_gradient_in_one_layer_shows_in_that_layer_only():
    grad = np.zeros(MODEL.n_params)
    w, _ = MODEL.views(grad)[1]
    w[2, 3] = -7
    assert layer_norms(grad, MODEL.layers).tolist() == [0, 7, 0]


def test_tiny_float32_gradients_have_a_norm():
    grad = np.full(MODEL.n_params, 1e-25, np.float32)
    assert (layer_norms(grad, MODEL.layers) > 0).all()


@pytest.mark.parametrize("layers", [MODEL.layers, ()])
def test_a_layout_that_does_not_fit_is_refused(layers):
    with pytest.raises(ValueError, match=r"layers describe .* got grad of shape \(3,\)"):
        layer_norms(np.zeros(3), layers)
