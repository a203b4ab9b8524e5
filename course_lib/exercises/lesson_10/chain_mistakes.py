"""What goes wrong with the chain of lesson 10: the threshold, and the order."""

from functools import cache, cached_property, partial
from itertools import product

import numpy as np

from course_lib.exercises.engine.formatting import show_apart
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.relations import close
from course_lib.exercises.kit.optimizer_steps import DIRECTION, steps_along
from course_lib.optimizers import (
    adam,
    chain,
    clip_by_global_norm,
    clip_by_value,
    ema,
    momentum,
    nesterov,
    scale,
)

# short and long gradients, a spike, then the sign turns
SIZES = (0.001, 0.02, 0.3, 1.0, 4.0, 1000.0, *[-4.0] * 8)
SPIKE = 5  # its position


# thresholds that may stand for the median, of the recorded norms
_THRESHOLDS = {
    "median": np.median,
    "mean": np.mean,
    "largest": np.max,
    "smallest": np.min,
    "last": lambda norms: norms[-1],
    "first": lambda norms: norms[0],
    "middle step": lambda norms: norms[len(norms) // 2],
    "upper middle": lambda norms: np.sort(norms)[len(norms) // 2],
    "lower middle": lambda norms: np.sort(norms)[(len(norms) - 1) // 2],
    "sum": np.sum,
    "norm": np.linalg.norm,
}
_SINGLE = ("largest", "smallest", "first", "last", "middle step")
_SHARES = np.arange(1, 100) / 100  # of quantiles
# links that may stand for the right ones, with the clip made of the threshold
_LINKS = {
    "right": lambda clip, gamma, lr: (clip, momentum(gamma), scale(-lr)),
    "momentum first": lambda clip, gamma, lr: (momentum(gamma), clip, scale(-lr)),
    "rate, clip": lambda clip, gamma, lr: (scale(-lr), clip, momentum(gamma)),
    "rate, momentum, clip": lambda clip, gamma, lr: (scale(-lr), momentum(gamma), clip),
    "average": lambda clip, gamma, lr: (clip, ema(gamma), scale(-lr)),
    "Nesterov": lambda clip, gamma, lr: (clip, nesterov(gamma), scale(-lr)),
    "no momentum": lambda clip, gamma, lr: (clip, scale(-lr)),
    "no clip": lambda clip, gamma, lr: (momentum(gamma), scale(-lr)),
    "no rate": lambda clip, gamma, lr: (clip, momentum(gamma)),
    "clip only": lambda clip, gamma, lr: (clip,),
    "Adam": lambda clip, gamma, lr: (clip, adam(gamma), scale(-lr)),
    "γ = 0.9": lambda clip, gamma, lr: (clip, momentum(0.9), scale(-lr)),
}


def _made(links="right", threshold="median", by=clip_by_global_norm, sign=1):
    """Return the answer with these links, this threshold, this clip and this sign."""

    def function(norms, gamma, lr):
        clip = by(float(_THRESHOLDS[threshold](norms)))
        return chain(*_LINKS[links](clip, gamma, sign * lr))

    return function


@cache
def _steps_made(links, threshold, norms, gamma, lr):
    """Return the steps of the answer with these links and this threshold."""
    return steps_along(_made(links, threshold)(np.array(norms), gamma, lr), SIZES)


def _clip(norms):
    return clip_by_global_norm(float(np.median(norms)))


def _at(threshold):
    """Return the answer that is right but for its threshold, ``threshold(norms)``."""
    return lambda norms, gamma, lr: chain(
        clip_by_global_norm(float(threshold(norms))), momentum(gamma), scale(-lr)
    )


def _threshold(steps, gamma, lr):
    """Return what a spike of 1000 adds, over lr: the threshold of a clip in front."""
    along = -(steps @ DIRECTION)
    return (along[SPIKE] - gamma * along[SPIKE - 1]) / lr


class Played:
    """What the steps of an answer are made of, and the threshold that they show."""

    def __init__(self, seen):
        self._seen = seen
        pairs = zip(seen.answers, seen.cases, strict=True)
        self.norms = [norms for norms, _, _ in seen.cases]
        self.thresholds = np.array([_threshold(a, gamma, lr) for a, (_, gamma, lr) in pairs])

    def equals(self, steps):
        """Tell whether the steps are ``steps(norms, gamma, lr)`` in every case."""
        pairs = zip(self._seen.answers, self._seen.cases, strict=True)
        return all(close(a, steps(*case)) for a, case in pairs)

    @cached_property
    def is_right_but_for_threshold(self):
        """Whether some threshold in each case makes the chain the right one."""
        known = {
            norms.tobytes(): t for norms, t in zip(self.norms, self.thresholds, strict=True)
        }
        positive = (self.thresholds > 0).all() and np.isfinite(self.thresholds).all()
        right = _at(lambda norms: known[norms.tobytes()])
        return positive and self.equals(lambda *case: steps_along(right(*case), SIZES))

    @cached_property
    def threshold(self):
        """Which threshold it is where all else is right, "" for another; None else."""
        if not self.is_right_but_for_threshold:
            return None
        names = (name for name, of in _THRESHOLDS.items() if self.takes(of))
        return next(names, "")

    def takes(self, of):
        """Tell whether the threshold is ``of(norms)`` in every case."""
        return close(self.thresholds, np.array([of(norms) for norms in self.norms], float))

    @cached_property
    def links(self):
        """The name of the links that make these steps, with some threshold; or None."""
        for threshold, links in product(_THRESHOLDS, _LINKS):
            made = partial(_steps_made, links, threshold)
            if self.equals(lambda norms, *rates, made=made: made(tuple(norms), *rates)):
                return links
        return None

    @cached_property
    def passes_all(self):
        """Whether the spike counts as a million times the first gradient."""
        for steps, (_, gamma, _) in zip(self._seen.answers, self._seen.cases, strict=True):
            along = steps @ DIRECTION
            added = along[SPIKE] - gamma * along[SPIKE - 1]
            if not np.isclose(added, along[0] * SIZES[SPIKE] / SIZES[0], rtol=1e-6):
                return False
        return True

    @property
    def has_record_in_rate(self):
        """Whether a short gradient is multiplied by the median of the record, or divided."""
        first = np.array([-(steps @ DIRECTION)[0] for steps in self._seen.answers])
        rates = np.array([lr for *_, lr in self._seen.cases]) * SIZES[0]
        medians = np.array([np.median(norms) for norms in self.norms])
        return close(first, rates * medians) or close(first, rates / medians)

    @cached_property
    def climbs(self):
        """Whether the first steps go along the gradients, and more than the sign is wrong."""
        first = np.array([(steps @ DIRECTION)[:2] for steps in self._seen.answers])
        negated = all(
            close(-a, e) for a, e in zip(self._seen.answers, self._seen.expected, strict=True)
        )
        return bool((first > 0).all()) and not negated

    @cached_property
    def turns(self):
        """Whether some step is not along the gradients, and all short ones are."""
        steps = np.array(self._seen.answers)
        across = np.abs(steps @ (-DIRECTION[1], DIRECTION[0]))
        turned = across > 1e-6 * np.linalg.norm(steps, axis=-1)
        return turned.any() and not turned[:, 0].any()


def _known(name, example, when, sentence, *variants):
    """Return the mistake, explained with the first step that is wrong."""

    def explain(case, answer, expected):
        _, gamma, lr = case
        i = int(np.argmax(~np.isclose(answer, expected, rtol=1e-7, atol=0).all(axis=1)))
        received, right = show_apart(answer[i, 0], expected[i, 0])
        return (
            f"{sentence} With γ = {gamma:.4g} and lr = {lr:.4g}, update {i + 1} moves the "
            f"first parameter by {received}, and {right} is right."
        )

    return Mistake(name, example, explain, variants, when)


def _by_links(name, keys, sentence):
    """Return the mistake of links with these names, with any threshold."""
    example, *variants = (
        _made(key, threshold) for key in keys for threshold in ("median", "mean")
    )
    return _known(name, example, lambda played: played.links in keys, sentence, *variants)


def _other_threshold(name, example, when, sentence, *variants, vague=False):
    """Return the mistake, explained with the threshold that the steps show."""

    def explain(case, answer, expected):
        norms, gamma, lr = case
        received, right = show_apart(_threshold(answer, gamma, lr), float(np.median(norms)))
        listed = ", ".join(f"{norm:.4g}" for norm in norms[:5]) + ", ..." * (len(norms) > 5)
        return f"{sentence} From the norms {listed} it gives {received}, and {right} is right."

    return Mistake(name, example, explain, variants, when, vague=vague)


MISTAKES = (
    _other_threshold("mean in place of median", _made(threshold="mean"),
        lambda played: played.threshold == "mean",
        "the threshold is the mean of the norms. A single spike in the record pulls it up as "
        "far as it likes: what should be bounded sets its own bound."),
    _other_threshold("one norm of the record", _made(threshold="largest"),
        lambda played: played.threshold in _SINGLE,
        "one norm of the record decides alone: the largest, the smallest, the first, the last, "
        "or that of the middle step. The median is the middle of all norms in order of size: "
        "`np.median` sorts a copy.",
        *(_made(threshold=key) for key in _SINGLE[1:])),
    _other_threshold("record not used", _at(lambda norms: 1.0),
        lambda played: played.is_right_but_for_threshold and close(*played.thresholds[[0, -1]]),
        "the threshold is a fixed number, whatever was recorded. Whether it is small or large "
        "depends on the model and the loss.",
        _at(lambda norms: 5.0)),
    _by_links("momentum before the clip", ("momentum first",),
        "the velocity collects the raw gradients, and what is clipped is the velocity: a spike "
        "stays in it for many steps. Clip first (lesson 07, section 4)."),
    _by_links("clip after the learning rate", ("rate, clip", "rate, momentum, clip"),
        "the clip stands behind `scale(-lr)`, and compares lr times the gradient with a "
        "threshold that was recorded from gradients. Clip first, scale last."),
    _by_links("another velocity", ("average", "Nesterov", "Adam"),
        "the course's accumulation update is `momentum`, v ← γv + g, followed by "
        "`scale(-lr)`. `ema` makes its steps 1/(1 - γ) times shorter at the same rate (so it "
        "is where the rate was multiplied by 1 - γ), `nesterov` adds the gradient once more, "
        "and `adam` gives each entry a scale of its own."),
    _by_links("rate left out", ("no rate", "clip only"),
        "the learning rate is in no link, and the minus of descent neither: the update is the "
        "velocity, or the gradient, itself. The last link is `scale(-lr)`."),
    _by_links("momentum left out", ("no momentum",),
        "no link remembers: each step is made of its own gradient alone, and gamma is not "
        "used. `momentum(gamma)` stands between the clip and the rate."),
    _by_links("not clipped", ("no clip",),
        "nothing clips, and the record is not used. `clip_by_global_norm(...)` comes first."),
    _known("clipped by value", _made(by=clip_by_value),
        lambda played: played.turns,
        "a long gradient turns: every entry is cut off for itself. What was recorded is the "
        "norm of the whole gradient: `clip_by_global_norm`."),
    _other_threshold("another threshold", _at(lambda norms: 2 * np.median(norms)),
        lambda played: played.threshold not in (None, "median", "mean", *_SINGLE),
        "the links are right, and their order; the threshold is not the median of the record.",
        _at(lambda norms: np.mean(norms) + np.std(norms)),
        _at(lambda norms: 0.4 * np.median(norms)),
        _at(lambda norms: np.median(norms[:3])),
        _at(np.linalg.norm),
        vague=True),
    Mistake("nothing clips",
        lambda norms, gamma, lr: chain(
            scale(1 / float(np.median(norms))), momentum(gamma), scale(-lr)
        ),
        "a gradient of norm 1000 makes a step a million times as long as one of norm 0.001: "
        "nothing clips. `clip_by_global_norm(max_norm)` shortens what is longer than max_norm, "
        "and leaves the rest as it is.",
        (lambda norms, gamma, lr: chain(scale(float(np.median(norms))), momentum(gamma),
                                        scale(-lr)),),
        lambda played: played.passes_all),
    Mistake("record in the rate",
        lambda norms, gamma, lr: chain(
            clip_by_global_norm(1.0), momentum(gamma), scale(-lr * float(np.median(norms)))
        ),
        "a gradient too short for every clip is multiplied by the median of the record, or "
        "divided by it. The record tells where to clip and nothing else: "
        "`clip_by_global_norm` takes its median.",
        (lambda norms, gamma, lr: chain(
            _clip(norms), momentum(gamma), scale(-lr / float(np.median(norms)))),),
        lambda played: played.has_record_in_rate),
    Mistake("uphill, and more",
        _made("Nesterov", sign=-1),
        "the steps go along the gradients and climb: the minus of descent stands in the last "
        "link, `scale(-lr)`. With the sign turned the steps are not the right ones either.",
        (_made("momentum first", sign=-1),),
        lambda played: played.climbs,
        vague=True),
    Mistake("links not chained",
        lambda norms, gamma, lr: (_clip(norms), momentum(gamma), scale(-lr)),
        "the links are there, and nothing passes the gradient from one to the next. "
        "`chain(...)` around them makes one optimizer.",
        (lambda norms, gamma, lr: [momentum(gamma), scale(-lr)],)),
    Mistake("whole record as threshold",
        lambda norms, gamma, lr: chain(clip_by_global_norm(norms), momentum(gamma), scale(-lr)),
        "the record itself stands where one number belongs. `np.median(norms)` makes one of "
        "it."),
)  # fmt: skip
