"""What goes wrong in the mending of any run, and how the rest is told apart."""

import re
from dataclasses import replace

import numpy as np

from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.lesson_12.run_metrics import KEPT, RunMetrics
from course_lib.exercises.lesson_12.run_repair import (
    GUESSED,
    SLOPE_AGREES,
    bounded,
    updates,
)
from course_lib.initializers import centered, he, normal
from course_lib.optimizers import adam, clip_by_global_norm, momentum, scale


def kinds_of_links(shown):
    """Return the names of the links in a configuration's text, such as ``scale``."""
    row = re.search(r"^links .*$", shown, re.MULTILINE)
    return re.findall(r"(\w+)\(", row[0]) if row else []


class _Mended(RunMetrics):
    """What was measured of a mended run, and ``shown``: its configuration as text."""

    @classmethod
    def of(cls, answer):
        """Return it of an answer; without a text ``shown`` is empty."""
        made = cls(*answer)
        made.shown = getattr(answer, "shown_as", "")
        return made

    @property
    def kinds(self):
        """Which links there are, such as ``scale``."""
        return kinds_of_links(self.shown)


VANISHED, EXPLODED = 0.75, 1.25  # growth per layer
CLIP, MOMENTUM = clip_by_global_norm(1.0), momentum(0.9)


def known(task, name, function, test, explanation, *variants):
    """Return a mistake that is recognized by what is measured with the recorded seed.

    Parameters
    ----------
    task : RepairTask
    name : str
    function : callable
        ``function(configuration)``, one example.
    test : callable
        ``test(chart, before) -> bool``, of the mended and of the broken run.
    explanation : str or callable
        A callable gets the `RunMetrics` of the mended run and that of the broken one.
    *variants : callable
        More examples.

    Returns
    -------
    Mistake
    """

    def when(seen):
        return bool(test(_Mended.of(seen.answers[0]), task.before))

    def explain(case, answer, expected):
        return explanation(_Mended.of(answer), task.before)

    said = explain if callable(explanation) else explanation
    return Mistake(name, function, said, tuple(variants), when)


def same_start(c, before):
    """Tell whether the weights are drawn as before."""
    return c.start == before.start


def weights(initializer):
    """Return the answer that draws other weights."""
    return lambda configuration: configuration.replace(initializer=initializer)


def steps(*links):
    """Return the answer with these links."""
    return lambda configuration: configuration.replace(links=links)


def same_rate(c, before):
    """Tell whether the effective rate is the old one."""
    return abs(c.rate / before.rate - 1) < 1e-3


def tighter(c, before):
    """Tell whether the longest step is shorter than it was."""
    return c.longest < 0.9 * before.longest


def looser(c, before):
    """Tell whether the longest step is longer than it was, or not bounded."""
    return c.longest > 1.1 * before.longest


def about_links(c, before):
    """Say what has become of the effective rate and of the longest step."""
    if np.isnan(c.rate):
        return "their steps are no longer in proportion to the gradient"
    said = []
    if not same_rate(c, before):
        said.append(f"the effective rate is {c.rate:.2g} in place of {before.rate:.2g}")
    if bounded(c) or bounded(before):
        now, was = "nothing bounds a step", "nothing did"
        if bounded(c):
            now = f"no step is longer than {c.longest:.2g}"
        if bounded(before):
            was = f"none was longer than {before.longest:.2g}"
        said.append(f"{now} (before: {was})")
    return ", and ".join(said)


def slower(c, before):
    """Tell whether the effective rate is less than half of the old one."""
    return c.rate < 0.5 * before.rate


def common(task, mend):
    """Return the mistakes that can be made with every run; they are looked for first."""
    return (
        _other_seed(task, mend),
        known(
            task,
            "nothing moves",
            steps(scale(0.0)),
            lambda c, before: c.updates == 0,
            "no step moves the parameters: a link passes on nothing but zeros, as `scale(0)` "
            "does.",
        ),
        _other_budget(task, mend),
        known(
            task,
            "nothing changed",
            lambda configuration: configuration,
            lambda c, before: c.untouched,
            "the run is the same as before, number for number. `configuration.replace(...)` "
            "returns a changed copy; the configuration itself, which is frozen, stays as it "
            "is.",
            lambda configuration: configuration.replace(diagnosis=task.cause),
        ),
        known(
            task,
            "uphill",
            lambda configuration: configuration.replace(
                links=(*configuration.links, scale(-1.0))
            ),
            lambda c, before: c.rate < 0,
            lambda c, before: (
                f"{c.minuses:.0f} links have a minus, and they cancel: each step goes up the "
                "gradient. Keep the minus of the last link, `scale(-rate)`, and no other."
                if c.minuses > 1
                else _gone(task, c)
                if c.kinds and "scale" not in c.kinds
                else "a minus is missing: each step goes up the gradient. The last link of a "
                "descent is `scale(-rate)`."
            ),
            lambda configuration: configuration.replace(
                links=(*configuration.links[:-1], scale(0.1))
            ),
            lambda configuration: configuration.replace(
                links=configuration.links[:-1] or (MOMENTUM,)
            ),
        ),
        _same_weights(mend),
        *_raising(),
        *([] if task.gradient else [_wrong_derivative(task)]),
    )


def not_proportional(task, explanation, *first):
    """Return the mistake of links such as Adam's; ``first`` stands in front of them."""
    return known(
        task,
        "steps not in proportion to the gradient",
        steps(*first, adam(), scale(-1e-5)),
        lambda c, before: same_start(c, before) and np.isnan(c.rate),
        "a gradient ten times as long no longer makes steps ten times as long, as with Adam, "
        f"or with a threshold that every gradient exceeds. {explanation}",
        steps(*first, clip_by_global_norm(1e-6), MOMENTUM, scale(-1e-3)),
    )


def _gone(task, c):
    """Say which links are no longer there, where no ``scale`` is left."""
    kinds = kinds_of_links(str(task.case.configuration))
    gone = [f"`{kind}`" for kind in kinds if kind not in c.kinds]
    verb = "is" if len(gone) == 1 else "are"
    return (
        f"of the links that there were, {' and '.join(gone)} {verb} gone: what `links=` "
        "gets are all the links, not only those that change. Without a last link "
        "`scale(-rate)` each step goes up the gradient."
    )


def _wrong_derivative(task):
    return known(
        task,
        "a derivative that is none",
        lambda configuration: configuration.replace(
            activation=replace(configuration.activation, _derivative=np.square, _slope=None)
        ),
        lambda c, before: same_start(c, before) and c.gradient_error > 100 * SLOPE_AGREES,
        lambda c, before: (
            "the gradient is not the slope of the loss any more: its relative "
            f"error is {c.gradient_error:.1g}. The derivative of this activation was right."
        ),
    )


def in_other_words(task, explanation, *functions):
    """Return the mistake of changing something and getting the run that was there."""
    return known(
        task,
        "the same run in other words",
        functions[0],
        lambda c, before: c._replace(untouched=1, cause=0) == before._replace(cause=0),
        explanation,
        *functions[1:],
    )


def _raising():
    """Return the mistakes that are told by what is raised."""

    def known_by(name, function, pattern, explanation, *variants):
        def when(seen):
            errors = [trial.error for trial in seen.trials]
            return all(error and re.search(pattern, str(error)) for error in errors)

        return Mistake(name, function, explanation, variants, when, any_form=True)

    return (
        known_by(
            "parts not named",
            lambda configuration: configuration.replace(normal(1.0)),
            r"replace\(\) takes 1 positional argument",
            "`replace` has to be told which part is meant: `configuration.replace("
            "initializer=...)` or `configuration.replace(links=...)`.",
        ),
        known_by(
            "an initializer that was not made",
            lambda configuration: configuration.replace(initializer=centered(normal)),
            r"^(normal|orthogonal|glorot|he|centered)\(\) (takes|got|missing)",
            "the name of what makes initializers stands where an initializer belongs: call it, "
            "`normal(1.0)` or `orthogonal(1.0)`, with the scale of the weights.",
            lambda configuration: configuration.replace(initializer=centered(he)),
        ),
        known_by(
            "weights without biases",
            lambda configuration: configuration.replace(
                initializer=lambda rng, shape, index: rng.standard_normal(shape)
            ),
            r"values to unpack \(expected 2",
            "an initializer returns two arrays, weights and biases: `return w, b`. "
            "`normal(1.0)` and `orthogonal(1.0)` make such functions.",
        ),
    )


def _same_weights(mend):
    def function(configuration):
        def draw(rng, shape, index):
            return normal(1.0)(np.random.default_rng(index), shape, index)

        return mend(configuration).replace(initializer=draw)

    def when(seen):
        all_metrics = [RunMetrics(*answer) for answer in seen.answers]
        return len({c.start for c in all_metrics}) == 1 or all_metrics[0].untrained > GUESSED

    def explain(case, answer, expected):
        c = RunMetrics(*answer)
        how = "draws from a generator of its own, or none"
        if not c.start:
            how = "makes all of them 0, so that all units of a layer stay alike"
        elif c.untrained > GUESSED:
            how = "hands out weights that know the digits before training"
        return (
            f"the initializer {how}. It is given a generator, `rng`, and has to draw new "
            "weights from it."
        )

    zeros = weights(normal(0.0))
    return Mistake("the same weights with every seed", function, explain, (zeros,), when)


def _other_seed(task, mend):
    def function(configuration):
        return mend(task.case.configuration)

    def when(seen):
        return any(a[0] != e[0] for a, e in zip(seen.answers, seen.expected, strict=True))

    return Mistake(
        "another seed than the argument's",
        function,
        "the seed is not that of the argument: it is set to a number, or another configuration "
        "is mended, one outside the function. The check hands in three, each with a seed of "
        "its own: return `configuration.replace(...)` of the argument, and leave `seed` out.",
        when=when,
    )


def _other_budget(task, mend):
    def explain(c, before):
        if c.changed and KEPT[int(c.changed) - 1] == "activation":
            what = "the function `activation` is another one; only its derivative may change"
            if "centered sigmoid" in c.shown and task.gradient:
                what += (
                    ". `centered_sigmoid` is σ - ½; here σ is centered by its biases. The "
                    "value stays σ"
                )
        elif c.changed:
            what = f"`{KEPT[int(c.changed) - 1]}` is not what it was"
        elif task.whole_batches > 1 and c.updates == 1:
            what = (
                "the gathering is gone: now each micro-batch makes an update, and one for "
                f"every {task.whole_batches} is the budget"
            )
        else:
            what = f"it makes {updates(c)}, not {updates(before, short=True)}"
        return (
            f"{what}. Another net, other data or a larger budget may well work, and leave open "
            "what was wrong with this run: mend the run that there is."
        )

    return known(
        task,
        "another net, other data or another budget",
        lambda configuration: mend(configuration).replace(n_steps=2 * configuration.n_steps),
        lambda c, before: c.changed or abs(c.updates - before.updates) > 1e-6,
        explain,
        lambda configuration: mend(configuration).replace(sizes=(64, 32, 10)),
        lambda configuration: mend(configuration).replace(batch_size=64),
    )
