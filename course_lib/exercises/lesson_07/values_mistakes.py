"""What goes wrong with clipping by value in lesson 07."""

import numpy as np

from course_lib.clipping import clip_global_norm
from course_lib.exercises.engine.formatting import farthest_apart, show_apart
from course_lib.exercises.engine.model import Mistake


def _in_place(g, max_value):
    np.clip(g, -max_value, max_value, out=g)
    return g


def _with_numbers(sentence):
    """Return an explanation: the sentence, then one entry with what came and what is right."""

    def explain(case, answer, expected):
        g, max_value = case
        i = farthest_apart(answer, expected)
        received, right = show_apart(answer[i], expected[i])
        return (
            f"{sentence} With max_value = {max_value:.4g} the entry {g[i]:.4g} becomes "
            f"{received}, and {right} is right."
        )

    return explain


def _whole_scaled(g, max_value):
    return g * min(1, max_value / max(np.abs(g).max(), 1e-300))


MISTAKES = (
    Mistake(
        "one side only",
        lambda g, max_value: np.minimum(g, max_value),
        _with_numbers("only one side is cut off. Large negative entries make steps as long as "
                      "large positive ones: the range is from -max_value to max_value."),
        variants=(lambda g, max_value: np.maximum(g, -max_value),),
    ),
    Mistake(
        "whole vector scaled",
        _whole_scaled,
        _with_numbers("all entries are multiplied by one factor, made from the largest. That "
                      "keeps the direction; clipping by value cuts off every entry for itself "
                      "and leaves the small ones as they are."),
        variants=(lambda g, max_value: g * (max_value / np.abs(g).max()),
                  lambda g, max_value: g / np.abs(g).max()),
    ),
    Mistake(
        "clipped by norm",
        clip_global_norm,
        _with_numbers("the whole vector is shortened to the norm max_value. That is the next "
                      "rule; this one cuts off every entry for itself."),
    ),
    Mistake(
        "sign lost",
        lambda g, max_value: np.minimum(np.abs(g), max_value),
        _with_numbers("the sizes are right and the signs are gone: every negative entry would "
                      "now step the other way, uphill."),
        variants=(lambda g, max_value: np.where(np.abs(g) > max_value, max_value, g),),
    ),
    Mistake(
        "negative entries cut to 0",
        lambda g, max_value: np.clip(g, 0, max_value),
        _with_numbers("the range begins at 0, so that every negative entry is lost. It begins "
                      "at -max_value."),
    ),
    Mistake(
        "only the signs kept",
        lambda g, max_value: np.sign(g) * max_value,
        _with_numbers("every entry gets the same size, the small ones too. What is within "
                      "the range stays as it is."),
        variants=(lambda g, max_value: np.where(g > 0, max_value, -max_value),
                  lambda g, max_value: np.sign(g)),
    ),
    Mistake(
        "large entries dropped",
        lambda g, max_value: np.where(np.abs(g) > max_value, 0.0, g),
        _with_numbers("what is too large becomes 0, as if there were no slope where it is "
                      "steepest. It becomes ±max_value."),
    ),
    Mistake(
        "limits swapped",
        lambda g, max_value: np.clip(g, max_value, -max_value),
        _with_numbers("the limits stand in the wrong order, so that every entry becomes one "
                      "and the same limit. `np.clip(g, low, high)` takes the lower one first."),
        variants=(lambda g, max_value: np.maximum(np.minimum(g, -max_value), max_value),),
    ),
    Mistake(
        "maximum for minimum",
        lambda g, max_value: np.maximum(g, max_value),
        _with_numbers("`np.maximum` and `np.minimum` are mixed up. `np.maximum` takes the "
                      "larger of two: with max_value it lifts the small entries and lets the "
                      "large ones pass. `np.minimum` cuts off from above."),
        variants=(lambda g, max_value: np.minimum(g, -max_value),),
    ),
    Mistake(
        "fixed limit",
        lambda g, max_value: np.clip(g, -1, 1),
        _with_numbers("the limit is always 1, whatever max_value says."),
    ),
    Mistake(
        "argument changed in place",
        _in_place,
        "the entries are right, and the caller's gradient was overwritten: with `out=g`, or "
        "with `g[g > max_value] = ...`, the raw gradient is gone and nothing can be laid "
        "beside the clipped one. `np.clip` without `out` makes a new array.",
    ),
)  # fmt: skip
