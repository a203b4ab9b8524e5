"""The wall: the loss surface of a recurrent net with one unit and two parameters.

h_0 = ½, h_t = σ(w h_(t-1) + b) for t = 1..T, and the error (h_T - target)². Where the
parameters make the unit bistable, a cliff stands in the surface, with an enormous gradient.

Source: Pascanu, Mikolov & Bengio 2013, §2.3 and figure 6.
"""

import numpy as np

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
    w, b = np.moveaxis(np.asarray(theta), -1, 0).copy()
    state = np.full(w.shape, 0.5, w.dtype)
    by_w, by_b = np.zeros((2, *w.shape), w.dtype)  # derivatives of the state
    for _ in range(n_steps):
        z = w * state + b
        # σ and σ' as `activations` has them, of one exponential: that is what takes the time
        positive = z.real >= 0  # complex numbers have no order
        decay = np.exp(np.where(positive, -z, z))
        slope = decay / (1 + decay) ** 2
        by_w, by_b = (by_w * w + state) * slope, (by_b * w + 1) * slope
        state = np.where(positive, 1, decay) / (1 + decay)
    difference = state - target
    return difference**2, 2 * difference[..., None] * np.stack([by_w, by_b], axis=-1)
