"""A loss over two parameters: its contours, and its gradients as arrows."""

import numpy as np

from course_lib.figures.axes import vector
from course_lib.figures.map_parts import grid_values
from course_lib.figures.style import INK, VERMILLION, styled


@styled
def gradient_arrows(ax, first, second, losses, points, gradients, length=0.8):
    """Draw contours of a loss over two parameters, and the gradient at some points.

    All arrows are drawn on one scale: the longest has the given length.

    Parameters
    ----------
    ax : Axes
    first, second : ndarray, shape (n_1,), (n_2,)
        Values of the two parameters, ascending.
    losses : ndarray, shape (n_2, n_1)
    points, gradients : ndarray, shape (n_points, 2)
        Where the arrows begin, and the gradients there.
    length : float
        Of the longest arrow, in units of the parameters.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If a shape is another, or an axis has fewer than two entries.
    """
    first, second = vector("first", first, 2), vector("second", second, 2)
    losses = grid_values("losses", losses, (len(second), len(first)))
    points = grid_values("points", points, (len(points), 2))
    gradients = grid_values("gradients", gradients, points.shape)
    lines = ax.contour(first, second, losses, levels=12, cmap="viridis", linewidths=1.2)
    ax.figure.colorbar(lines, ax=ax, label="loss").outline.set_visible(False)
    arrows = gradients * length / np.linalg.norm(gradients, axis=1).max()
    ax.plot(*points.T, "o", color=INK, markersize=5)
    for point, arrow in zip(points, arrows, strict=True):
        look = {"arrowstyle": "-|>", "color": VERMILLION, "linewidth": 2}
        ax.annotate("", point + arrow, point, arrowprops=look | {"shrinkA": 0, "shrinkB": 0})
    ax.set(xlim=first[[0, -1]], ylim=second[[0, -1]], aspect="equal")
    ax.grid(False)
    return ax
