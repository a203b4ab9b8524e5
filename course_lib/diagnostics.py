"""Diagnostics: what the gradient looks like, layer by layer."""

import numpy as np

from course_lib.clipping import global_norm


def layer_norms(grad, layers):
    """Norm of each layer's part of a gradient.

    Parameters
    ----------
    grad : ndarray, shape (..., n_params)
        A gradient in a model's layout.
    layers : sequence of Layer
        The model's layout, ``model.layers``.

    Returns
    -------
    ndarray, shape (..., n_layers)
        The first layer first. Neither overflows nor underflows before its result does.

    Raises
    ------
    ValueError
        If the layout is not that of a vector as long as ``grad``.
    """
    grad = np.asarray(grad)
    if not layers or grad.shape[-1:] != (layers[-1].parameters.stop,):
        expected = layers[-1].parameters.stop if layers else "at least one layer"
        raise ValueError(
            f"layers describe {expected} parameters, got grad of shape {grad.shape}"
        )
    return np.stack([global_norm(grad[..., layer.parameters]) for layer in layers], axis=-1)
