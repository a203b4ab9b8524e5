"""The links of optimizers: scale, the three accumulations, Adam, the clips, and a recorder.

``chain`` makes an optimizer of them; the sign sits in the last link, ``scale(-lr)``.
"""

import numpy as np

from course_lib._validation import (
    inexact,
    is_number,
    require_count,
    require_finite,
    require_positive,
)
from course_lib.chains import Transform, stateless, zeros_like
from course_lib.chains import chain as chain
from course_lib.clipping import clip_global_norm, clip_layer_norms, clip_value, global_norm


def scale(factor):
    """Return a link that multiplies by a constant; ``scale(-lr)`` closes a descent.

    Parameters
    ----------
    factor : float
        Any finite number.

    Returns
    -------
    Transform

    Raises
    ------
    ValueError
        If ``factor`` is not a finite number.
    """
    require_finite("factor", factor)
    factor = float(factor)  # a Python float leaves float32 gradients float32
    return stateless(lambda g: factor * inexact(g, "g"))


def momentum(gamma):
    """Return the course's accumulation update as a link: v ← γv + g, passing v on.

    A constant gradient grows by the factor 1/(1 - γ). (Polyak 1964, in the form of Sutskever et
    al. 2013 with the rate taken out of v; PyTorch's SGD with ``momentum=gamma``.)

    Parameters
    ----------
    gamma : float
        γ, from 0 to below 1.

    Returns
    -------
    Transform
        Its state is the velocity v, at first 0.

    Raises
    ------
    ValueError
        If ``gamma`` is out of range.
    """
    gamma = _checked_decay(gamma)
    return Transform(zeros_like, lambda g, v: (gamma * v + inexact(g, "g"),) * 2)


def ema(gamma):
    """Return an exponential moving average as a link: v ← γv + (1 - γ)g, passing v on.

    ``chain(ema(gamma), scale(-lr))`` is ``chain(momentum(gamma), scale(-(1 - gamma) * lr))``.
    (PyTorch's SGD with ``dampening=momentum``, but for its first step, which is not damped.)

    Parameters
    ----------
    gamma : float
        γ, as for `momentum`.

    Returns
    -------
    Transform
        Its state is the average v, at first 0.
    """
    gamma = _checked_decay(gamma)
    return Transform(zeros_like, lambda g, v: (gamma * v + (1 - gamma) * inexact(g, "g"),) * 2)


def nesterov(gamma):
    """Return Nesterov's momentum as a link: v ← γv + g, passing γv + g on, with the new v.

    The form of PyTorch (``nesterov=True``), with the gradient at the parameters themselves. It
    is the look-ahead form, with the gradient at θ - ηγv, in other variables (Sutskever et al.
    2013, eqs. 3 and 4; lesson 06 converts it).

    Parameters
    ----------
    gamma : float
        γ, as for `momentum`.

    Returns
    -------
    Transform
        Its state is the velocity v, at first 0.
    """
    gamma = _checked_decay(gamma)

    def update(g, v):
        g = inexact(g, "g")
        v = gamma * v + g
        return gamma * v + g, v

    return Transform(zeros_like, update)


def adam(beta_1=0.9, beta_2=0.999, eps=1e-8):
    """Return Adam as a link: m̂/(√v̂ + eps), entry by entry, to be closed by ``scale(-lr)``.

    m ← β₁m + (1 - β₁)g and v ← β₂v + (1 - β₂)g², and at step t, counted from 1,
    m̂ = m/(1 - β₁ᵗ) and v̂ = v/(1 - β₂ᵗ): without the divisions the averages would begin too
    small, as they begin at 0. The size of the gradient cancels, so a step depends on it only
    through its recent changes. (PyTorch's ``torch.optim.Adam`` with its ``betas`` and ``eps``.)

    Parameters
    ----------
    beta_1, beta_2 : float
        Decay of the average gradient and of the average square, from 0 to below 1.
    eps : float
        Keeps the division from 0/0, > 0.

    Returns
    -------
    Transform
        Its state is the triple (m, v, t), at first zeros.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Notes
    -----
    Source: Kingma & Ba 2015, algorithm 1. An entry whose square overflows (from 1.8e19 in
    float32) makes v infinite and its own steps zero from then on: clip in front of it.
    """
    _checked_decay(beta_1, "beta_1")
    _checked_decay(beta_2, "beta_2")
    require_positive("eps", eps)
    # Python floats leave float32 gradients float32
    beta_1, beta_2, eps = float(beta_1), float(beta_2), float(eps)

    def update(g, state):
        g, (m, v, t) = inexact(g, "g"), state
        m, v, t = beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * g**2, t + 1
        m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
        return m_hat / (np.sqrt(v_hat) + eps), (m, v, t)

    return Transform(lambda theta: (zeros_like(theta), zeros_like(theta), 0), update)


def clip_by_value(max_value, nonfinite="raise"):
    """Return `clipping.clip_value` as a link."""
    clip_value(np.zeros(1), max_value, nonfinite)  # bad arguments are told of at once
    return stateless(lambda g: clip_value(g, max_value, nonfinite))


def clip_by_global_norm(max_norm, nonfinite="raise"):
    """Return `clipping.clip_global_norm` as a link."""
    clip_global_norm(np.zeros(1), max_norm, nonfinite)
    return stateless(lambda g: clip_global_norm(g, max_norm, nonfinite))


def clip_by_layer_norm(max_norm, layers, nonfinite="raise"):
    """Return `clipping.clip_layer_norms` as a link for a model with these layers."""
    clip_global_norm(np.zeros(1), max_norm, nonfinite)
    return stateless(lambda g: clip_layer_norms(g, max_norm, layers, nonfinite))


def accumulate_micro_batches(k):
    """Return a link that passes on the mean of every k gradients, and nothing in between.

    k micro-batches of equal size then make the step of one batch k times as large. The links
    behind it are called once in k steps, so that their states see whole batches only.

    Parameters
    ----------
    k : int
        Micro-batches per step, ≥ 1.

    Returns
    -------
    Transform
        Its state is the sum so far and how many it holds.

    Raises
    ------
    ValueError
        If ``k`` is not a whole number ≥ 1.
    """
    require_count("k", k)

    def update(g, state):
        total, count = state[0] + inexact(g, "g"), state[1] + 1
        if count < k:
            return None, (total, count)
        return total / k, (np.zeros_like(total), 0)

    return Transform(lambda theta: (zeros_like(theta), 0), update)


def record(log, measure=global_norm):
    """Return a link that appends ``measure(g)`` to ``log`` and passes g on unchanged.

    Parameters
    ----------
    log : list
        Grows by one entry a step: the one thing that is changed in place, as a log is.
    measure : callable, optional
        From a gradient to what is worth keeping; the global norm unless given.

    Returns
    -------
    Transform

    Raises
    ------
    TypeError
        If nothing can be appended to ``log``.
    """
    if not hasattr(log, "append"):
        raise TypeError(f"log must be a list to append to, got {type(log).__name__}")

    def rule(g):
        log.append(measure(g))
        return g

    return stateless(rule)


def _checked_decay(value, name="gamma"):
    """Return a decay as Python's float, which leaves the precision of a gradient as it is."""
    if not (is_number(value) and 0 <= value < 1):
        raise ValueError(f"{name} must lie in [0, 1), got {value!r}")
    return float(value)
