"""One spike through clip and momentum, in either order, and when the true sign is back."""

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter

from course_lib.clipping import clip_global_norm
from course_lib.figures.display import figure
from course_lib.figures.steps import steps_to_sign
from course_lib.figures.style import BLUE, GRAY, VERMILLION, number, styled
from course_lib.widgets.canvas import LiveFigure
from course_lib.widgets.controls import Control
from course_lib.widgets.live import LiveWidget

_SPIKE_AT, _N_STEPS, _N_SHOWN = 2, 800, 103  # the longest delay there can be is 462 steps
_TICKS = (-1000, -100, -10, -1, 0, 1, 10, 100, 1000, 10_000)


def gradients(spike):
    """Return the gradients 1, 1, spike, then -1 for ever.

    Parameters
    ----------
    spike : float

    Returns
    -------
    ndarray, shape (n_steps,)
    """
    g = np.full(_N_STEPS, -1.0)
    g[:_SPIKE_AT], g[_SPIKE_AT] = 1, spike
    return g


def clip_then_momentum(g, gamma, max_norm):
    """Return what ``chain(clip_by_global_norm(max_norm), momentum(gamma))`` passes on.

    Parameters
    ----------
    g : ndarray, shape (n_steps,)
        The gradients of one parameter.
    gamma, max_norm : float

    Returns
    -------
    ndarray, shape (n_steps,)
    """
    return _accumulate(clip_global_norm(g[:, None], max_norm)[:, 0], gamma)


def momentum_then_clip(g, gamma, max_norm):
    """Return what ``chain(momentum(gamma), clip_by_global_norm(max_norm))`` passes on.

    Parameters
    ----------
    g : ndarray, shape (n_steps,)
        The gradients of one parameter.
    gamma, max_norm : float

    Returns
    -------
    ndarray, shape (n_steps,)
    """
    return clip_global_norm(_accumulate(g, gamma)[:, None], max_norm)[:, 0]


def spike_widget():
    """Make the interactive figure of lesson 07: clip before momentum, or after it.

    The gradients 1, 1, spike, then -1 for ever, and the step that each order passes on.

    Returns
    -------
    LiveWidget
        Its controls are ``spike``, ``gamma`` and ``max_norm``.
    """
    fig, ax = figure(height=3.8)
    before, after, gradient = artists = _draw_panel(ax)

    def update(spike, gamma, max_norm):
        g = gradients(spike)
        gradient.set_ydata(g[:_N_SHOWN])
        first = _move(*before, clip_then_momentum(g, gamma, max_norm))
        second = _move(*after, momentum_then_clip(g, gamma, max_norm))
        return _sentence(spike, gamma, max_norm, first, second)

    controls = {
        "spike": Control("size of the spike", 1000.0, 10.0, 10_240.0, 1.0, per_doubling=4),
        "gamma": Control("momentum γ", 0.9, 0.0, 0.99, 0.01),
        "max_norm": Control("max_norm c", 1.0, 0.25, 8.0, 0.05, per_doubling=4),
    }
    about = (
        "The step that two chains pass on, on an axis that is logarithmic beyond ±1, when the "
        "gradient is 1, 1, a spike, then −1 for ever: clip before momentum, and clip after it."
    )
    moving = [*artists[0], *artists[1]]
    return LiveWidget(LiveFigure(fig, [gradient, *moving]), controls, update, about)


@styled
def _draw_panel(ax):
    ax.set_yscale("symlog", linthresh=1)
    ax.yaxis.set_major_locator(FixedLocator(_TICKS))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda y, _: f"{y:.0f}".replace("-", "−")))
    ax.yaxis.minorticks_off()
    ax.set(xlim=(-_SPIKE_AT - 1, _N_SHOWN - _SPIKE_AT), ylim=(-1500, 20_000))
    ax.set(xlabel="steps after the spike", ylabel="step passed on")
    ax.axhline(0, color=GRAY, linewidth=1)
    x = np.arange(_N_SHOWN) - _SPIKE_AT
    (gradient,) = ax.plot(x, 0 * x, ":", color=GRAY, linewidth=1.5, label="gradient")
    looks = {
        "clip, then momentum": (BLUE, "-", "o"),
        "momentum, then clip": (VERMILLION, "--", "s"),
    }
    lines = [_draw_curve(ax, x, label, *look) for label, look in looks.items()]
    ax.legend(loc="upper right", markerscale=0.7)
    return *lines, gradient


def _draw_curve(ax, x, label, color, linestyle, marker):
    (line,) = ax.plot(x, 0 * x, color=color, linestyle=linestyle)
    mark = {"color": color, "mec": "white", "markersize": 11}
    (regained,) = ax.plot([], [], marker, linestyle=linestyle, label=label, **mark)
    return line, regained


def _move(line, regained, steps):
    """Move a curve and the mark of its sign; return after how many steps that is back."""
    line.set_ydata(steps[:_N_SHOWN])
    n_steps = steps_to_sign(steps, _SPIKE_AT, -1)
    seen = [n_steps] if _SPIKE_AT + n_steps < _N_SHOWN else []
    regained.set_data(seen, [steps[_SPIKE_AT + n_steps]] if seen else [])
    return n_steps


def _accumulate(g, gamma):
    """Return v of v ← γv + g after each step."""
    velocities, v = [], 0.0
    for one in g.tolist():
        v = gamma * v + one
        velocities.append(v)
    return np.array(velocities)


def _sentence(spike, gamma, max_norm, first, second):
    beyond = ", beyond the picture" if _SPIKE_AT + second >= _N_SHOWN else ""
    return (
        f"After a spike of {spike:g}, with γ = {number(gamma)} and c = {number(max_norm)}, "
        f"clip before momentum follows the true sign again after {_steps(first)}, "
        f"momentum before clip after {_steps(second)}{beyond}."
    )


def _steps(n_steps):
    return f"{n_steps} step{'' if n_steps == 1 else 's'}"
