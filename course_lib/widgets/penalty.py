"""The gradient penalty on a parabola: a larger curvature, and a smaller stable rate."""

import numpy as np

from course_lib.figures.axes import log_axis
from course_lib.figures.display import figure
from course_lib.figures.style import BLUE, GRAY, VERMILLION, number, styled
from course_lib.widgets.canvas import LiveFigure
from course_lib.widgets.controls import Control
from course_lib.widgets.live import LiveWidget

_THETA = np.linspace(-2, 2, 101)
_START, _N_STEPS, _N_DOTS, _HIGHEST = 1.0, 30, 8, 12.0


def penalized_curvature(curvature, mu):
    """Return λ(1 + 2λμ), the curvature of ½λθ² with the penalty μ(λθ)² added.

    Parameters
    ----------
    curvature, mu : float

    Returns
    -------
    float
    """
    return curvature * (1 + 2 * curvature * mu)


def descend(curvature, lr):
    """Return θ before and after each of 30 steps of gradient descent from 1.

    Parameters
    ----------
    curvature, lr : float

    Returns
    -------
    ndarray, shape (31,)
    """
    return _START * (1 - lr * curvature) ** np.arange(_N_STEPS + 1)


def penalty_widget():
    """Make the interactive figure of lesson 09: what a penalty makes of the curvature.

    Left: a parabola, with and without the penalty, and the first steps of descent on each.
    Right: the distance from the minimum after each step.

    Returns
    -------
    LiveWidget
        Its controls are ``curvature``, ``mu`` and ``lr``.
    """
    fig, (left, right) = figure(2, height=3.6)
    curves, steps = _draw_parabolas(left), _draw_distances(right)

    def update(curvature, mu, lr):
        curvatures = curvature, penalized_curvature(curvature, mu)
        for of, curve, distance in zip(curvatures, curves, steps, strict=True):
            path = descend(of, lr)
            _move(*curve, distance, of, path)
        return _sentence(*curvatures, lr)

    controls = {
        "curvature": Control("curvature λ", 4.0, 0.5, 8.0, 0.1),
        "mu": Control("weight of the penalty μ", 0.05, 0.0, 0.25, 0.01),
        "lr": Control("learning rate η", 0.36, 0.02, 1.0, 0.02),
    }
    about = (
        "Left, a parabola and the same parabola with the gradient penalty added, and the steps "
        "of gradient descent on each. Right, on a logarithmic axis, the distance from the "
        f"minimum after each of {_N_STEPS} steps."
    )
    artists = [artist for curve in curves for artist in curve]
    return LiveWidget(LiveFigure(fig, [*artists, *steps]), controls, update, about)


def _looks():
    return {
        "without penalty": {"color": BLUE, "linestyle": "-"},
        "with penalty": {"color": VERMILLION, "linestyle": "--"},
    }


@styled
def _draw_parabolas(ax):
    ax.set(xlim=_THETA[[0, -1]], ylim=(0, _HIGHEST), xlabel="parameter θ", ylabel="loss")
    curves = []
    for marker, look in zip("os", _looks().values(), strict=True):
        (curve,) = ax.plot([], [], **look)
        (path,) = ax.plot([], [], marker, color=look["color"], markersize=6)
        curves.append((curve, path))
    return curves


@styled
def _draw_distances(ax):
    log_axis(ax).set(xlim=(0, _N_STEPS), ylim=(1e-8, 1e8))
    ax.axhline(_START, color=GRAY, linewidth=1)
    ax.set(xlabel="step", ylabel="distance from the minimum")
    lines = [ax.plot([], [], label=label, **look)[0] for label, look in _looks().items()]
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
    return lines


def _move(curve, points, distance, curvature, path):
    curve.set_data(_THETA, curvature * _THETA**2 / 2)
    first = path[:_N_DOTS]
    points.set_data(first, curvature * first**2 / 2)
    distance.set_data(np.arange(len(path)), np.abs(path))


def _sentence(plain, penalized, lr):
    said = f"The curvature {number(plain)} becomes {number(penalized)}"
    rates = f"the largest stable rate {number(2 / plain)} becomes {number(2 / penalized)}"
    return (
        f"{said}: {rates}. At η = {number(lr)} descent {_fate(plain * lr)} without the "
        f"penalty and {_fate(penalized * lr)} with it."
    )


def _fate(stiffness):
    """Say what becomes of the distance, which each step multiplies by |1 - ηλ|."""
    if abs(stiffness - 2) < 1e-9:
        return "swings on for ever"
    return "settles" if stiffness < 2 else "leaves"
