"""Figures of training: steps on a parabola, and what runs did, before and after mending."""

import math

import numpy as np
from matplotlib.ticker import MaxNLocator

from course_lib._validation import require_positive
from course_lib.figures.axes import count_axis, curves, log_axis, require_shape, vector
from course_lib.figures.style import BLUE, GRAY, GREEN, INK, VERMILLION, styled

_GUESSING = math.log(10)
_MEASURES = {
    "loss": "loss",
    "grad_norm": "norm of the gradient",
    "update_ratio": "norm of update / of θ",
}


@styled
def descent_on_parabola(ax, curvature, paths):
    """Draw the parabola ½λθ² and the iterates of descents on it.

    A path that grows beyond three times the farthest start is cut off at the picture's edge.

    Parameters
    ----------
    ax : Axes
    curvature : float
        λ, > 0.
    paths : dict of str to ndarray, shape (n_points,)
        θ before each step, by name (such as the learning rate).

    Raises
    ------
    ValueError
        If the dict is empty, an array is not one-dimensional, or ``curvature`` is not > 0.
    """
    require_positive("curvature", curvature)
    drawn = list(curves("paths", paths, (1,)))
    reach = 1.1 * _reach([path for (_, path), _ in drawn])
    theta = np.linspace(-reach, reach, 201)
    ax.plot(theta, curvature * theta**2 / 2, color=GRAY, linewidth=1.5)
    for (label, path), look in drawn:
        path = path[np.isfinite(path)]
        look = look | {"markevery": 1, "linewidth": 1.2}
        ax.plot(path, curvature * path**2 / 2, label=label, **look)
    top = curvature * reach**2 / 2
    ax.set(xlim=(-reach, reach), ylim=(-0.04 * top, top), xlabel="θ", ylabel="loss ½λθ²")
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return ax


@styled
def training_runs(axes, histories_by_label, update_ratios=None):
    """Draw loss, gradient norm and update-to-parameter ratio of some runs, step by step.

    A run that stopped early, or whose values stop being finite, ends in a cross.

    Parameters
    ----------
    axes : ndarray of Axes, shape (3,)
    histories_by_label : dict of str to History
        As `train` returns them.
    update_ratios : dict of str to sequence of float, optional
        ‖update‖/‖θ‖ of each step, for the runs whose history has no ``update_ratio``.

    Raises
    ------
    ValueError
        If there are not three axes, the dict is empty, or a run has no ratios or no step.
    """
    if len(axes) != 3:
        raise ValueError(f"axes must be three, got {len(axes)}")
    stopped = {label: history.stopped for label, history in histories_by_label.items()}
    measured = _measures(histories_by_label, update_ratios or {})
    for ax, (name, title) in zip(axes, _MEASURES.items(), strict=True):
        for (label, values), look in curves("histories_by_label", measured[name], (1,)):
            _draw_run(ax, label, values, look, stopped[label] is not None)
        ax.xaxis.set_major_locator(MaxNLocator(4, integer=True, steps=[1, 2, 5, 10]))
        log_axis(ax).set(xlabel="training step", title=title)
    axes[-1].legend(loc="upper left", bbox_to_anchor=(1, 1))
    return axes


@styled
def recorded_run(axes, run):
    """Draw loss, gradient norm and update ratio of one run, and its gradient layer by layer.

    A gray line marks the loss of guessing among ten classes. Steps without an update leave a
    gap in the update ratio. A run that stopped early ends in a cross.

    Parameters
    ----------
    axes : ndarray of Axes
        Four of them, in any shape.
    run : Run
        As :func:`course_lib.experiments.broken_runs.run` returns it.

    Raises
    ------
    ValueError
        If there are not four axes, or the run has no step.
    """
    panels = np.ravel(axes)
    if len(panels) != 4:
        raise ValueError(f"axes must be four, got {len(panels)}")
    for ax, (name, title) in zip(panels[:3], _MEASURES.items(), strict=True):
        _draw_steps(ax, vector(name, getattr(run.history, name)), run.history.stopped)
        ax.set(xlabel="step", title=title)
    panels[0].axhline(_GUESSING, color=GRAY, linewidth=1, zorder=1)
    _draw_layers(panels[3], run)
    return axes


@styled
def before_and_after(ax, before, after, guessing=0.1):
    """Draw what several runs recognize before and after mending, one run a row.

    Parameters
    ----------
    ax : Axes
    before, after : ndarray, shape (n_runs,)
        Fractions of new examples recognized.
    guessing : float, optional
        What guessing gives, drawn as a gray line.

    Raises
    ------
    ValueError
        If the two have not one entry per run each.
    """
    before, after = vector("before", before), vector("after", after)
    require_shape("after", after, before.shape, "before")
    rows = np.arange(1, len(before) + 1)
    ax.axvline(guessing, color=GRAY, linewidth=1, linestyle=":")
    ax.hlines(rows, before, after, color=INK, linewidth=1)
    ax.plot(before, rows, "s", color=VERMILLION, label="before")
    ax.plot(after, rows, "o", color=GREEN, label="after")
    ax.set(xlim=(0, 1), xlabel="fraction of new digits recognized", ylim=(len(rows) + 0.6, 0.4))
    ax.set_yticks(rows, [f"run {row}" for row in rows])
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)
    return ax


def _measures(histories, update_ratios):
    """Return the three measures, each a dict by label."""
    ratios = {
        label: update_ratios.get(label, getattr(history, "update_ratio", None))
        for label, history in histories.items()
    }
    missing = [label for label, values in ratios.items() if values is None]
    if missing:
        raise ValueError(f"update_ratios must name every run, got none for {missing[0]!r}")
    named = {
        name: {label: getattr(history, name) for label, history in histories.items()}
        for name in ("loss", "grad_norm")
    }
    return named | {"update_ratio": ratios}


def _draw_run(ax, label, values, look, stopped):
    finite = np.isfinite(values)
    line = {key: look[key] for key in ("color", "linestyle")}
    ax.plot(np.arange(len(values)), np.where(finite, values, np.nan), label=label, **line)
    if finite.any() and (stopped or not finite.all()):
        last = np.flatnonzero(finite)[-1]
        ax.plot(last, values[last], "X", color=look["color"], markersize=9)


def _reach(paths):
    """Return how far from 0 the picture has to go."""
    starts = max(abs(vector("paths", path)[0]) for path in paths)
    farthest = max(np.abs(path[np.isfinite(path)]).max(initial=0) for path in paths)
    return float(min(farthest, 3 * starts)) or 1.0


def _draw_steps(ax, values, stopped):
    with np.errstate(invalid="ignore"):
        seen = np.flatnonzero(np.isfinite(values) & (values > 0))
    sparse = len(seen) < len(values) / 2  # most steps made no update
    look = {"marker": ".", "linestyle": "none"} if sparse else {"linestyle": "-"}
    ax.plot(seen, values[seen], color=BLUE, linewidth=1.2, **look)
    if stopped and len(seen):
        ax.plot(seen[-1], values[seen[-1]], "X", color=VERMILLION, markersize=9)
    ax.xaxis.set_major_locator(MaxNLocator(4, integer=True, steps=[1, 2, 4, 5, 10]))
    log_axis(ax)
    _at_least_a_decade(ax)


def _draw_layers(ax, run):
    layers = np.arange(1, len(run.first_norms) + 1)
    for norms, label, color, look in (
        (run.first_norms, "before", BLUE, "-o"),
        (run.last_norms, "after", VERMILLION, "--s"),
    ):
        shown = np.where(np.isfinite(norms) & (norms > 0), norms, np.nan)
        ax.plot(layers, shown, look, color=color, label=label, markersize=4)
    count_axis(ax, len(layers))
    log_axis(ax).set(xlabel="layer", title="gradient by layer")
    _at_least_a_decade(ax)
    ax.legend(loc="best", title="training")


def _at_least_a_decade(ax):
    """Widen a logarithmic axis that shows next to nothing: noise would fill the picture."""
    low, high = ax.get_ylim()
    if high / low < 10:
        middle = math.sqrt(low * high)
        ax.set_ylim(middle / math.sqrt(10), middle * math.sqrt(10))
