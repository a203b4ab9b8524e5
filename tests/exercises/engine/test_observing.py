"""Exercises whose function returns an optimizer: it is played, and what it does is compared."""

import numpy as np
import pytest
from exercises_learner import written

from course_lib import clipping, optimizers
from course_lib.exercises import check, exercises
from course_lib.exercises.engine.comparison import Close, Unobservable
from course_lib.exercises.engine.grading import grade
from course_lib.exercises.engine.model import Exercise, Law, Mistake
from course_lib.exercises.kit.optimizer_steps import steps_along
from course_lib.optimizers import Transform, chain, momentum, scale

LINKS = ("Transform", "chain", "clip_by_global_norm", "clip_by_value", "ema", "momentum")
LESSON = {
    name: getattr(optimizers, name) for name in (*LINKS, "nesterov", "scale", "stateless")
}


def answer(body):
    """Check a function as a learner writes it, beside what the lesson has imported."""
    text = f"def clipped_momentum(max_norm, gamma, lr):\n    {body}"
    rule = clipping.clip_global_norm
    function = written(text, "clipped_momentum", clip_global_norm=rule, **LESSON)
    return check("clipped_momentum", function)


RIGHT = {
    "scale before momentum": (
        "return chain(clip_by_global_norm(max_norm), scale(-lr), momentum(gamma))"
    ),
    "chains in a chain": (
        "first = chain(clip_by_global_norm(max_norm), momentum(gamma))\n"
        "    return chain(first, scale(-lr))"
    ),
    "a link of one's own": (
        "clip = stateless(lambda g: clip_global_norm(g, max_norm))\n"
        "    return chain(clip, momentum(gamma), scale(-lr))"
    ),
    "an average, scaled to momentum": (
        "return chain(clip_by_global_norm(max_norm), ema(gamma), scale(-lr / (1 - gamma)))"
    ),
    "a Transform written out": (
        "def update(g, v):\n        v = gamma * v + clip_global_norm(g, max_norm)\n"
        "        return -lr * v, v\n    return Transform(np.zeros_like, update)"
    ),
}


@pytest.mark.parametrize("body", RIGHT.values(), ids=RIGHT)
def test_every_optimizer_that_does_the_same_passes_and_goes_on(body):
    result = answer(body)
    assert result.status == "passed", str(result)
    assert isinstance(result.function(1.0, 0.9, 0.1), Transform)


WRONG = {
    "momentum before the clip": (
        "return chain(momentum(gamma), clip_by_global_norm(max_norm), scale(-lr))"
    ),
    "clip after the learning rate": (
        "return chain(momentum(gamma), scale(-lr), clip_by_global_norm(max_norm))"
    ),
    "not clipped": "return chain(momentum(gamma), scale(-lr))",
    "minus the right value": (
        "return chain(scale(lr), clip_by_global_norm(lr * max_norm), momentum(gamma))"
    ),
    "links not chained": (
        "return [clip_by_global_norm(max_norm), momentum(gamma), scale(-lr)]"
    ),
    "a rule in place of a link": (
        "return chain(clip_global_norm(max_norm), momentum(gamma), scale(-lr))"
    ),
}


@pytest.mark.parametrize(("mistake", "body"), WRONG.items(), ids=WRONG)
def test_mistakes_in_other_words_are_recognized(mistake, body):
    result = answer(body)
    assert (result.status, result.mistake) == ("failed", mistake), str(result)


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        ("np.zeros(3)", "It returned an array of shape (3,); an optimizer is needed"),
        ("chain", "It returned a function (a call without its parentheses?); an optimizer"),
        ("1, 2", "It returned a tuple; an optimizer is needed"),
        ("[momentum(gamma)]", "It returned the links one by one; an optimizer is needed"),
        ("momentum", "It returned a function"),
    ],
)
def test_what_is_no_optimizer_is_named_in_one_sentence(returned, said):
    verdict = str(answer(f"return {returned}"))
    assert said in verdict
    assert "It raised" not in verdict


def test_a_forgotten_return_is_asked_about():
    verdict = str(answer("chain(momentum(gamma), scale(-lr))"))
    assert "did you forget `return`?" in verdict


def test_an_optimizer_that_fails_while_it_is_played_is_told_with_its_line():
    verdict = str(
        answer("def update(g, v):\n        return g * v.size_, v\n"
               "    return Transform(np.zeros_like, update)")
    )  # fmt: skip
    assert "It raised AttributeError in its line 3, `return g * v.size_, v`" in verdict


def test_an_optimizer_that_never_ends_is_stopped():
    text = (
        "def clipped_momentum(max_norm, gamma, lr):\n    def update(g, v):\n"
        "        while True:\n            pass\n    return Transform(np.zeros_like, update)"
    )
    function = written(text, "clipped_momentum", **LESSON)
    verdict = str(check("clipped_momentum", function, seconds=0.2))
    assert "did not come back in time" in verdict


def test_the_order_is_told_by_how_long_a_spike_is_felt():
    verdict = str(answer(WRONG["momentum before the clip"]))
    assert "a spike of 1000, then the sign turns: not within 8 steps" in verdict
    right = str(check("clipped_momentum", exercises()["clipped_momentum"].solution))
    assert "a spike of 1000, then the sign turns: after 3 steps" in right


def test_a_chain_that_steps_uphill_does_not_recover_from_a_spike():
    assert "✘ no: 3 steps after a spike" in str(answer(WRONG["minus the right value"]))


def test_playing_gives_one_update_per_step_and_refuses_anything_else():
    updates = steps_along(chain(momentum(0.0), scale(-1.0)), (1.0, 1.0, 1000.0, -1.0))
    np.testing.assert_allclose(updates[[0, 2, 3]], [[-0.6, -0.8], [-600, -800], [0.6, 0.8]])
    assert updates.shape == (4, 2)
    with pytest.raises(Unobservable, match="It returned a number; an optimizer is needed"):
        steps_along(3.0, (1.0,))


def adder(step):
    return lambda x: x + step


class Played(Close):
    acts = True

    def observe(self, value, *args):
        return np.array([value(x) for x in (0.0, 1.0, 2.0)])


def observed_exercise(**changes):
    """Return an exercise whose function returns a function, which is played at 0, 1 and 2."""
    parts = {
        "name": "adder",
        "lesson": "00",
        "statement": "A function that adds.",
        "reference": adder,
        "cases": lambda rng: [(1.0,), (2.5,)],
        "comparison": Played(),
        "mistakes": (),
        "laws": (),
        "hints": (),
    }
    return Exercise(**(parts | changes))


def test_what_the_returned_function_does_decides():
    assert grade(observed_exercise(), lambda step: lambda x: step + x).status == "passed"
    result = grade(observed_exercise(), lambda step: lambda x: x - step)
    assert result.status == "failed"
    assert "received            [-1 0 1]" in str(result)


def test_known_mistakes_are_played_too():
    mistake = Mistake("minus", lambda step: lambda x: x - step, "it takes away.")
    exercise = observed_exercise(mistakes=(mistake,))
    assert grade(exercise, lambda step: lambda x: -step + x).mistake == "minus"


def test_laws_get_what_playing_gives():
    law = Law("it adds", lambda f: (f(3.0)[0] == 3, f"0 becomes {f(3.0)[0]:.3g}"))
    assert "✔ yes: it adds (0 becomes 3)" in str(grade(observed_exercise(laws=(law,)), adder))
