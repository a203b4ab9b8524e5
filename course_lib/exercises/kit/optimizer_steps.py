"""What an optimizer does with gradients that keep to one direction."""

from dataclasses import dataclass

import numpy as np

from course_lib.exercises.engine.comparison import Close, Unobservable
from course_lib.exercises.engine.formatting import counted, kind
from course_lib.optimizers import Transform

DIRECTION = np.array([0.6, 0.8])  # of the gradients that an optimizer is played on


@dataclass(frozen=True)
class PlayedOptimizer(Close):
    """Optimizers are compared by their updates on gradients of some sizes along (0.6, 0.8)."""

    sizes: tuple = ()
    acts = True

    def observe(self, optimizer, *args):
        """Return the updates, one row per step: see `steps_along`."""
        return steps_along(optimizer, self.sizes)


def steps_along(optimizer, sizes):
    """Return the updates of an optimizer on gradients of these sizes along (0.6, 0.8).

    Parameters
    ----------
    optimizer : Transform
        What the learner's function returned; an object of one's own with ``init`` and
        ``update`` does as well.
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
    if not all(callable(getattr(optimizer, part, None)) for part in ("init", "update")):
        needed = "an optimizer is needed, such as `chain(...)` makes"
        raise Unobservable(f"It returned {_kind(optimizer)}; {needed}.")
    state, updates = optimizer.init(np.zeros(2)), []
    for size in sizes:
        update, state = optimizer.update(size * DIRECTION, state)
        updates.append(update)
    return np.array(updates)


def recovery(along, limit):
    """Tell whether steps go downhill, and stay so, after ``limit`` steps at the latest.

    Parameters
    ----------
    along : ndarray
        How far each step behind a spike moves, downhill counted as positive.
    limit : int

    Returns
    -------
    tuple
        Whether it is so, and in words after how many steps.
    """
    uphill = np.flatnonzero(along <= 0)
    n_steps = int(uphill[-1]) + 2 if uphill.size else 1
    if n_steps > len(along):
        return False, f"not within {counted(len(along), 'step')}"
    return n_steps <= limit, f"after {counted(n_steps, 'step')}"


def _kind(value):
    if isinstance(value, list | tuple) and any(isinstance(v, Transform) for v in value):
        return "the links one by one"
    return kind(value)
