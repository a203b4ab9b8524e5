"""What goes wrong with the overflow-safe norm in lesson 07."""

import numpy as np

from course_lib.exercises.engine.formatting import compared
from course_lib.exercises.engine.model import Mistake

_CONSTANTS = (1e-12, 1e-6, 1e-8, 1e-10, 1e-16, 1e-20, 1e-30)


def _scaled(sum_up, guarded=True, largest=lambda g: np.abs(g).max()):
    """Return the answer ``sum_up(scale, g / scale)``, with or without a way out for 0."""

    def function(g):
        scale = largest(g)
        if guarded and scale == 0:
            return 0.0
        return sum_up(scale, g / scale)

    return function


def _root(scale, ratios):
    return scale * np.sqrt(np.sum(ratios**2))


def _root_of_multiples(scale, g):
    return scale * np.sqrt(np.sum((g * (1 / scale)) ** 2))


def _safe(g):
    return _scaled(_root)(g)


def _signed_largest(g):
    return g.max()


def _constant_added(constant):
    return lambda g: _root(np.abs(g).max() + constant, g / (np.abs(g).max() + constant))


def _in_place(g):
    scale = np.abs(g).max()
    if scale == 0:
        return 0.0
    g /= scale
    return scale * np.sqrt(np.sum(g**2))


def _in_place_unguarded(g):
    scale = np.abs(g).max()
    g /= scale
    return scale * np.sqrt(np.sum(g**2))


def _listed(g):
    shown = ", ".join(f"{entry:.4g}" for entry in g[:4])
    return f"({shown}{', ...' if len(g) > 4 else ''})"


def _with_numbers(sentence):
    """Return an explanation: the sentence, then the vector with what came and what is right."""

    def explain(case, answer, expected):
        g = case[0]
        return f"{sentence} For {_listed(g)} in {g.dtype} {compared(answer, expected)}"

    return explain


MISTAKES = (
    Mistake(
        "squares overflow",
        lambda g: np.sqrt(np.sum(g**2)),
        _with_numbers("the squares leave the range of floats though the norm does not: in "
                      "float32 1e20 squared is inf and 1e-25 squared is 0, in float64 the same "
                      "happens at 1e200. `np.linalg.norm` squares too, and so does a root over "
                      "scale² times the sum. Divide by the largest |entry| before squaring."),
    ),
    Mistake(
        "float64 for the squares",
        lambda g: np.sqrt(np.sum(g.astype(np.float64) ** 2)),
        _with_numbers("squares in float64 have room enough for every float32, and this is a "
                      "good way for them. A gradient that is float64 already still overflows. "
                      "Dividing by the largest |entry| first helps both."),
        variants=(lambda g: float(np.linalg.norm(g.astype(float))),),
    ),
    Mistake(
        "no square root",
        _scaled(lambda scale, ratios: scale**2 * np.sum(ratios**2)),
        _with_numbers("no root is taken of the sum of the squares. The norm is the root of "
                      "it."),
        variants=(lambda g: np.sum(g**2), _scaled(lambda s, r: s * np.sum(r**2)),
                  _scaled(lambda s, r: s * np.sum(r**2), guarded=False)),
    ),
    Mistake(
        "not multiplied back",
        _scaled(lambda scale, ratios: np.sqrt(np.sum(ratios**2))),
        _with_numbers("after the division by the largest |entry| this is the norm of the "
                      "ratios, between 1 and √n. Multiply it by what was divided by."),
        variants=(_scaled(lambda s, r: np.sqrt(np.sum(r**2)), guarded=False),),
    ),
    Mistake(
        "1/scale overflows",
        lambda g: 0.0 if not g.any() else _root_of_multiples(np.abs(g).max(), g),
        _with_numbers("`1 / scale` is inf where the scale is below 3e-39 in float32: such "
                      "numbers are kept, with fewer digits, and have no reciprocal. Divide g "
                      "by the scale itself."),
    ),
    Mistake(
        "0/0 for a zero gradient",
        _scaled(_root, guarded=False),
        "a zero gradient has the largest entry 0, and 0/0 is nan: one nan, and every parameter "
        "is nan after the step. Return 0.0 where the largest |entry| is 0.",
    ),
    Mistake(
        "largest entry without |·|",
        _scaled(_root, largest=_signed_largest),
        _with_numbers("`g.max()` is the largest entry with its sign. The one farthest from 0 "
                      "may be negative: `np.abs(g).max()`."),
        variants=(_scaled(_root, False, _signed_largest),),
    ),
    Mistake(
        "a constant added",
        _constant_added(_CONSTANTS[0]),
        _with_numbers("a constant is added so that nothing is divided by 0. Beside entries "
                      "of 1e-200 it is enormous, and their squares are 0 again. Treat the zero "
                      "gradient by itself: `if scale == 0`."),
        variants=(*(_constant_added(constant) for constant in _CONSTANTS[1:]),
                  *(lambda g, c=c: np.sqrt(np.sum(g**2) + c) for c in _CONSTANTS)),
    ),
    Mistake(
        "sum of absolute values",
        lambda g: np.abs(g).sum(),
        _with_numbers("this is Σ|g|, another norm (L1). The length of a vector is √Σg²."),
    ),
    Mistake(
        "largest entry",
        lambda g: np.abs(g).max(),
        _with_numbers("this is the largest |entry|, another norm (L∞). It is what to divide "
                      "by; the root of the sum of the squared ratios is still missing."),
        variants=(_signed_largest,),
    ),
    Mistake(
        "mean over the entries",
        _scaled(lambda scale, ratios: scale * np.sqrt(np.mean(ratios**2))),
        _with_numbers("a norm is the root of a sum, not of a mean: this is the typical size of "
                      "an entry (RMS), √n times smaller."),
        variants=(lambda g: np.sqrt(np.mean(g**2)),
                  _scaled(lambda s, r: s * np.sqrt(np.mean(r**2)), guarded=False)),
    ),
    Mistake(
        "entries not squared",
        lambda g: np.abs(np.sum(g)),
        _with_numbers("the entries are added as they are, so that positive and negative ones "
                      "cancel. Squares first, then the sum, then the root."),
        variants=(np.sum, _scaled(lambda s, r: s * np.sqrt(np.sum(r))),
                  _scaled(lambda s, r: s * np.sum(r), guarded=False)),
    ),
    Mistake(
        "root of each square",
        lambda g: np.sum(np.sqrt(g**2)),
        _with_numbers("the root is taken of every square by itself. The sum comes first, then "
                      "one root."),
    ),
    Mistake(
        "argument changed in place",
        _in_place,
        "the norm is right, and measuring has changed what was measured: `g /= scale` writes "
        "into the caller's gradient. `g / scale` makes a new array.",
        variants=(_in_place_unguarded,),
    ),
)  # fmt: skip
