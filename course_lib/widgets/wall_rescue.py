"""The wall again: a descent with momentum, and with a clip in front of it or none."""

import math

import numpy as np

from course_lib._validation import require_count
from course_lib.figures.axes import log_axis
from course_lib.figures.display import figure
from course_lib.figures.style import GRAY, VERMILLION, number, styled
from course_lib.widgets.canvas import LiveFigure
from course_lib.widgets.controls import Choice, Control
from course_lib.widgets.live import LiveWidget
from course_lib.widgets.wall import FAR, draw_surface_panel, gradient_of_one, move_path

RULES = ("none", "by global norm", "by value")
_W, _SOLVED = 6.0, 1e-3


def descend(b, lr, gamma, rule, threshold, n_steps):
    """Descend on the wall from (6, b) by clip, momentum and rate, in Python's own numbers.

    Parameters
    ----------
    b : float
        The bias to start from.
    lr, gamma : float
        η and γ.
    rule : str
        One of `RULES`.
    threshold : float
        Of the clip.
    n_steps : int

    Returns
    -------
    path : ndarray, shape (n_steps + 1, 2)
        w and b before each step, and after the last one.
    step_lengths : ndarray, shape (n_steps,)
    error : float
        At the end.
    """
    w, (v_w, v_b) = _W, (0.0, 0.0)
    path, lengths = [(w, b)], []
    for _ in range(n_steps):
        _, by_w, by_b = gradient_of_one(w, b)
        by_w, by_b = _clipped(by_w, by_b, rule, threshold)
        v_w, v_b = gamma * v_w + by_w, gamma * v_b + by_b
        w, b = w - lr * v_w, b - lr * v_b
        path.append((w, b))
        lengths.append(lr * math.hypot(v_w, v_b))
    return np.array(path), np.array(lengths), gradient_of_one(w, b)[0]


def _clipped(by_w, by_b, rule, threshold):
    if rule == "by value":
        return tuple(min(max(by, -threshold), threshold) for by in (by_w, by_b))
    norm = math.hypot(by_w, by_b)
    if rule == "none" or norm <= threshold:
        return by_w, by_b
    return by_w * (threshold / norm), by_b * (threshold / norm)


def wall_rescue_widget(n_steps=400):
    """Make the interactive figure of lesson 08: the wall with clipping and momentum.

    Left: the error of the one-unit recurrent net over w and b, and the path of a descent from
    w = 6. Right: the length of each of its steps.

    Parameters
    ----------
    n_steps : int
        How many steps the descent has.

    Returns
    -------
    LiveWidget
        Its controls are ``b``, ``lr``, ``gamma``, ``rule`` and ``threshold``.

    Raises
    ------
    ValueError
        If ``n_steps`` is not a whole number >= 1.
    """
    require_count("n_steps", n_steps)
    fig, (left, right) = figure(2, height=3.8, width_ratios=(1.35, 1))
    path_artists = draw_surface_panel(left)
    length_artists = _draw_length_panel(right, n_steps)

    def update(b, lr, gamma, rule, threshold):
        path, lengths, error = descend(b, lr, gamma, rule, threshold, n_steps)
        move_path(*path_artists, np.clip(path, -FAR, FAR))
        _move_lengths(*length_artists, lengths, lr, gamma, rule, threshold)
        return _sentence(path, lengths, error, _bound(lr, gamma, rule, threshold))

    controls = {
        "b": Control("start: bias b", -3.3, -4.0, -2.0, 0.05),
        "lr": Control("learning rate η", 0.1, 2.0**-6, 1.0, 0.01, per_doubling=4),
        "gamma": Control("momentum γ", 0.0, 0.0, 0.99, 0.05),
        "rule": Choice("clip", "none", RULES),
        "threshold": Control("threshold c", 1.0, 2.0**-6, 64.0, 0.01, per_doubling=2),
    }
    about = (
        "Left, the error of the one-unit recurrent net over w and b, with a wall across it, "
        f"and the path of {n_steps} steps from w = 6, with momentum where γ is above 0. Right, "
        "the length of each step on a logarithmic axis, and the bound that clip, momentum and "
        "rate set."
    )
    live = LiveFigure(fig, [*path_artists, *length_artists])
    return LiveWidget(live, controls, update, about)


@styled
def _draw_length_panel(ax, n_steps):
    log_axis(ax).set(xlim=(-0.02 * n_steps, 1.02 * n_steps), ylim=(1e-8, 1e8))
    ax.set(xlabel="step", ylabel="length of the step")
    (lengths,) = ax.plot([], [], "-", color=VERMILLION, linewidth=1.5)
    (longest,) = ax.plot([], [], "D", color=VERMILLION, mec="white", markersize=9)
    (bound,) = ax.plot([], [], "--", color=GRAY, linewidth=1.2)
    return lengths, longest, bound


def _bound(lr, gamma, rule, threshold):
    """Return ηc/(1 - γ), the longest step that a clip by norm allows; None without it."""
    reach = {"by global norm": 1.0, "by value": math.sqrt(2)}.get(rule)
    return None if reach is None else reach * lr * threshold / (1 - gamma)


def _move_lengths(lengths, longest, bound, values, lr, gamma, rule, threshold):
    at, limit = int(values.argmax()), _bound(lr, gamma, rule, threshold)
    lengths.set_data(np.arange(len(values)), values)
    longest.set_data([at], values[[at]])
    bound.set_data(*(([0, len(values)], [limit, limit]) if limit else ([], [])))


def _sentence(path, lengths, error, bound):
    (w, b), n_steps = path[-1], len(lengths)
    said = "no bound" if bound is None else f"the bound is {number(bound)}"
    verdict = "solved" if error < _SOLVED else "not solved"
    place = f"w = {number(w)}, b = {number(b)}"
    return (
        f"The longest step is {number(lengths.max())} ({said}); after {n_steps} steps the "
        f"descent is at {place}, with error {number(error)}: {verdict}."
    )
