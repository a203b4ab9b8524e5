"""What an optimizer does with gradients that keep to one direction."""

import numpy as np

from course_lib.exercises.engine.formatting import kind
from course_lib.exercises.engine.observing import Unobservable
from course_lib.optimizers import Transform

DIRECTION = np.array([0.6, 0.8])  # of the gradients that an optimizer is played on


def steps_along(optimizer, sizes):
    """Return the updates of an optimizer on gradients of these sizes along (0.6, 0.8).

    Parameters
    ----------
    optimizer : Transform
        What the learner's function returned.
    sizes : sequence of float
        A negative one turns the gradient's sign.

    Returns
    -------
    ndarray, shape (n_sizes, 2)
        One row per step.

    Raises
    ------
    Unobservable
        If it is no optimizer.
    """
    if not isinstance(optimizer, Transform):
        needed = "an optimizer is needed, such as `chain(...)` makes"
        raise Unobservable(f"It returned {_kind(optimizer)}; {needed}.")
    state, updates = optimizer.init(np.zeros(2)), []
    for size in sizes:
        update, state = optimizer.update(size * DIRECTION, state)
        updates.append(update)
    return np.array(updates)


def _kind(value):
    if isinstance(value, list | tuple) and any(isinstance(v, Transform) for v in value):
        return "the links one by one"
    return kind(value)
