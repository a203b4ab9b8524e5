"""Gradient penalties, and the products with second derivatives that they need.

The penalty μ‖∇ℓ‖² is added to the loss; its gradient is 2μ H g, with the Hessian H and g = ∇ℓ.
H itself is never formed: a derivative of the gradient along one direction is enough
(Pearlmutter 1994).
"""

import numpy as np

from course_lib._validation import inexact, require_non_negative
from course_lib.clipping import global_norm

COMPLEX_STEP = 1e-30  # relative; nothing is subtracted, so it can be as small as floats allow


def hessian_vector_product(gradient, theta, v, method="complex"):
    """Return H v, the derivative of the gradient along v.

    Parameters
    ----------
    gradient : callable
        ``gradient(theta) -> ndarray``, of the shape of ``theta``.
    theta : ndarray, shape (..., n_params)
        Where; leading axes stand for whole networks, each with a Hessian of its own.
    v : ndarray, shape (..., n_params)
        The direction.
    method : {"complex", "differences"}
        "complex" takes the imaginary part of g(θ + iεv)/ε, exact to rounding, where the model
        is smooth and calculates with complex parameters: sigmoid and tanh do, ReLU does not.
        "differences" takes (g(θ + εv) - g(θ - εv))/2ε, right to about 1e-9 for smooth models.

    Returns
    -------
    ndarray, shape (..., n_params)

    Raises
    ------
    ValueError
        If ``v`` has another shape than ``theta``, or ``method`` is another word.

    Notes
    -----
    Sources: Pearlmutter 1994, "Fast exact multiplication by the Hessian"; Squire & Trapp 1998
    for the complex step.
    """
    if method not in ("complex", "differences"):
        raise ValueError(f'method must be "complex" or "differences", got {method!r}')
    theta, v = inexact(theta, "theta"), inexact(v, "v")
    if v.shape != theta.shape:
        raise ValueError(f"v must have the shape of theta, {theta.shape}, got {v.shape}")
    length = _norm(v)
    direction = v / np.where(length == 0, 1, length)  # a zero direction gives a zero product
    if method == "complex":
        moved = gradient(theta + 1j * COMPLEX_STEP * direction).imag
        with np.errstate(over="ignore"):
            factor = length / COMPLEX_STEP
        fits = np.isfinite(factor).all()  # it may be too large for a float, unlike the product
        return factor * moved if fits else length * (moved / COMPLEX_STEP)
    step = np.cbrt(np.finfo(theta.dtype).eps) * np.maximum(1, _norm(theta))
    ahead, behind = (gradient(theta + sign * step * direction) for sign in (1, -1))
    return length / (2 * step) * (ahead - behind)


def gradient_penalty(loss_and_gradient, theta, mu, method="complex"):
    """Return the penalized loss ℓ + μ‖∇ℓ‖² and its gradient g + 2μ H g.

    Parameters
    ----------
    loss_and_gradient : callable
        ``loss_and_gradient(theta) -> (loss, grad)``.
    theta : ndarray, shape (..., n_params)
        Where; leading axes stand for whole networks.
    mu : float
        μ, ≥ 0.
    method : {"complex", "differences"}
        As for `hessian_vector_product`.

    Returns
    -------
    loss : ndarray, shape (...)
    grad : ndarray, shape (..., n_params)

    Raises
    ------
    ValueError
        If ``mu`` is negative or not finite, or ``method`` is another word.

    Notes
    -----
    On a quadratic of curvature λ the penalty makes the curvature λ(1 + 2λμ): the largest stable
    learning rate becomes *smaller*.
    """
    mu, theta = _checked_mu(mu), inexact(theta, "theta")
    loss, grad = loss_and_gradient(theta)
    if mu == 0:
        return loss, grad
    product = hessian_vector_product(lambda t: loss_and_gradient(t)[1], theta, grad, method)
    return loss + mu * (grad**2).sum(axis=-1), grad + 2 * mu * product


class Penalized:
    """A model with a gradient penalty, which `train` accepts in place of the model.

    Parameters
    ----------
    model : MLP or alike
        Has ``loss_and_gradient(theta, x, y)``.
    mu : float
        μ, ≥ 0.
    method : {"complex", "differences"}
        As for `hessian_vector_product`.

    Raises
    ------
    ValueError
        If ``mu`` is negative or not finite.
    """

    def __init__(self, model, mu, method="complex"):
        self.model, self.mu, self.method = model, _checked_mu(mu), method

    def loss_and_gradient(self, theta, x, y):
        """Return the penalized loss and its gradient on a batch; see `gradient_penalty`."""
        return gradient_penalty(
            lambda t: self.model.loss_and_gradient(t, x, y), theta, self.mu, self.method
        )


def input_gradient(model, theta, x, y):
    """Return ∂ℓ/∂x, the gradient of the loss by the inputs of an `MLP`.

    Parameters
    ----------
    model : MLP
        The network.
    theta : ndarray, shape (n_params,)
        Parameters.
    x : ndarray, shape (n_batch, n_in)
        Inputs.
    y : array_like
        Targets, in the form the loss takes.

    Returns
    -------
    ndarray, shape (n_batch, n_in)
        Of the loss averaged over the batch: each row carries a factor 1/n_batch.
    """
    theta = inexact(theta, "theta")
    trace = model.trace(theta, x)
    _, grad_output = model.loss(trace.a[-1], y)
    delta = model.deltas(theta, trace, grad_output)[0]
    return delta @ model.unpack(theta)[0][0]


def input_penalty(model, theta, x, y):
    """Return ‖∂ℓ/∂x‖², summed over the batch, and its gradient by the parameters of an `MLP`.

    With s = ∂ℓ/∂x the gradient is 2 (∂²ℓ/∂θ∂x) s, the derivative of ∂ℓ/∂θ when x moves along s:
    one complex step of the *inputs* gives it.

    Parameters
    ----------
    model : MLP
        With sigmoid or tanh.
    theta, x, y
        As for `input_gradient`.

    Returns
    -------
    value : float
    grad : ndarray, shape (n_params,)

    Notes
    -----
    Source: Drucker & LeCun 1992, "Improving generalization performance using double
    backpropagation".
    """
    theta = inexact(theta, "theta")
    x = inexact(x, "x")
    slopes = input_gradient(model, theta, x, y)
    length = np.linalg.norm(slopes)
    if not 0 < length < np.inf:  # squares may be too large or too small for a float
        length = global_norm(slopes.ravel())
    if length == 0:
        return 0.0, np.zeros_like(theta)
    step = COMPLEX_STEP / length
    _, grad = model.loss_and_gradient(theta + 0j, x + 1j * step * slopes, y)
    return length**2, 2 / step * grad.imag


def _norm(v):
    """Return the norms along the last axis, which stays as an axis of length 1."""
    with np.errstate(over="ignore"):
        length = np.linalg.norm(v, axis=-1, keepdims=True)
    right = (length > 0) & np.isfinite(length)  # else squares were too large or small for it
    return length if right.all() else np.where(right, length, global_norm(v)[..., None])


def _checked_mu(mu):
    """Return μ as Python's float, which leaves the precision of a gradient as it is."""
    require_non_negative("mu", mu)
    return float(mu)
