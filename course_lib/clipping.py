"""Rules that bound a gradient: pure functions of it, safe at any size a float can have.

All take a gradient as one flat vector; leading axes stand for whole networks. A gradient that
is not finite has no direction that could be kept: it raises an error or, if asked for, becomes
a zero gradient (the step is skipped). Nothing turns into nan without a word.
"""

import functools

import numpy as np

from course_lib._validation import inexact, real, require_positive


def global_norm(g):
    """Euclidean norm of a whole gradient, safe from overflow and underflow on the way.

    The plain √Σg² squares first: in float32 the square of 1e20 is inf and that of 1e-25 is 0,
    though the norm of either is an ordinary number. Dividing by the largest entry before
    squaring avoids both (Blue 1978, "A portable Fortran program to find the Euclidean norm").

    Parameters
    ----------
    g : array_like, shape (..., n_params)
        A gradient as one flat vector; leading axes stand for whole networks. One number is a
        vector of one entry.

    Returns
    -------
    ndarray, shape (...)
        In the precision of ``g``; float64 of whole numbers. inf where an entry is infinite, nan
        where one is nan.
    """
    return norms_of_parts([np.atleast_1d(g)])[..., 0]


def norms_of_parts(parts):
    """Return the global norms of several vectors, each as safe as `global_norm`.

    Parameters
    ----------
    parts : sequence of array_like, shape (..., n) each, n of its own
        Parts of a gradient.

    Returns
    -------
    ndarray, shape (..., n_parts)
    """
    parts = [inexact(part, "g") for part in parts]
    with np.errstate(over="ignore", under="ignore"):  # what remains is the norm itself
        norms = np.sqrt(np.stack([np.vecdot(part, part).real for part in parts], axis=-1))
        low, high = _plain_norms(norms.dtype)
        if ((low < norms) & (norms < high)).all():  # the squares were ordinary floats
            return norms
        return np.stack([_scaled_norm(np.abs(part)) for part in parts], axis=-1)


@functools.cache
def _plain_norms(dtype):
    """Return the limits between which a norm and the squares under its root lose nothing."""
    limits = np.finfo(dtype)
    return np.sqrt(limits.tiny) / limits.eps, np.sqrt(limits.max)


def _scaled_norm(sizes):
    scale = _safe_scale(sizes)
    return scale[..., 0] * np.sqrt(((sizes / scale) ** 2).sum(axis=-1))


def clip_value(g, max_value, nonfinite="raise"):
    """Cut every entry off at ±max_value.

    It changes the gradient's direction as soon as one entry is cut: large entries lose, small
    ones do not.

    Parameters
    ----------
    g : array_like, shape (..., n_params)
        A gradient.
    max_value : float
        The largest size of an entry, > 0.
    nonfinite : {"raise", "zero"}
        What becomes of a gradient with an entry that is inf or nan: an error, or zeros.

    Returns
    -------
    ndarray, shape of g
        A new array, in the precision of ``g``.

    Raises
    ------
    ValueError
        If ``max_value`` or ``nonfinite`` is out of range, or g is not finite under "raise".

    Notes
    -----
    Used by Mikolov 2012 (PhD thesis, §3.2.2). In PyTorch: ``clip_grad_value_``.
    """
    require_positive("max_value", max_value)
    g = _finite(g, nonfinite)
    limit = _limit(max_value, g)
    return np.clip(g, -limit, limit)


def clip_global_norm(g, max_norm, nonfinite="raise"):
    """Shorten a gradient to max_norm if it is longer: g · min(1, max_norm/‖g‖).

    The direction is kept, of the whole vector over all layers.

    Parameters
    ----------
    g : array_like, shape (..., n_params)
        A gradient.
    max_norm : float
        c, the largest norm, > 0.
    nonfinite : {"raise", "zero"}
        What becomes of a gradient with an entry that is inf or nan: an error, or zeros.

    Returns
    -------
    ndarray, shape of g
        A new array. A zero gradient stays zero.

    Raises
    ------
    ValueError
        If ``max_norm`` or ``nonfinite`` is out of range, or g is not finite under "raise".

    Notes
    -----
    Pascanu, Mikolov & Bengio 2013, Algorithm 1. PyTorch's ``clip_grad_norm_`` divides by
    ‖g‖ + 1e-6, which makes gradients shorter by a share of 1e-6/‖g‖: of any weight only where
    max_norm itself is near 1e-6. Where its plain norm overflows (float32 beyond about 1e19 an
    entry) it multiplies by 0, a step that is lost without a word; here the direction survives.
    """
    require_positive("max_norm", max_norm)
    g = _finite(g, nonfinite)
    norm, limit = global_norm(g)[..., None], _limit(max_norm, g)
    too_long = norm > limit
    if not too_long.any():
        return g.copy()
    part = g
    if np.isinf(norm).any():  # it is more than a float can hold, but that of g/n is not
        part = g / g.shape[-1]
        norm = global_norm(part)[..., None]
    if too_long.all():
        return part / norm * limit
    return np.where(too_long, part / np.where(too_long, norm, 1) * limit, g)


def clip_layer_norms(g, max_norm, layers, nonfinite="raise"):
    """Shorten each layer's part of a gradient to max_norm if it is longer.

    Within a layer the direction is kept, between layers it is not: the direction of the whole
    gradient changes.

    Parameters
    ----------
    g : array_like, shape (..., n_params)
        A gradient in a model's layout.
    max_norm : float
        The largest norm of a layer's part, > 0.
    layers : sequence of Layer
        The model's layout, ``model.layers``.
    nonfinite : {"raise", "zero"}
        What becomes of a layer's part with an entry that is inf or nan: an error, or zeros.

    Returns
    -------
    ndarray, shape of g
        A new array, in the precision of ``g``.

    Raises
    ------
    ValueError
        If an argument is out of range, the layout does not fit, or g is not finite under
        "raise".
    """
    g = inexact(g, "g")
    if not layers or g.shape[-1:] != (layers[-1].parameters.stop,):
        expected = layers[-1].parameters.stop if layers else "at least one layer"
        raise ValueError(f"layers describe {expected} parameters, got g of shape {g.shape}")
    parts = [clip_global_norm(g[..., part.parameters], max_norm, nonfinite) for part in layers]
    return np.concatenate(parts, axis=-1)


def _safe_scale(g):
    """Return the largest size of an entry, or 1 where that cannot be divided by."""
    largest = np.abs(g).max(axis=-1, initial=0, keepdims=True)
    return np.where((largest > 0) & np.isfinite(largest), largest, np.ones_like(largest))


def _limit(value, g):
    """Return a limit in the precision of g, inf where it is beyond all floats of it."""
    value = float(value)  # a NumPy scalar of low precision would cast the other side to its own
    return np.asarray(value if value <= float(np.finfo(g.dtype).max) else np.inf, g.dtype)


def _finite(g, nonfinite):
    """Return g where it is finite; else raise, or return zeros for that network."""
    if nonfinite not in ("raise", "zero"):
        raise ValueError(f'nonfinite must be "raise" or "zero", got {nonfinite!r}')
    g = real(g, "g")
    finite = np.isfinite(g)
    if finite.all():
        return g
    if nonfinite == "raise":
        raise ValueError(
            f"g must be finite, got {np.sum(~finite)} of {g.size} entries that are inf or nan; "
            'nonfinite="zero" makes such a gradient a zero one'
        )
    return np.where(finite.all(axis=-1, keepdims=True), g, np.zeros_like(g))
