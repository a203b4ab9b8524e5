"""The one change that makes an answer right: found by trying, told in the learner's lines."""

import re

import numpy as np
import pytest
from exercises_learner import answer_with, stub_with

from course_lib.activations import sigmoid
from course_lib.exercises import check, exercises
from course_lib.exercises.engine import changes, repair
from course_lib.exercises.engine.guard import Guard
from course_lib.exercises.engine.seen import Seen
from course_lib.exercises.engine.trials import run_cases

TRAINING = (
    "m = {start}\nfor _ in range({n}):\n"
    "    m = alpha * m + (1 - alpha) * gamma * gradient(theta)\n"
    "    theta = {theta} - m\nreturn theta"
)
DEFAULT = {"start": "0 * theta", "n": "n_steps", "theta": "theta"}


def training(**changed):
    return TRAINING.format(**DEFAULT | changed)


ENTROPY = (
    "p = counts / np.maximum(counts.{sum}, 1)\nseen = counts > 0\nreturn -{mean} / counts.sum()"
)
SUM, MEAN = "sum(axis=1, keepdims=True)", "(counts[seen] * np.log(p[seen])).sum()"
# exercise, body, line, what stands there and what makes it right: one for each kind of change
SLIPS = (
    ("sigmoid", "return 1 / (1 + np.exp(z))", 2, "`1 + np.exp(-z)` in the place of"),
    ("sigmoid", "return 1 / 1 + np.exp(-z)", 2, "`1 / (1 + np.exp(-z))` in the place"),
    ("sigmoid_derivative", "s = sigma(z)\nreturn s * 1 - s", 3, "`s * (1 - s)` in the place"),
    ("bigram_entropy", ENTROPY.format(sum="sum(axis=1)", mean=MEAN), 2, f"`counts.{SUM}`"),
    ("bigram_entropy", ENTROPY.format(sum="max(axis=1, keepdims=True)", mean=MEAN), 2, SUM),
    (
        "bigram_entropy",
        ENTROPY.format(sum=SUM, mean="(counts[seen] * p[seen]).sum()"),
        4,
        "`counts[seen] * np.log(p)[seen]` in the place",
    ),
    ("repaired_training", training(n="1, n_steps"), 3, "`range(n_steps)` in the place"),
    (
        "repaired_training",
        training(start="theta.copy()"),
        2,
        "`(0 * theta).copy()` in the place",
    ),
    (
        "repaired_training",
        training(theta="gamma * theta"),
        5,
        "`theta` in the place of `gamma * theta`",
    ),
    (
        "dense_backward",
        "g = delta.T @ a_previous\nreturn g, delta.sum(0), w @ delta",
        3,
        "`delta @ w` in the place of `w @ delta`",
    ),
    (
        "layer_norms",
        "n = []\nfor layer in layers:\n    n += [np.linalg.norm(grad[layer.parameters])]\n"
        "    n.reverse()\nreturn np.array(n)",
        5,
        "without `n.reverse()`",
    ),
    (
        "layer_norms",
        "n, total = [], 0\nfor layer in layers:\n"
        "    total += np.linalg.norm(grad[layer.parameters])\n    n.append(total)\n"
        "return np.array(n)",
        4,
        "`total = np.linalg.norm(grad[layer.parameters])` in the place of `total +=",
    ),
    (
        "clip_value",
        "return np.clip(g, max_value, max_value)",
        2,
        "`np.clip(g, -max_value, max_value)` in",
    ),
    (
        "dense_backward",
        "g = a_previous.T @ delta\nreturn g, delta.sum(0), delta @ w",
        2,
        "`delta.T @ a_previous` in the place of `a_previous.T @ delta`",
    ),
    (
        "bptt",
        "grad_U = np.zeros_like(W)\ngrad_W = grad_b = 0\nfor t in reversed(range(len(x))):\n"
        "    delta = grad_h * (1 - h[t + 1] ** 2)\n    grad_W = grad_W + delta.T @ h[t]\n"
        "    grad_U += delta.T @ x[t]\n    grad_b = grad_b + delta.sum(axis=0)\n"
        "    grad_h = delta @ W\nreturn grad_W, grad_U, grad_b",
        2,
        "`np.zeros((len(W), x.shape[2]))` in the place of `np.zeros_like(W)`",
    ),
    (
        "layer_norms",
        "n = []\nfor layer in layers:\n    n += [np.linalg.norm(grad[layer.parameters])]\n"
        "    return np.array(n)",
        5,
        "`return np.array(n)` behind the loop",
    ),
)


def seen_of(name, body):
    """Return what is seen of an answer, without the rules of its exercise."""
    exercise, guard = exercises()[name], Guard(60)
    function = answer_with(exercise, body, sigma=sigmoid)
    return Seen(exercise, function, run_cases(exercise, function, guard), [], guard)


@pytest.mark.parametrize(("name", "body", "line", "words"), SLIPS)
def test_one_slip_is_told_with_its_line_and_what_makes_it_right(name, body, line, words):
    said = repair.about_repair(seen_of(name, body)).sentence
    assert f"Look at its line {line}: with" in said, said
    assert words in said and "it is right in all" in said, said


DIFFERENCE = (
    "g = gradient(theta)\nif not g.any():\n    return g\nh = 1e-5 / np.linalg.norm(g)\n"
    "Hg = (gradient(theta + h * g) - gradient(theta - h * g)) / {span}\nreturn {sum}"
)


def test_changes_in_two_lines_are_both_told_where_neither_is_known_to_be_meant():
    body = DIFFERENCE.format(span="h", sum="g + 2 * mu * Hg")
    said = repair.about_repair(seen_of("penalty_gradient", body)).sentence
    assert "Look at its line 6: with" in said and "/ (2 * h)` in the place of" in said
    assert "Or change only its line 7: with `g + mu * Hg` in the place of" in said


def test_no_line_is_blamed_whose_value_the_solution_makes_too():
    body = DIFFERENCE.format(span="(2 * h)", sum="g + mu * Hg")
    said = repair.about_repair(seen_of("penalty_gradient", body)).sentence
    assert "line 7: with `g + 2 * mu * Hg`" in said and "line 6" not in said


def test_nothing_is_printed_while_changes_are_compared(capsys):
    body = DIFFERENCE.format(span="h", sum="g + 2 * mu * Hg")
    seen = seen_of("penalty_gradient", f"print('here')\n{body}")
    capsys.readouterr()
    assert "Or change only" in repair.about_repair(seen).sentence
    assert not capsys.readouterr().out


@pytest.mark.parametrize(
    "body",
    [
        "while z is None:\n    pass\nreturn 1 / (1 + np.exp(z))",
        "global kept\nkept = z\nreturn 1 / (1 + np.exp(z))",
        "open\nreturn 1 / (1 + np.exp(z))",
    ],
)
def test_what_must_not_run_often_is_not_tried(body, monkeypatch):
    monkeypatch.setattr(repair, "_search", lambda *_: pytest.fail("it was tried"))
    assert check("sigmoid", answer_with(exercises()["sigmoid"], body)).status == "failed"


def test_two_slips_are_not_laid_to_one_place():
    assert repair.about_repair(seen_of("sigmoid", "return 3 / (2 + np.exp(z))")) is None


def test_no_change_makes_a_list_hold_itself_or_grow_while_a_loop_goes_through_it():
    body = (
        "out = []\nfor layer in layers:\n    part = grad[layer.parameters]\n"
        "    out.append(part.sum() ** 2)\nreturn np.array(out)"
    )
    seen = seen_of("layer_norms", body)
    source = changes.Source(stub_with(seen.exercise, body), {}, seen.exercise)
    texts = {source.with_(one.part, one.new).decode() for one in source.changes()}
    assert len(texts) > 100
    grows = re.compile(r"in \(?out|append\(\(?out|part = \(?out\b(?!\.)")
    assert not any(map(grows.search, texts))


def test_no_constant_becomes_the_size_of_an_array_that_fills_the_memory():
    body = "draws = np.random.default_rng(0).normal(size=30_000)\nreturn draws.mean()"
    exercise = exercises()["sigmoid"]
    tried = changes.Source(stub_with(exercise, body), {}, exercise).changes()
    numbers = [float(one.new) for one in tried if one.kind == "constant"]
    assert 30_000 < max(numbers) < 1e6


def test_the_search_ends_in_time(monkeypatch):
    def endless(seen, found):
        while True:
            pass

    monkeypatch.setattr(repair, "SECONDS", 0.05)
    monkeypatch.setattr(repair, "_search", endless)
    assert repair.about_repair(seen_of("sigmoid", "return 3 / (1 + np.exp(-z))")) is None


EVERY_KIND = """
begin, *rest = layers[0].parameters.start, *layers
table = {"a": grad[begin : len(rest) - 1], **{}}
told = f"{len(grad)} of {grad[0]:.{len(rest)}f}"
made = [norm(v, ord=2) for v in grad[::-1] if v > 0 and not v < -1] or [*rest]
pairs = grad[None, 1:begin], grad[..., 0 : begin + 1], {k: v for k, v in table.items()}
part = lambda n=1: n ** 2 if n else -n
grad[begin : begin + 2] += (last := made[-1]) + part(n=begin)
return np.array(made)[:, None].T @ np.zeros((len(rest), 2)), pairs, {1, 2}, told, last
"""


def test_every_piece_that_can_be_replaced_can_be_shown():
    exercise = exercises()["layer_norms"]
    names = {"np": np, "norm": np.linalg.norm}
    source = changes.Source(stub_with(exercise, EVERY_KIND), names, exercise)
    kinds = set()
    for change in source.changes():
        if change.said is None:
            said = repair._shown(source, change.part, change.new)
            assert re.fullmatch("with `(.|\n)+` in the place of `(.|\n)+`", said), said
            kinds.add(type(change.part))
    assert len(kinds) > 12


def test_a_fault_in_the_search_hides_nothing_else(monkeypatch):
    monkeypatch.setattr(repair, "_shown", lambda *_: 1 / 0)
    monkeypatch.setattr(repair.faults, "strict", False)
    said = str(check("sigmoid", answer_with(exercises()["sigmoid"], "return 2 * sigma(z)",
                                            sigma=sigmoid)))  # fmt: skip
    assert "It returned 2 times the right value" in said and "a fault of" not in said


def test_a_reading_that_comes_too_late_is_told():
    body = (
        "derived -= measured\ntotal = np.linalg.norm(derived) + np.linalg.norm(measured)\n"
        "return np.linalg.norm(derived) / total if total else 0.0"
    )
    said = repair.about_repair(seen_of("relative_error", body)).sentence
    assert "line 3: with what `derived` was before `derived -= measured` it is right" in said
