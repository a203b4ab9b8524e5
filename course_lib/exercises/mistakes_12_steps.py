"""Repairs that do not cure a run whose steps are wrong: runs 3, 4 and 5."""

from course_lib.exercises.mistakes_12_common import (
    BOUND,
    CLIP,
    MOMENTUM,
    known,
    same_rate,
    same_start,
    steps,
    weights,
)
from course_lib.initializers import glorot, normal, orthogonal
from course_lib.optimizers import (
    accumulate_micro_batches,
    clip_by_global_norm,
    momentum,
    scale,
)

SPOILED = 40  # a spike of 1000 that entered a velocity of γ = 0.9 is felt for as many updates


def uphill(patient, *links):
    """Return the mistake of a minus that is missing."""
    return known(
        patient, "uphill", steps(*links),
        lambda c, b: c.rate < 0,
        "the step has the sign of the gradient and climbs: the minus is missing in the last "
        "link, `scale(-...)`.",
    )  # fmt: skip


def rate(patient):
    """Return what does not help a run whose rate is beyond stability."""
    return (
        uphill(patient, scale(0.1)),
        known(
            patient, "rate lowered too far", steps(scale(-0.002)),
            lambda c, b: c.rate < 0.1 * b.rate,
            lambda c, b: f"an effective rate of {c.rate:.2g} is stable, and so small that the "
            "steps of the budget do not lead far enough. Between too small and too large there "
            "is room of more than a factor of ten.",
            steps(scale(-0.005)),
        ),
        known(
            patient, "another initialization", weights(normal(2.0)),
            lambda c, b: not same_start(c, b) and same_rate(c, b),
            lambda c, b: "the initialization was a good one: δ changed by a factor of "
            f"{b.growth:.2f} per layer. The steps are too long for the curvature, whatever the "
            "weights are at first.",
            weights(orthogonal(0.5)), weights(glorot()),
        ),
        known(
            patient, "momentum added", steps(momentum(0.9), scale(-1.5)),
            lambda c, b: c.rate > 1.5 * b.rate,
            lambda c, b: "momentum multiplies what lasts by 1/(1 - γ): the effective rate is "
            f"{c.rate:.2g} now, in place of {b.rate:.2g}. It does not damp an explosion "
            "(lesson 06).",
        ),
        known(
            patient, "clip above all norms", steps(clip_by_global_norm(30.0), scale(-1.5)),
            lambda c, b: c.longest < BOUND and same_rate(c, b),
            lambda c, b: f"the median gradient norm is {c.norm:.2g}: this threshold hardly "
            "ever acts. Choose it from recorded norms of a run that goes well (lesson 07).",
        ),
        known(
            patient, "rate still too large", steps(scale(-1.2)),
            lambda c, b: c.rate < b.rate,
            lambda c, b: f"an effective rate of {c.rate:.2g} is smaller, and still beyond what "
            "is stable here.",
            steps(scale(-1.1)),
        ),
    )  # fmt: skip


def summed(patient):
    """Return what does not help a run that adds micro-batches up."""
    summing = patient.case.configuration.links[0]
    return (
        uphill(patient, accumulate_micro_batches(8), MOMENTUM, scale(0.1)),
        known(
            patient, "rate lowered too far", steps(summing, MOMENTUM, scale(-0.001)),
            lambda c, b: c.rate < 0.9 * patient.rate,
            lambda c, b: f"its effective rate is {c.rate:.2g}, and {patient.rate:.2g} is that "
            "of the run in whole batches. How many times too long were the steps?",
            steps(accumulate_micro_batches(8), MOMENTUM, scale(-0.1 / 8)),
        ),
        known(
            patient, "clipped", steps(summing, CLIP, MOMENTUM, scale(-0.1)),
            lambda c, b: c.longest < BOUND,
            lambda c, b: "the clip shortens the longest steps. Each gradient below the "
            f"threshold still counts {c.rate / patient.rate:.2g} times: what is too long is "
            "every step, not a few.",
            steps(CLIP, summing, MOMENTUM, scale(-0.1)),
            steps(summing, MOMENTUM, CLIP, scale(-0.1)),
        ),
        known(
            patient, "rate lowered by guess", steps(summing, MOMENTUM, scale(-0.03)),
            lambda c, b: 1.1 * patient.rate < c.rate < 0.9 * b.rate,
            lambda c, b: f"the steps are still {c.rate / patient.rate:.2g} times as long as "
            "those of the run in whole batches. Which number was forgotten, and where does it "
            "belong?",
            steps(summing, momentum(0.5), scale(-0.1)),
        ),
        known(
            patient, "another initialization", weights(orthogonal(0.5)),
            lambda c, b: not same_start(c, b) and same_rate(c, b),
            lambda c, b: "the initialization was a good one: δ changed by a factor of "
            f"{b.growth:.2f} per layer. The run in whole batches learns from it.",
        ),
    )  # fmt: skip


def late_clip(patient):
    """Return what does not help a run that clips behind the velocity."""
    remembered = (
        "a spike enters the velocity at full length, and for dozens of steps the clipped "
        "result points where the spike pointed (lesson 07, section 4)."
    )
    return (
        known(
            patient, "clip taken out", steps(MOMENTUM, scale(-0.03)),
            lambda c, b: c.longest > BOUND,
            "now nothing bounds the step: the first damaged image throws the parameters to "
            "where nothing brings them back.",
        ),
        known(
            patient, "momentum taken out", steps(CLIP, scale(-0.03)),
            lambda c, b: c.rate < 0.5 * b.rate and c.memory <= 1,
            lambda c, b: "no velocity, so none that could be spoiled. But the effective rate "
            f"was {b.rate:.2g}, and is {c.rate:.2g} now: momentum multiplied it by 1/(1 - γ). "
            "Keep it in front of the velocity, or raise the rate.",
        ),
        known(
            patient, "rate lowered", steps(MOMENTUM, CLIP, scale(-0.003)),
            lambda c, b: c.rate < 0.5 * b.rate and c.memory >= SPOILED,
            f"shorter steps, in the same wrong direction: {remembered}",
        ),
        known(
            patient, "clipped harder at the same place",
            steps(MOMENTUM, clip_by_global_norm(0.1), scale(-0.03)),
            lambda c, b: c.memory >= SPOILED and c.longest < 0.9 * b.longest,
            f"each step is shorter, and its direction is the same: {remembered}",
        ),
        known(
            patient, "clip loosened at the same place",
            steps(MOMENTUM, clip_by_global_norm(10.0), scale(-0.03)),
            lambda c, b: c.memory >= SPOILED and same_start(c, b)
            and c.longest > 1.1 * b.longest,
            f"longer steps, in the same wrong direction: {remembered}",
            steps(MOMENTUM, CLIP, scale(-0.3)),
        ),
        known(
            patient, "right place, threshold too high",
            steps(clip_by_global_norm(100.0), MOMENTUM, scale(-0.03)),
            lambda c, b: same_start(c, b) and 10 < c.memory < SPOILED,
            lambda c, b: "the clip stands in front of the velocity, where it belongs, and lets "
            f"too much through: a spike is still felt for {c.memory:.0f} updates. Choose the "
            "threshold from the norms between the spikes.",
            steps(scale(-0.03), CLIP, MOMENTUM),
        ),
        known(
            patient, "right place, steps too short",
            steps(CLIP, MOMENTUM, scale(-0.003)),
            lambda c, b: same_start(c, b) and c.memory <= 10,
            lambda c, b: "the clip stands in front of the velocity, where it belongs, and no "
            f"step is longer than {c.longest:.2g}: that is too short for this budget. "
            "Threshold and rate were in order.",
            steps(clip_by_global_norm(0.01), MOMENTUM, scale(-0.03)),
        ),
        known(
            patient, "another initialization", weights(orthogonal(1.0)),
            lambda c, b: not same_start(c, b) and c.memory > 10,
            f"the initialization was a good one. Whatever it is, {remembered}",
            weights(normal(1.0)),
        ),
    )  # fmt: skip
