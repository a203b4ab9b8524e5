"""Gradient checks: a gradient that was derived against one that was measured."""

from dataclasses import dataclass

import numpy as np

from course_lib._validation import real, require_count, require_positive
from course_lib.clipping import global_norm


def numerical_gradient(f, theta, step=1e-5):
    """Gradient of a scalar function by central differences, one coordinate at a time.

    (f(θ + h eᵢ) - f(θ - h eᵢ)) / 2h has an error of order h² from the formula and of order ε/h
    from rounding; near h = ε^(1/3), about 1e-5 in float64, the two balance.

    Parameters
    ----------
    f : callable
        Takes an array of theta's shape, returns a number.
    theta : array_like, any shape
        Where the gradient is wanted; it is not changed.
    step : float
        h, the size of the difference, > 0.

    Returns
    -------
    ndarray, shape of theta
        In its precision; float64 of whole numbers.

    Raises
    ------
    ValueError
        If theta or what f returns are not real numbers, or ``step`` is out of range.
    """
    require_positive("step", step)
    theta = real(theta, "theta")
    theta = np.array(theta, dtype=np.result_type(theta, np.float32))
    gradient = np.empty_like(theta)
    for i in np.ndindex(theta.shape):
        shift = np.zeros_like(theta)
        shift[i] = step
        gradient[i] = (_number(f(theta + shift)) - _number(f(theta - shift))) / (2 * step)
    return gradient


def _number(value):
    value = real(value, "f(theta)")
    if value.size != 1:
        raise ValueError(f"f(theta) must be one number, got an array of shape {value.shape}")
    return value.reshape(())


@dataclass(frozen=True)
class GradientCheck:
    """Slopes along random directions: from the gradient, and measured.

    Attributes
    ----------
    analytic : ndarray, shape (n_directions,)
        grad · direction.
    numerical : ndarray, shape (n_directions,)
        The central difference along the same direction.
    relative_error : float
        Largest difference between the two, relative to the norm of the gradient.
    """

    analytic: np.ndarray
    numerical: np.ndarray
    relative_error: float

    def __str__(self):
        """Show both numbers of every direction, and the error."""
        rows = [
            f"{a:+.6e} derived   {n:+.6e} measured"
            for a, n in zip(self.analytic, self.numerical, strict=True)
        ]
        return "\n".join([*rows, f"relative error {self.relative_error:.0e}"])


def check_gradient(loss_and_gradient, theta, rng, n_directions=5, step=1e-5):
    """Compare a gradient with central differences along random unit directions.

    One direction needs two evaluations of the loss, whatever the number of parameters; a wrong
    gradient agrees with a random direction by chance only.

    Parameters
    ----------
    loss_and_gradient : callable
        ``theta -> (loss, grad)``.
    theta : array_like, shape (n_params,)
        Where to check.
    rng : numpy.random.Generator
        Draws the directions.
    n_directions : int
        How many, ≥ 1.
    step : float
        Length of the step along a direction, > 0.

    Returns
    -------
    GradientCheck
        Print it to see both numbers; ``relative_error`` near 1e-9 is agreement in float64.

    Raises
    ------
    ValueError
        If theta is not a vector, the gradient's shape is not theta's, or an argument is out of
        range.
    """
    require_count("n_directions", n_directions)
    require_positive("step", step)
    theta = real(theta, "theta")
    if theta.ndim != 1 or not theta.size:
        raise ValueError(f"theta must have shape (n_params >= 1,), got {theta.shape}")
    grad = real(loss_and_gradient(theta)[1], "grad")
    if grad.shape != theta.shape:
        raise ValueError(f"grad must have theta's shape {theta.shape}, got {grad.shape}")
    directions = rng.standard_normal((n_directions, theta.size))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    numerical = np.array(
        [
            loss_and_gradient(theta + step * d)[0] - loss_and_gradient(theta - step * d)[0]
            for d in directions
        ]
    ) / (2 * step)
    analytic = directions @ grad
    # a random direction sees about 1/√n of the gradient's norm: the size to compare with
    typical = max(global_norm(grad) / np.sqrt(theta.size), np.abs(numerical).max())
    error = np.abs(analytic - numerical).max()
    return GradientCheck(analytic, numerical, float(error / typical) if error else 0.0)
