"""Six training runs that fail, each for a reason of its own.

A case is a configuration that can be read, run, examined and mended. It names its parts, and
not which of them is at fault: that has to be measured.
"""

from dataclasses import dataclass, field

import numpy as np

from course_lib.activations import relu, sigmoid, tanh
from course_lib.diagnostics import backward_norms, growth_per_layer, layer_norms
from course_lib.experiments.configurations import DATA, Configuration, data
from course_lib.experiments.faults import accumulate_micro_batches, sigmoid_of_a_colleague
from course_lib.initializers import centered, he, normal, orthogonal
from course_lib.optimizers import chain, clip_by_global_norm, momentum, scale
from course_lib.training import History, train

CAUSES = {
    "vanishing": "the gradient shrinks from layer to layer at initialization",
    "exploding": "the gradient grows from layer to layer at initialization",
    "rate": "the learning rate is beyond what is stable",
    "sum": "micro-batches are added up where their mean is meant",
    "order": "the clip stands where it cannot keep spikes out of the velocity",
    "derivative": "the gradient is not the slope of the loss",
    "slow": "the learning rate is far too small",
    "data": "the images themselves are at fault",
}


@dataclass(frozen=True)
class Run:
    """What was recorded of a run.

    Attributes
    ----------
    configuration : Configuration
        What was run.
    history : History
        Loss, gradient norm and update ratio of every step.
    first_norms, last_norms : ndarray, shape (n_layers,)
        Norm of each layer's part of the gradient on the same 64 images, before and after.
    growth : float
        By how much δ grows per layer on its way back, before training.
    accuracy, loss : float
        On 360 digits that were not trained on; guessing gives about 0.1 and ln 10.
    """

    configuration: Configuration
    history: History = field(repr=False)
    first_norms: np.ndarray = field(repr=False)
    last_norms: np.ndarray = field(repr=False)
    growth: float
    accuracy: float
    loss: float


@dataclass(frozen=True)
class Case:
    """A run that fails.

    Attributes
    ----------
    configuration : Configuration
        What was run, with the seed of the recorded curves.
    seeds : tuple of int
        A mended configuration has to work with each of these; the recorded seed comes first.
    """

    configuration: Configuration
    seeds: tuple


def run(configuration):
    """Train as a configuration says, and record what can be seen.

    Parameters
    ----------
    configuration : Configuration

    Returns
    -------
    Run
    """
    model, theta, split = configuration.model, configuration.theta(), data(configuration.data)
    x, y = configuration.first_batch()
    with np.errstate(all="ignore"):  # what overflows is what we want to see
        history = train(
            model,
            theta,
            split.x_train,
            split.y_train,
            chain(*configuration.links),
            configuration.n_steps,
            rng=np.random.default_rng([configuration.seed, 1]),
            batch_size=configuration.batch_size,
            progress=False,
        )
        norms = [
            layer_norms(model.loss_and_gradient(t, x, y)[1], model.layers)
            for t in (theta, history.theta)
        ]
        output = model.forward(history.theta, split.x_test)
        accuracy = np.mean(output.argmax(axis=-1) == split.y_test)
        loss = model.loss(output, split.y_test)[0]
        growth = growth_at_start(configuration)
    return Run(configuration, history, *norms, growth, float(accuracy), float(loss))


def growth_at_start(configuration):
    """Return by how much δ grows per layer on its way back, before training."""
    model, theta = configuration.model, configuration.theta()
    x, y = configuration.first_batch()
    grad_output = model.loss(model.forward(theta, x), y)[1]
    return float(growth_per_layer(backward_norms(model, theta, x, grad_output)))


def _sizes(n_hidden):
    return (64, *[32] * n_hidden, 10)


_CLIP, _MOMENTUM = clip_by_global_norm(1.0), momentum(0.9)
_CONFIGURATIONS = (
    Configuration(_sizes(8), sigmoid, normal(1.0), (_MOMENTUM, scale(-0.1)), n_steps=150),
    Configuration(_sizes(12), tanh, normal(4.0), (_CLIP, _MOMENTUM, scale(-0.02))),
    Configuration(_sizes(4), tanh, orthogonal(1.0), (scale(-1.5),)),
    Configuration(
        _sizes(3),
        tanh,
        orthogonal(1.0),
        (accumulate_micro_batches(8), _MOMENTUM, scale(-0.1)),
        n_steps=320,
        batch_size=8,
    ),
    Configuration(_sizes(3), relu, he(), (_MOMENTUM, _CLIP, scale(-0.03)), data=DATA[1]),
    Configuration(
        _sizes(3),
        sigmoid_of_a_colleague,
        centered(normal(4.0)),
        (_CLIP, _MOMENTUM, scale(-0.1)),
    ),
)
CASES = tuple(Case(configuration, (0, 1, 2)) for configuration in _CONFIGURATIONS)
