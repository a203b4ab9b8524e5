"""Diagnostics: what the gradient looks like, layer by layer."""

import numpy as np

from course_lib._validation import inexact, real
from course_lib.clipping import global_norm, norms_of_parts


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
    grad = inexact(grad, "grad")
    if not layers or grad.shape[-1:] != (layers[-1].parameters.stop,):
        expected = layers[-1].parameters.stop if layers else "at least one layer"
        raise ValueError(
            f"layers describe {expected} parameters, got grad of shape {grad.shape}"
        )
    return norms_of_parts([grad[..., layer.parameters] for layer in layers])


def forward_norms(model, theta, x):
    """Norm of each layer's activations a^l, over units and batch.

    Parameters
    ----------
    model : MLP
        The network.
    theta : ndarray, shape (..., n_params)
        Its parameters.
    x : ndarray, shape (..., n_batch, n_in)
        Inputs.

    Returns
    -------
    ndarray, shape (..., n_layers)
    """
    return _norms_of_matrices(model.trace(theta, x).a[1:])


def backward_norms(model, theta, x, grad_output):
    """Norm of each layer's δ^l = ∂ℓ/∂z^l, over units and batch.

    The gradient of W^l is the product of δ^l and a^(l-1): where the activations grow forward as
    fast as δ grows backward, the gradient's norms look level though both explode.

    Parameters
    ----------
    model, theta, x
        As for `forward_norms`.
    grad_output : ndarray, shape (..., n_batch, n_out)
        ∂ℓ/∂output, where the way back begins.

    Returns
    -------
    ndarray, shape (..., n_layers)
        The first layer first.
    """
    return _norms_of_matrices(model.deltas(theta, model.trace(theta, x), grad_output))


def _norms_of_matrices(matrices):
    flat = [m.reshape(*m.shape[:-2], m.shape[-2] * m.shape[-1]) for m in matrices]
    # a δ of the last layer that is the same for all networks has no leading axes
    return np.stack(np.broadcast_arrays(*map(global_norm, flat)), axis=-1)


def growth_per_layer(norms):
    """Factor by which a norm grows per layer on its way back from the last layer to the first.

    The geometric mean r of the layers' factors, r^(L-1) = norms[0] / norms[-1]: above 1 the
    gradient explodes, below 1 it vanishes.

    Parameters
    ----------
    norms : array_like, shape (..., n_layers)
        Norms > 0, the first layer first; at least two layers.

    Returns
    -------
    ndarray, shape (...)
        nan where any norm is 0, inf or nan: there is no rate to be told.

    Raises
    ------
    ValueError
        If there are fewer than two layers or a norm is negative.
    """
    norms = real(norms, "norms")
    if norms.ndim == 0 or norms.shape[-1] < 2:
        raise ValueError(f"norms must have shape (..., n_layers >= 2), got {norms.shape}")
    if (norms < 0).any():
        raise ValueError(f"norms must be >= 0, got {norms.min()}")
    told = (np.isfinite(norms) & (norms > 0)).all(axis=-1)
    # by logarithms: the ratio itself may be too large or too small for a float
    first, last = (
        np.log(norms[..., i], where=told, out=np.full(told.shape, np.nan)) for i in (0, -1)
    )
    return np.exp((first - last) / (norms.shape[-1] - 1))[()]


def layer_jacobians(model, theta, x):
    """Jacobians ∂z^(l+1)/∂z^l = W^(l+1) diag φ'(z^l) between the hidden layers of a network.

    Parameters
    ----------
    model, theta, x
        As for `forward_norms`.

    Returns
    -------
    list of ndarray, shape (..., n_batch, fan_out, fan_in) each
        One for each layer but the first. `numpy.linalg.svd` tells how far each can stretch or
        shrink a gradient.
    """
    theta = inexact(theta, "theta")
    trace = model.trace(theta, x)
    weights = [w for w, _ in model.unpack(theta)[1:]]
    slopes = [model.activation.derivative(z) for z in trace.z[:-1]]
    return [
        w[..., None, :, :] * slope[..., None, :]
        for w, slope in zip(weights, slopes, strict=True)
    ]
