"""What goes wrong with the loop that accumulates gradients in lesson 07."""

from dataclasses import replace

import numpy as np

from course_lib.clipping import clip_global_norm as shorten
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.relations import close
from course_lib.exercises.engine.values import shape_of
from course_lib.exercises.lesson_07.accumulation_facts import groups, weights


def _by_group(finish):
    """Return the answer whose steps are ``finish(group, max_norm)``, group by group."""
    return lambda g, k, c: np.array([finish(g[group], c) for group in groups(len(g), k)])


def _weighted(way):
    """Return the answer whose steps have the weights ``way(n, k)``, and are clipped."""
    return lambda g, k, c: np.array([shorten(row, c) for row in way(len(g), k) @ g])


def _weights_are(name, sentence, *ways, any_form=False):
    """Return the mistake that the weights are ``way(n, k)`` for one of these ways."""
    example, *variants = map(_weighted, ways)
    return Mistake(
        name, example, sentence, tuple(variants), lambda seen: seen.are(*ways), any_form
    )


def _clip_is(name, sentence, *ways):
    """Return the mistake that the steps are one of these, where the means are right."""
    return Mistake(name, ways[0], sentence, ways[1:],
                   lambda seen: seen.are(weights) and seen.clipped(*ways))  # fmt: skip


def _of_one(place):
    return lambda n, k: weights(n, k, lambda group: np.eye(len(group))[place])


def _late(n, k, last=None, rest=True):
    """Return weights where the first gradient is a group, and all others begin one late."""
    rest = weights(n - 1, k, lambda group: 1 / (last or len(group)), rest)
    return np.block([[np.eye(1), np.zeros((1, n - 1))], [np.zeros((len(rest), 1)), rest]])


def _windows(n, k, shortest=1):
    return np.array([np.eye(n)[i : i + k].mean(axis=0) for i in range(n - shortest + 1)])


def _again(first, last=0, divide=len):
    """Return weights with gradients ``first`` to ``last`` before each group."""

    def way(n, k):
        rows = weights(n, k)
        for row, group in zip(rows, groups(n, k), strict=True):
            begin = 0 if first is None else max(0, group[0] - first)
            row[begin : group[0] - last] = 1
            row[row > 0] = 1 / divide(group)
        return rows

    return way


def _repeated(n, k):
    """Return weights where each step is made for each gradient of its group."""
    return weights(n, k)[np.arange(n) // k]


def _reshaped(g, k, c):
    return np.array([shorten(row, c) for row in g.reshape(-1, k, g.shape[1]).mean(axis=1)])


def _one_by_one(group):
    """Return the weights of a group in (mean + g) / 2, gradient after gradient."""
    made = 0.5 ** np.arange(len(group))[::-1]
    made[1:] /= 2
    return made / made.sum()


def _on_the_way(divide):
    def finish(part, c):
        total = 0.0
        for row in part:
            total = shorten(total + row, c)
        return total / (len(part) if divide else 1)

    return _by_group(finish)


def _rest_unclipped(g, k, c):
    means = weights(len(g), k) @ g
    whole = [len(group) == k for group in groups(len(g), k)]
    return np.array([shorten(m, c) if w else m for m, w in zip(means, whole, strict=True)])


def _one_more(g, k, c):
    steps = [shorten(row, c) for row in weights(len(g), k) @ g]
    return np.array([*steps, *[0 * g[0]] * (len(g) % k == 0)])


def _mean(part):
    return part.mean(axis=0)


def _left_out_and_more(case, answer, expected):
    """Tell of the rest that makes no step; and of what is wrong with the steps in this case."""
    said = (
        "the gradients behind the last whole group make no step: the data's last examples are "
        "never learned from. At the end of the loop what has been gathered makes a step too, "
        "divided by how many there are."
    )
    if shape_of(answer) != shape_of(expected) or close(answer, expected):
        return said
    others = [m for m in MISTAKES if not callable(m.explanation)]
    named = (m.explanation for m in others if close(m.function(*case), answer))
    return f"{said} Another mistake: {next(named, 'the steps of whole groups are wrong too.')}"


def _split(g, k, c):
    return np.array([shorten(_mean(part), c) for part in np.array_split(g, k) if len(part)])


def _mixed_groups(n, k):
    """Return weights of groups whose members stand k apart, the left-over ones apart."""
    whole = n // k
    rows = [np.eye(n)[j : whole * k : whole].mean(axis=0) for j in range(whole)]
    return np.array([*rows, *[np.eye(n)[whole * k :].mean(axis=0)] * (n % k > 0)])


_lengthened = _by_group(lambda part, c: _mean(part) * (c / np.linalg.norm(_mean(part))))

MISTAKES = (
    _weights_are("one gradient of each group",
        "one gradient of each group makes the step, and the others are lost: the step takes "
        "the mean of all k.",
        _of_one(0), _of_one(-1)),
    Mistake("first group too short",
        _weighted(_late),
        "the first gradient alone makes a step, and all later groups begin one place late. "
        "`i % k == 0` is true at i = 0 already: count from 1, or ask for `(i + 1) % k == 0`.",
        (_weighted(lambda n, k: _late(n, k, k)),
         _weighted(lambda n, k: _late(n, k, rest=False))),
        when=lambda seen: seen.take(_late)
        or seen.take(lambda n, k: _late(n, k, rest=False)), any_form=True),
    Mistake("a step for each gradient",
        _weighted(lambda n, k: np.eye(n)),
        "each gradient makes a step of its own. k of them belong to one step.",
        when=lambda seen: seen.take(lambda n, k: np.eye(n)), any_form=True),
    Mistake("a step made again and again",
        _weighted(_repeated),
        "the step of a group comes as many times as the group has gradients. It is due once, "
        "where the group is complete.",
        when=lambda seen: seen.take(_repeated), any_form=True),
    Mistake("groups that overlap",
        _weighted(lambda n, k: _windows(n, min(k, n), min(k, n))),
        "there are more steps than groups, and the same gradient counts in several of them, "
        "so that groups overlap. The next one begins where the last one ended: with slices "
        "`range(0, len(gradients), k)`, with a list one that is emptied after each step.",
        (_weighted(_windows),),
        when=lambda seen: seen.overlap, any_form=True),
    Mistake("k groups",
        _split,
        "the gradients are cut into k groups, as many as `np.array_split(gradients, k)` "
        "makes. k is how many gradients belong to one group: the next begins k places further.",
        when=lambda seen: seen.makes(min), any_form=True),
    Mistake("last group left out",
        lambda g, k, c: _weighted(lambda n, k: weights(n, k, rest=False))(g, k, c),
        _left_out_and_more,
        when=lambda seen: seen.drops_the_rest, any_form=True),
    Mistake("left-over gradients do not fit",
        _reshaped,
        "it works where the gradients make whole groups, and not where some are left over: "
        "what is left over makes a step too, the mean of fewer than k.",
        when=lambda seen: seen.rest_raises, any_form=True),
    Mistake("a step of nothing",
        _one_more,
        "where the last group is a whole one, another step is made behind it, of nothing. "
        "Behind the loop a step is due only `if count > 0`.",
        (lambda g, k, c: np.array([shorten(row, c) for row in weights(len(g), k) @ g]
                                  + [0.0] * (len(g) % k == 0)),),
        when=lambda seen: seen.always_one_more, any_form=True),
    Mistake("not zeroed",
        _weighted(_again(None)),
        "what has been gathered is not set back after a step, so that the gradients of one "
        "group come in again in all later ones. (In PyTorch: a forgotten "
        "`optimizer.zero_grad()`.)",
        (_weighted(_again(None, divide=lambda group: group[-1] + 1)),),
        when=lambda seen: seen.all_come_again),
    Mistake("begun with an old gradient",
        _weighted(_again(1)),
        "gradients of a group come in again in the step behind it. What is gathered for a step "
        "begins with nothing: the sum with 0, a list with no gradient in it.",
        (_weighted(_again(2)), _weighted(_again(1, divide=lambda group: 1 + len(group)))),
        when=lambda seen: seen.some_come_again),
    replace(_weights_are("sum in place of the mean",
        "the sum of a group makes the step, and not its mean: as many times as long as the "
        "group has gradients, wherever the clip does not act.",
        lambda n, k: weights(n, k, lambda group: 1)),
        variants=(_by_group(lambda part, c: sum(shorten(row, c) for row in part)),)),
    _weights_are("last group divided by k",
        "the last group is divided by k though it holds fewer gradients: its step is too "
        "short. Count what has been gathered, and divide by that.",
        lambda n, k: weights(n, k, lambda group: 1 / k)),
    _weights_are("divided by all so far",
        "the sum of a group is divided by how many gradients there have been since the "
        "beginning, so that steps become shorter and shorter. The count begins anew after each "
        "step, as the sum does.",
        lambda n, k: weights(n, k, lambda group: 1 / (group[-1] + 1))),
    _weights_are("last group without a step",
        "the last group makes no step, be it a whole one or what is left over: a step is due "
        "behind the last gradient as well.",
        lambda n, k: weights(n, k)[:-1], any_form=True),
    Mistake("uneven weights",
        _weighted(lambda n, k: weights(n, k, _one_by_one)),
        "A mean of means, such as `(mean + g) / 2`, does that: add them up, and divide once.",
        when=lambda seen: seen.uneven and not seen.are(weights),
        measured=lambda seen: "the gradients of a group do not count alike: "
        + seen.weights_told, vague=True),
    Mistake("other groups",
        _weighted(_mixed_groups),
        "A step is the mean of k gradients in a row, each with the same weight, and of what is "
        "left over.",
        (_weighted(lambda n, k: weights(n, k, lambda group: 1 / (len(group) + 1))),),
        when=lambda seen: not seen.are(weights), any_form=True,
        measured=lambda seen: seen.weights_told, vague=True),
    Mistake("short means lengthened",
        _lengthened,
        "every step gets the length max_norm, also where the mean is shorter. A short mean "
        "stays as it is: `shorten(mean, max_norm)`.",
        when=lambda seen: seen.clipped(_lengthened)),
    _clip_is("each micro-batch clipped",
        "each micro-batch's gradient is clipped by itself, before the mean. That turns the "
        "mean: long parts count no more than short ones. One clip, behind the mean.",
        _by_group(lambda part, c: _mean(np.array([shorten(row, c) for row in part])))),
    _clip_is("clipped before the division",
        "where the clip acts a step is as many times shorter than max_norm as the group has "
        "gradients, as where the sum is clipped and then divided. The clip of the mean comes "
        "last, at max_norm.",
        _by_group(lambda part, c: shorten(part.sum(axis=0), c) / len(part))),
    _clip_is("clipped on the way",
        "the sum is clipped each time a gradient is added. One clip, of the mean, where a "
        "group is complete.",
        _on_the_way(True)),
    _clip_is("clipped by value",
        "the means are right, and every entry of them is cut off for itself, which turns the "
        "step. By its global norm it keeps its direction: `shorten(mean, max_norm)`.",
        _by_group(lambda part, c: np.clip(_mean(part), -c, c)),
        _by_group(lambda part, c: np.minimum(_mean(part), c))),
    _clip_is("not clipped",
        "the means are right, and nothing clips them: `shorten(mean, max_norm)`.",
        _by_group(lambda part, c: _mean(part))),
    _clip_is("last step not clipped",
        "the step of what is left over is not clipped. It gets the same clip as the others: "
        "it can be too long as well.",
        _rest_unclipped),
    Mistake("another clip",
        _by_group(lambda part, c: shorten(_mean(part), 1.5 * c)),
        "One clip for each step: `shorten(mean, max_norm)`.",
        (_by_group(lambda part, c: shorten(_mean(part), c / (1 + len(part)))),),
        when=lambda seen: seen.are(weights),
        measured=lambda seen: "the means are right, and what the clip makes of them is not: "
        + seen.clip_told, vague=True),
)  # fmt: skip
