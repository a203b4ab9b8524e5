"""A net of lesson 10 that trains while the reader turns rate and threshold."""

import numpy as np

from course_lib import datasets
from course_lib.activations import sigmoid
from course_lib.clipping import global_norm
from course_lib.figures.axes import log_axis
from course_lib.figures.display import figure
from course_lib.figures.style import BLUE, GRAY, INK, VERMILLION, number, styled
from course_lib.initializers import glorot
from course_lib.mlp import MLP
from course_lib.optimizers import chain, momentum, record, stateless
from course_lib.widgets.canvas import LiveFigure
from course_lib.widgets.controls import Control
from course_lib.widgets.live import LiveWidget

N_STEPS = 100
_BATCH, _N_LAST, _LEARNED = 32, 20, 0.5
_MODEL = MLP([64, 32, 32, 10], sigmoid)


class Trainings:
    """Runs of one net on one order of batches, each with its own rate and threshold.

    Parameters
    ----------
    rng : numpy.random.Generator
    rates, thresholds : list of float
        Where the sliders stand: all runs on the way of the one that is moved are trained in one
        call, and remembered.
    """

    def __init__(self, rng, rates, thresholds):
        self.digits = datasets.digits(rng)
        self.theta = _MODEL.init(rng, glorot())
        self.batches = rng.integers(len(self.digits.x_train), size=(N_STEPS, _BATCH))
        self.rates, self.thresholds = rates, thresholds
        self._runs, self._last = {}, (None, None)

    def run(self, lr, threshold):
        """Train with a clip by global norm, momentum 0.9 and a rate.

        Parameters
        ----------
        lr, threshold : float

        Returns
        -------
        losses, norms : ndarray, shape (n_steps,)
            Before each step; norms of the raw gradient.
        accuracy : float
            Share of new images that the net reads in the end.
        """
        if (lr, threshold) not in self._runs:
            along = [(lr, threshold)]
            if threshold == self._last[1] and lr in self.rates:
                along = [(rate, threshold) for rate in self.rates]
            elif lr == self._last[0] and threshold in self.thresholds:
                along = [(lr, c) for c in self.thresholds]
            self._runs |= zip(along, self._train(along), strict=True)
        self._last = lr, threshold
        return self._runs[lr, threshold]

    def _train(self, settings):
        lr, threshold = np.array(settings).T[..., None]
        losses, norms, digits = [], [], self.digits
        theta = np.repeat(self.theta[None], len(settings), axis=0)
        clip = stateless(lambda g: g * np.minimum(1, threshold / global_norm(g)[:, None]))
        optimizer = chain(record(norms), clip, momentum(0.9), stateless(lambda v: -lr * v))
        state = optimizer.init(theta)
        for batch in self.batches:
            x, y = digits.x_train[batch], digits.y_train[batch]
            loss, g = _MODEL.loss_and_gradient(theta, x, y)
            update, state = optimizer.update(g, state)
            theta = theta + update
            losses.append(loss)
        read = _MODEL.forward(theta, digits.x_test).argmax(axis=-1) == digits.y_test
        return [*zip(np.array(losses).T, np.array(norms).T, read.mean(axis=-1), strict=True)]


def training_run_widget():
    """Make the interactive figure of lesson 10: one run, by rate and threshold.

    Left: the loss of each of 100 batches. Right: the norm of each gradient, and the threshold.

    Returns
    -------
    LiveWidget
        Its controls are ``lr`` and ``threshold``.
    """
    rate = Control("learning rate η", 2.0, 0.125, 8.0, 0.05, per_doubling=4)
    bound = Control("threshold c", 0.2, 0.05, 3.2, 0.05, per_doubling=4)
    trainings = Trainings(np.random.default_rng(0), list(rate.options), list(bound.options))
    fig, (left, right) = figure(2, height=3.4)
    (loss,), (norm, limit) = _draw_loss_panel(left), _draw_norm_panel(right)

    def update(lr, threshold):
        losses, norms, accuracy = trainings.run(lr, threshold)
        loss.set_ydata(losses)
        norm.set_ydata(norms)
        limit.set_ydata([threshold, threshold])
        return _sentence(lr, threshold, losses, norms, accuracy)

    about = (
        f"A net with two hidden layers learns digits in {N_STEPS} batches, with a clip by "
        "global norm and momentum 0.9. Left, the loss of each batch, beside that of guessing. "
        "Right, the norm of each gradient, beside the threshold. Both axes are logarithmic."
    )
    return LiveWidget(
        LiveFigure(fig, [loss, norm, limit]), {"lr": rate, "threshold": bound}, update, about
    )


@styled
def _draw_loss_panel(ax):
    log_axis(ax).set(ylim=(0.05, 20), xlabel="step", ylabel="loss")
    ax.axhline(np.log(10), color=GRAY, linewidth=1.2, linestyle=":", label="guessing, 2.3")
    line = ax.plot(np.zeros(N_STEPS), color=BLUE, label="loss")
    ax.legend(loc="lower left")
    return line


@styled
def _draw_norm_panel(ax):
    log_axis(ax).set(ylim=(0.02, 10), xlabel="step", ylabel="norm of the gradient")
    (norm,) = ax.plot(np.zeros(N_STEPS), color=VERMILLION, linewidth=1.2, label="gradient")
    look = {"color": INK, "linestyle": "--", "linewidth": 1.2}
    (limit,) = ax.plot([0, N_STEPS - 1], [1, 1], label="threshold c", **look)
    ax.legend(loc="lower left", ncols=2)
    return norm, limit


def _sentence(lr, threshold, losses, norms, accuracy):
    learns = "it learns" if accuracy > _LEARNED else "it does not learn"
    return (
        f"At η = {number(lr)} with c = {number(threshold)}, {(norms > threshold).sum()} of "
        f"{N_STEPS} gradients are clipped. The last {_N_LAST} batches have a mean loss of "
        f"{losses[-_N_LAST:].mean():.2f}, and the net reads {100 * accuracy:.0f} % of new "
        f"images: {learns}."
    )
