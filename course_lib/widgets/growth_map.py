"""The interactive map of lesson 03: growth of the gradient over depth and weight scale."""

import numpy as np

from course_lib._validation import require_count
from course_lib.activations import sigmoid
from course_lib.figures.axes import count_axis, log_axis
from course_lib.figures.display import figure
from course_lib.figures.maps import growth_map
from course_lib.figures.style import GRAY, INK, VERMILLION, number, styled
from course_lib.widgets.canvas import LiveFigure
from course_lib.widgets.controls import Control
from course_lib.widgets.live import LiveWidget

_WIDTH, _N_SEEDS = 64, 12
_GRID = 2.0 ** np.arange(0, 6.125, 0.125)  # σ_w of the map's rows
_LOWEST, _HIGHEST = float(_GRID[0]), float(_GRID[-1])


class SigmoidNets:
    """Random sigmoid nets, as many at every weight scale, from one draw of numbers.

    Each has ``max_depth`` layers and no biases. The net of depth L is its first L layers, with
    a random gradient δ^L arriving at the last of them.

    Parameters
    ----------
    rng : numpy.random.Generator
    max_depth, width, n_seeds : int
    """

    def __init__(self, rng, max_depth, width=_WIDTH, n_seeds=_N_SEEDS):
        self.x = rng.standard_normal((n_seeds, 1, width))
        self.draws = rng.standard_normal((max_depth, n_seeds, width, width)) / np.sqrt(width)
        self.delta = rng.standard_normal((max_depth, n_seeds, 1, width))

    def forward(self, sigma_ws, depth):
        """Run the nets forward.

        Parameters
        ----------
        sigma_ws : ndarray, shape (n_scales,)
        depth : int

        Returns
        -------
        slopes : list of ndarray, shape (n_seeds, n_scales, width) each
            φ'(z^l) of layers 1, 2, ..., depth.
        input_norms : list of ndarray, shape (n_seeds, n_scales) each
            √(1 + ‖a^(l-1)‖²): a layer's gradient by W and b is so many times δ^l.
        """
        slopes, input_norms = [], []
        a = np.broadcast_to(self.x, (len(self.x), len(sigma_ws), self.x.shape[-1]))
        for draw in self.draws[:depth]:
            input_norms.append(np.sqrt(1 + (a**2).sum(axis=-1)))
            z = np.asarray(sigma_ws)[:, None] * (a @ draw.mT)
            slopes.append(sigmoid.derivative(z))
            a = sigmoid(z)
        return slopes, input_norms

    def layer_norms(self, sigma_ws, depth, passed=None):
        """Return the norm of each layer's gradient in the nets of one depth.

        Parameters
        ----------
        sigma_ws : ndarray, shape (n_scales,)
        depth : int
        passed : tuple, optional
            What `forward` returned, if it ran already, for this depth or a greater one.

        Returns
        -------
        ndarray, shape (n_seeds, n_scales, depth)
            Relative to the last layer, whose norm is 1.
        """
        slopes, input_norms = passed or self.forward(sigma_ws, depth)
        delta, scales = self.delta[depth - 1], np.asarray(sigma_ws)[:, None]
        norms = []
        for layer in reversed(range(depth)):
            norms.append(np.sqrt((delta**2).sum(axis=-1)) * input_norms[layer])
            if layer > 0:
                delta = (delta @ self.draws[layer]) * (scales * slopes[layer - 1])
        return np.stack([norm / norms[0] for norm in norms[::-1]], axis=-1)

    def decades(self, sigma_ws, depths):
        """Return log₁₀ of the first layer's norm over the last one's, its mean over seeds.

        Returns
        -------
        ndarray, shape (n_scales, n_depths)
        """
        passed = self.forward(sigma_ws, max(depths))
        first = [self.layer_norms(sigma_ws, depth, passed)[..., 0] for depth in depths]
        return np.log10(first).mean(axis=1).T


def growth_map_widget(max_depth=50):
    """Make the interactive map of lesson 03: where gradients vanish and where they explode.

    Left: the growth of the gradient's norm from the last layer back to the first, over depth
    and weight scale, with a dot at the net chosen. Right: the norm in each of its layers,
    the mean (of logarithms) over 12 nets and the band from 5 to 95 %. The nets are sigmoid
    nets, 64 units wide, without biases; they are computed when the figure is made.

    Parameters
    ----------
    max_depth : int
        The deepest net.

    Returns
    -------
    LiveWidget
        Its controls are ``depth`` and ``sigma_w``.

    Raises
    ------
    ValueError
        If ``max_depth`` is not a whole number >= 3.
    """
    require_count("max_depth", max_depth, at_least=3)
    nets = SigmoidNets(np.random.default_rng(3), max_depth)
    depths = np.arange(2, max_depth + 1)
    decades = nets.decades(_GRID, depths)
    fig, (left, right) = figure(2, height=3.8, width_ratios=(1.15, 1))
    cross = _draw_map_panel(left, depths, decades)
    profile = _draw_profile_panel(right, max_depth, decades)

    def update(depth, sigma_w):
        logs = np.log10(nets.layer_norms([sigma_w], depth)[:, 0])
        _move_cross(*cross, depth, sigma_w)
        _move_profile(*profile, logs)
        return _growth_sentence(depth, sigma_w, logs[:, 0])

    controls = {
        "depth": Control("depth L", min(20, max_depth), 2, max_depth),
        "sigma_w": Control("weight scale σ_w", 4.0, _LOWEST, _HIGHEST, 0.1, per_doubling=8),
    }
    about = (
        "Left, a map of sigmoid nets over depth and weight scale: blue where the gradient "
        "vanishes on its way back, orange where it explodes, a dot on two dotted lines at the "
        "net chosen. Right, the norm of the gradient in each layer of that net, on a "
        "logarithmic axis."
    )
    return LiveWidget(LiveFigure(fig, [*cross, *profile]), controls, update, about)


@styled
def _draw_map_panel(ax, depths, decades):
    growth_map(ax, depths, _GRID, decades, limit=10)
    hairs = {"color": INK, "linewidth": 1, "linestyle": ":"}
    across, upright = ax.axhline(1, **hairs), ax.axvline(2, **hairs)
    look = {"color": VERMILLION, "mec": "white", "mew": 2, "markersize": 11}
    (spot,) = ax.plot([], [], "o", clip_on=False, **look)
    return across, upright, spot


@styled
def _draw_profile_panel(ax, max_depth, decades):
    reach = 10.0 ** np.array([np.floor(decades.min()) - 1, np.ceil(decades.max()) + 2])
    log_axis(ax).set(xlim=(0, max_depth + 1), ylim=reach)
    count_axis(ax, max_depth)
    ax.axhline(1, color=GRAY, linewidth=1)
    ax.set(xlabel="layer (1 is next to the input)", ylabel="norm, last layer's = 1")
    band = ax.fill_between([1, 2], [1, 1], color=VERMILLION, alpha=0.25, linewidth=0)
    (line,) = ax.plot([], [], "-", color=VERMILLION)
    (first,) = ax.plot([], [], "o", color=VERMILLION, mec="white", mew=2, markersize=11)
    return band, line, first


def _move_cross(across, upright, spot, depth, sigma_w):
    across.set_ydata([sigma_w, sigma_w])
    upright.set_xdata([depth, depth])
    spot.set_data([depth], [sigma_w])


def _move_profile(band, line, first, logs):
    layers = np.arange(1, logs.shape[1] + 1)
    low, high = 10 ** np.percentile(logs, (5, 95), axis=0)
    outline = np.concatenate(
        [np.stack([layers, low]), np.stack([layers, high])[:, ::-1]], axis=1
    )
    band.set_verts([outline.T])
    middle = 10 ** logs.mean(axis=0)
    line.set_data(layers, middle)
    first.set_data(layers[:1], middle[:1])


def _growth_sentence(depth, sigma_w, logs):
    growth = 10 ** (logs.mean() / (depth - 1))
    low, high = 10 ** np.percentile(logs, (5, 95))
    return (
        f"With σ_w = {number(sigma_w)} and {depth} layers, the first layer's gradient is "
        f"{number(10 ** logs.mean())} times as large as the last one's "
        f"({number(low)} to {number(high)} over {len(logs)} nets): "
        f"each layer multiplies it by {number(growth)}, and it {_fate(growth)}."
    )


def _fate(growth):
    if abs(growth - 1) < 0.02:
        return "stays about level"
    return "vanishes" if growth < 1 else "explodes"
