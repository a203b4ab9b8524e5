"""Initializers: how the weights and biases of one layer are drawn.

An initializer is a function ``(rng, shape, index) -> (w, b)``. ``shape`` is the shape of the
weights, (..., fan_out, fan_in), leading axes standing for whole networks; ``index`` counts the
layers from 0. Everything is drawn in float64 and cast by the model.
"""

import numpy as np

from course_lib._validation import require_finite, require_non_negative


def normal(sigma_w, sigma_b=0.0):
    """Return an initializer with independent normal weights and biases.

    Weights have variance ``sigma_w**2 / fan_in``, biases ``sigma_b**2``: with the division by
    fan_in the size of a pre-activation does not depend on the width (Poole et al. 2016, §2).

    Parameters
    ----------
    sigma_w, sigma_b : float
        Scale of the weights and of the biases, ≥ 0.

    Raises
    ------
    ValueError
        If a scale is negative or not a number.
    """
    require_non_negative("sigma_w", sigma_w)
    require_non_negative("sigma_b", sigma_b)

    def initializer(rng, shape, index=0):
        w = rng.standard_normal(shape) * (sigma_w / np.sqrt(shape[-1]))
        # a scale of 0 still draws, so that equal seeds give equal weights at every scale
        b = rng.standard_normal(shape[:-1]) * sigma_b
        return w, b

    return initializer


def glorot():
    """Return Glorot's normal initializer: variance 2 / (fan_in + fan_out), biases 0.

    Source: Glorot & Bengio 2010, eq. 12 (there with the variance of each layer's weights).
    """

    def initializer(rng, shape, index=0):
        fan_out, fan_in = shape[-2:]
        return rng.standard_normal(shape) * np.sqrt(2 / (fan_in + fan_out)), np.zeros(
            shape[:-1]
        )

    return initializer


def he():
    """Return He's normal initializer: variance 2 / fan_in, biases 0 (made for ReLU).

    Source: He et al. 2015, eq. 10.
    """
    return normal(sigma_w=np.sqrt(2))


def orthogonal(gain=1.0):
    """Return an initializer whose weights are ``gain`` times a random orthogonal matrix.

    All singular values are ``gain``; a matrix that is not square has orthonormal rows or
    columns, whichever are fewer. Source: Saxe, McClelland & Ganguli 2014, §3.

    Parameters
    ----------
    gain : float
        The common singular value, ≥ 0.

    Raises
    ------
    ValueError
        If ``gain`` is negative or not a number.
    """
    require_non_negative("gain", gain)

    def initializer(rng, shape, index=0):
        *leading, fan_out, fan_in = shape
        tall = rng.standard_normal((*leading, max(fan_out, fan_in), min(fan_out, fan_in)))
        q, r = np.linalg.qr(tall)
        # the signs of R's diagonal make the distribution uniform (Mezzadri 2007)
        q = q * np.sign(np.diagonal(r, axis1=-2, axis2=-1))[..., None, :]
        w = q if fan_out >= fan_in else q.mT
        return gain * w, np.zeros(shape[:-1])

    return initializer


def centered(initializer, center=0.5):
    """Return ``initializer`` with biases that take the mean activation off.

    A sigmoid's activations lie around 1/2. With b = -½ ΣW a layer computes W(a - ½), as if they
    lay around 0. The first layer sees the input, not activations, and keeps its biases.

    Parameters
    ----------
    initializer : callable
        What draws the weights.
    center : float
        The activation to be taken off; 1/2 for the sigmoid.

    Raises
    ------
    ValueError
        If ``center`` is not a finite number.
    """
    require_finite("center", center)

    def centered_initializer(rng, shape, index=0):
        w, b = initializer(rng, shape, index)
        return w, b if index == 0 else b - center * w.sum(axis=-1)

    return centered_initializer
