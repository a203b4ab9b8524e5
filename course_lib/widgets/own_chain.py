"""Spikes through the chain of the reader's own repair, and through the recorded one."""

import numpy as np

from course_lib.experiments.broken_runs import CASES
from course_lib.figures.display import figure
from course_lib.figures.style import BLUE, GRAY, VERMILLION, styled
from course_lib.optimizers import chain
from course_lib.widgets.canvas import LiveFigure
from course_lib.widgets.controls import Control
from course_lib.widgets.live import LiveWidget

N_STEPS = 120
_REACH = 3.0


def gradients(spike, period):
    """Return gradients of -1, with a spike at the third step and at every ``period`` from it.

    Parameters
    ----------
    spike : float
    period : int

    Returns
    -------
    ndarray, shape (n_steps,)
    """
    g = np.full(N_STEPS, -1.0)
    g[2::period] = spike
    return g


def steps_against(links, g, n_params):
    """Return the steps of a chain against a direction along which all gradients lie.

    Parameters
    ----------
    links : sequence of Transform
        The last one holds the rate.
    g : ndarray, shape (n_steps,)
        Lengths of the gradients along the direction, in which all parameters have equal parts.
    n_params : int

    Returns
    -------
    ndarray, shape (n_steps,)
        What each step takes off along the direction: of the sign of g where it follows it.
    """
    direction = np.full(n_params, n_params**-0.5)
    optimizer, steps = chain(*links), []
    state = optimizer.init(np.zeros(n_params))
    for length in g:
        update, state = optimizer.update(length * direction, state)
        steps.append(-update @ direction)
    return np.array(steps)


def own_chain_widget(mend):
    """Make the interactive figure of lesson 12: spikes through the reader's own chain.

    Parameters
    ----------
    mend : callable
        The repair of run 5: from its configuration to the mended one.

    Returns
    -------
    LiveWidget
        Its controls are ``spike`` and ``period``.
    """
    recorded = CASES[4].configuration
    links = {"as recorded": recorded.links, "mended": mend(recorded).links}
    n_params = recorded.model.n_params
    fig, ax = figure(height=3.4)
    spikes, *lines = _draw_panel(ax, links)

    def update(spike, period):
        g = gradients(spike, period)
        at = np.flatnonzero(g > 0)
        x, y = np.broadcast_arrays(at[:, None], [-_REACH, _REACH, np.nan])
        spikes.set_data(x.ravel(), y.ravel())
        follow = {}
        for (name, chain_), line in zip(links.items(), lines, strict=True):
            steps = steps_against(chain_, g, n_params)
            line.set_ydata(steps)
            follow[name] = np.sum(steps[g < 0] < 0)
        return _sentence(spike, period, follow, np.sum(g < 0))

    controls = {
        "spike": Control("size of the spikes", 1000.0, 1.0, 10_000.0, 1.0, per_doubling=2),
        "period": Control("steps from spike to spike", 50, 2, 60),
    }
    about = (
        f"The steps of two chains of links over {N_STEPS} gradients of −1, with a positive "
        "spike now and then: those of run 5 as recorded, and those of the mended run. A step "
        "below 0 follows the true sign."
    )
    return LiveWidget(LiveFigure(fig, [spikes, *lines]), controls, update, about)


@styled
def _draw_panel(ax, links):
    ax.set_yscale("symlog", linthresh=0.01)
    ax.set(xlim=(-1, N_STEPS), ylim=(-_REACH, _REACH), xlabel="step", ylabel="step taken off θ")
    ax.set_yticks([-1, -0.1, 0, 0.1, 1], ["−1", "−0.1", "0", "0.1", "1"])
    ax.yaxis.minorticks_off()
    ax.axhline(0, color=GRAY, linewidth=1)
    (spikes,) = ax.plot([], [], ":", color=GRAY, linewidth=1.2, label="spike")
    looks = ((VERMILLION, "--"), (BLUE, "-"))
    x, lines = np.arange(N_STEPS), []
    for name, (color, linestyle) in zip(links, looks, strict=True):
        lines += ax.plot(x, 0 * x, color=color, linestyle=linestyle, label=name)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
    return spikes, *lines


def _sentence(spike, period, follow, n_steps):
    counts = " and ".join(f"{count} ({name})" for name, count in follow.items())
    return (
        f"With a spike of {spike:g} every {period} steps, the chains follow the true sign in "
        f"{counts} of the {n_steps} steps whose gradient is no spike."
    )
