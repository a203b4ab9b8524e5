"""Gain of the recurrent weights against growth of the gradient per time step."""

import functools

import numpy as np

from course_lib.activations import sigmoid, tanh
from course_lib.clipping import global_norm
from course_lib.figures.axes import log_axis
from course_lib.figures.display import figure
from course_lib.figures.style import BLUE, GRAY, INK, VERMILLION, number, styled
from course_lib.initializers import orthogonal
from course_lib.widgets.canvas import LiveFigure
from course_lib.widgets.controls import Choice, Control
from course_lib.widgets.live import LiveWidget

UNITS = ("tanh", "sigmoid", "centered sigmoid")
_N_UNITS, _N_NETS, _N_STEPS = 24, 6, 60
_GAINS = 2.0 ** np.arange(-2, 5.25, 0.5)
_LOWEST, _HIGHEST = float(_GAINS[0]), 32.0
_ABOUT = (
    "Left, on logarithmic axes, the growth of the gradient per time step on its way back "
    "against the gain of orthogonal recurrent weights, with the bound above it and a point at "
    "the present gain. Right, the norm of the gradient at each of 60 time steps for six nets."
)


class OrthogonalNets:
    """Recurrent nets with orthogonal weights, from one draw, at any gain.

    Parameters
    ----------
    rng : numpy.random.Generator
    """

    def __init__(self, rng):
        self.W = orthogonal(1.0)(rng, (_N_NETS, _N_UNITS, _N_UNITS))[0]
        self.start = 0.1 * rng.standard_normal((_N_NETS, 1, _N_UNITS))
        self.inputs = rng.standard_normal((_N_STEPS, _N_NETS, 1, _N_UNITS))
        self.grad = rng.standard_normal((_N_NETS, 1, _N_UNITS))

    def step_norms(self, unit, gains, strength):
        """Return the norm of the gradient with respect to each state h_1, ..., h_T.

        Parameters
        ----------
        unit : str
            One of `UNITS`.
        gains : array_like, shape (n_gains,)
            Singular values of W.
        strength : float
            Standard deviation of what the inputs add to z.

        Returns
        -------
        ndarray, shape (n_gains, n_nets, T)
        """
        gains = np.asarray(gains)[:, None]  # of one net, all gains are rows
        slopes = self._slopes(unit, gains, strength)
        grads = [np.broadcast_to(self.grad, slopes[0].shape)]
        for slope in slopes[:0:-1]:
            grads.append((grads[-1] * slope) @ self.W * gains)
        return np.moveaxis(global_norm(grads[::-1]), (0, 1), (2, 1))

    def _slopes(self, unit, gains, strength):
        """Return φ'(z_t) of every step."""
        activation = tanh if unit == "tanh" else sigmoid
        rest = 0.0 if unit == "tanh" else 0.5
        center = rest if unit == "centered sigmoid" else 0.0
        h, back, slopes = rest + self.start, self.W.mT, []
        for x in self.inputs:
            z = (h - center) @ back * gains + strength * x
            slopes.append(activation.derivative(z))
            h = activation(z)
        return slopes


def growth_per_step(norms):
    """Return the growth per time step, on the way back, of each net: a geometric mean.

    Parameters
    ----------
    norms : ndarray, shape (..., T)
        The first step first.

    Returns
    -------
    ndarray, shape (...)
    """
    return np.exp((np.log(norms[..., 0]) - np.log(norms[..., -1])) / (norms.shape[-1] - 1))


def gain_widget():
    """Make the interactive figure of lesson 08: gain of W against growth per time step.

    Returns
    -------
    LiveWidget
        Its controls are ``gain``, ``strength`` and ``unit``.
    """
    nets = OrthogonalNets(np.random.default_rng(0))
    fig, (left, right) = figure(2, height=3.8)
    growth_artists, norm_artists = _draw_growth_panel(left), _draw_norm_panel(right)

    @functools.lru_cache(maxsize=256)
    def measured(unit, strength):
        growth = growth_per_step(nets.step_norms(unit, _GAINS, strength))
        return _mean(growth)

    def update(gain, strength, unit):
        growth_artists[0].set_data(_GAINS, _GAINS * _largest_slope(unit))
        growth_artists[1].set_data(_GAINS, measured(unit, strength))
        (norms,) = nets.step_norms(unit, [gain], strength)
        growths = growth_per_step(norms)
        growth_artists[-1].set_data([gain], [_mean(growths)])
        for line, one in zip(norm_artists, norms, strict=True):
            line.set_ydata(one / one[-1])
        return _sentence(unit, gain, growths)

    controls = {
        "gain": Control("gain of W", 1.5, _LOWEST, _HIGHEST, 0.05, per_doubling=8),
        "strength": Control("strength of inputs", 0.0, 0.0, 2.0, 0.05),
        "unit": Choice("units", "tanh", UNITS),
    }
    live = LiveFigure(fig, [*growth_artists, *norm_artists])
    return LiveWidget(live, controls, update, _ABOUT)


@styled
def _draw_growth_panel(ax):
    log_axis(log_axis(ax), "x").set(xlim=(_LOWEST / 1.2, _HIGHEST * 1.2), ylim=(0.04, 40))
    ax.set(xlabel="gain of W", ylabel="growth per time step")
    ax.axhline(1, color=GRAY, linewidth=1)
    (bound,) = ax.plot([], [], "--", color=INK, linewidth=1.2, label="bound")
    (measured,) = ax.plot([], [], "-", color=BLUE, label="measured")
    (point,) = ax.plot([], [], "o", color=VERMILLION, mec="white", markersize=11)
    ax.legend(loc="upper left")
    return bound, measured, point


@styled
def _draw_norm_panel(ax):
    log_axis(ax).set(xlim=(0, _N_STEPS + 1), ylim=(1e-9, 1e9))
    ax.set(xlabel="time step (the loss is at the last)", ylabel="norm, relative to the last")
    ax.axhline(1, color=GRAY, linewidth=1)
    steps = np.arange(1, _N_STEPS + 1)
    return [
        ax.plot(steps, 0 * steps + 1, "-", color=VERMILLION, linewidth=1.2, alpha=0.7)[0]
        for _ in range(_N_NETS)
    ]


def _largest_slope(unit):
    return (tanh if unit == "tanh" else sigmoid).max_slope


def _mean(growths):
    return np.exp(np.log(growths).mean(axis=-1))  # as products go


def _sentence(unit, gain, growths):
    bound = gain * _largest_slope(unit)
    if abs(bound - 1) < 1e-9:
        verdict = "The bound is 1: it cannot grow."
    elif bound < 1:
        verdict = "The bound is below 1: it must vanish."
    elif np.all(growths < 1):
        verdict = "The bound allows an explosion, and the gradient vanishes in all nets."
    elif np.all(growths > 1):
        verdict = "It explodes in all nets."
    else:
        n_up = np.sum(growths > 1)
        verdict = f"It grows in {n_up} of the {len(growths)} nets, and shrinks in the others."
    mean = number(_mean(growths))
    return (
        f"{unit.capitalize()} units at gain {number(gain)}: each step back multiplies the "
        f"gradient by {mean} on average; the bound is {number(bound)}. {verdict}"
    )
