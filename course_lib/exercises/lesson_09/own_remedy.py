"""Lesson 09: a remedy of one's own, judged as those of the comparison are."""

from dataclasses import dataclass, fields, replace

import numpy as np

from course_lib.exercises.engine.comparison import Close, Unobservable
from course_lib.exercises.engine.formatting import kind
from course_lib.exercises.engine.laws import Untried
from course_lib.exercises.engine.model import Exercise, Law, Mistake
from course_lib.experiments import comparison, safeguards
from course_lib.experiments.plan import Plan
from course_lib.optimizers import clip_by_value, ema, nesterov

N = 30
_REMEDIES = ("model", "init", "link", "mu")
_BUDGET = ("draw", "n_batch", "n_steps", "guessing")
_PLAN = safeguards.SYMPTOMS["rate beyond stability"]()[safeguards.WITHOUT]
_counts = {}  # solved runs, by what one net of the plan has learned


def own_remedy(plan):
    """Return the plan with every entry of the gradient cut off at 0.1."""
    return replace(plan, link=clip_by_value(0.1))


def _solved(plan):
    """Return how many of N runs a plan solves, on the seeds of the stored comparison."""
    key = plan.run(np.random.default_rng(1), 1, progress=False).theta.tobytes()
    if key not in _counts:  # whoever learns the same is judged by one training
        loss = plan.run(np.random.default_rng((9, 1)), N, progress=False).loss
        _counts[key] = int(comparison.solved(loss, plan.guessing).sum())
    return _counts[key]


@dataclass(frozen=True)
class Remedied(Close):
    """Plans are judged by what was changed, and by how many runs they solve."""

    agreement = "agree with the course's own remedy that it helps"
    acts = trains = True

    def observe(self, plan, *args):
        """Return how much was changed, whether rate and budget were, and the runs solved.

        A plan that breaks the rules of the comparison is not trained: its count is -1.
        """
        if not isinstance(plan, Plan):
            raise Unobservable(
                f"It returned {kind(plan)}; `replace(plan, link=...)` makes the plan that is "
                "needed."
            )
        changed = [
            f.name for f in fields(Plan) if getattr(plan, f.name) != getattr(_PLAN, f.name)
        ]
        n_changed = sum(name in _REMEDIES for name in changed)
        rate, budget = "rates" in changed, any(name in _BUDGET for name in changed)
        fair = n_changed == 1 and not (rate or budget)
        return np.array([n_changed, rate, budget, _solved(plan) if fair else -1], float)

    def mismatch(self, answer, expected):
        """Say what is wrong, "" if nothing."""
        if answer[3] < 0:
            return "It is not the plan with one thing changed."
        word, said = _judged(answer)
        return "" if word in ("cures", "helps") else f"Its verdict: {said}."

    def rows(self, answer, expected):
        """Return what was measured."""
        return [("changed", f"{answer[0]:.0f}"), ("verdict", _judged(answer)[1])]

    def comment(self, answer):
        """Say how many runs are solved."""
        return "" if answer[3] < 0 else f"Your remedy {_judged(answer)[1]}."


def _judged(answer):
    """Return the word for the runs solved, and the whole sentence."""
    solved, without = int(answer[3]), _solved(_PLAN)
    if solved < 0:
        return "", "not trained"
    word = comparison.verdict(solved, without, N)
    return word, f"solves {solved} of {N} runs, {without} without it: {word}"


def _known(name, example, when, explanation, *variants):
    return Mistake(name, example, explanation, variants, lambda seen: when(*seen.answers[0]))


MISTAKES = (
    _known("rate changed",
        lambda plan: replace(plan, rates=(0.02,)),
        lambda n, rate, budget, solved: rate,
        "the rate is another one. For this symptom it stays at 0.2: a smaller rate is in the "
        "table already. Leave `rates`, and change what becomes of the gradient, how the net "
        "begins, or the net."),
    _known("another budget",
        lambda plan: replace(plan, n_steps=2 * plan.n_steps),
        lambda n, rate, budget, solved: budget,
        "steps, batches or data are others. All remedies get the same budget and the same "
        "task.",
        lambda plan: replace(plan, n_batch=48)),
    _known("nothing changed",
        lambda plan: plan,
        lambda n, rate, budget, solved: n == 0,
        "the plan is as it was. `replace(plan, link=...)` returns a changed copy; the plan "
        "itself does not change."),
    _known("several things changed",
        lambda plan: replace(plan, link=ema(0.9), mu=0.01),
        lambda n, rate, budget, solved: n > 1,
        "more than one thing is changed, so that nobody knows which of them helped. Two "
        "links in one `chain` are one thing."),
    _known("no help shown",
        lambda plan: replace(plan, link=nesterov(0.9)),
        lambda n, rate, budget, solved: solved >= 0,
        "one thing is changed, and by the rule of section 5 it does not help. What is wrong "
        "here is that steps are too long: what bounds or shortens a step, or makes the loss "
        "less curved?"),
)  # fmt: skip


def _one_change(function):
    n_changed, _, _, _ = function(_PLAN)
    return n_changed == 1, f"of link, init, model and mu: {n_changed:.0f}"


def _fair(function):
    _, rate, budget, _ = function(_PLAN)
    held = not (rate or budget)
    return held, "both as they were" if held else "not as they were"


def _helps(function):
    measured = function(_PLAN)
    word, said = _judged(measured)
    if not word:
        raise Untried("a plan that breaks the other rules is not trained")
    return word in ("cures", "helps"), said


EXERCISES = (
    Exercise(
        name="own_remedy",
        lesson="09",
        statement="""A remedy of your own for the rate that is too large: one that the table
        does not have, or has with another number.

        plan : the net of this section without a remedy; `plan.link` turns gradients into
            steps, `plan.init` draws the weights, `plan.model` is the net, `plan.mu` is the
            weight of a penalty
        returns replace(plan, link=...) or alike: one thing changed. The check trains 30
            nets with it; by the rule of section 5 it has to help or to cure
        """,
        reference=own_remedy,
        cases=lambda rng: [(_PLAN,)],
        mistakes=MISTAKES,
        comparison=Remedied(),
        laws=(
            Law("one thing is changed", _one_change),
            Law("rate and budget stay", _fair),
            Law("it helps, by the rule of section 5", _helps),
        ),
        hints=(
            "A step is too long for the curvature. There are two ways: a shorter step, or less "
            "curvature.",
            "Which links did lesson 07 have beside the clip by the global norm? Or which "
            "weights make a gentler net? `replace(plan, link=...)`, `replace(plan, init=...)`.",
            "`replace(plan, link=clip_by_value(0.1))` clips every entry by itself.",
        ),
        remark="It helps here, and says nothing about other symptoms: try it on them by "
        "`safeguards.SYMPTOMS`.",
        time_factor=5.0,
    ),
)
