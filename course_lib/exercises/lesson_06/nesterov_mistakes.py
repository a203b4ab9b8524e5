"""What goes wrong with Nesterov's update in lesson 06."""

import numpy as np

from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.kit.told import told_with
from course_lib.exercises.lesson_06.momentum_mistakes import gamma, one, rest, zero
from course_lib.exercises.lesson_06.weights import compared_weights

_RIGHT_VELOCITY = (gamma, one)
_RIGHT_STEP = (lambda x: x**2, lambda x: 1 + x)


def _numbers(case, answer, expected):
    gaps = [np.abs(np.subtract(*parts)).max() for parts in zip(answer, expected, strict=True)]
    wrong = int(np.argmax(gaps))
    name = ("the step", "the new velocity")[wrong]
    return compared_weights(case, answer[wrong], expected[wrong], name)


_told = told_with(_numbers)


def _form(step, velocity=_RIGHT_VELOCITY):
    """Return the answer whose step and velocity give these weights to v and g."""

    def function(v, g, gamma):
        return tuple(past(gamma) * v + present(gamma) * g for past, present in (step, velocity))

    return function


def _step(name, sentence, *steps):
    """Return the mistake of a wrong step beside the right velocity."""
    return _told(
        name, sentence, *map(_form, steps), any_form=True,
        when=lambda facts: facts.velocity.are(*_RIGHT_VELOCITY) and any(
            facts.step.are(*step) for step in steps),
    )  # fmt: skip


def _velocity(name, sentence, *velocities):
    """Return the mistake of a wrong velocity, whatever the step is."""
    steps = _following, _twice, lambda *pair: _RIGHT_STEP
    examples = [_form(step(*pair), pair) for pair in velocities for step in steps]
    return _told(
        name, sentence, *examples, any_form=True,
        when=lambda facts: any(facts.velocity.are(*pair) for pair in velocities),
    )  # fmt: skip


def _following(past, present):
    """Return the weights of the step that is made from a velocity with these weights."""
    return lambda x: x * past(x), lambda x: x * present(x) + 1


def _twice(past, present):
    """Return the weights of the step that does to a velocity what was done to the old one."""
    return lambda x: past(x) ** 2, lambda x: past(x) * present(x) + present(x)


def _about_weights(facts):
    """Say which weights v and g have in the step and in the velocity, where they are wrong."""
    both = (
        ("step", facts.step, _RIGHT_STEP),
        ("new velocity", facts.velocity, _RIGHT_VELOCITY),
    )
    if not all(weights.are() for _, weights, _ in both):
        return ""
    told = [(name, weights.about(*right)) for name, weights, right in both
            if not weights.are(*right)]  # fmt: skip
    return "; ".join(f"in the {name} {said}" for name, said in told) if all(
        said for _, said in told) else ""  # fmt: skip


MISTAKES = (
    Mistake("order of the returned values", _form(_RIGHT_VELOCITY, _RIGHT_STEP),
            "both values are right, and they stand in the other order: the step comes first, "
            "the velocity second, as in `return step, new_v`.",
            when=lambda facts: (facts.step.are(*_RIGHT_VELOCITY) and
                facts.velocity.are(*_RIGHT_STEP)), any_form=True),
    _step("plain momentum",
          "the step is the velocity itself, as in plain momentum. Nesterov's step looks one "
          "update ahead: γ new_v + g.", _RIGHT_VELOCITY),
    _step("old and new velocity mixed up",
          "the step is put together from old and new velocity, and not the right way round. "
          "From the look-ahead form one gets (1 + γ) new_v - γ v, which is γ new_v + g in "
          "other words.",
          (lambda x: 2 * x, one), (lambda x: (1 + x) * x, lambda x: 1 + x),
          (lambda x: x + x * (1 + x), lambda x: 1 + x), (lambda x: 1 + x - x**2, lambda x: -x),
          (lambda x: x * (x - 1), lambda x: 1 + x), (lambda x: 1 - x + x**2, gamma)),
    _step("old velocity in the step",
          "the step is γ times the old v, and new_v is not used in it. It is γ new_v + g.",
          (gamma, zero), (lambda x: x**2, zero)),
    _step("gradient left out of the step",
          "the step is γ new_v. The gradient counts in it once more: that is what Nesterov's "
          "form adds to momentum.", (lambda x: x**2, gamma)),
    _step("γ forgotten in the step",
          "new_v stands in the step without γ, or γ at g: the step is γ new_v + g.",
          (gamma, lambda x: 2 * one(x)), (gamma, lambda x: 1 + x),
          (lambda x: x**2, lambda x: 2 * x)),
    _step("γ once too often",
          "one γ too many. new_v = γv + g has faded the old velocity once; the step γ new_v + "
          "g fades it once more, and that is all.",
          (lambda x: x**3, lambda x: 1 + x**2), (lambda x: x**3, lambda x: 1 + x + x**2)),
    _step("velocity left out of the step",
          "the step is the gradient alone, as in plain descent. γ new_v is added. (new_v - γ v "
          "is the gradient as well.)", (zero, one)),
    _step("sign turned in the step",
          "a sign is turned. Velocity and step only collect here; the one minus stands in θ ← "
          "θ - η step.",
          (lambda x: x**2, lambda x: x - 1), (lambda x: -(x**2), rest),
          (lambda x: -(x**2), lambda x: -1 - x)),
    _velocity("averages in place of sums",
              "1 - γ of the gradient is taken, as in `ema_update`. Here the gradient comes in "
              "whole, in the velocity and in the step.", (gamma, rest)),
    _velocity("sign turned",
              "a sign is turned. Velocity and step only collect here; the one minus stands in "
              "θ ← θ - η step. (Forms that collect -ηg have a plus there.)",
              (gamma, lambda x: -one(x))),
    _velocity("step kept as velocity",
              "the step is returned as velocity too. What is remembered is γv + g; the second "
              "γ is for the step alone, or it would pile up.", _RIGHT_STEP),
    _velocity("old velocity kept",
              "the velocity is returned as it came in, so that nothing would ever accumulate.",
              (one, zero)),
    _velocity("γv added twice",
              "γv is in the velocity twice: once added to g beforehand, and once more. It is "
              "γv + g.", (lambda x: 2 * x, one)),
    _velocity("no decay", "the old velocity does not fade: γ is missing at it.", (one, one)),
    _velocity("γ at the gradient",
              "γ stands at the gradient. It fades the old velocity, and the gradient comes in "
              "whole: γv + g.", (gamma, gamma), (one, gamma)),
    _told("fixed numbers",
          "a fixed number multiplies v or g: a decay in place of the argument `gamma`, or a "
          "learning rate, which stays outside here, in θ ← θ - η step.",
          _form((lambda x: 0.81 + zero(x), lambda x: 1.9 + zero(x)),
                (lambda x: 0.9 + zero(x), one)),
          _form((lambda x: x**2, lambda x: -0.1 * (1 + x)), (gamma, lambda x: -0.1 + zero(x))),
          when=lambda facts: facts.velocity.are_fixed(0) or (
              facts.velocity.are(gamma) and facts.velocity.are_fixed(1)
              and not facts.velocity.are(*_RIGHT_VELOCITY)),
          any_form=True),
    Mistake("one value returned", lambda v, g, gamma: gamma * (gamma * v + g) + g,
            "one array is returned. Two are needed, as the velocity has to be there at the "
            "next step: `return step, new_v`.", variants=(lambda v, g, gamma: gamma * v + g,),
            when=lambda facts: all(isinstance(a, np.ndarray) and a.shape == case[0].shape for a,
                case in zip(facts.seen.answers, facts.seen.cases, strict=True)), any_form=True),
    _told("other weights",
          "The velocity is γv + g, and the step γ(γv + g) + g, whatever γ is.",
          _form((lambda x: -(x**2) + 1, lambda x: -x)), _form((lambda x: x**2, one)),
          when=lambda facts: bool(_about_weights(facts)), any_form=True,
          measured=lambda facts: f"{_about_weights(facts)}.", vague=True),
    Mistake("not weighted sums", lambda v, g, gamma: (np.maximum(gamma * v + g, 0),) * 2,
            "Both values are sums of v and g, each multiplied by a number made of γ.",
            when=lambda facts: not (facts.step.is_sum and facts.velocity.is_sum),
            measured=lambda facts: facts.about_sums(), vague=True),
)  # fmt: skip
