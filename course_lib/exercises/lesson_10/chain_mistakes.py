"""What goes wrong with the chain of lesson 10: the threshold, and the order."""

import numpy as np

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


def _clipping_at(threshold):
    """Return the answer that is right but for its threshold, ``threshold(norms)``."""
    return _links(lambda n, gamma, lr: (clip_by_global_norm(float(threshold(n))),
                                        momentum(gamma), scale(-lr)))  # fmt: skip


def _links(build):
    """Return the answer that chains the links ``build(norms, gamma, lr)``."""
    return lambda norms, gamma, lr: chain(*build(norms, gamma, lr))


def _clip(norms):
    return clip_by_global_norm(float(np.median(norms)))


def _sorted_in_place(norms, gamma, lr):
    norms.sort()
    return _clipping_at(lambda n: (n[(len(n) - 1) // 2] + n[len(n) // 2]) / 2)(norms, gamma, lr)


def _unchained(norms, gamma, lr):
    return _clip(norms), momentum(gamma), scale(-lr)


def _whole_record(norms, gamma, lr):
    return chain(clip_by_global_norm(norms), momentum(gamma), scale(-lr))


def _with_threshold(sentence, threshold):
    """Return an explanation: the sentence, then the threshold that came and the right one."""

    def explain(case, answer, expected):
        received, right = show_apart(float(threshold(case[0])), float(np.median(case[0])))
        norms = ", ".join(f"{norm:.4g}" for norm in case[0][:5]) + ", ..." * (len(case[0]) > 5)
        return f"{sentence} From the norms {norms} it gives {received}, and {right} is right."

    return explain


def _upper_middle(norms):
    return np.sort(norms)[len(norms) // 2]


def _with_two_middles(case, answer, expected):
    low, high = np.sort(case[0])[len(case[0]) // 2 - 1 :][:2]
    return (
        "where the number of norms is odd, it is right. Where it is even, two norms stand in "
        f"the middle, here {low:.4g} and {high:.4g}, and the median is their mean, "
        f"{np.median(case[0]):.4g}: `np.median` knows both cases."
    )


def _with_step(sentence):
    """Return an explanation: the sentence, then the first step that is wrong."""

    def explain(case, answer, expected):
        _, gamma, lr = case
        i = int(np.argmax(~np.isclose(answer, expected, rtol=1e-7, atol=0).all(axis=1)))
        received, right = show_apart(answer[i, 0], expected[i, 0])
        return (
            f"{sentence} With γ = {gamma:.4g} and lr = {lr:.4g}, update {i + 1} moves the "
            f"first parameter by {received}, and {right} is right."
        )

    return explain


MISTAKES = (
    Mistake(
        "mean in place of median",
        _clipping_at(np.mean),
        _with_threshold("the threshold is the mean of the norms. A single spike in the record "
                        "pulls it up as far as it likes: what should be bounded sets its own "
                        "bound.", np.mean),
    ),
    Mistake(
        "largest norm",
        _clipping_at(np.max),
        _with_threshold("the threshold is the largest norm of the record, a spike perhaps. "
                        "Nothing as long as that is clipped.", np.max),
    ),
    Mistake(
        "smallest norm",
        _clipping_at(np.min),
        _with_threshold("the threshold is the smallest norm of the record: every gradient is "
                        "shortened, and the steps are far too short.", np.min),
    ),
    Mistake(
        "nine tenths in place of the median",
        _clipping_at(lambda n: np.quantile(n, 0.9)),
        _with_threshold("the threshold is the 90 % quantile. That is a sound choice too, and "
                        "clips less; this exercise asks for the median, the 50 % quantile.",
                        lambda n: np.quantile(n, 0.9)),
    ),
    Mistake(
        "last norm",
        _clipping_at(lambda n: n[-1]),
        _with_threshold("one norm of the record decides alone, the last one. It may be any: "
                        "take the median of all.", lambda n: n[-1]),
    ),
    Mistake(
        "first norm",
        _clipping_at(lambda n: n[0]),
        _with_threshold("one norm of the record decides alone, the first one, when the "
                        "parameters were still random: take the median of all.",
                        lambda n: n[0]),
    ),
    Mistake(
        "middle of an unsorted record",
        _clipping_at(lambda n: n[len(n) // 2]),
        _with_threshold("this is the norm of the middle *step*. The median is the middle of "
                        "the norms in order of size: sort a copy first, or take `np.median`.",
                        lambda n: n[len(n) // 2]),
    ),
    Mistake(
        "one of the two middle norms",
        _clipping_at(_upper_middle),
        _with_two_middles,
        variants=(_clipping_at(lambda n: np.sort(n)[(len(n) - 1) // 2]),),
    ),
    Mistake(
        "norm of the norms",
        _clipping_at(np.linalg.norm),
        _with_threshold("the threshold is the norm of the whole record, which grows with the "
                        "number of steps.", np.linalg.norm),
        variants=(_clipping_at(np.sum),),
    ),
    Mistake(
        "record not used",
        _clipping_at(lambda n: 1.0),
        _with_step("the threshold is a fixed number, whatever was recorded. Whether 1 is "
                   "small or large depends on the model and the loss: in the first net of "
                   "this lesson no gradient is that long."),
        variants=(_clipping_at(lambda n: 0.1), _clipping_at(lambda n: 0.5),
                  _clipping_at(lambda n: 5.0), _clipping_at(lambda n: 10.0)),
    ),
    Mistake(
        "momentum before the clip",
        _links(lambda n, gamma, lr: (momentum(gamma), _clip(n), scale(-lr))),
        _with_step("the velocity collects the raw gradients, and what is clipped is the "
                   "velocity: a spike stays in it for many steps. Clip first (lesson 07, "
                   "section 4)."),
    ),
    Mistake(
        "clip after the learning rate",
        _links(lambda n, gamma, lr: (scale(-lr), _clip(n), momentum(gamma))),
        _with_step("the clip stands behind `scale(-lr)`, and compares lr times the gradient "
                   "with a threshold that was recorded from gradients. Clip first, scale "
                   "last."),
        variants=(
            _links(lambda n, gamma, lr: (momentum(gamma), scale(-lr), _clip(n))),
            _links(lambda n, gamma, lr: (scale(-lr), momentum(gamma), _clip(n))),
        ),
    ),
    Mistake(
        "uphill",
        _links(lambda n, gamma, lr: (_clip(n), momentum(gamma), scale(lr))),
        _with_step("the step has the sign of the gradient and climbs. The loop adds the "
                   "update, so the minus of descent stands in the chain: `scale(-lr)`."),
    ),
    Mistake(
        "clipped by value",
        _links(lambda n, gamma, lr: (clip_by_value(float(np.median(n))), momentum(gamma),
                                     scale(-lr))),
        _with_step("every entry is cut off for itself, and a long gradient turns. What was "
                   "recorded is the norm of the whole gradient: `clip_by_global_norm`."),
    ),
    Mistake(
        "another velocity",
        _links(lambda n, gamma, lr: (_clip(n), ema(gamma), scale(-lr))),
        _with_step("the course's accumulation update is `momentum`, v ← γv + g, followed by "
                   "`scale(-lr)`. `ema` makes its steps 1/(1 - γ) times shorter at the same "
                   "rate (so it is where the rate was multiplied by 1 - γ), and `nesterov` "
                   "adds the gradient once more."),
        variants=(_links(lambda n, gamma, lr: (_clip(n), nesterov(gamma), scale(-lr))),),
    ),
    Mistake(
        "not clipped",
        _links(lambda n, gamma, lr: (momentum(gamma), scale(-lr))),
        _with_step("nothing clips, and the record is not used. "
                   "`clip_by_global_norm(...)` comes first."),
    ),
    Mistake(
        "nothing accumulated",
        _links(lambda n, gamma, lr: (_clip(n), scale(-lr))),
        _with_step("there is no momentum: every step is that of its own gradient. "
                   "`momentum(gamma)` stands between clip and scale."),
    ),
    Mistake(
        "learning rate left out",
        _links(lambda n, gamma, lr: (_clip(n), momentum(gamma), scale(-1))),
        _with_step("lr is not used. `scale(-lr)` closes the chain."),
        variants=(_links(lambda n, gamma, lr: (_clip(n), momentum(gamma))),),
    ),
    Mistake(
        "links not chained",
        _unchained,
        "the links are the right ones, in the right order, and nothing passes the gradient "
        "from one to the next. `chain(...)` around them makes one optimizer.",
        variants=(lambda norms, gamma, lr: list(_unchained(norms, gamma, lr)),),
    ),
    Mistake(
        "whole record as threshold",
        _whole_record,
        "the record itself stands where one number belongs. `np.median(norms)` makes one "
        "of it.",
    ),
    Mistake(
        "record sorted in place",
        _sorted_in_place,
        "the result is right, and the caller's record was sorted on the way: `norms.sort()` "
        "works in place. `sorted(norms)` and `np.median(norms)` leave it as it is.",
    ),
)  # fmt: skip
