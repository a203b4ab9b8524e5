"""A plan of training: a net, how it begins, and what turns its gradients into steps."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from course_lib import datasets
from course_lib.experiments.comparison import train_many
from course_lib.optimizers import Transform, momentum
from course_lib.penalties import Penalized

PLAIN = momentum(0.0)  # plain descent
RATES = (3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)


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
        An initializer; ``plan.init(model, rng, n_seeds) -> theta`` makes float32 parameters.
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

    shown_as = "a plan of training"

    def __post_init__(self):
        """Let a plain initializer draw whole nets."""
        if not isinstance(self.init, _Start):
            object.__setattr__(self, "init", drawn(self.init))

    def __deepcopy__(self, memo):
        """Return the plan itself: it is not changed in place, and its parts are told apart."""
        return self

    def __str__(self):
        """Say what it trains."""
        name = type(self.model).__name__
        return f"a plan: {name}, {self.n_steps} steps of {self.n_batch} examples"

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


@dataclass(frozen=True, eq=False)
class _Start:
    initializer: Callable
    options: dict

    def __call__(self, model, rng, n_seeds):
        kind = {"shape": (n_seeds,), "dtype": np.float32}
        return model.init(rng, self.initializer, **kind, **self.options)


def drawn(initializer, **options):
    """Return how a net begins: float32 parameters from an initializer."""
    return _Start(initializer, options)
