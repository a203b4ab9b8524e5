"""Draw headline.png, the README's picture: run ``python assets/figures/headline.py``.

Three deep nets that differ in nothing but the scale of their initial weights: the gradient of
the loss, layer by layer, over twenty seeds.
"""

from pathlib import Path

import numpy as np

from course_lib.activations import sigmoid
from course_lib.diagnostics import layer_norms
from course_lib.figures.display import Picture, figure
from course_lib.figures.plots import layer_norm_profile
from course_lib.initializers import normal
from course_lib.mlp import MLP

DEPTH, WIDTH, N_CLASSES, N_SEEDS, N_EXAMPLES = 30, 64, 10, 20, 64
SCALES = {"vanishing": 1.0, "healthy": 12.0, "exploding": 32.0}
ALT = (
    "Gradient norm in each of 30 layers, on a logarithmic axis, for three sigmoid nets that "
    "differ only in the scale of their weights: toward the first layer one falls by eighteen "
    "powers of ten, one stays level, one grows by six."
)


def headline_norms(sigma_w):
    """Return the gradient's norm per layer of many nets, shape (n_seeds, n_layers)."""
    rng = np.random.default_rng(2013)
    model = MLP([WIDTH] * DEPTH + [N_CLASSES], sigmoid)
    theta = model.init(rng, normal(sigma_w=sigma_w), shape=(N_SEEDS,))
    x = rng.standard_normal((N_EXAMPLES, WIDTH))
    _, grad = model.loss_and_gradient(theta, x, rng.integers(N_CLASSES, size=N_EXAMPLES))
    return layer_norms(grad, model.layers)


def draw():
    """Return the picture."""
    fig, ax = figure(height=3.6)
    norms = {
        f"{name}: $σ_w = {sigma_w:g}$": headline_norms(sigma_w)
        for name, sigma_w in SCALES.items()
    }
    layer_norm_profile(ax, norms)
    ax.set_title(
        "One gradient, three initial weight scales: a sigmoid net of 30 layers", loc="left"
    )
    return Picture(fig, ALT, "Median and 5 to 95 % of 20 seeds.")


if __name__ == "__main__":
    (Path(__file__).parent / "headline.png").write_bytes(draw().png)
