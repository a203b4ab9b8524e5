"""What can be measured of a run before it is trained: links and budget do not matter."""

import numpy as np

from course_lib.experiments.broken_runs import growth_at_start
from course_lib.experiments.configurations import DATA, data
from course_lib.gradcheck import check_gradient


def measured_before_training(configuration):
    """Return what the weights, as they are drawn, make of the net.

    Parameters
    ----------
    configuration : Configuration

    Returns
    -------
    dict of str to float
        The entries of a `RunMetrics` that are about the start.
    """
    theta = configuration.theta()
    biases = [b for _, b in configuration.model.unpack(theta)]
    with np.errstate(all="ignore"):
        growth = growth_at_start(configuration)
    return {
        "untrained": _accuracy(configuration, theta),
        "growth": growth,
        "start": np.cos(np.arange(theta.size)) @ theta,
        "biased": np.linalg.norm(np.concatenate(biases)),
        "gradient_error": _gradient_error(configuration, theta),
    }


def _accuracy(configuration, theta):
    split = data(DATA[0])
    output = configuration.model.forward(theta, split.x_test)
    return np.mean(output.argmax(axis=-1) == split.y_test)


def _gradient_error(configuration, theta):
    model, batch = configuration.model, configuration.first_batch()
    rng = np.random.default_rng(0)

    def loss_and_gradient(theta):
        return model.loss_and_gradient(theta, *batch)

    return check_gradient(loss_and_gradient, theta, rng, 3).relative_error
