"""The exercises of lesson 08: other right answers, and mistakes in other words."""

import re
from functools import partial

from exercises_learner import check_text, mistakes_are_recognized, right_answers_pass

from course_lib import optimizers
from course_lib.exercises import exercises

LINKS = {
    name: getattr(optimizers, name)
    for name in (
        "chain",
        "clip_by_global_norm",
        "clip_by_value",
        "ema",
        "momentum",
        "nesterov",
        "record",
        "scale",
    )
}
answer = partial(check_text, step_back=exercises()["bptt_step"].solution, **LINKS)

HEAD = "def f(grad_h, h, h_before, x, W):\n    "
RIGHT = {
    "step with the slope by tanh squared, written out": (
        "bptt_step",
        HEAD + "slope = 1 - np.square(h)\n    d = slope * grad_h\n"
        "    return np.dot(d.T, h_before), np.dot(d.T, x), np.sum(d, 0), np.dot(d, W)",
    ),
    "step with einsum": (
        "bptt_step",
        HEAD
        + "d = grad_h * (1 - h) * (1 + h)\n    return [np.einsum('bi,bj->ij', d, h_before),\n"
        "        np.einsum('bi,bj->ij', d, x), np.einsum('bi->i', d), d @ W]",
    ),
    "step, example by example": (
        "bptt_step",
        HEAD + "d = grad_h * (1 - h * h)\n"
        "    return (sum(np.outer(a, b) for a, b in zip(d, h_before)),\n"
        "        sum(np.outer(a, b) for a, b in zip(d, x)), sum(d),\n"
        "        np.array([W.T @ a for a in d]))",
    ),
    "loop with one array of sums": (
        "bptt",
        "def f(grad_h, h, x, W):\n    sums = None\n    for t in range(len(x) - 1, -1, -1):\n"
        "        *added, grad_h = step_back(grad_h, h[t + 1], h[t], x[t], W)\n"
        "        sums = [a + b for a, b in zip(sums, added)] if sums else added\n"
        "    return tuple(sums)",
    ),
    "loop without the step": (
        "bptt",
        "def f(grad_h, h, x, W):\n    W_, U_, b_ = 0, 0, 0\n"
        "    for after, before, inputs in zip(h[:0:-1], h[-2::-1], x[::-1]):\n"
        "        d = grad_h * (1 - after**2)\n        W_ = W_ + d.T @ before\n"
        "        U_ = U_ + d.T @ inputs\n        b_ = b_ + d.sum(0)\n        grad_h = d @ W\n"
        "    return W_, U_, b_",
    ),
    "rescue at norm 1": (
        "rescue",
        "def f(gamma, lr):\n"
        "    return chain(clip_by_global_norm(1.0), momentum(gamma), scale(-lr))",
    ),
    "rescue with the rate before momentum": (
        "rescue",
        "def f(gamma, lr):\n"
        "    return chain(clip_by_global_norm(0.3), scale(-lr), momentum(gamma))",
    ),
    "rescue with Nesterov and a record": (
        "rescue",
        "def f(gamma, lr):\n    log = []\n    return chain(record(log), "
        "clip_by_global_norm(0.3, nonfinite='zero'), momentum(gamma), scale(-lr))",
    ),
    "rescue with a threshold in units of the step, divided by the rate": (
        "rescue",
        "def f(gamma, lr):\n"
        "    return chain(scale(-lr), clip_by_global_norm(0.5 * lr), momentum(gamma))",
    ),
}

test_right_answers_in_other_words_pass = right_answers_pass(answer, RIGHT)

WRONG = {
    "step with the state after it": (
        "bptt_step",
        HEAD + "d = grad_h * (1 - h**2)\n    return d.T @ h, d.T @ x, d.sum(0), d @ W",
        "state after the step",
    ),
    "rescue by nothing": (
        "rescue",
        "def f(gamma, lr):\n    return chain(momentum(gamma), scale(-lr))",
        "not clipped",
    ),
    "rescue with scale first": (
        "rescue",
        "def f(gamma, lr):\n"
        "    return chain(scale(-lr), clip_by_global_norm(0.8), momentum(gamma))",
        "threshold in units of the step",
    ),
}

test_mistakes_in_other_words_are_recognized = mistakes_are_recognized(answer, WRONG)


def test_the_failing_chain_is_told_with_how_many_nets_learn():
    text = "def f(gamma, lr):\n    return chain(momentum(gamma), scale(-lr))"
    told = str(answer("rescue", text))
    assert "None of 12 nets learns with it at lr = 0.1" in told
    assert re.search("nets that learn +0 of 12\n +needed +10 of 12\n", told)
    assert "expected" not in told


def test_no_feedback_on_the_rescue_says_more_than_its_count():
    text = "def f(gamma, lr):\n    return chain({}, momentum(gamma), scale(-lr))"
    told = str(answer("rescue", text.format("clip_by_global_norm(0.04)")))
    assert "do not lead far enough" in told and "nowhere" not in told
    assert "may go well" not in str(answer("rescue", text.format("clip_by_value(1.0)")))
