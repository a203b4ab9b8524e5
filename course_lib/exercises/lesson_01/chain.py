"""Lesson 01: the derivative of a chain of sigmoids."""

import numpy as np

from course_lib.activations import sigmoid
from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.formatting import beside_measured, counted
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.measured import difference
from course_lib.exercises.kit.tried import tried
from course_lib.exercises.lesson_01.chain_mistakes import MISTAKES, moved

sigma, sigma_slope = sigmoid, sigmoid.derivative  # as the lesson names them


def chain_derivative(x, weights):
    """Return da_L/dx of the chain a_l = σ(w_l a_(l-1)), a_0 = x.

    Parameters
    ----------
    x : float
        Input of the chain.
    weights : ndarray, shape (n_layers,)
        One weight per layer, the first layer first.

    Returns
    -------
    float
    """
    a, derivative = x, 1.0
    for w in weights:
        z = w * a
        derivative = derivative * w * sigma_slope(z)
        a = sigma(z)
    return derivative


def _cases(rng):
    small = [(0.5, np.array([2.0])), (1.0, np.array([2.0, -3.0]))]
    depths = (2, 3, 3, 5, 8, 12)
    drawn = [(float(rng.normal()), rng.normal(scale=3.0, size=depth)) for depth in depths]
    whole = (0.5, np.array([2, 3]))  # as the lesson calls it
    return [*small, *drawn, (0.3, np.full(6, 5.0)), (-0.8, np.array([1.5])), whole]


def _drawn(rng):
    n_layers = int(rng.integers(1, 5))
    return float(rng.normal(scale=2)), rng.normal(scale=rng.uniform(0.2, 3), size=n_layers)


_BOUND_CASES = [(0.7, [2.0, -3.0, 1.5, 4.0]), (-2.0, [0.1]), (3.0, [0.2]), (0.5, [0.5, -0.3])]


@tried(*((x, np.array(weights)) for x, weights in _BOUND_CASES),
       *_cases(np.random.default_rng(1)), drawn=_drawn)  # fmt: skip
def _bounded(function, x, weights):
    value, bound = abs(function(x, weights)), float(np.prod(np.abs(weights) / 4))
    where = f"{counted(len(weights), 'layer')}, x = {x:.4g}"
    return value <= bound * (1 + 1e-9), f"{where}: {value:.3g}, bound {bound:.3g}"


@tried((0.7, np.array([2.0, -3.0, 1.5])), (-0.4, np.array([0.8])), drawn=_drawn)
def _measured(function, x, weights):
    measured = difference(moved, (x, weights), 1e-5)
    holds, evidence = beside_measured(float(function(x, weights)), measured, digits=5)
    return holds, f"{counted(len(weights), 'layer')}, x = {x:.4g}: {evidence}"


EXERCISES = (
    Exercise(
        name="chain_derivative",
        lesson="01",
        statement="""The derivative da_L/dx of a chain of sigmoid layers:
        a_0 = x, z_l = w_l a_(l-1), a_l = σ(z_l) for l = 1 ... L.

        x : number;  weights : array, shape (L,), w_1 first;  returns a number
        """,
        reference=chain_derivative,
        cases=_cases,
        mistakes=MISTAKES,
        laws=(
            Law("the product is at most ∏ |w|/4 in size", _bounded),
            Law("it is the slope of the chain, by central differences", _measured),
        ),
        hints=(
            "One layer first: what is the derivative of σ(w x) with respect to x? It has two "
            "factors.",
            "Go through the weights in a loop and carry two things along: the activation a, "
            "and the product so far.",
            "In the loop: z = w a; multiply the product by w and by `sigma_slope(z)`; then "
            "`a = sigma(z)`. Begin with a = x and the product 1.",
        ),
        remark="One pass forward gives both, the activation and the derivative. "
        "Backpropagation takes the same product from the other end.",
        comparison=Close(1e-9, 1e-18),
    ),
)
