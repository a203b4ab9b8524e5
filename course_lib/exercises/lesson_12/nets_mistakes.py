"""Repairs that do not cure a net that is wrong from the start: runs 1, 2 and 6."""

import numpy as np

from course_lib.activations import Activation, sigmoid
from course_lib.exercises.lesson_12.common_mistakes import (
    CLIP,
    EXPLODED,
    MOMENTUM,
    VANISHED,
    about_links,
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
from course_lib.exercises.lesson_12.run_repair import SLOPE_AGREES, bounded
from course_lib.initializers import centered, glorot, he, normal, orthogonal
from course_lib.optimizers import adam, clip_by_global_norm, momentum, scale


def vanishing(task):
    """Return what does not help a net whose gradient vanishes at initialization."""
    return (
        _cured_otherwise(
            task, centered(normal(4.0)), (MOMENTUM, scale(-0.004)), lambda c: c.biased
        ),
        not_proportional(
            task,
            "The weights are as they were: on its way back δ is multiplied by "
            "about a quarter per layer.",
        ),
        known(
            task, "rate lowered", steps(MOMENTUM, scale(-0.001)),
            lambda c, b: same_start(c, b) and c.rate < 0.5 * b.rate,
            lambda c, b: "a smaller rate makes small steps smaller. The first layers already "
            f"get next to nothing, because δ is multiplied by {b.growth:.2f} per layer.",
        ),
        known(
            task, "rate raised", steps(MOMENTUM, scale(-1.0)),
            lambda c, b: same_start(c, b) and c.rate > 1.5 * b.rate,
            lambda c, b: f"δ is multiplied by {b.growth:.2f} per layer, as before. One rate "
            "serves all layers: long before it is large enough for the first, it is far too "
            "large for the last.",
            steps(momentum(0.99), scale(-0.1)),
        ),
        known(
            task, "clipped", steps(CLIP, MOMENTUM, scale(-0.1)),
            lambda c, b: same_start(c, b) and bounded(c),
            lambda c, b: "a clip shortens what is too long, and nothing here is: δ is "
            f"multiplied by {b.growth:.2f} per layer on its way back.",
            steps(MOMENTUM, CLIP, scale(-0.1)),
        ),
        known(
            task, "large weights, activations around 1/2", weights(normal(4.0)),
            lambda c, b: not same_start(c, b) and not c.biased and 0.5 < c.growth < VANISHED,
            lambda c, b: f"δ keeps {c.growth:.2f} of its size per layer, which is better, and "
            "too little for eight layers. A scale of 4 makes up for a slope of 1/4, and so it "
            "fits centered units. Activations with the mean 1/2 push them off the steep part "
            "of the sigmoid: center them (lesson 04, section 5).",
            weights(orthogonal(4.0)),
        ),
        known(
            task, "still vanishing", weights(glorot()),
            lambda c, b: not same_start(c, b) and c.growth < VANISHED,
            lambda c, b: f"δ is still multiplied by {c.growth:.2f} per layer (before: "
            f"{b.growth:.2f}). Glorot's and He's scales are made for tanh and ReLU; the slope "
            "of the sigmoid is 1/4 at most.",
            weights(he()), weights(centered(normal(1.0))),
        ),
        known(
            task, "saturated", weights(normal(12.0)),
            lambda c, b: not same_start(c, b)
            and not c.biased
            and VANISHED <= c.growth <= EXPLODED,
            lambda c, b: f"δ keeps its size now ({c.growth:.2f} per layer), but the units "
            "saturate: activations with the mean 1/2 add up to large pre-activations, the same "
            "for every image. Biases that center them let smaller weights do (lesson 04, "
            "section 5).",
            weights(normal(9.0)),
        ),
        known(
            task, "exploding now", weights(centered(normal(32.0))),
            lambda c, b: not same_start(c, b) and c.growth > 1.1,
            lambda c, b: f"that is too much of it: δ now grows by {c.growth:.2f} per layer. "
            "Between vanishing and exploding there is an edge (lesson 04).",
        ),
    )  # fmt: skip


def exploding(task):
    """Return what does not help a net whose gradient explodes at initialization."""
    landscape = (
        "the landscape stays as it is. In an exploding net the gradient tells the way for a "
        "distance far shorter than any useful step (lesson 07, section 9)."
    )
    return (
        _cured_otherwise(
            task, orthogonal(1.0), (clip_by_global_norm(0.01), MOMENTUM, scale(-0.02))
        ),
        not_proportional(task, f"But {landscape}"),
        known(
            task, "rate lowered", steps(CLIP, MOMENTUM, scale(-0.0002)),
            lambda c, b: same_start(c, b) and slower(c, b) and tighter(c, b),
            f"the steps are shorter, and {landscape} Within this budget no rate works.",
        ),
        known(
            task, "rate raised", steps(CLIP, MOMENTUM, scale(-0.2)),
            lambda c, b: same_start(c, b) and c.rate > 1.5 * b.rate and looser(c, b),
            f"the steps are longer, and {landscape} A rate of 0.1 brings the loss down toward "
            "that of guessing, far larger ones raise it, and the net learns with neither.",
            steps(CLIP, MOMENTUM, scale(-5.0)),
        ),
        known(
            task, "rate and threshold changed",
            steps(clip_by_global_norm(0.1), MOMENTUM, scale(-0.2)),
            lambda c, b: same_start(c, b) and not 0.5 <= c.rate / b.rate <= 1.5,
            lambda c, b: f"{about_links(c, b)}. The steps are others, and {landscape}",
            steps(MOMENTUM, scale(-0.002)),
        ),
        known(
            task, "steps shortened", steps(clip_by_global_norm(0.1), MOMENTUM, scale(-0.02)),
            lambda c, b: same_start(c, b) and tighter(c, b),
            f"clipping bounds the step, and here it does so more tightly; {landscape}",
            steps(MOMENTUM, CLIP, scale(-0.02)),
        ),
        known(
            task, "steps lengthened", steps(MOMENTUM, scale(-0.02)),
            lambda c, b: same_start(c, b) and looser(c, b),
            f"another bound, or none, gives other steps, and {landscape} (The clip did no "
            "harm: without it the first steps throw the net into saturation.)",
            steps(clip_by_global_norm(100.0), MOMENTUM, scale(-0.02)),
        ),
        known(
            task, "still exploding", weights(normal(3.0)),
            lambda c, b: c.growth > 1.1,
            lambda c, b: f"δ still grows by {c.growth:.2f} per layer (before: {b.growth:.2f}). "
            "For tanh the edge lies at a weight scale of 1 (lesson 04).",
            weights(normal(8.0)),
        ),
        known(
            task, "vanishing now", weights(normal(0.5)),
            lambda c, b: c.growth < 0.9,
            lambda c, b: f"that is too little of it: δ is multiplied by {c.growth:.2f} per "
            "layer. For tanh the edge lies at a weight scale of 1 (lesson 04).",
            weights(orthogonal(0.5)),
        ),
    )  # fmt: skip


def wrong_slope(task):
    """Return what does not help a run whose activation has a wrong derivative."""
    checked = (
        "A gradient check still fails: what is carried back is not the slope of the loss, and "
        "no weights and no steps make it one."
    )
    return (
        in_other_words(
            task,
            "the derivative is another function, and gives the numbers of the one before. "
            f"{checked} σ'(z) is σ(z)(1 - σ(z)).",
            _slope(lambda z: z * (1 - z)),
        ),
        known(
            task, "cured, and changed", _sound(steps(CLIP, MOMENTUM, scale(-0.001))),
            lambda c, b: c.gradient_error < SLOPE_AGREES,
            lambda c, b: "the gradient is the slope of the loss now, with a relative error of "
            f"{c.gradient_error:.0e}, and that was the whole illness. But "
            + (
                "the steps are others too: leave the links as they were."
                if same_start(c, b)
                else "the initialization was a good one: leave it as it was."
            ),
            _sound(weights(he())),
        ),
        known(
            task, "another slope that is not the slope", _slope(lambda z: 0.25 + 0 * z),
            lambda c, b: same_start(c, b)
            and SLOPE_AGREES < c.gradient_error != b.gradient_error,
            lambda c, b: "the derivative has changed, and a gradient check still fails, with a "
            f"relative error of {c.gradient_error:.1g}. Learning is no proof: a net can learn "
            "from a wrong gradient that points roughly downhill.",
            _slope(lambda z: 1 - np.tanh(z) ** 2),
        ),
        known(
            task, "another initialization", weights(orthogonal(1.0)),
            lambda c, b: not same_start(c, b),
            lambda c, b: f"δ changes by a factor of {c.growth:.2f} per layer now. {checked}",
            weights(centered(normal(1.0))), weights(normal(1.0)),
        ),
        not_proportional(task, checked),
        known(
            task, "rate lowered", steps(CLIP, MOMENTUM, scale(-0.001)),
            slower,
            lambda c, b: f"the effective rate is {c.rate:.2g} now, in place of {b.rate:.2g}. "
            f"{checked}",
        ),
        known(
            task, "rate raised", steps(CLIP, MOMENTUM, scale(-1.0)),
            lambda c, b: c.rate > 1.1 * b.rate,
            lambda c, b: f"the effective rate is {c.rate:.2g} now, in place of {b.rate:.2g}. "
            f"{checked}",
        ),
        known(
            task, "clip changed", steps(clip_by_global_norm(0.1), MOMENTUM, scale(-0.1)),
            lambda c, b: c.longest != b.longest,
            lambda c, b: f"{about_links(c, b)}. {checked}",
            steps(MOMENTUM, scale(-0.1)),
        ),
    )  # fmt: skip


def _cured_otherwise(task, initializer, links, centers=lambda c: True):
    """Return the mistake of good weights beside links that were changed for no reason."""

    def with_(*links):
        return lambda configuration: configuration.replace(initializer=initializer, links=links)

    return known(
        task, "cured, with other links", with_(adam(), scale(-0.001)),
        lambda c, b: not same_start(c, b)
        and VANISHED <= c.growth <= EXPLODED
        and centers(c)
        and (not same_rate(c, b) or tighter(c, b) or looser(c, b)),
        lambda c, b: f"δ is multiplied by {c.growth:.2f} per layer now: the weights are good. "
        f"But the links are others: {about_links(c, b)}. Leave them as they were.",
        with_(*links),
    )  # fmt: skip


def _sound(change):
    """Return the answer that also has the true derivative."""
    return lambda configuration: change(configuration).replace(activation=sigmoid)


def _slope(derivative):
    """Return the answer whose sigmoid has this derivative."""
    activation = Activation("sigmoid", 0.25, sigmoid._value, derivative)
    return lambda configuration: configuration.replace(activation=activation)
