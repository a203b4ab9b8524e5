"""What goes wrong with Nesterov's update in lesson 06."""

import numpy as np

from course_lib.exercises.engine.formatting import farthest_apart, show_apart
from course_lib.exercises.engine.model import Mistake


def _form(step, new_v=lambda v, g, gamma: gamma * v + g):
    """Return the answer with this step; ``step`` takes the old and the new velocity."""

    def function(v, g, gamma):
        new = new_v(v, g, gamma)
        return step(v, new, g, gamma), new

    return function


def _right(v, g, gamma):
    new_v = gamma * v + g
    return gamma * new_v + g, new_v


def _swapped(v, g, gamma):
    return _right(v, g, gamma)[::-1]


def _old_kept(v, g, gamma):
    return _right(v, g, gamma)[0], v + 0.0


def _step_kept(v, g, gamma):
    step, _ = _right(v, g, gamma)
    return step, step


def _in_place(v, g, gamma):
    v *= gamma
    v += g
    return gamma * v + g, v


def _farthest(answer, expected):
    """Return the largest distance between two arrays of one shape."""
    return float(abs(answer - expected).max())


def _with_numbers(sentence):
    """Return an explanation: the sentence, then one entry with what came and what is right."""

    def explain(case, answer, expected):
        v, g, gamma = case
        wrong = int(np.argmax(list(map(_farthest, answer, expected))))
        i = farthest_apart(answer[wrong], expected[wrong])
        received, right = show_apart(answer[wrong][i], expected[wrong][i])
        return (
            f"{sentence} With γ = {gamma:.4g}, v = {v[i]:.4g} and g = {g[i]:.4g} the "
            f"{('step', 'new velocity')[wrong]} comes out as {received}, and {right} is right."
        )

    return explain


MISTAKES = (
    Mistake(
        "plain momentum",
        _form(lambda v, new, g, gamma: new),
        _with_numbers("the step is the velocity itself, or γ times the old one plus g, which "
                      "is the same: plain momentum. Here γ meets the new velocity: γ new_v + "
                      "g. (In the look-ahead form the step is the velocity, but there the "
                      "gradient is taken at θ - ηγv. Here g is the gradient at θ.)"),
    ),
    Mistake(
        "order of the returned values",
        _swapped,
        "both values are right and stand in another order. The step comes first, then the new "
        "velocity, as in the links of an optimizer: what is passed on, then what is "
        "remembered.",
    ),
    Mistake(
        "γ left out of the step",
        _form(lambda v, new, g, gamma: new + g),
        _with_numbers("the step is new_v + g: the velocity in it has lost its γ."),
    ),
    Mistake(
        "γ at the gradient",
        _form(lambda v, new, g, gamma: new + gamma * g),
        _with_numbers("γ stands at the gradient of the step. It belongs to the velocity: "
                      "γ new_v + g."),
        variants=(_form(lambda v, new, g, gamma: gamma * (new + g)),),
    ),
    Mistake(
        "γ twice",
        _form(lambda v, new, g, gamma: gamma**2 * new + g),
        _with_numbers("one γ too many. new_v = γv + g has faded the old velocity once; the "
                      "step γ new_v + g fades it once more, and that is all."),
        variants=(
            _form(lambda v, new, g, gamma: gamma * new + g,
                  lambda v, g, gamma: gamma**2 * v + g),
            _form(lambda v, new, g, gamma: gamma * (gamma * new + g) + g),
        ),
    ),
    Mistake(
        "old and new velocity mixed up",
        _form(lambda v, new, g, gamma: (1 + gamma) * v - gamma * new),
        _with_numbers("the step is put together from old and new velocity, and not the right "
                      "way round. From the look-ahead form one gets (1 + γ) new_v - γ v, which "
                      "is γ new_v + g in other words."),
        variants=(
            _form(lambda v, new, g, gamma: (1 + gamma) * new + gamma * v),
            _form(lambda v, new, g, gamma: gamma * v + new),
            _form(lambda v, new, g, gamma: (1 + gamma) * new),
            _form(lambda v, new, g, gamma: g + gamma * (new - v)),
            _form(lambda v, new, g, gamma: v + gamma * (new - v)),
        ),
    ),
    Mistake(
        "averages in place of sums",
        _form(lambda v, new, g, gamma: gamma * new + (1 - gamma) * g,
              lambda v, g, gamma: gamma * v + (1 - gamma) * g),
        _with_numbers("1 - γ of the gradient is taken, as in `ema_update`. Here the gradient "
                      "comes in whole, in the velocity and in the step."),
        variants=(
            _form(lambda v, new, g, gamma: gamma * new + g,
                  lambda v, g, gamma: gamma * v + (1 - gamma) * g),
            _form(lambda v, new, g, gamma: gamma * new + (1 - gamma) * g),
        ),
    ),
    Mistake(
        "step kept as velocity",
        _step_kept,
        _with_numbers("the step is returned twice. What is remembered is the velocity γv + g; "
                      "the second γ is for the step alone, or it would pile up."),
    ),
    Mistake(
        "old velocity kept",
        _old_kept,
        _with_numbers("the velocity is returned as it came in, so that nothing would ever "
                      "accumulate."),
    ),
    Mistake(
        "velocity left out of the step",
        _form(lambda v, new, g, gamma: g + 0.0),
        _with_numbers("the step is the gradient alone, as in plain descent. γ new_v is added. "
                      "(new_v - γ v is the gradient as well.)"),
    ),
    Mistake(
        "gradient left out of the step",
        _form(lambda v, new, g, gamma: gamma * new),
        _with_numbers("the step is γ new_v. The gradient counts in it once more: that is what "
                      "Nesterov's form adds to momentum."),
    ),
    Mistake(
        "sign turned",
        _form(lambda v, new, g, gamma: gamma * new - g, lambda v, g, gamma: gamma * v - g),
        _with_numbers("a sign is turned. Velocity and step only collect here; the one minus "
                      "stands in θ ← θ - η step. (Forms that collect -ηg have a plus there.)"),
        variants=(_form(lambda v, new, g, gamma: gamma * new - g),
                  _form(lambda v, new, g, gamma: g - gamma * new),
                  _form(lambda v, new, g, gamma: -gamma * new - g)),
    ),
    Mistake(
        "one value returned",
        lambda v, g, gamma: _right(v, g, gamma)[0],
        "one array is returned. Two are needed, as the velocity has to be there at the next "
        "step: `return step, new_v`.",
        variants=(lambda v, g, gamma: gamma * v + g,),
    ),
    Mistake(
        "argument changed in place",
        _in_place,
        "the values are right, and the caller's velocity was overwritten on the way: `*=` and "
        "`+=` write into the array that was handed in. `gamma * v + g` makes a new one.",
    ),
)  # fmt: skip
