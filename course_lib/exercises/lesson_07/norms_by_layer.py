"""Lesson 07: clipping layer by layer."""

import numpy as np

from course_lib import clipping
from course_lib.activations import sigmoid
from course_lib.clipping import clip_global_norm as shorten  # its name in the lesson
from course_lib.diagnostics import layer_norms
from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.model import Exercise, Law
from course_lib.exercises.kit.tried import tried
from course_lib.exercises.lesson_07.entries import RTOL
from course_lib.exercises.lesson_07.global_mistakes import cosine
from course_lib.exercises.lesson_07.layers_facts import LayerFacts
from course_lib.exercises.lesson_07.layers_mistakes import MISTAKES, listed
from course_lib.mlp import MLP


def clip_layer_norms(g, max_norm, layers):
    """Return g with each layer's part shortened to max_norm if it is longer."""
    parts = [shorten(g[layer.parameters], max_norm) for layer in layers]
    return np.concatenate(parts)


def _layers(*sizes):
    return MLP(sizes, sigmoid).layers


def _cases(rng):
    two = _layers(1, 1, 1)
    simple = [
        ([6.0, -8.0, 0.5, 0.25], 5.0),
        ([3.0, -4.0, 0.3, 0.4], 1.0),
        ([0.5, 0.2, 0.1, -0.6], 1.0),
        ([0.3, 0.4, -6.0, 8.0], 2.0),
        ([0.0, 0.0, 3.0, 4.0], 1.0),
        ([0.3, -0.4, 0.6, -0.8], 0.65),  # between ‖g‖ and Σ|g| of the first layer
    ]
    drawn = [
        (rng.normal(scale=2.0, size=layers[-1].parameters.stop), limit, layers)
        for layers, limit in (
            (_layers(2, 1), 0.5),
            (_layers(2, 3, 1), 2.0),
            (_layers(3, 3, 2, 2), 1.5),
            (_layers(1, 8, 1), 5.0),
        )
    ]
    large = (np.array([1e20, -1e20, 0.3, 0.4], np.float32), 1.0, two)
    return [*((np.array(g), limit, two) for g, limit in simple), *drawn, large]


def _drawn(rng, limit=None, sizes=None):
    """Return a gradient whose second layer alone is short, and a max_norm."""
    layers = _layers(*(sizes or map(int, rng.integers(1, 4, rng.integers(3, 5)))))
    g, limit = rng.normal(size=layers[-1].parameters.stop), limit or float(rng.uniform(0.3, 4))
    for i, layer in enumerate(layers):
        low, high = ((1.05, 1.4), (0.05, 0.3), (1.1, 4))[min(i, 2)]
        part = g[layer.parameters]
        g[layer.parameters] *= limit * rng.uniform(low, high) / np.linalg.norm(part)
    return g, limit, layers


_on_nets = tried(
    *(
        _drawn(np.random.default_rng(i), limit, [3, 3, 2, 4])
        for i, limit in enumerate((1.0, 0.4, 3.0, 2.0, 2.5, 0.7))
    ),
    drawn=_drawn,
)


@_on_nets
def _every_layer_bounded(function, g, max_norm, layers):
    norms = layer_norms(np.asarray(function(g, max_norm, layers)), layers)
    evidence = f"layers of norm {listed(layer_norms(g, layers))} get {listed(norms)}"
    return bool((norms <= max_norm * (1 + RTOL)).all()), f"max_norm {max_norm:.4g}: {evidence}"


def _with_short_layer(rng, share=None, limit=None, sizes=None):
    """Return what `_drawn` does; the short layer has any norm below max_norm, 0 at times."""
    g, limit, layers = _drawn(rng, limit, sizes)
    part = layers[1].parameters
    share = rng.choice([0, rng.uniform(0.05, 0.95)]) if share is None else share
    g[part] *= share * limit / np.linalg.norm(g[part])
    return g, limit, layers


@tried(
    *(
        _with_short_layer(np.random.default_rng(0), *at, [3, 3, 2, 4])
        for at in ((0.2, 1), (2 / 3, 3), (0.95, 1), (0, 1))
    ),
    drawn=_with_short_layer,
)
def _short_layer_stays(function, g, max_norm, layers):
    part = layers[1].parameters
    before, after = g[part], np.asarray(function(g, max_norm, layers))[part]
    norms = [float(np.linalg.norm(values)) for values in (before, after)]
    told = f"norm {norms[0]:.4g} before, {norms[1]:.4g} after"
    holds = np.allclose(after, before, rtol=RTOL, atol=0)
    return holds, told if holds or not np.isclose(*norms) else "its entries change"


@_on_nets
def _direction_in_layers(function, g, max_norm, layers):
    clipped = np.asarray(function(g, max_norm, layers))
    cosines = [cosine(g[layer.parameters], clipped[layer.parameters]) for layer in layers]
    return np.allclose(cosines, 1, rtol=0, atol=RTOL), f"cosines {listed(cosines)}"


EXERCISES = (
    Exercise(
        name="clip_layer_norms",
        lesson="07",
        statement="""Clip layer by layer: each layer's part of the gradient is shortened to
        max_norm if it is longer.

        g : array, shape (n_params,);  max_norm : a number > 0
        layers : model.layers; `layer.parameters` is the slice of one layer's part
        returns a new array, shape (n_params,).  You may call shorten(part, max_norm).
        """,
        reference=clipping.clip_layer_norms,
        solution=clip_layer_norms,
        cases=_cases,
        facts=LayerFacts,
        mistakes=MISTAKES,
        laws=(
            Law("no layer is longer than max_norm", _every_layer_bounded),
            Law("a short layer stays as it is, whatever the others do", _short_layer_stays),
            Law("within each layer the direction stays", _direction_in_layers),
        ),
        hints=(
            "Each layer by itself is the exercise before. `g[layer.parameters]` is its part of "
            "the gradient, weights and biases together.",
            "Go through the layers, clip each part by its own norm with `shorten`, and collect "
            "the results in a list.",
            "`shorten(g[layer.parameters], max_norm)` for each layer in `layers`; "
            "`np.concatenate(parts)` makes one vector of them.",
        ),
        remark="Within a layer the direction stays; that of the whole gradient changes, as the "
        "long layers lose and the short ones do not. The function in `course_lib.clipping` "
        "also checks that the layout fits.",
        comparison=Close(RTOL, 0.0),
    ),
)
