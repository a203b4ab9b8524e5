"""Move initial parameters by a millionth: what has a margin stays as it is.

The one switch is the variable ``COURSE_NUDGE``, the number of a draw; only tests set it. As a
pytest plugin (``-p tools.nudge``) this moves the parameters in the process that tests.
"""

import functools
import hashlib
import os

import numpy as np

VARIABLE, RELATIVE = "COURSE_NUDGE", 1e-6
# The wall is a needle: a step that lands on it is thrown as far as its last digits say. Lesson
# 05 shows just this with one path, so its gradient is moved by some last bits only.
RELATIVE_ON_THE_WALL = 1e-14


def nudged(theta, draw, relative=RELATIVE):
    """Return parameters moved by about ``relative`` of their size, in their own precision."""
    text = f"{draw} {theta.shape}".encode()
    rng = np.random.default_rng(list(hashlib.sha256(text).digest()))
    return (theta * (1 + relative * rng.standard_normal(theta.shape))).astype(theta.dtype)


def moved_places():
    """Return the (owner, name) of every function that is moved: all nets, and the wall."""
    from course_lib.cnn import CNN
    from course_lib.experiments import wall
    from course_lib.gated import GRU
    from course_lib.mlp import MLP
    from course_lib.residual import ResidualNet
    from course_lib.rnn import RNN

    nets = [(net, "init") for net in (MLP, CNN, RNN, GRU, ResidualNet)]
    return [*nets, (wall, "error_and_gradient")]


def install(draw):
    """Make every net draw moved initial parameters, and the wall give a moved gradient."""
    for owner, name in moved_places():
        moved = _moved if name == "init" else _moved_wall
        setattr(owner, name, moved(getattr(owner, name), draw))


def _moved(init, draw):
    @functools.wraps(init)
    def moved(*arguments, **options):
        return nudged(init(*arguments, **options), draw)

    return moved


def _moved_wall(error_and_gradient, draw):
    factor = nudged(np.ones(2), draw, RELATIVE_ON_THE_WALL)

    @functools.wraps(error_and_gradient)
    def moved(*arguments, **options):
        error, gradient = error_and_gradient(*arguments, **options)
        return error, gradient * factor

    return moved


def pytest_configure(config):
    """Move parameters in this process, if the variable is set."""
    if draw := os.environ.get(VARIABLE):
        install(int(draw))
