"""Repairs that do not cure a net that is wrong from the start: runs 1, 2 and 6."""

import numpy as np

from course_lib.activations import Activation, sigmoid
from course_lib.exercises.mistakes_12_common import (
    BOUND,
    CLIP,
    EXPLODED,
    MOMENTUM,
    VANISHED,
    known,
    same_start,
    steps,
    weights,
)
from course_lib.initializers import centered, glorot, he, normal, orthogonal
from course_lib.optimizers import clip_by_global_norm, momentum, scale


def vanishing(patient):
    """Return what does not help a net whose gradient vanishes at initialization."""
    return (
        known(
            patient, "cured, and the rate lowered",
            lambda configuration: configuration.replace(
                initializer=centered(normal(4.0)), links=(MOMENTUM, scale(-0.01))
            ),
            lambda c, b: not same_start(c, b) and c.rate < 0.5 * b.rate
            and VANISHED <= c.growth <= EXPLODED,
            lambda c, b: f"δ keeps its size now ({c.growth:.2f} per layer), and that is what "
            f"was wrong. But the effective rate is {c.rate:.2g} in place of {b.rate:.2g}: it "
            "was no part of the illness, and what is left of it is too slow.",
        ),
        known(
            patient, "rate lowered", steps(MOMENTUM, scale(-0.001)),
            lambda c, b: same_start(c, b) and c.rate < 0.5 * b.rate,
            lambda c, b: "a smaller rate makes small steps smaller. The first layers already "
            f"get next to nothing, because δ is multiplied by {b.growth:.2f} per layer.",
        ),
        known(
            patient, "rate raised", steps(MOMENTUM, scale(-1.0)),
            lambda c, b: same_start(c, b) and c.rate > 1.5 * b.rate,
            lambda c, b: f"δ is multiplied by {b.growth:.2f} per layer, as before. One rate "
            "serves all layers: long before it is large enough for the first, it is far too "
            "large for the last.",
            steps(momentum(0.99), scale(-0.1)),
        ),
        known(
            patient, "clipped", steps(CLIP, MOMENTUM, scale(-0.1)),
            lambda c, b: same_start(c, b) and c.longest < BOUND,
            lambda c, b: "a clip shortens what is too long, and nothing here is: δ is "
            f"multiplied by {b.growth:.2f} per layer on its way back.",
            steps(MOMENTUM, CLIP, scale(-0.1)),
        ),
        known(
            patient, "still vanishing", weights(glorot()),
            lambda c, b: not same_start(c, b) and c.growth < VANISHED,
            lambda c, b: f"δ is still multiplied by {c.growth:.2f} per layer (before: "
            f"{b.growth:.2f}). Glorot's and He's scales are made for slopes of about 1; that "
            "of the sigmoid is 1/4 at most. Weights of scale 4 make up for that only where the "
            "activations are centered: with the mean 1/2 they push the units off the steep "
            "part.",
            weights(he()), weights(normal(4.0)), weights(centered(normal(1.0))),
        ),
        known(
            patient, "saturated", weights(normal(12.0)),
            lambda c, b: not same_start(c, b) and VANISHED <= c.growth <= EXPLODED,
            lambda c, b: f"δ keeps its size now ({c.growth:.2f} per layer), but the units "
            "saturate: activations with the mean 1/2 add up to large pre-activations, the same "
            "for every image. Biases that center them let smaller weights do (lesson 03).",
            weights(normal(9.0)),
        ),
        known(
            patient, "exploding now", weights(centered(normal(32.0))),
            lambda c, b: not same_start(c, b) and c.growth > EXPLODED,
            lambda c, b: f"that is too much of it: δ now grows by {c.growth:.2f} per layer. "
            "Between vanishing and exploding there is an edge (lesson 04).",
        ),
    )  # fmt: skip


def exploding(patient):
    """Return what does not help a net whose gradient explodes at initialization."""
    landscape = (
        "the landscape stays as it is, and within the budget nothing comes of it. In an "
        "exploding net the gradient tells the way for a "
        "distance far shorter than any useful step (lesson 07, section 8)."
    )
    return (
        known(
            patient, "rate lowered", steps(CLIP, MOMENTUM, scale(-0.0002)),
            lambda c, b: same_start(c, b) and c.rate < 0.5 * b.rate,
            f"the steps are shorter, and {landscape}",
        ),
        known(
            patient, "rate raised", steps(CLIP, MOMENTUM, scale(-0.2)),
            lambda c, b: same_start(c, b) and c.rate > 1.5 * b.rate,
            f"the steps are longer, and {landscape} Larger ones drive the units into "
            "saturation, where the loss is that of guessing.",
        ),
        known(
            patient, "steps shortened", steps(clip_by_global_norm(0.1), MOMENTUM, scale(-0.02)),
            lambda c, b: same_start(c, b) and c.longest < 0.9 * b.longest,
            f"clipping bounds the step, and here it does so more tightly; {landscape}",
            steps(MOMENTUM, CLIP, scale(-0.02)),
        ),
        known(
            patient, "steps lengthened", steps(MOMENTUM, scale(-0.02)),
            lambda c, b: same_start(c, b) and c.longest > 1.1 * b.longest,
            f"another bound, or none, gives other steps, and {landscape} (The clip did no "
            "harm: without it the first steps throw the net into saturation.)",
            steps(clip_by_global_norm(100.0), MOMENTUM, scale(-0.02)),
        ),
        known(
            patient, "still exploding", weights(normal(3.0)),
            lambda c, b: c.growth > EXPLODED,
            lambda c, b: f"δ still grows by {c.growth:.2f} per layer (before: {b.growth:.2f}). "
            "For tanh the edge lies at a weight scale of 1 (lesson 04).",
            weights(normal(8.0)),
        ),
        known(
            patient, "vanishing now", weights(normal(0.5)),
            lambda c, b: c.growth < VANISHED,
            lambda c, b: f"that is too little of it: δ is multiplied by {c.growth:.2f} per "
            "layer. For tanh the edge lies at a weight scale of 1 (lesson 04).",
            weights(orthogonal(0.5)),
        ),
    )  # fmt: skip


def wrong_slope(patient):
    """Return what does not help a run whose activation has a wrong derivative."""
    checked = (
        "A gradient check still fails: what is carried back is not the slope of the loss, and "
        "no weights and no steps make it one."
    )
    return (
        known(
            patient, "cured, and something else changed",
            lambda configuration: configuration.replace(
                activation=sigmoid, initializer=orthogonal(0.5)
            ),
            lambda c, b: c.gradient_error < 1e-4,
            "the gradient is right now, and that was what was wrong. Weights and links were in "
            "order before: put them back as they were.",
            lambda configuration: configuration.replace(
                activation=sigmoid, links=(CLIP, MOMENTUM, scale(-0.001))
            ),
        ),
        known(
            patient, "another slope that is not the slope", _slope(lambda z: 0.25 + 0 * z),
            lambda c, b: same_start(c, b) and c.gradient_error != b.gradient_error,
            lambda c, b: "the derivative has changed, and a gradient check still fails, with a "
            f"relative error of {c.gradient_error:.1g}. Learning is no proof: a net can learn "
            "from a wrong gradient that points roughly downhill.",
            _slope(lambda z: 1 - np.tanh(z) ** 2),
        ),
        known(
            patient, "another initialization", weights(orthogonal(1.0)),
            lambda c, b: not same_start(c, b),
            lambda c, b: f"δ changes by a factor of {c.growth:.2f} per layer now. {checked}",
            weights(centered(normal(1.0))), weights(normal(1.0)),
        ),
        known(
            patient, "rate lowered", steps(CLIP, MOMENTUM, scale(-0.001)),
            lambda c, b: c.rate < 0.5 * b.rate,
            f"the steps are shorter. {checked}",
        ),
        known(
            patient, "clip changed", steps(clip_by_global_norm(0.1), MOMENTUM, scale(-0.1)),
            lambda c, b: c.longest != b.longest,
            f"the steps are bounded by another length. {checked}",
            steps(MOMENTUM, scale(-0.1)),
        ),
    )  # fmt: skip


def _slope(derivative):
    """Return the answer whose sigmoid has this derivative."""
    activation = Activation("sigmoid", 0.25, sigmoid._value, derivative)
    return lambda configuration: configuration.replace(activation=activation)
