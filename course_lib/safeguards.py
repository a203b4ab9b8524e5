"""The plans of lesson 09: four symptoms, and for each the remedies that are tried on it.

A plan is a net, how it begins, what turns its gradients into steps, and how long it trains.
A symptom is a plan that fails; a remedy is the same plan with one thing changed.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from course_lib import datasets
from course_lib.activations import relu, sigmoid, tanh
from course_lib.comparison import train_many
from course_lib.gated import GatedRNN
from course_lib.initializers import centered, he, normal, orthogonal
from course_lib.optimizers import Transform, adam, clip_by_global_norm, ema, momentum, nesterov
from course_lib.penalties import Penalized
from course_lib.residual import ResidualNet
from course_lib.rnn import RNN
from course_lib.schedules import warm_up

WITHOUT, SMALLER = "no remedy", "smaller rate, more steps"
PLAIN = momentum(0.0)  # plain descent
RATES = (0.01, 0.03, 0.1, 0.3, 1.0)
_SMALL = (
    3e-4,
    1e-3,
    3e-3,
    1e-2,
    3e-2,
)  # Adam's steps have the size of the rate, entry by entry


@dataclass(frozen=True)
class Plan:
    """How a net is made and trained, but for its rate.

    Attributes
    ----------
    model : RNN, ResidualNet or alike
        The net.
    draw : callable
        ``draw(rng, shape) -> (x, y)``: batches, ``shape`` being (n_seeds, n_batch).
    init : callable
        ``init(model, rng, n_seeds) -> theta``.
    n_batch, n_steps : int
        Examples a step, and steps.
    guessing : float
        The loss of an answer without knowledge.
    link : Transform
        What turns gradients into steps; plain descent unless given.
    rates : tuple of float
        The rates that are tried; the best one is kept.
    mu : float
        The weight of a gradient penalty; its product with the Hessian is taken by differences.
    """

    model: object
    draw: Callable
    init: Callable
    n_batch: int
    n_steps: int
    guessing: float
    link: Transform = PLAIN
    rates: tuple = RATES
    mu: float = 0.0

    def run(self, rng, n_seeds, rates=None, **options):
        """Train ``n_seeds`` networks at each rate; return `comparison.Runs`."""
        theta = self.init(self.model, rng, n_seeds)
        model = Penalized(self.model, self.mu, "differences") if self.mu else self.model
        return train_many(
            model,
            theta,
            lambda: self.draw(rng, (n_seeds, self.n_batch)),
            self.link,
            self.rates if rates is None else rates,
            self.n_steps,
            **options,
        )

    def longer(self, factor):
        """Return the plan with rates that many times smaller, and that many times the steps."""
        rates = tuple(rate / factor for rate in self.rates)
        return replace(self, rates=rates, n_steps=factor * self.n_steps)

    def penalized(self, mu):
        """Return the plan with a penalty, for the same number of gradients: three a step."""
        return replace(self, mu=mu, n_steps=self.n_steps // 3)


@cache
def _digits():
    data = datasets.digits(np.random.default_rng(0), dtype=np.float32)
    return data.x_train, data.y_train


def draw_digits(rng, shape):
    """Return images and labels of digits, drawn with replacement."""
    images, labels = _digits()
    i = rng.integers(len(images), size=shape)
    return images[i], labels[i]


def draw_sequences(rng, shape):
    """Return sequences and classes of the temporal-order task, 20 steps long."""
    x, y = datasets.temporal_order(rng, shape, n_steps=20)
    return x.astype(np.float32), y


def drawn(initializer, **options):
    """Return how a net begins: float32 parameters from an initializer."""

    def init(model, rng, n_seeds):
        return model.init(rng, initializer, shape=(n_seeds,), dtype=np.float32, **options)

    return init


def recurrent_net():
    """Return the plan that meets single spikes: a plain tanh net, the temporal-order task."""
    net = RNN(6, 32, 4, tanh)
    return Plan(net, draw_sequences, drawn(normal(1.0)), 16, 400, np.log(4))


def deep_net(activation, sigma_w, n_layers=20, skip=False, normalize=False):
    """Return the plan of a net of 32 units a layer on digits, its weights at a scale."""
    net = ResidualNet(64, 32, n_layers - 1, 10, activation, skip=skip, normalize=normalize)
    return Plan(net, draw_digits, drawn(normal(sigma_w)), 16, 300, np.log(10))


def spikes():
    """Return plans against single large gradients: a recurrent net."""
    plan = recurrent_net()
    return {
        **_steps_changed(plan),
        "orthogonal weights": replace(plan, init=drawn(normal(1.0), recurrent=orthogonal())),
        "gated units": replace(
            plan, model=GatedRNN(6, 32, 4), init=drawn(normal(1.0), gate_bias=1.0)
        ),
    }


def vanishing():
    """Return plans against a gradient that vanishes from the start: a deep sigmoid net."""
    plan = deep_net(sigmoid, 1.0)
    return {
        **_steps_changed(plan),
        "initialization": replace(plan, init=drawn(normal(10.15))),
        "centered activations": replace(plan, init=drawn(centered(normal(4.0)))),
        "orthogonal weights": replace(plan, init=drawn(orthogonal(4.0))),
        "centered and orthogonal": replace(plan, init=drawn(centered(orthogonal(4.0)))),
        **_blocks_changed(plan, sigmoid),
    }


def exploding():
    """Return plans against a gradient that explodes from the start: a deep tanh net."""
    plan = replace(deep_net(tanh, 4.0), rates=(1e-4, 1e-3, 1e-2, 0.1, 1.0))
    return {
        **_steps_changed(plan),
        "initialization": replace(plan, init=drawn(normal(1.0))),
        "orthogonal weights": replace(plan, init=drawn(orthogonal())),
        **_blocks_changed(plan, tanh),
    }


def too_fast():
    """Return plans against a rate beyond stability, 0.2: the ReLU net of lessons 06 and 07."""
    plan = deep_net(relu, 2.2, n_layers=5)
    plan = replace(plan, n_batch=24, n_steps=200, rates=(0.2,))
    plans = {
        **_steps_changed(plan),
        "initialization": replace(plan, init=drawn(he())),
        "orthogonal weights": replace(plan, init=drawn(orthogonal(np.sqrt(2)))),
        **_blocks_changed(plan, relu),
    }
    return {  # the rate is the symptom: nothing but "smaller rate" may change it
        name: p if name == SMALLER else replace(p, rates=(0.2,)) for name, p in plans.items()
    }


SYMPTOMS = {
    "single spikes": spikes,
    "vanishing at the start": vanishing,
    "exploding at the start": exploding,
    "rate beyond stability": too_fast,
}


def _steps_changed(plan):
    """Return what can be done without touching the net: what becomes of its gradients."""
    return {
        WITHOUT: plan,
        SMALLER: plan.longer(4),
        "gradient penalty": plan.penalized(0.01),
        "Nesterov": replace(plan, link=nesterov(0.9), rates=_tenths(plan.rates)),
        "averaging (EMA)": replace(plan, link=ema(0.9)),
        "clipping": replace(plan, link=clip_by_global_norm(1.0, nonfinite="zero")),
        "Adam": replace(plan, link=adam(), rates=_SMALL),
        "warm-up": replace(plan, link=warm_up(100)),
    }


def _blocks_changed(plan, activation):
    """Return the same net with skip connections, with layer normalization, and with both."""
    blocks = plan.model.n_blocks

    def with_(**switches):
        return replace(plan, model=ResidualNet(64, 32, blocks, 10, activation, **switches))

    return {
        "residual connections": with_(),
        "layer normalization": with_(skip=False, normalize=True),
        "residual and normalized": with_(normalize=True),
    }


def _tenths(rates):
    """Return the rates whose effective rates under γ = 0.9 are those given."""
    return tuple(rate / 10 for rate in rates)
