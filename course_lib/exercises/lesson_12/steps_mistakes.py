"""Repairs that do not cure a run whose steps are wrong: runs 3, 4 and 5."""

import numpy as np

from course_lib.exercises.lesson_12.common_mistakes import (
    CLIP,
    MOMENTUM,
    in_other_words,
    known,
    looser,
    not_proportional,
    same_rate,
    same_start,
    slower,
    steps,
    tighter,
    weights,
)
from course_lib.exercises.lesson_12.run_repair import bounded
from course_lib.initializers import glorot, normal, orthogonal
from course_lib.optimizers import (
    accumulate_micro_batches,
    adam,
    clip_by_global_norm,
    clip_by_value,
    ema,
    momentum,
    nesterov,
    scale,
)


def _how_far(c):
    return "lead nowhere" if c.accuracy < 0.25 else "do not lead far enough"


def _swallows(c):
    """Tell whether the velocity takes in a spike of any length."""
    return c.reach > c.memory + 5 or c.memory >= 80


def rate(task):
    """Return what does not help a run whose rate is beyond stability."""
    return (
        known(
            task, "steps not in proportion to the gradient", steps(adam(), scale(-1.5)),
            lambda c, b: same_start(c, b) and np.isnan(c.rate),
            "a gradient ten times as long no longer makes steps ten times as long, as with "
            "Adam, or with a threshold that every gradient exceeds. The last factor then says "
            "how long the steps are, however long the gradient is: it needs another size.",
            steps(clip_by_global_norm(1e-6), scale(-1.5)),
        ),
        known(
            task, "rate lowered too far", steps(scale(-0.002)),
            lambda c, b: c.rate < 0.1 * b.rate,
            lambda c, b: f"an effective rate of {c.rate:.2g} is stable, and so small that the "
            f"steps of the budget {_how_far(c)}. Between too small and too large there is room "
            "of more than a factor of ten.",
            steps(scale(-0.005)),
        ),
        known(
            task, "another initialization", weights(normal(2.0)),
            lambda c, b: not same_start(c, b) and same_rate(c, b),
            lambda c, b: "the initialization was a good one: δ changed by a factor of "
            f"{b.growth:.2f} per layer. The steps are too long for the curvature, whatever the "
            "weights are at first.",
            weights(orthogonal(0.5)), weights(glorot()),
        ),
        known(
            task, "clip too tight", steps(clip_by_global_norm(1e-4), scale(-1.5)),
            lambda c, b: bounded(c) and c.acting > 0.9 and c.longest < 0.01,
            lambda c, b: f"this threshold acts on {c.acting:.0%} of the gradients, and no step "
            f"is longer than {c.longest:.2g}: the steps of the budget {_how_far(c)}. Choose it "
            "from recorded norms of a run that goes well (lesson 07).",
        ),
        known(
            task, "rate raised", steps(scale(-3.0)),
            lambda c, b: c.rate > 1.1 * b.rate and abs(c.buildup - 1) < 1e-3,
            lambda c, b: f"the effective rate is {c.rate:.2g} now, in place of {b.rate:.2g}, "
            "and the steps were too long before.",
        ),
        known(
            task, "momentum added", steps(momentum(0.9), scale(-1.5)),
            lambda c, b: c.rate > 1.1 * b.rate,
            lambda c, b: "momentum multiplies what lasts by 1/(1 - γ): the effective rate is "
            f"{c.rate:.2g} now, in place of {b.rate:.2g}. It does not damp an explosion "
            "(lesson 06).",
        ),
        known(
            task, "clip too loose", steps(clip_by_global_norm(30.0), scale(-1.5)),
            lambda c, b: bounded(c) and same_rate(c, b),
            lambda c, b: (
                "the entries are cut off one by one"
                if c.turning > 0.01
                else f"this threshold acts on {c.acting:.0%} of the gradients"
            )
            + f", and a step may still be {c.longest:.2g} long. Choose it from recorded norms "
            "of a run that goes well (lesson 07).",
            steps(clip_by_global_norm(5.0), scale(-1.5)),
            steps(clip_by_value(10.0), scale(-1.5)),
        ),
        known(
            task, "rate still too large", steps(scale(-1.2)),
            lambda c, b: c.rate < b.rate,
            lambda c, b: f"an effective rate of {c.rate:.2g} is smaller, and still beyond what "
            "is stable here.",
            steps(scale(-1.1)),
        ),
        known(
            task, "rate kept, steps averaged", steps(ema(0.5), scale(-1.5)),
            same_rate,
            lambda c, b: f"the effective rate is {c.rate:.2g}, as before, and nothing bounds a "
            "step. What averages the gradients makes this rate bearable only where it goes "
            "back far enough; a smaller rate is the plain way.",
        ),
    )  # fmt: skip


def summed(task):
    """Return what does not help a run that adds micro-batches up."""
    summing = task.case.configuration.links[0]
    mean = accumulate_micro_batches(8)
    return (
        in_other_words(
            task,
            "the mean is right, and the factor 8 that it takes out stands in the rate again: "
            "each step is as long as before. The rate of the run in whole batches is 0.1.",
            steps(mean, MOMENTUM, scale(-0.8)),
        ),
        not_proportional(
            task,
            "The links behind the first one were right: leave them as they were. Which number "
            "was forgotten in the first?",
            mean,
        ),
        known(
            task, "momentum taken out", steps(mean, scale(-1.0)),
            lambda c, b: abs(c.buildup - 1) < 1e-3,
            "momentum was none of the trouble, and it bears more than plain descent: "
            "ηλ < 2(1 + γ) in place of 2. Besides, the steps are then not those of the run in "
            "whole batches. Leave momentum and rate behind the first link as they were.",
            steps(mean, scale(-0.1)), steps(summing, scale(-0.1)),
        ),
        known(
            task, "clipped", steps(summing, CLIP, MOMENTUM, scale(-0.1)),
            lambda c, b: bounded(c) and abs(c.step_length - 1) > 1e-6,
            lambda c, b: "a clip bounds the steps. Where it does not act, they are "
            + (
                f"{c.step_length:.3g} times as long as"
                if c.step_error < 1e-6
                else "others than"
            )
            + " those of the run in whole batches. What is passed on too long is mended in the "
            "first link.",
            steps(CLIP, summing, MOMENTUM, scale(-0.1)),
            steps(summing, MOMENTUM, CLIP, scale(-0.1)),
        ),
        known(
            task, "momentum replaced", steps(summing, ema(0.9), scale(-0.1)),
            lambda c, b: c.step_error < 1e-6
            and abs(c.step_length - 1) > 1e-6
            and "ema" in c.kinds
            and "momentum" not in c.kinds,
            lambda c, b: "`ema` stands in the place of `momentum`. At the same γ it passes on "
            "1 - γ times as much, and with the other links the steps are "
            f"{c.step_length:.3g} times as long as those of the run in whole batches. Only the "
            "first link had to be mended: leave the others as they were.",
            steps(mean, ema(0.9), scale(-0.1)),
        ),
        known(
            task, "rate lowered too far", steps(summing, MOMENTUM, scale(-0.001)),
            lambda c, b: c.step_error < 1e-6 and c.step_length < 0.5,
            lambda c, b: f"its effective rate is {c.rate:.3g}, and {task.rate:.3g} is that "
            "of the run in whole batches. How many times too long were the steps?",
            steps(mean, MOMENTUM, scale(-0.1 / 8)),
        ),
        known(
            task, "rate by guess", steps(summing, MOMENTUM, scale(-0.03)),
            lambda c, b: c.step_error < 1e-6
            and same_start(c, b)
            and abs(c.step_length - 1) > 1e-6,
            lambda c, b: f"the steps are {c.step_length:.3g} times as long as those of the run "
            "in whole batches. Which number was forgotten, and where does it belong?",
            steps(summing, MOMENTUM, scale(-0.01)),
            steps(mean, MOMENTUM, scale(-0.05)),
        ),
        known(
            task, "other steps than those of whole batches",
            steps(MOMENTUM, mean, scale(-0.1)),
            lambda c, b: c.step_error > 1e-6,
            "the links behind the first one are others, or get something else. In the run in "
            "whole batches the momentum gets one gradient for each batch: the mean goes first, "
            "and the other links stay as they were.",
            steps(summing, momentum(0.5), scale(-0.1)),
        ),
        known(
            task, "mean, clipped too tightly",
            steps(mean, clip_by_global_norm(1e-3), MOMENTUM, scale(-0.1)),
            lambda c, b: same_start(c, b) and bounded(c),
            lambda c, b: f"the mean is right. But a clip bounds each step, to {c.longest:.2g} "
            f"at the most, and the steps of the budget {_how_far(c)}: leave it out, or raise "
            "its threshold.",
        ),
        known(
            task, "another initialization", weights(orthogonal(0.5)),
            lambda c, b: not same_start(c, b),
            lambda c, b: "the initialization was a good one: δ changed by a factor of "
            f"{b.growth:.2f} per layer. The run in whole batches learns from it.",
        ),
    )  # fmt: skip


def late_clip(task):
    """Return what does not help a run that clips behind the velocity."""
    remembered = (
        "a spike enters the velocity at full length, and for dozens of steps the clipped "
        "result points where the spike pointed (lesson 07, section 4)."
    )
    return (
        not_proportional(
            task,
            "Whether the rate is what it was can no longer be measured. The links were the "
            "right ones, in another order.",
        ),
        known(
            task, "clipped by value",
            steps(MOMENTUM, clip_by_value(1.0), scale(-0.03)),
            lambda c, b: bounded(c) and c.turning > 0.01,
            lambda c, b: "every entry is cut off for itself: a spike turns, and its step may "
            f"still be {c.longest:.2g} long. `clip_by_global_norm` bounds the whole and keeps "
            "its direction.",
            steps(clip_by_value(1.0), MOMENTUM, scale(-0.03)),
        ),
        known(
            task, "clip taken out", steps(MOMENTUM, scale(-0.03)),
            lambda c, b: not bounded(c),
            "now nothing bounds the step: the first damaged image throws the parameters to "
            "where nothing brings them back.",
        ),
        known(
            task, "momentum taken out", steps(CLIP, scale(-0.03)),
            lambda c, b: c.rate < 0.5 * b.rate and c.memory <= 1,
            lambda c, b: "no velocity, so none that could be spoiled. But the effective rate "
            f"was {b.rate:.2g}, and is {c.rate:.2g} now: momentum multiplied it by 1/(1 - γ). "
            "Keep the momentum, and put the clip in front of it.",
        ),
        known(
            task, "right place, rate lowered", steps(CLIP, MOMENTUM, scale(-0.003)),
            lambda c, b: not _swallows(c) and slower(c, b),
            lambda c, b: "no spike enters the velocity at full length any more: the clip "
            f"stands right. But the rate is {c.rate:.2g} in place of {b.rate:.2g}, and it was "
            "not the cause.",
        ),
        known(
            task, "right place, rate raised", steps(CLIP, MOMENTUM, scale(-3.0)),
            lambda c, b: not _swallows(c) and same_start(c, b) and c.rate > 1.5 * b.rate,
            lambda c, b: "no spike enters the velocity at full length any more: the clip "
            f"stands right. But the rate is {c.rate:.2g} in place of {b.rate:.2g}, and it was "
            "not the cause.",
        ),
        known(
            task, "right place, another threshold",
            steps(clip_by_global_norm(100.0), MOMENTUM, scale(-0.03)),
            lambda c, b: not _swallows(c) and same_start(c, b),
            lambda c, b: "no spike enters the velocity at full length any more: the clip "
            "stands right. But the threshold is another one than the run's. A larger one lets "
            "more of a spike through, a smaller one makes the ordinary steps too short. "
            "(Behind `scale(-rate)` a threshold bounds the step, not the gradient.)",
            steps(clip_by_global_norm(30.0), MOMENTUM, scale(-0.03)),
            steps(clip_by_global_norm(0.01), MOMENTUM, scale(-0.03)),
            steps(scale(-0.03), CLIP, MOMENTUM),
        ),
        known(
            task, "right place, other weights",
            lambda configuration: configuration.replace(
                initializer=normal(0.3), links=(CLIP, MOMENTUM, scale(-0.03))
            ),
            lambda c, b: not _swallows(c),
            "no spike enters the velocity at full length any more: the links are right. But "
            "the initialization was a good one: leave it as it was.",
        ),
        known(
            task, "memory shortened", steps(momentum(0.8), CLIP, scale(-0.06)),
            lambda c, b: same_start(c, b) and c.memory < 0.75 * b.memory,
            lambda c, b: "the velocity forgets sooner: after a spike of a thousand it points "
            f"the wrong way for {c.memory - 1:.0f} steps, in place of {b.memory - 1:.0f}. But "
            "a spike still enters it at full length. A clip in front keeps it out.",
            steps(momentum(0.7), CLIP, scale(-0.09)),
        ),
        known(
            task, "memory lengthened", steps(momentum(0.99), CLIP, scale(-0.03)),
            lambda c, b: same_start(c, b) and c.memory > 1.2 * b.memory,
            "the velocity remembers longer than before, and what is clipped is still the "
            f"velocity: {remembered}",
        ),
        known(
            task, "rate lowered", steps(MOMENTUM, CLIP, scale(-0.003)),
            lambda c, b: slower(c, b) and not looser(c, b),
            f"shorter steps, in the same wrong direction: {remembered}",
        ),
        known(
            task, "clipped harder at the same place",
            steps(MOMENTUM, clip_by_global_norm(0.1), scale(-0.03)),
            tighter,
            lambda c, b: f"no step is longer than {c.longest:.2g}, in place of "
            f"{b.longest:.2g}, and its direction is the same: {remembered}",
        ),
        known(
            task, "longer steps",
            steps(MOMENTUM, clip_by_global_norm(10.0), scale(-0.03)),
            lambda c, b: same_start(c, b) and looser(c, b),
            lambda c, b: f"a step may be {c.longest:.2g} long now, in place of "
            f"{b.longest:.2g}, and its direction is the same: {remembered}",
            steps(MOMENTUM, CLIP, scale(-0.3)),
        ),
        known(
            task, "another initialization", weights(orthogonal(1.0)),
            lambda c, b: not same_start(c, b),
            f"the initialization was a good one. Whatever it is, {remembered}",
            weights(normal(1.0)),
        ),
        known(
            task, "still clipped behind the velocity",
            steps(nesterov(0.9), CLIP, scale(-0.03)),
            lambda c, b: _swallows(c),
            f"what is clipped is still the velocity: {remembered} The clip goes in front.",
        ),
    )  # fmt: skip
