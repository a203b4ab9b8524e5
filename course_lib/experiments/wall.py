"""The wall: the loss surface of a recurrent net with one unit and two parameters.

h_0 = ½, h_t = σ(w h_(t-1) + b) for t = 1..T, and the error (h_T - target)². Where the
parameters make the unit bistable, a cliff stands in the surface, with an enormous gradient.

Source: Pascanu, Mikolov & Bengio 2013, §2.3 and figure 6.
"""

import numpy as np

from course_lib.activations import sigmoid

N_STEPS, TARGET = 50, 0.7


def error_and_gradient(theta, n_steps=N_STEPS, target=TARGET):
    """Return the error (h_T - target)² and its gradient by w and b.

    Parameters
    ----------
    theta : ndarray, shape (..., 2)
        w and b; leading axes are so many nets. Complex values serve the complex step.
    n_steps : int
        T.
    target : float
        What the last state should be.

    Returns
    -------
    error : ndarray, shape (...)
    gradient : ndarray, shape (..., 2)
    """
    theta = np.asarray(theta)
    w, b = theta[..., 0], theta[..., 1]
    state = np.full(w.shape, 0.5, theta.dtype)
    derivative = np.zeros(theta.shape, theta.dtype)  # of the state, by w and b
    for _ in range(n_steps):
        z = w * state + b
        derivative *= w[..., None]
        derivative[..., 0] += state
        derivative[..., 1] += 1
        derivative *= np.asarray(sigmoid.derivative(z))[..., None]
        state = sigmoid(z)
    difference = state - target
    return difference**2, 2 * difference[..., None] * derivative
