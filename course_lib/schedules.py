"""Schedules: links of an optimizer whose factor changes from step to step."""

from course_lib._validation import inexact, require_count
from course_lib.optimizers import Transform


def warm_up(n_steps):
    """Return a link that multiplies by min(1, t/n_steps), t counted from 1.

    The first of the ``n_steps`` steps is shortened to 1/n_steps of its length, the last of them
    is whole, and so is every step after it. Behind accumulation it scales the rate, in front of
    it the gradients that are accumulated; ``chain(momentum(gamma), warm_up(n), scale(-lr))`` is
    the usual order.

    Parameters
    ----------
    n_steps : int
        Length of the warm-up in steps, ≥ 1; 1 changes nothing.

    Returns
    -------
    Transform
        Its state is the number of steps made, at first 0.

    Raises
    ------
    ValueError
        If ``n_steps`` is not a whole number ≥ 1.

    Notes
    -----
    Source: Goyal et al. 2017, §2.2, "gradual warmup": there the rate rises in equal steps from
    that of one worker, here from 0.
    """
    require_count("n_steps", n_steps)

    def update(g, made):
        # a Python float leaves float32 gradients float32
        return min(1.0, (made + 1) / int(n_steps)) * inexact(g, "g"), made + 1

    return Transform(lambda theta: 0, update)
