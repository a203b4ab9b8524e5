"""Figures of growth: by how much each layer multiplies the gradient, measured and predicted."""

import numpy as np

from course_lib.figures.axes import count_axis, curves, log_axis, require_shape, vector
from course_lib.figures.map_parts import doubling_axis
from course_lib.figures.style import BLUE, GRAY, INK, VERMILLION, styled


@styled
def growth_curves(
    ax,
    sigma_ws,
    growth_by_label,
    predicted_by_label=None,
    errors_by_label=None,
    predicted_sigma_ws=None,
):
    """Draw the growth r of the gradient per layer against the weight scale σ_w.

    Measured growth is drawn as markers, predicted growth as a line of the same color, and
    growth 1, where the gradient neither vanishes nor explodes, as a gray line.

    Parameters
    ----------
    ax : Axes
    sigma_ws : ndarray, shape (n_scales,)
        Weight scales, > 0.
    growth_by_label : dict of str to ndarray, shape (n_scales,)
        Measured r. What is not finite leaves a gap.
    predicted_by_label : dict of str to ndarray, shape (n_predicted,), optional
        Predicted r, for some of the labels.
    errors_by_label : dict of str to ndarray, shape (n_scales,), optional
        Standard errors of r, for some of the labels; bars are two of them to either side.
    predicted_sigma_ws : ndarray, shape (n_predicted,), optional
        Where r is predicted, if not at ``sigma_ws``: a line can have more points.

    Raises
    ------
    ValueError
        If the dict is empty, an array has another shape than its scales, or a prediction or
        an error has a label that nothing measured has.
    """
    sigma_ws = vector("sigma_ws", sigma_ws)
    fine = sigma_ws
    if predicted_sigma_ws is not None:
        fine = vector("predicted_sigma_ws", predicted_sigma_ws)
    predicted, errors = predicted_by_label or {}, errors_by_label or {}
    _check_curves("growth_by_label", growth_by_label, growth_by_label, sigma_ws.shape)
    _check_curves("predicted_by_label", predicted, growth_by_label, fine.shape)
    _check_curves("errors_by_label", errors, growth_by_label, sigma_ws.shape)
    for (label, growth), look in curves("growth_by_label", growth_by_label, (1,)):
        _draw_measured(ax, sigma_ws, growth, errors.get(label), label, look)
        if label in predicted:
            line = {key: look[key] for key in ("color", "linestyle")}
            ax.plot(fine, _finite(predicted[label]), label=f"_{label}, predicted", **line)
    _draw_level_line(ax)
    if predicted:
        ax.plot([], [], linestyle="none", label="lines: predicted")
    ax.set(xlabel="weight scale σ_w", ylabel="growth r per layer")
    ax.legend(loc="best")
    return doubling_axis(log_axis(ax), "x")


@styled
def rates_compared(ax, labels, predicted, corrected, measured, errors):
    """Draw the growth rate of several nets, predicted and measured, one row for each.

    Parameters
    ----------
    ax : Axes
    labels : sequence of str
        What each net is; the first one stands at the top.
    predicted, corrected : ndarray, shape (n_nets,)
        Powers of ten per layer: for infinite width, and with the correction for the net's.
    measured, errors : ndarray, shape (n_nets,)
        The mean over seeds and its standard error; bars are two of them to either side.

    Raises
    ------
    ValueError
        If there is no net, or an array has another length than ``labels``.
    """
    rows = np.arange(len(vector("labels", labels)))
    rates = {"predicted": predicted, "corrected": corrected, "measured": measured}
    for name, values in (rates | {"errors": errors}).items():
        require_shape(name, values, rows.shape, "labels")
    ax.axvline(0, color=GRAY, linewidth=1, zorder=0)
    _draw_rates(ax, rows, rates, 2 * np.asarray(errors))
    ax.set(xlabel="powers of ten per layer (below 0 it vanishes, above 0 it explodes)")
    ax.set_yticks(rows, labels)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=3)
    return ax


@styled
def singular_values(ax, values_by_label, one="level"):
    """Draw the singular values of layer Jacobians in falling order, on a logarithmic axis.

    Above the line at 1 a direction of the gradient is stretched, below it is shrunk.

    Parameters
    ----------
    ax : Axes
    values_by_label : dict of str to ndarray, shape (n_values,)
        In any order. A value of 0 leaves a gap.
    one : str
        What a singular value of 1 means.

    Raises
    ------
    ValueError
        If the dict is empty, or an array is not one-dimensional.
    """
    for (label, values), look in curves("values_by_label", values_by_label, (1,)):
        falling = np.sort(values)[::-1]
        ax.plot(np.arange(1, len(falling) + 1), falling, label=label, **look)
    _draw_level_line(ax, one)
    count_axis(ax, max(map(len, values_by_label.values())))
    ax.set(xlabel="singular value, the largest first", ylabel="stretches by")
    ax.legend(loc="best")
    return log_axis(ax)


@styled
def growth_against_bound(ax, gains, growth_by_label, slopes_by_label):
    """Draw the growth of the gradient per time step against the gain of W, below its bound.

    Measured growth is drawn with markers; the bound, gain · φ'_max, is a thin line of the same
    color without markers.

    Parameters
    ----------
    ax : Axes
    gains : ndarray, shape (n_gains,)
        Largest singular values of W, > 0, ascending.
    growth_by_label : dict of str to ndarray, shape (n_gains,)
        Measured growth per time step. What is not finite leaves a gap.
    slopes_by_label : dict of str to float
        φ'_max of each label.

    Raises
    ------
    ValueError
        If the dict is empty, a shape is another, or a label has no slope.
    """
    gains = vector("gains", gains, at_least=2)
    log_axis(log_axis(ax), "x").axhline(1, color=GRAY, linewidth=1)
    for (label, growth), look in curves("growth_by_label", growth_by_label, (1,)):
        require_shape(f"growth_by_label[{label!r}]", growth, gains.shape, "gains")
        if label not in slopes_by_label:
            raise ValueError(f"slopes_by_label must have {label!r}, got {[*slopes_by_label]}")
        ax.plot(gains, growth, label=label, **look | {"markevery": 1})
        bound = {"color": look["color"], "linewidth": 1, "linestyle": (0, (1, 1.5))}
        ax.plot(gains, gains * slopes_by_label[label], label=f"_bound of {label}", **bound)
    ax.plot(
        [], [], color=GRAY, linewidth=1, linestyle=(0, (1, 1.5)), label="bound: gain · φ′_max"
    )
    ax.set(xlabel="gain of W (all its singular values)", ylabel="growth per time step")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return ax


def _check_curves(name, arrays, measured, shape):
    for label, values in arrays.items():
        if label not in measured:
            raise ValueError(f"{name} must have labels of growth_by_label, got {label!r}")
        require_shape(f"{name}[{label!r}]", values, shape, "its scales")


def _finite(values):
    values = np.asarray(values, float)
    return np.where(np.isfinite(values), values, np.nan)


def _draw_measured(ax, x, growth, errors, label, look):
    mark = {"color": look["color"], "marker": look["marker"], "linestyle": "none"}
    bars = None if errors is None else 2 * _finite(errors)
    ax.errorbar(x, _finite(growth), yerr=bars, label=label, capsize=3, elinewidth=1.5, **mark)


def _draw_level_line(ax, meaning="level"):
    ax.axhline(1, color=GRAY, linewidth=1, zorder=0)
    where = {"xy": (1.01, 1), "xycoords": ("axes fraction", "data")}
    ax.annotate(f"1: {meaning}", **where, va="center", color=GRAY, fontsize=10)


def _draw_rates(ax, rows, rates, bars):
    looks = {
        "predicted": ("predicted, infinite width", "o", BLUE, "none", -0.24),
        "corrected": ("corrected for width", "D", INK, "none", 0.0),
        "measured": ("measured, ± 2 standard errors", "s", VERMILLION, VERMILLION, 0.24),
    }
    for name, (label, marker, color, face, shift) in looks.items():
        mark = {"marker": marker, "color": color, "markerfacecolor": face, "linestyle": "none"}
        xerr = bars if name == "measured" else None
        ax.errorbar(rates[name], rows + shift, xerr=xerr, label=label, capsize=3, **mark)
