"""The wall of lesson 05, with a descent that starts where the reader puts it."""

import math
from typing import NamedTuple

import numpy as np

from course_lib._validation import require_count
from course_lib.experiments.wall import N_STEPS, TARGET, error_and_gradient
from course_lib.figures.axes import log_axis
from course_lib.figures.display import figure
from course_lib.figures.maps import wall_surface
from course_lib.figures.style import GRAY, VERMILLION, number, styled
from course_lib.widgets.canvas import LiveFigure
from course_lib.widgets.controls import Choice, Control
from course_lib.widgets.live import LiveWidget

VIEWS = {"whole": ((3.0, 7.0), (-4.0, 0.0)), "at the wall": ((4.5, 5.5), (-2.8, -2.2))}
_W_RANGE, _B_RANGE = VIEWS["whole"]
_N_GRID = 161
FAR = 1e6  # farther out a path is drawn as if it were here


class Descent(NamedTuple):
    """A run of gradient descent.

    Attributes
    ----------
    path : ndarray, shape (n_steps + 1, 2)
        w and b before each step, and after the last one.
    error, grad_norm : ndarray, shape (n_steps + 1,)
        Error, and norm of its gradient, at each of them.
    """

    path: np.ndarray
    error: np.ndarray
    grad_norm: np.ndarray


def descend(w, b, lr, n_steps):
    """Descend on the wall by plain gradient descent, in Python's own numbers.

    Fifty recurrences on one number take NumPy thirty times as long.

    Parameters
    ----------
    w, b : float
        Where to start.
    lr : float
        Learning rate.
    n_steps : int

    Returns
    -------
    Descent
    """
    path, errors, norms = [], [], []
    for _ in range(n_steps + 1):
        error, by_w, by_b = gradient_of_one(w, b)
        path.append((w, b))
        errors.append(error)
        norms.append(math.hypot(by_w, by_b))
        w, b = w - lr * by_w, b - lr * by_b
    return Descent(np.array(path), np.array(errors), np.array(norms))


def gradient_of_one(w, b):
    """Return error and gradient at one place in Python's own numbers.

    Parameters
    ----------
    w, b : float

    Returns
    -------
    error, by_w, by_b : float
        What `course_lib.experiments.wall.error_and_gradient` gives.
    """
    state, by_w, by_b = 0.5, 0.0, 0.0
    for _ in range(N_STEPS):
        z = w * state + b
        decay = math.exp(-abs(z))
        part = 1 / (1 + decay)
        slope = decay * part * part
        by_w, by_b = slope * (state + w * by_w), slope * (1 + w * by_b)
        state = part if z >= 0 else decay * part
    difference = state - TARGET
    return difference**2, 2 * difference * by_w, 2 * difference * by_b


def wall_widget(n_steps=400):
    """Make the interactive figure of lesson 05: gradient descent in front of the wall.

    Left: the error of the one-unit recurrent net over w and b, and the path of a descent, whose
    start can be dragged there. Right: the norm of the gradient before each of its steps.

    Parameters
    ----------
    n_steps : int
        How many steps the descent has.

    Returns
    -------
    LiveWidget
        Its controls are ``w``, ``b``, ``lr`` and ``view``.

    Raises
    ------
    ValueError
        If ``n_steps`` is not a whole number >= 1.
    """
    require_count("n_steps", n_steps)
    fig, (left, right) = figure(2, height=3.8, width_ratios=(1.35, 1))
    path_artists = draw_surface_panel(left)
    norm_artists = _draw_norm_panel(right, n_steps)

    def update(w, b, lr, view):
        descent = descend(w, b, lr, n_steps)
        left.set(**dict(zip(("xlim", "ylim"), VIEWS[view], strict=True)))
        move_path(*path_artists, np.clip(descent.path, -FAR, FAR))
        _move_norms(*norm_artists, descent.grad_norm)
        return _descent_sentence(descent, lr, view)

    controls = {
        "w": Control("start: weight w", 5.0, *_W_RANGE, 0.1),
        "b": Control("start: bias b", -2.6, *_B_RANGE, 0.1),
        "lr": Control("learning rate η", 0.1, 0.0125, 1.6, 0.01, per_doubling=4),
        "view": Choice("view", "whole", tuple(VIEWS)),
    }
    about = (
        f"Left, the error of the one-unit recurrent net over w and b, with a cliff across it, "
        f"and the path of {n_steps} steps of gradient descent. Right, the norm of the gradient "
        "before each step, on a logarithmic axis."
    )
    live = LiveFigure(fig, [*path_artists, *norm_artists], handle=(left, "w", "b"))
    return LiveWidget(live, controls, update, about)


@styled
def draw_surface_panel(ax):
    """Draw the wall, and return the artists of a path: steps, start and end."""
    w, b = (_grid(*ranges) for ranges in zip(*VIEWS.values(), strict=True))
    errors, _ = error_and_gradient(np.stack(np.meshgrid(w, b), axis=-1))
    wall_surface(ax, w, b, errors)
    (steps,) = ax.plot([], [], "-", color=VERMILLION, linewidth=1.2)
    ring = {"markerfacecolor": "white", "markersize": 9}
    (start,) = ax.plot([], [], "o", color=VERMILLION, **ring)
    (end,) = ax.plot([], [], "*", color=VERMILLION, mec="white", markersize=14)
    return steps, start, end


def _grid(*ranges):
    """Return the places at which the surface is computed: as many for each view."""
    return np.unique(np.concatenate([np.linspace(*ends, _N_GRID) for ends in ranges]))


@styled
def _draw_norm_panel(ax, n_steps):
    log_axis(ax).set(xlim=(-0.02 * n_steps, 1.02 * n_steps), ylim=(1e-8, 1e8))
    ax.set(xlabel="step", ylabel="norm of the gradient")
    ax.axhline(1, color=GRAY, linewidth=1)
    (norms,) = ax.plot([], [], "-", color=VERMILLION, linewidth=1.2)
    (largest,) = ax.plot([], [], "D", color=VERMILLION, mec="white", markersize=9)
    return norms, largest


def move_path(steps, start, end, path):
    """Move the artists of `draw_surface_panel` to a path of shape (n_points, 2)."""
    steps.set_data(*path.T)
    start.set_data(path[:1].T)
    end.set_data(path[-1:].T)


def _move_norms(norms, largest, values):
    at = int(values.argmax())
    norms.set_data(np.arange(len(values)), values)
    largest.set_data([at], values[[at]])


def _descent_sentence(descent, lr, view):
    (w, b), n_steps = descent.path[-1], len(descent.path) - 1
    at = int(descent.grad_norm.argmax())
    (left, right), (low, high) = VIEWS[view]
    inside = left <= w <= right and low <= b <= high
    closeness = "" if view == "whole" else "Close up. "
    where = "in the picture" if inside else "outside the picture"
    return (
        f"{closeness}With η = {number(lr)} the largest gradient has norm "
        f"{number(descent.grad_norm[at])}, before step {at}; after {n_steps} steps the descent "
        f"is at w = {number(w)}, b = {number(b)}, {where}, with error "
        f"{number(descent.error[-1])}."
    )
