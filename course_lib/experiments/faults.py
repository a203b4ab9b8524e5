"""Parts with a fault, for the broken runs: they bear the names of the parts they stand for.

Whoever reads on has seen the X-ray before the patient.
"""

import numpy as np

from course_lib.activations import Activation, sigmoid
from course_lib.optimizers import Transform


def accumulate_micro_batches(k):
    """Return a link that collects k gradients and passes them on in one."""

    def update(g, state):
        total, count = state[0] + g, state[1] + 1
        if count < k:
            return None, (total, count)
        return total, (np.zeros_like(total), 0)

    return Transform(lambda theta: (np.zeros_like(theta), 0), update)


def _slope(a):
    return a * (1 - a)


sigmoid_of_a_colleague = Activation("sigmoid", 0.25, sigmoid._value, _slope)
