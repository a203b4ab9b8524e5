"""Optimizers: chains of small functions that the gradient flows through.

A link is a pair of pure functions, ``init(theta) -> state`` and
``update(g, state) -> (g, state)``. The parameters change in one visible place, the loop:
``theta = theta + update``; the sign sits in the last link, ``scale(-lr)``.

The form is that of optax (Babuschkin et al. 2020).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from course_lib._validation import require_count


class Transform(NamedTuple):
    """One link of an optimizer.

    Attributes
    ----------
    init : callable
        ``init(theta) -> state``: what the link remembers before the first step.
    update : callable
        ``update(g, state) -> (g, state)``: what goes to the next link, and what the link
        remembers now. Neither g nor state is changed in place.
    """

    init: Callable[[np.ndarray], Any]
    update: Callable[[np.ndarray, Any], tuple[np.ndarray, Any]]


def stateless(rule):
    """Return a link that applies ``rule(g)`` and remembers nothing.

    Parameters
    ----------
    rule : callable
        A pure function from a gradient to one of the same shape.

    Returns
    -------
    Transform
    """
    return Transform(init=lambda theta: (), update=lambda g, state: (rule(g), state))


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
    if not np.isscalar(factor) or isinstance(factor, str) or not np.isfinite(factor):
        raise ValueError(f"factor must be a finite number, got {factor!r}")
    # a Python float leaves float32 gradients float32
    return stateless(lambda g: float(factor) * g)


def chain(*links):
    """Return the optimizer that passes the gradient through ``links``, from left to right.

    Parameters
    ----------
    *links : Transform
        One or more.

    Returns
    -------
    Transform
        Its state is the tuple of the links' states.

    Raises
    ------
    ValueError
        If there is no link.
    TypeError
        If an argument is not a Transform.
    """
    require_count("the number of links", len(links))
    for position, link in enumerate(links):
        if not isinstance(link, Transform):
            raise TypeError(f"links[{position}] must be a Transform, got {link!r}")

    def init(theta):
        return tuple(link.init(theta) for link in links)

    def update(g, state):
        new_state = []
        for link, link_state in zip(links, state, strict=True):
            g, link_state = link.update(g, link_state)
            new_state.append(link_state)
        return g, tuple(new_state)

    return Transform(init, update)
