"""Lesson 09: a remedy of one's own, judged as those of the comparison are."""

import inspect
from dataclasses import dataclass, fields, replace

import numpy as np

from course_lib.exercises.engine.comparison import Close, Unobservable
from course_lib.exercises.engine.formatting import kind
from course_lib.exercises.engine.laws import Untried
from course_lib.exercises.engine.model import Exercise, Law, Mistake
from course_lib.experiments import comparison, safeguards
from course_lib.experiments.plan import Plan
from course_lib.optimizers import clip_by_global_norm, clip_by_value, ema, nesterov, scale

N = 30
_REMEDIES = ("model", "init", "link", "mu")
_BUDGET = ("draw", "n_batch", "n_steps", "guessing")
_PLAN = safeguards.SYMPTOMS["rate beyond stability"]()[safeguards.WITHOUT]
_seen = {}  # what came of N runs, by what one net of the plan goes through


def own_remedy(plan):
    """Return the plan with every entry of the gradient cut off at 0.1."""
    return replace(plan, link=clip_by_value(0.1))


def _outcome(plan):
    """Return how many of N runs a plan solves, how many are lost, and the median last loss.

    The seeds are those of the stored comparison. And how far the parameters of one net move,
    as a multiple of the length that they have in the plan without a remedy.
    """
    theta, losses = plan.run(np.random.default_rng(1), 1, progress=False)
    key = theta.tobytes(), losses.tobytes()  # lost nets all end as nan
    if key not in _seen:  # whoever learns the same is judged by one training
        loss = plan.run(np.random.default_rng((9, 1)), N, progress=False).loss
        solved = comparison.solved(loss, plan.guessing).sum()
        last = np.where(np.isfinite(loss[-1]), loss[-1], np.inf)
        with np.errstate(all="ignore"):  # a lost net may be as long as floats reach
            moved = np.linalg.norm(theta - _drawn(plan)) / np.linalg.norm(_drawn(_PLAN))
        _seen[key] = int(solved), int(np.isinf(last).sum()), float(np.median(last)), moved
    return _seen[key]


def _drawn(plan):
    return plan.init(plan.model, np.random.default_rng(1), 1)


def _draws(start):
    """Tell whether something can be called as an initializer is, with three arguments."""
    try:
        inspect.signature(start).bind(None, None, None)
    except (TypeError, ValueError):
        return False
    return True


def _uphill(link):
    """Tell whether the first step of a link goes against what it should."""
    g = np.array([[0.6, 0.8]], np.float32)
    try:
        step, _ = link.update(g, link.init(np.zeros_like(g)))
        return float(np.sum(np.asarray(step) * g)) < 0
    except Exception:  # it is made for whole nets only
        return False


def _is_rate(link):
    """Tell whether a link only multiplies: then it is another learning rate."""
    g = np.array([[0.6, 0.8]], np.float32)
    factors = []
    try:
        state = link.init(np.zeros_like(g))
        for size in (1, 1000, 0.001, 1):  # what clips or remembers has several factors
            step, state = link.update(size * g, state)
            factors += list(np.ravel(step / (size * g)))
    except Exception:  # it is made for whole nets only
        return False
    return bool(np.allclose(factors, factors[0], rtol=1e-4)) and 0 < factors[0] != 1


@dataclass(frozen=True)
class Remedied(Close):
    """Plans are judged by what was changed, and by how many runs they solve."""

    agreement = "agree with the course's own remedy that it helps"
    acts = trains = True

    def observe(self, plan, *args):
        """Return how much was changed, whether rate and budget were, and what came of it.

        The rate is 1 where `rates` are others, 2 where the link is another rate. Of the budget
        it is which part, counted from 1. What came are the runs solved, those that are lost,
        the loss at the end, how far a net moves, and whether steps go uphill. A plan that
        breaks the rules of the comparison is not trained: its count is -1.
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
        budget = next((i for i, name in enumerate(_BUDGET, 1) if name in changed), 0)
        link = plan.link
        if not all(callable(getattr(link, part, None)) for part in ("init", "update")):
            raise Unobservable(
                f"`link` is {kind(link)}; one link is needed, such as `clip_by_value(0.1)` "
                "makes, or `chain(...)` of several."
            )
        start = getattr(plan.init, "initializer", None)
        if not _draws(start):
            raise Unobservable(
                f"`init` is {kind(start)}; an initializer is needed, such as `normal(0.1)` "
                "makes."
            )
        if not all(hasattr(plan.model, part) for part in ("init", "loss_and_gradient")):
            raise Unobservable(f"`model` is {kind(plan.model)}; a net is needed.")
        rate = 1 if "rates" in changed else 2 * _is_rate(link)
        fair = n_changed == 1 and not (rate or budget)
        came = _outcome(plan) if fair else (-1, 0, 0, 0)
        return np.array([n_changed, rate, budget, *came, _uphill(link)], float)

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
    solved, without = int(answer[3]), _outcome(_PLAN)[0]
    if solved < 0:
        return "", "not trained"
    word = comparison.verdict(solved, without, N)
    return word, f"solves {solved} of {N} runs, {without} without it: {word}"


def _known(name, example, when, explanation, *variants):
    return Mistake(
        name, example, explanation, variants, lambda seen: when(*map(float, seen.answers[0]))
    )


def _which_budget(case, answer, expected):
    name = _BUDGET[int(answer[2]) - 1]
    said = "It decides which runs count as solved. " if name == "guessing" else ""
    return f"`{name}` is another one. {said}All remedies get the same budget and the same task."


def _which_rate(case, answer, expected):
    how = "" if answer[1] == 1 else "a link that only multiplies is another rate: "
    return (
        f"{how}the rate is another one. For this symptom it stays at 0.2: a smaller rate is in "
        "the table already. Leave it, and change what else becomes of the gradient, how the "
        "net begins, or the net."
    )


def _without_help(advice):
    """Return an explanation: what becomes of the runs, and what may help."""

    def explain(case, answer, expected):
        _, _, _, solved, lost, end, moved, _ = answer
        way = f". The parameters of a net move by {moved:.2g} times their length"
        way = way if np.isfinite(moved) else ""
        last = f"; the median of the last losses is {end:.3g}" if np.isfinite(end) else ""
        return (
            "one thing is changed, and by the rule of section 5 it does not help: of "
            f"{N} runs {solved:.0f} are solved, and {lost:.0f} become inf or nan{last} "
            f"(guessing costs {_PLAN.guessing:.3g}){way}. {advice}"
        )

    return explain


MISTAKES = (
    _known("rate changed",
        lambda plan: replace(plan, rates=(0.02,)),
        lambda n, rate, *_: rate,
        _which_rate,
        lambda plan: replace(plan, link=scale(0.25))),
    _known("another budget",
        lambda plan: replace(plan, n_steps=2 * plan.n_steps),
        lambda n, rate, budget, *_: budget,
        _which_budget,
        lambda plan: replace(plan, n_batch=48)),
    _known("nothing changed",
        lambda plan: plan,
        lambda n, *_: n == 0,
        "the plan is as it was. `replace(plan, link=...)` returns a changed copy; the plan "
        "itself does not change."),
    _known("several things changed",
        lambda plan: replace(plan, link=ema(0.9), mu=0.01),
        lambda n, *_: n > 1,
        "more than one thing is changed, so that nobody knows which of them helped. Two "
        "links in one `chain` are one thing."),
    _known("steps uphill",
        lambda plan: replace(plan, link=scale(-1.0)),
        lambda *measured: measured[-1],
        "the link turns the gradient's sign, so that the steps go uphill. The minus stands in "
        "the training already: a link returns what is subtracted, times the rate."),
    _known("nothing moves",
        lambda plan: replace(plan, link=scale(0.0)),
        lambda n, rate, budget, solved, lost, end, moved, _: solved >= 0 and moved == 0,
        "the parameters stay where they begin: the link passes on nothing but zeros."),
    _known("too slow",
        lambda plan: replace(plan, link=clip_by_value(1e-6)),
        lambda n, rate, budget, solved, lost, end, moved, _: (
            lost == 0 and end > _PLAN.guessing and moved < 1
        ),
        _without_help("None is lost any more, and they learn too slowly: the steps have become "
                      "too short, or the net lets too little through.")),
    _known("no help shown",
        lambda plan: replace(plan, link=nesterov(0.9)),
        lambda n, rate, budget, solved, lost, *_: lost > 0,
        _without_help("Steps are still too long: what bounds or shortens a step, or makes the "
                      "loss less curved?")),
    _known("help not shown",
        lambda plan: replace(plan, link=clip_by_global_norm(1e6)),
        lambda n, rate, budget, solved, *_: solved >= 0,
        _without_help("Steps are still too long, or have become too short: by how much does "
                      "it bound or shorten them?")),
)  # fmt: skip


def _one_change(function):
    n_changed, *_ = function(_PLAN)
    return n_changed == 1, f"of link, init, model and mu: {n_changed:.0f}"


def _fair(function):
    _, rate, budget, *_ = function(_PLAN)
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
