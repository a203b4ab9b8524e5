"""What goes wrong with clipping by the global norm in lesson 07."""

import numpy as np

from course_lib.clipping import clip_value, global_norm
from course_lib.exercises.engine.formatting import show_apart
from course_lib.exercises.engine.model import Mistake

_CONSTANTS = (1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-16)


def by_factor(factor):
    """Return the answer g · factor(norm, max_norm)."""
    return lambda g, max_norm: g * factor(global_norm(g), max_norm)


def _where(condition, factor):
    """Return the answer that multiplies by the factor where the condition holds."""

    def function(g, max_norm):
        norm = global_norm(g)
        return g * factor(norm, max_norm) if condition(norm, max_norm) else g + 0.0

    return function


def _min_with(measure):
    """Return the answer that takes another measure for the norm."""
    return lambda g, max_norm: g * np.minimum(1, max_norm / measure(g))


def _plain(g):
    return np.sqrt(np.sum(g**2))


def _multiplied_first(g, max_norm):
    norm = global_norm(g)
    return g * max_norm / norm if norm > max_norm else g + 0.0


def _in_place(g, max_norm):
    g *= min(1, max_norm / global_norm(g))
    return g


def _in_place_guarded(g, max_norm):
    norm = global_norm(g)
    if norm > max_norm:
        g *= max_norm / norm
    return g


def cosine(a, b):
    """Return the cosine between two gradients of any size, 0 where one is zero."""
    norms = float(global_norm(a)), float(global_norm(b))
    if 0 in norms:
        return 0.0
    return float((np.asarray(a, float) / norms[0]) @ (np.asarray(b, float) / norms[1]))


def _with_norms(sentence):
    """Return an explanation: the sentence, then norms before, after, and as they should be."""

    def explain(case, answer, expected):
        g, max_norm = case
        received, right = show_apart(global_norm(answer), global_norm(expected))
        return (
            f"{sentence} With max_norm = {max_norm:.4g} a gradient of norm "
            f"{global_norm(g):.4g} gets the norm {received}, and {right} is right."
        )

    return explain


def _explain_entries(case, answer, expected):
    g, max_norm = case
    return (
        "every entry is cut off for itself. That turns the gradient: with max_norm = "
        f"{max_norm:.4g} the cosine between raw and clipped is {cosine(g, answer):.4g}, and it "
        "should be 1. All entries are multiplied by one factor."
    )


MISTAKES = (
    Mistake(
        "short gradients lengthened",
        by_factor(lambda norm, max_norm: max_norm / norm),
        _with_norms("the factor is max_norm/norm without `min(1, ...)`. A short gradient has a "
                    "factor above 1: near the minimum, where steps should shrink, they would "
                    "all be as long as max_norm."),
        variants=(_where(lambda n, c: n > 0, lambda n, c: c / n),
                  by_factor(lambda norm, max_norm: max_norm / float(norm)),
                  lambda g, max_norm: g * max_norm / global_norm(g),
                  lambda g, max_norm: g * max_norm / float(global_norm(g)),
                  lambda g, max_norm: g * (max_norm / _plain(g)),
                  lambda g, max_norm: g * max_norm / _plain(g),
                  lambda g, max_norm: max_norm * (g / _plain(g))),
    ),
    Mistake(
        "plain norm",
        _min_with(_plain),
        _with_norms("the norm is the plain √Σg². Where its squares overflow it is inf, and "
                    "max_norm/inf is 0: the step is lost without a word (PyTorch's is, too). "
                    "Where they underflow it is 0, and nothing is clipped. Call "
                    "`safe_norm(g)`."),
        variants=(
            lambda g, max_norm: g * (max_norm / _plain(g)) if _plain(g) > max_norm else g + 0.0,
            *(_min_with(lambda g, c=c: _plain(g) + c) for c in _CONSTANTS),
            _min_with(lambda g: np.sqrt(np.sum(g.astype(np.float64) ** 2))),
        ),
    ),
    Mistake(
        "a constant in the denominator",
        _min_with(lambda g: global_norm(g) + _CONSTANTS[0]),
        _with_norms("a small constant is added to the norm, as in PyTorch, which adds 1e-6. "
                    "For norms near 1 nobody sees it. Where the threshold itself is as small, "
                    "the gradient comes out too short. A zero gradient is better kept apart: "
                    "divide only where the norm is above max_norm."),
        variants=tuple(_min_with(lambda g, c=c: global_norm(g) + c) for c in _CONSTANTS[1:]),
    ),
    Mistake(
        "division by a norm of 0",
        lambda g, max_norm: g / global_norm(g) * np.minimum(global_norm(g), max_norm),
        "a zero gradient has the norm 0. 0/0 is nan, and one nan is enough to make every "
        "parameter nan after the step; max_norm/0 is inf for a NumPy float, and an error for "
        "Python's own floats. Divide only where the norm is above max_norm, which is > 0.",
        variants=(lambda g, max_norm: g * min(1, max_norm / float(global_norm(g))),),
    ),
    Mistake(
        "product before quotient",
        _multiplied_first,
        "`g * max_norm / norm` forms g · max_norm first, which underflows to 0 where both are "
        "tiny (in float32 3e-25 · 1e-25 is 0), and overflows where both are huge. The factor "
        "is an ordinary number: with parentheses, `g * (max_norm / norm)`, it is formed first.",
        variants=(lambda g, max_norm: g * max_norm / np.maximum(global_norm(g), max_norm),),
    ),
    Mistake("clipped by value", clip_value, _explain_entries),
    Mistake(
        "the wrong ones clipped",
        by_factor(lambda norm, max_norm: np.maximum(1, max_norm / norm)),
        _with_norms("the short gradients are changed and the long ones pass: `>` and `<` are "
                    "swapped, or `min` and `max`."),
        variants=(_where(lambda n, c: 0 < n < c, lambda n, c: c / n),),
    ),
    Mistake(
        "max_norm left out",
        _where(lambda n, c: n > c, lambda n, c: 1 / n),
        _with_norms("divided by its norm a gradient gets the norm 1. It should get max_norm: "
                    "multiply by that, too."),
        variants=(by_factor(lambda n, c: 1 / n), by_factor(lambda n, c: np.minimum(1, 1 / n)),
                  by_factor(lambda n, c: 1 / max(n, c)),
                  _where(lambda n, c: n > 0, lambda n, c: 1 / n)),
    ),
    Mistake(
        "squared norm",
        _min_with(lambda g: global_norm(g) ** 2),
        _with_norms("the square of the norm stands where the norm belongs: the root is "
                    "missing."),
        variants=(_where(lambda n, c: n > c, lambda n, c: c / n**2),
                  _where(lambda n, c: n**2 > c, lambda n, c: c / n),
                  _min_with(lambda g: np.sum(g**2))),
    ),
    Mistake(
        "factor upside down",
        by_factor(lambda norm, max_norm: np.minimum(1, norm / max_norm)),
        _with_norms("the factor is norm/max_norm. It should shrink what is too long, so the "
                    "norm belongs below the line."),
        variants=(_where(lambda n, c: n > c, lambda n, c: n / c),),
    ),
    Mistake(
        "another norm",
        _min_with(lambda g: np.abs(g).max()),
        _with_norms("another measure than √Σg² decides: the largest |entry| is smaller than "
                    "the norm, the sum of |entries| larger, the root of the mean square √n "
                    "times smaller."),
        variants=(
            _min_with(lambda g: np.abs(g).sum()),
            _min_with(lambda g: global_norm(g) / np.sqrt(len(g))),
            lambda g, c: g * (c / np.abs(g).max()) if global_norm(g) > c else g + 0.0,
        ),
    ),
    Mistake(
        "long gradients dropped",
        _where(lambda n, c: n > c, lambda n, c: 0.0),
        _with_norms("a gradient that is too long becomes 0, and its step is lost. Its "
                    "direction is still the best one knows: keep it, at the length max_norm."),
    ),
    Mistake(
        "factor returned",
        lambda g, max_norm: min(1.0, max_norm / global_norm(g)),
        "this is the factor, or the norm. The gradient times the factor is needed, an array of "
        "its shape. (PyTorch's `clip_grad_norm_` returns the norm, and overwrites the "
        "gradients.)",
        variants=(lambda g, max_norm: global_norm(g), lambda g, max_norm: _plain(g)),
    ),
    Mistake(
        "argument changed in place",
        _in_place,
        "the values are right, and the caller's gradient was overwritten: `g *= factor` writes "
        "into the array that was handed in, and raw and clipped can no longer be laid side by "
        "side. `g * factor` makes a new one.",
        variants=(_in_place_guarded,),
    ),
)  # fmt: skip
