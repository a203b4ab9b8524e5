"""Norms of a gradient (the rules that clip it build on them)."""

import numpy as np


def global_norm(g):
    """Euclidean norm of a whole gradient, safe from overflow and underflow on the way.

    The plain √Σg² squares first: in float32 the square of 1e20 is inf and that of 1e-25 is 0,
    though the norm of either is an ordinary number. Dividing by the largest entry before
    squaring avoids both (Blue 1978, "A portable Fortran program to find the Euclidean norm").

    Parameters
    ----------
    g : ndarray, shape (..., n_params)
        A gradient as one flat vector; leading axes stand for whole networks.

    Returns
    -------
    ndarray, shape (...)
        In the dtype of ``g``. inf where an entry is infinite, nan where one is nan.
    """
    g = np.asarray(g)
    largest = np.abs(g).max(axis=-1, initial=0)
    scale = np.where((largest > 0) & np.isfinite(largest), largest, np.ones_like(largest))
    with np.errstate(over="ignore"):  # what overflows here is the norm itself
        return scale * np.sqrt(((g / scale[..., None]) ** 2).sum(axis=-1))
