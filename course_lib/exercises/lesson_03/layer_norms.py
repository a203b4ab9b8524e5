"""Lesson 03: the norm of every layer's part of a gradient."""

import numpy as np

from course_lib import diagnostics
from course_lib.activations import sigmoid
from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.formula import listed
from course_lib.exercises.kit.tried import tried
from course_lib.exercises.lesson_03.layer_norms_mistakes import MISTAKES, Facts
from course_lib.mlp import MLP


def layer_norms(grad, layers):
    """Return the norm of each layer's part of a flat gradient."""
    return np.array([np.linalg.norm(grad[layer.parameters]) for layer in layers])


def _cases(rng):
    simple = [_case(rng, [1, 1, 1]), (np.array([3.0, 4.0]), _layers([1, 1]))]
    sizes = [[2, 1, 1], [1, 3, 2, 1], [2, 2, 2, 2, 2], [4, 5, 3, 2, 6], [3, 8, 1]]
    drawn = [_case(rng, size) for size in sizes]
    return [*simple, *drawn, (np.zeros(9), _layers([2, 2, 1]))]


def _case(rng, sizes):
    layers = _layers(sizes)
    return rng.normal(scale=3.0, size=layers[-1].parameters.stop).round(1) + 0.0, layers


def _layers(sizes):
    return MLP(sizes, sigmoid).layers


def _example():
    return _case(np.random.default_rng(3), [2, 3, 3, 1])


def _drawn(rng):
    return _case(rng, [int(n) for n in rng.integers(1, 5, size=rng.integers(3, 6))])


_on_nets = tried(_case(np.random.default_rng(3), [2, 3, 3, 1]), drawn=_drawn)


@_on_nets
def _pythagoras(function, grad, layers):
    parts, whole = np.asarray(function(grad, layers)), float(np.linalg.norm(grad))
    together = float(np.sqrt(np.sum(parts**2)))
    evidence = f"layers together {together:.4g}, whole gradient {whole:.4g}"
    return abs(together - whole) < 1e-6 * whole, evidence


@_on_nets
def _proportional(function, grad, layers):
    once, ten_times = (np.asarray(function(factor * grad, layers)) for factor in (1, 10))
    i = int(np.argmax(np.abs(ten_times - 10 * once)))
    evidence = f"layer {i + 1}: {once[i]:.4g}, then {ten_times[i]:.4g}"
    return np.allclose(ten_times, 10 * once, rtol=1e-6, atol=0), evidence


@_on_nets
def _each_for_itself(function, grad, layers):
    only_second = np.zeros_like(grad)
    only_second[layers[1].parameters] = 0.1 + np.abs(grad[layers[1].parameters])
    norms = np.asarray(function(only_second, layers))
    others = np.delete(norms, 1)
    return bool(norms[1] > 0 and (others == 0).all()), f"it gives {listed(norms)}"


EXERCISES = (
    Exercise(
        name="layer_norms",
        lesson="03",
        statement="""The norm √(sum of squares) of each layer's part of a gradient.

        grad : array, shape (n_params,), one flat vector
        layers : model.layers; `layer.parameters` is the slice of one layer's weights and
            biases, `layer.w` and `layer.b` the slices of either
        returns an array, shape (n_layers,), the first layer first
        """,
        reference=diagnostics.layer_norms,
        solution=layer_norms,
        cases=_cases,
        mistakes=MISTAKES,
        facts=Facts,
        laws=(
            Law("the squares of the layers' norms add to that of the whole norm", _pythagoras),
            Law("ten times the gradient has ten times the norms", _proportional),
            Law("a gradient that is 0 but in the second layer has its one norm above 0 there",
                _each_for_itself),
        ),
        hints=(
            "One layer first: which entries of grad belong to `layers[0]`? The slice "
            "`layers[0].parameters` picks them out.",
            "The norm of a vector: its squares added, and the root of that. "
            "`np.linalg.norm` does it for a flat vector.",
            "Go through the layers in a loop and collect "
            "`np.linalg.norm(grad[layer.parameters])`; `np.array(...)` makes a list an array.",
        ),
        remark="In `course_lib.diagnostics` the same function takes leading axes of whole "
        "networks, and its norm neither over- nor underflows on the way: lesson 07 builds it.",
        comparison=Close(1e-6),
    ),
)  # fmt: skip
