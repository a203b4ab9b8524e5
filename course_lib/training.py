"""The training loop, and the record of what happened in it."""

from dataclasses import dataclass, field

import numpy as np
from tqdm.auto import tqdm

from course_lib._validation import inexact, require_count
from course_lib.clipping import global_norm


@dataclass
class History:
    """What `train` saw.

    Attributes
    ----------
    loss : list of float
        The loss before each step.
    grad_norm : list of float
        The global norm of the gradient before each step.
    update_ratio : list of float
        The norm of each step relative to that of the parameters: a healthy run makes steps of a
        thousandth or so.
    theta : ndarray, shape (n_params,)
        The last parameters; where training stopped, the last ones with a finite loss.
    stopped : str or None
        Why training ended before its time, in one sentence; None if it did not.
    """

    loss: list = field(default_factory=list)
    grad_norm: list = field(default_factory=list)
    update_ratio: list = field(default_factory=list)
    theta: np.ndarray = field(default=None, repr=False)
    stopped: str | None = None

    @property
    def n_steps(self):
        """How many steps were made."""
        return len(self.loss)


def train(model, theta, x, y, optimizer, n_steps, *, rng=None, batch_size=None, progress=True):
    """Train a model and record loss and gradient norm before each step.

    Parameters
    ----------
    model : MLP or alike
        Has ``loss_and_gradient(theta, x, y)``.
    theta : ndarray, shape (n_params,)
        Initial parameters of one network; not changed.
    x, y : ndarray, first axis n_examples
        Inputs and targets.
    optimizer : Transform
        The chain that turns a gradient into an update.
    n_steps : int
        Number of steps, ≥ 1.
    rng : numpy.random.Generator, optional
        Draws the mini-batches; needed with ``batch_size``.
    batch_size : int, optional
        Examples per step, drawn with replacement; all of them in every step unless given.
    progress : bool, optional
        Show a progress bar while it runs; it disappears at the end.

    Returns
    -------
    History
        ``history.stopped`` says why where a loss was not finite; nothing is raised.

    Raises
    ------
    ValueError
        If theta is not one network's vector, a count is out of range, or ``batch_size`` comes
        without ``rng``.
    """
    theta, x, y = inexact(theta, "theta"), np.asarray(x), np.asarray(y)
    _check_arguments(theta, x, n_steps, rng, batch_size)
    state = optimizer.init(theta)
    history = History(theta=theta)
    steps = tqdm(range(n_steps), disable=not progress, leave=False, desc="training")
    for step in steps:
        batch = slice(None) if batch_size is None else rng.integers(len(x), size=batch_size)
        # an overflow is not a warning on the learner's screen but the reason training stops
        with np.errstate(over="ignore", invalid="ignore"):
            loss, grad = model.loss_and_gradient(theta, x[batch], y[batch])
            norm = global_norm(grad)
            if not np.isfinite(loss):
                history.stopped = _reason(step, loss, history)
                steps.total = None  # or the bar of a run that ends early would stay, in red
                break
            history.theta = theta
            history.loss.append(float(loss))
            history.grad_norm.append(float(norm))
            update, state = optimizer.update(grad, state)
            history.update_ratio.append(_ratio(update, theta))
            theta = theta + update
    else:
        history.theta = theta
    return history


def _check_arguments(theta, x, n_steps, rng, batch_size):
    if np.ndim(theta) != 1:
        raise ValueError(f"theta must have shape (n_params,), got {np.shape(theta)}")
    require_count("n_steps", n_steps)
    if batch_size is not None:
        require_count("batch_size", batch_size)
        if rng is None:
            raise ValueError("rng must be a numpy.random.Generator with batch_size, got None")
    if len(x) == 0:
        raise ValueError("x must hold at least one example, got none")


def _ratio(update, theta):
    """Return ‖update‖/‖theta‖; inf for a step away from 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.divide(global_norm(update), global_norm(theta)))


def _reason(step, loss, history):
    before = (
        f"; one step before, the gradient's norm was {history.grad_norm[-1]:.3g}"
        if history.grad_norm
        else ": at the initial parameters"
    )
    return f"stopped before step {step}: the loss is {loss}{before}"
