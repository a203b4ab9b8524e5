"""Stability of gradient descent on a quadratic loss: how large the learning rate may be."""

import numpy as np

from course_lib._validation import inexact, real


def largest_stable_lr(hessian):
    """Learning rate below which no positive curvature makes gradient descent diverge.

    On ½ θᵀHθ every step multiplies the component of θ along an eigenvector of H by 1 - ηλ.
    That is smaller than 1 in size where 0 < ηλ < 2, so the largest eigenvalue sets the limit
    2/λ_max. A direction of negative curvature leads downhill without end at any rate, and has
    no say in it.

    Parameters
    ----------
    hessian : array_like, shape (n, n)
        H, symmetric: the second derivatives of the loss.

    Returns
    -------
    float
        inf where no curvature is positive (above rounding).

    Raises
    ------
    ValueError
        If ``hessian`` is not a symmetric matrix of finite numbers.

    Notes
    -----
    Source: LeCun, Bottou, Orr & Müller 1998, "Efficient BackProp", §5.
    """
    curvatures = np.linalg.eigvalsh(_symmetric(hessian))
    largest = float(curvatures[-1])
    rounding = len(curvatures) * np.finfo(curvatures.dtype).eps * np.abs(curvatures).max()
    return 2 / largest if largest > rounding else np.inf


def quadratic(hessian):
    """Return the loss ½ θᵀHθ with its gradient Hθ, as a function of θ.

    Parameters
    ----------
    hessian : array_like, shape (n, n)
        H, symmetric.

    Returns
    -------
    callable
        ``loss_and_gradient(theta)``: for theta of shape (..., n) the loss, of shape (...), and
        the gradient, of theta's shape. Like a model's, it accepts inputs and targets; they
        play no part.

    Raises
    ------
    ValueError
        If ``hessian`` is not a symmetric matrix of finite numbers.
    """
    hessian = _symmetric(hessian)

    def loss_and_gradient(theta, x=None, y=None):
        theta = inexact(theta, "theta")
        grad = theta @ hessian
        return (theta * grad).sum(axis=-1) / 2, grad

    return loss_and_gradient


def _symmetric(hessian):
    hessian = real(hessian, "hessian")
    if hessian.ndim != 2 or hessian.shape[0] != hessian.shape[1] or not hessian.size:
        raise ValueError(f"hessian must have shape (n, n), got {hessian.shape}")
    if not np.isfinite(hessian).all():
        raise ValueError("hessian must hold finite numbers, got inf or nan")
    gap = np.abs(hessian - hessian.T).max()
    if gap > 1e-5 * np.abs(hessian).max():
        raise ValueError(f"hessian must be symmetric, got mirror entries {gap:.3g} apart")
    return hessian
