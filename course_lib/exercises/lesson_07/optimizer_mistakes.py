"""What goes wrong with the chain of lesson 07: clip, accumulate, scale."""

import numpy as np

from course_lib.clipping import clip_global_norm
from course_lib.exercises.engine.formatting import show_apart
from course_lib.exercises.engine.model import Mistake
from course_lib.optimizers import (
    chain,
    clip_by_global_norm,
    clip_by_value,
    ema,
    momentum,
    nesterov,
    scale,
)


def _links(build):
    """Return the answer that chains the links ``build(max_norm, gamma, lr)``."""
    return lambda max_norm, gamma, lr: chain(*build(max_norm, gamma, lr))


def _unchained(max_norm, gamma, lr):
    return clip_by_global_norm(max_norm), momentum(gamma), scale(-lr)


def _rule_for_a_link(max_norm, gamma, lr):
    return chain(clip_global_norm(max_norm), momentum(gamma), scale(-lr))


def _with_step(sentence):
    """Return an explanation: the sentence, then the first step that is wrong."""

    def explain(case, answer, expected):
        max_norm, gamma, lr = case
        i = int(np.argmax(~np.isclose(answer, expected, rtol=1e-7, atol=0).all(axis=1)))
        received, right = show_apart(answer[i, 0], expected[i, 0])
        return (
            f"{sentence} With max_norm = {max_norm:.4g}, γ = {gamma:.4g} and lr = {lr:.4g}, "
            f"update {i + 1} moves the first parameter by {received}, and {right} is right."
        )

    return explain


MISTAKES = (
    Mistake(
        "momentum before the clip",
        _links(lambda c, gamma, lr: (momentum(gamma), clip_by_global_norm(c), scale(-lr))),
        _with_step("the velocity collects the raw gradients, and what is clipped is the "
                   "velocity. The step is bounded, but a spike stays in the velocity: clipped "
                   "first, no gradient counts for more than max_norm. At max_norm 1 and "
                   "γ = 0.9 it takes 44 updates after a spike of 1000, in place of 3, until "
                   "the steps follow the gradient again."),
    ),
    Mistake(
        "clip after the learning rate",
        _links(lambda c, gamma, lr: (scale(-lr), clip_by_global_norm(c), momentum(gamma))),
        _with_step("the clip stands behind `scale(-lr)`, so that everything up to max_norm/lr "
                   "passes. max_norm is meant for the gradient: clip first, scale last."),
        variants=(
            _links(lambda c, gamma, lr: (momentum(gamma), scale(-lr), clip_by_global_norm(c))),
            _links(lambda c, gamma, lr: (scale(-lr), momentum(gamma), clip_by_global_norm(c))),
        ),
    ),
    Mistake(
        "uphill",
        _links(lambda c, gamma, lr: (clip_by_global_norm(c), momentum(gamma), scale(lr))),
        _with_step("the step has the sign of the gradient and climbs. The loop adds the "
                   "update, `theta + update`, so the minus of descent stands here: "
                   "`scale(-lr)`."),
    ),
    Mistake(
        "clipped by value",
        _links(lambda c, gamma, lr: (clip_by_value(c), momentum(gamma), scale(-lr))),
        _with_step("every entry is cut off for itself, and a long gradient turns. By global "
                   "norm it keeps its direction: `clip_by_global_norm`."),
    ),
    Mistake(
        "average in place of momentum",
        _links(lambda c, gamma, lr: (clip_by_global_norm(c), ema(gamma), scale(-lr))),
        _with_step("`ema` takes 1 - γ of each gradient, so that the steps are 1/(1 - γ) times "
                   "shorter than with `momentum` at the same learning rate."),
        variants=(
            _links(lambda c, gamma, lr: (clip_by_global_norm(c), momentum(gamma),
                                         scale(-lr * (1 - gamma)))),
        ),
    ),
    Mistake(
        "Nesterov in place of momentum",
        _links(lambda c, gamma, lr: (clip_by_global_norm(c), nesterov(gamma), scale(-lr))),
        _with_step("`nesterov` passes on γv + g with the new v. Here v itself is the step: "
                   "`momentum`."),
    ),
    Mistake(
        "not clipped",
        _links(lambda c, gamma, lr: (momentum(gamma), scale(-lr))),
        _with_step("nothing clips: the spike goes through at full length, and momentum makes "
                   "it 1/(1 - γ) times as long in all. `clip_by_global_norm(max_norm)` comes "
                   "first."),
    ),
    Mistake(
        "nothing accumulated",
        _links(lambda c, gamma, lr: (clip_by_global_norm(c), scale(-lr))),
        _with_step("there is no momentum: every step is that of its own gradient. "
                   "`momentum(gamma)` stands between clip and scale."),
    ),
    Mistake(
        "learning rate left out",
        _links(lambda c, gamma, lr: (clip_by_global_norm(c), momentum(gamma), scale(-1))),
        _with_step("lr is not used: the steps are as long as the velocity. `scale(-lr)` closes "
                   "the chain."),
        variants=(_links(lambda c, gamma, lr: (clip_by_global_norm(c), momentum(gamma))),),
    ),
    Mistake(
        "decay turned round",
        _links(lambda c, gamma, lr: (clip_by_global_norm(c), momentum(1 - gamma), scale(-lr))),
        _with_step("1 - γ is kept of the velocity. γ is the share that is kept, and at γ = 0 "
                   "nothing is: `momentum(gamma)`."),
    ),
    Mistake(
        "fixed numbers",
        _links(lambda c, gamma, lr: (clip_by_global_norm(1.0), momentum(gamma), scale(-lr))),
        _with_step("a number stands where an argument belongs. The chain is built anew for "
                   "each max_norm, γ and lr."),
        variants=(
            _links(lambda c, gamma, lr: (clip_by_global_norm(c), momentum(0.9), scale(-lr))),
            _links(lambda c, gamma, lr: (clip_by_global_norm(1.0), momentum(0.9), scale(-lr))),
            _links(lambda c, gamma, lr: (clip_by_global_norm(c), momentum(gamma), scale(-0.1))),
        ),
    ),
    Mistake(
        "links not chained",
        _unchained,
        "the links are the right ones, in the right order, and nothing passes the gradient "
        "from one to the next. `chain(...)` around them makes one optimizer.",
        variants=(lambda max_norm, gamma, lr: list(_unchained(max_norm, gamma, lr)),),
    ),
    Mistake(
        "a rule in place of a link",
        _rule_for_a_link,
        "`clip_global_norm` is the rule, which takes a gradient. A chain is made of links, "
        "which get their gradient later: `clip_by_global_norm(max_norm)`.",
    ),
)  # fmt: skip
