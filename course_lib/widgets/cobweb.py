"""The cobweb of lesson 04: the variance map, its fixed point, and what gradients do there."""

import functools

import numpy as np

from course_lib import activations
from course_lib.figures.axes import log_axis
from course_lib.figures.cobweb import staircase
from course_lib.figures.display import figure
from course_lib.figures.style import BLUE, GRAY, GREEN, INK, VERMILLION, number, styled
from course_lib.meanfield import chi_1, variance_fixed_point, variance_map
from course_lib.widgets.canvas import LiveFigure
from course_lib.widgets.controls import Choice, Control
from course_lib.widgets.live import LiveWidget

_ACTIVATIONS = {
    phi.name: phi
    for phi in (
        activations.sigmoid,
        activations.centered_sigmoid,
        activations.tanh,
        activations.relu,
    )
}
_Q = np.logspace(-3, 4, 57)  # variances for which the map is drawn
_Z = np.linspace(-12, 12, 241)
_N_LAYERS = 30


def cobweb_widget():
    """Make the interactive figure of lesson 04: from the variance map to χ₁.

    Left: what a layer makes of the variance q of its pre-activations, the diagonal, and the
    staircase of the variance through 30 layers. Right: where the pre-activations lie once the
    variance has settled, and how large the slope φ' is there; χ₁ is σ_w² times the mean of φ'².

    Returns
    -------
    LiveWidget
        Its controls are ``sigma_w``, ``sigma_b``, ``q_0`` and ``activation``.
    """
    fig, (left, right) = figure(2, height=3.8)
    map_artists = _draw_map_panel(left)
    slope_artists = _draw_slope_panel(right)

    def update(sigma_w, sigma_b, q_0, activation):
        phi = _ACTIVATIONS[activation]
        path = _iterate(phi, sigma_w, sigma_b, q_0)
        q_star = variance_fixed_point(phi, sigma_w, sigma_b)
        mapped = sigma_w**2 * _mean_squares(phi) + sigma_b**2
        _move_map(*map_artists, mapped, path, q_star)
        _move_slope(*slope_artists, phi, q_star)
        settings = f"{activation} with σ_w = {number(sigma_w)} and σ_b = {number(sigma_b)}"
        chi = chi_1(phi, sigma_w, sigma_b)
        return f"{settings}: from q₀ = {number(q_0)} {_settling(path, q_star)} {_verdict(chi)}"

    controls = {
        "sigma_w": Control("weight scale σ_w", 4.0, 0.25, 64.0, 0.1, per_doubling=8),
        "sigma_b": Control("bias scale σ_b", 0.0, 0.0, 4.0, 0.05),
        "q_0": Control(
            "variance at the start q₀", 128.0, 0.0078125, 1024.0, 0.1, per_doubling=2
        ),
        "activation": Choice("activation φ", "sigmoid", tuple(_ACTIVATIONS)),
    }
    about = (
        "Left, on logarithmic axes, the variance of the next layer over that of a layer, the "
        "diagonal, and a staircase between them. Right, the bell of the pre-activations and "
        "the slope of the activation function."
    )
    return LiveWidget(LiveFigure(fig, [*map_artists, *slope_artists]), controls, update, about)


@styled
def _draw_map_panel(ax):
    ends = _Q[[0, -1]]
    log_axis(log_axis(ax), "x").set(xlim=ends, ylim=ends)
    ax.plot(ends, ends, "--", color=GRAY, linewidth=1.2, label="diagonal")
    (curve,) = ax.plot([], [], "-", color=BLUE, label="variance map")
    (stairs,) = ax.plot([], [], "-.", color=VERMILLION, linewidth=1.3, label="layer by layer")
    (start,) = ax.plot([], [], "s", color=VERMILLION, markersize=7, label="start q₀")
    (fixed,) = ax.plot([], [], "o", color=INK, markersize=8, label="fixed point q*")
    ax.set(xlabel="variance q of a layer", ylabel="variance of the next layer")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, columnspacing=1, fontsize=9)
    return curve, stairs, start, fixed


@styled
def _draw_slope_panel(ax):
    ax.set(xlabel="pre-activation z", xlim=_Z[[0, -1]], ylim=(0, 1.32))
    ax.set_yticks([0, 0.5, 1])
    (bell,) = ax.plot([], [], "-", color=GREEN, label="where z lies at q* (peak = 1)")
    (slope,) = ax.plot([], [], "--", color=VERMILLION, label="slope φ′(z) (largest = 1)")
    ax.legend(loc="upper left")
    return bell, slope


def _move_map(curve, stairs, start, fixed, mapped, path, q_star):
    curve.set_data(_Q, mapped)
    stairs.set_data(*staircase(path))
    start.set_data(path[:1], path[:1])
    seen = [q_star] if np.isfinite(q_star) else []
    fixed.set_data(seen, seen)


def _move_slope(bell, slope, phi, q_star):
    spread = max(q_star, 1e-6)  # of no variance at all a needle is left
    bell.set_data(_Z, np.exp(-(_Z**2) / (2 * spread)))
    slope.set_data(_Z, phi.derivative(_Z) / phi.max_slope)


@functools.cache
def _mean_squares(phi):
    """Return E[φ²] at the variances of the picture: all that costs time in the map."""
    return variance_map(_Q, phi, 1.0)


def _iterate(phi, sigma_w, sigma_b, q_0):
    """Return the variances q₀, q₁, ... through the layers."""
    path = [q_0]
    for _ in range(_N_LAYERS):
        path.append(variance_map(path[-1], phi, sigma_w, sigma_b))
    return np.array(path)


def _settling(path, q_star):
    if q_star == np.inf:
        return "the variance grows without bound."
    if q_star == 0:
        return f"the variance dies away, to {number(path[-1])} after {_N_LAYERS} layers."
    near = np.flatnonzero(np.abs(path / q_star - 1) > 0.01)
    n_layers = 0 if len(near) == 0 else near[-1] + 1
    said = f"within {n_layers}" if n_layers <= _N_LAYERS else f"not within {_N_LAYERS}"
    layers = "layer" if n_layers == 1 else "layers"
    return f"the variance settles at q* = {number(q_star)}, to 1 % {said} {layers}."


def _verdict(chi):
    growth, fate = np.sqrt(chi), "vanishes" if chi < 1 else "explodes"
    if abs(chi - 1) < 1e-9:
        fate = "stays level"
    factor = f"each layer multiplies the gradient by {number(growth)}"
    return f"χ₁ = {number(chi)}: {factor}, and it {fate}."
