"""Plain figures that many lessons share: curves, norms by layer, losses, images."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from course_lib.figures.axes import (
    count_axis,
    curves,
    label_ends,
    log_axis,
    require_shape,
    vector,
)
from course_lib.figures.style import BLUE, GRAY, INK, VERMILLION, number, styled


@styled
def activation_curves(ax, activation, z):
    """Draw an activation function and its derivative, and mark the largest slope.

    Parameters
    ----------
    ax : Axes
    activation : Activation
        Such as :data:`course_lib.activations.sigmoid`.
    z : ndarray, shape (n_points,)
        Pre-activations, ascending.

    Raises
    ------
    ValueError
        If ``z`` is not one-dimensional with at least two points.
    """
    z = vector("z", z, at_least=2)
    slope = activation.derivative(z)
    top = int(np.argmax(slope))
    ax.plot(z, activation(z), color=BLUE, linestyle="-", label=f"{activation.name}(z)")
    ax.plot(z, slope, color=VERMILLION, linestyle="--", label="its derivative")
    ax.plot(z[top], slope[top], "o", color=VERMILLION)
    at_top = np.flatnonzero(np.isclose(slope, activation.max_slope, rtol=1e-9))
    where = f", at z = {number(z[top])}" if len(at_top) == 1 else ""
    title = f"{activation.name}\nlargest slope {number(activation.max_slope)}{where}"
    ax.set(xlabel="pre-activation z", ylabel="value", title=title)
    ax.legend(loc="upper left")
    return ax


@styled
def layer_norm_profile(ax, norms_by_label):
    """Draw the gradient's norm in each layer of some nets, on a logarithmic axis.

    Parameters
    ----------
    ax : Axes
    norms_by_label : dict of str to ndarray, shape (n_layers,) or (n_seeds, n_layers)
        The first layer first. Of many seeds the median is drawn and the band from 5 to 95 %.

    Raises
    ------
    ValueError
        If the dict is empty, or an array has another shape.
    """
    for (label, norms), look in curves("norms_by_label", norms_by_label, (1, 2)):
        layers = np.arange(1, norms.shape[-1] + 1)
        if norms.ndim == 2:
            low, norms, high = np.percentile(norms, (5, 50, 95), axis=0)
            ax.fill_between(layers, low, high, color=look["color"], alpha=0.25, linewidth=0)
        ax.plot(layers, norms, label=label, **look)
    count_axis(ax, max(np.shape(norms)[-1] for norms in norms_by_label.values()))
    ax.set(xlabel="layer (1 is next to the input)", ylabel="norm of the layer's gradient")
    ax.legend(loc="best")
    return log_axis(ax)


@styled
def factor_products(ax, factors_by_label):
    """Draw the product of the first 1, 2, ... factors of each chain against its length.

    Parameters
    ----------
    ax : Axes
    factors_by_label : dict of str to ndarray, shape (n_factors,)
        The factors of a chain, the first one first; only their sizes count.

    Raises
    ------
    ValueError
        If the dict is empty, or an array is not one-dimensional.
    """
    ax.axhline(1, color=GRAY, linewidth=1)
    for (label, factors), look in curves("factors_by_label", factors_by_label, (1,)):
        depth = np.arange(1, len(factors) + 1)
        ax.plot(depth, np.abs(np.cumprod(factors)), label=label, **look)
    count_axis(ax, max(map(len, factors_by_label.values())))
    ax.set(xlabel="number of factors", ylabel="size of their product")
    return label_ends(log_axis(ax))


@styled
def loss_curves(ax, losses_by_label):
    """Draw losses against training steps, on a logarithmic axis.

    A run whose loss stops being finite ends in a cross at its last finite value. A curve
    that is alone bears no name.

    Parameters
    ----------
    ax : Axes
    losses_by_label : dict of str to ndarray, shape (n_steps,)
        The loss of steps 0, 1, ...

    Raises
    ------
    ValueError
        If the dict is empty, or an array is not one-dimensional.
    """
    for (label, losses), look in curves("losses_by_label", losses_by_label, (1,)):
        steps = np.arange(len(losses))
        look = {key: look[key] for key in ("color", "linestyle")}
        finite = np.isfinite(losses)
        ax.plot(steps, np.where(finite, losses, np.nan), label=label, **look)
        if finite.any() and not finite.all():
            last = np.flatnonzero(finite)[-1]
            ax.plot(steps[last], losses[last], "X", color=look["color"], markersize=9)
    ax.xaxis.set_major_locator(MaxNLocator(7, integer=True, steps=[1, 2, 5, 10]))
    ax.set(xlabel="training step", ylabel="loss")
    log_axis(ax)
    return label_ends(ax) if len(losses_by_label) > 1 else ax


@styled
def gradient_check_curve(ax, steps, errors_by_label):
    """Draw the error of a numerical derivative against its step, both logarithmic.

    Parameters
    ----------
    ax : Axes
    steps : ndarray, shape (n_steps,)
        The difference quotient's steps.
    errors_by_label : dict of str to ndarray, shape (n_steps,)
        Relative errors. An error of exactly 0 has no place on the axis and leaves a gap.

    Raises
    ------
    ValueError
        If the dict is empty, or an array has another shape than ``steps``.
    """
    steps = vector("steps", steps)
    for (label, errors), look in curves("errors_by_label", errors_by_label, (1,)):
        require_shape(f"errors_by_label[{label!r}]", errors, steps.shape, "steps")
        ax.plot(steps, errors, label=label, **look)
    ax.set(xlabel="step of the difference quotient", ylabel="relative error")
    ax.legend(loc="best")
    return log_axis(log_axis(ax), "x")


@styled
def image_grid(axes, images, titles):
    """Draw small images side by side, dark where they are large.

    Parameters
    ----------
    axes : ndarray of Axes
        One for each image, in any arrangement.
    images : ndarray, shape (n_images, height, width)
    titles : sequence of str

    Raises
    ------
    ValueError
        If there are not as many images and titles as axes.
    """
    flat = np.ravel(axes)
    for name, things in (("images", images), ("titles", titles)):
        if len(things) != len(flat):
            raise ValueError(f"{name} must be as many as axes, {len(flat)}, got {len(things)}")
    low, high = np.min(images), np.max(images)
    for ax, image, title in zip(flat, images, titles, strict=True):
        ax.imshow(image, cmap="gray_r", vmin=low, vmax=high, interpolation="nearest")
        ax.set_title(title, loc="center", color=INK)
        ax.set(xticks=[], yticks=[])
        ax.grid(False)
        ax.spines[:].set(visible=True, color="#CCCCCC")
    return axes
