"""Many runs at once, and what a remedy has done for them: the tools of a fair comparison."""

from typing import NamedTuple

import numpy as np
from tqdm.auto import tqdm

from course_lib._validation import require_count
from course_lib.statistics import wilson_interval

N_LAST = 20  # steps that the late loss is averaged over


class Runs(NamedTuple):
    """What `train_many` saw.

    Attributes
    ----------
    theta : ndarray, shape (n_rates, n_seeds, n_params)
        The last parameters.
    loss : ndarray, shape (n_steps, n_rates, n_seeds)
        The loss before each step; nan or inf from where a run was lost.
    """

    theta: np.ndarray
    loss: np.ndarray


def train_many(model, theta, draw, link, rates, n_steps, desc="training", progress=True):
    """Train many networks of one layout, each at every rate, on the same batches.

    Parameters
    ----------
    model : MLP or alike
        Has ``loss_and_gradient(theta, x, y)`` for leading axes of networks.
    theta : ndarray, shape (n_seeds, n_params)
        Initial parameters of all networks; not changed.
    draw : callable
        ``draw() -> (x, y)``: the next batch, whose first axis is that of the seeds.
    link : Transform
        What turns gradients into steps, without the rate.
    rates : array_like, shape (n_rates,)
        Learning rates, > 0.
    n_steps : int
        Number of steps, ≥ 1.
    desc : str, optional
        What the progress bar says.
    progress : bool, optional
        Show a progress bar while it runs; it disappears at the end.

    Returns
    -------
    Runs

    Raises
    ------
    ValueError
        If theta is not a vector for each seed, a rate is not positive, or ``n_steps`` is not a
        whole number ≥ 1.
    """
    eta = _column_of(rates, np.asarray(theta))
    require_count("n_steps", n_steps)
    theta = np.repeat(theta[None], len(eta), axis=0)
    state, losses = link.init(theta), []
    for _ in tqdm(range(n_steps), disable=not progress, leave=False, desc=desc):
        x, y = draw()
        # runs that explode are what is counted, not a warning on the learner's screen
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            loss, grad = model.loss_and_gradient(theta, x, y)
            step, state = link.update(grad, state)
            theta = theta - eta * step
        losses.append(loss)
    return Runs(theta, np.array(losses))


def solved(loss, guessing):
    """Tell which runs end below half of what guessing costs, over their last 20 steps.

    Parameters
    ----------
    loss : ndarray, shape (n_steps, ...)
        As `train_many` returns it.
    guessing : float
        The loss of an answer without knowledge, such as ln 10 for ten classes.

    Returns
    -------
    ndarray of bool, shape (...)
        A run that was lost on the way is not solved.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        return np.mean(loss[-N_LAST:], axis=0) < guessing / 2


def told(count, n):
    """Say of how many of n runs something holds, as far as another processor would say it too.

    Parameters
    ----------
    count, n : int
        Runs of which it holds, and runs.

    Returns
    -------
    str
        A quarter of the runs is left open, so that a last bit that turns some does not show.
    """
    if 4 * count >= 3 * n:
        return f"at least {3 * n // 4} of {n}"
    if 4 * count <= n:
        return f"at most {n // 4} of {n}" if n >= 4 else f"none of {n}"
    return f"{n // 4} to {3 * n // 4} of {n}"


def verdict(successes, without, n, cured=0.9):
    """Say in a word what a remedy did, from how many of n runs succeed with it and without it.

    Parameters
    ----------
    successes, without : int
        Runs that succeed with the remedy, and without it.
    n : int
        Runs of each kind.
    cured : float, optional
        The fraction from which on a remedy cures, if it is told apart from none at all.

    Returns
    -------
    {"cures", "helps", "makes worse", "not shown"}
        "not shown" where the two 95 % intervals overlap: nothing that these runs can show.
    """
    low, high = wilson_interval(successes, n)
    low_without, high_without = wilson_interval(without, n)
    if low > high_without:
        return "cures" if successes >= cured * n else "helps"
    return "makes worse" if high < low_without else "not shown"


def _column_of(rates, theta):
    """Return the rates with axes for seeds and parameters behind, in the type of theta."""
    eta = np.asarray(rates, theta.dtype)
    if theta.ndim != 2:
        raise ValueError(f"theta must have shape (n_seeds, n_params), got {theta.shape}")
    if eta.ndim != 1 or not np.all((eta > 0) & np.isfinite(eta)):
        raise ValueError(f"rates must be a sequence of numbers > 0, got {rates!r}")
    return eta[:, None, None]
