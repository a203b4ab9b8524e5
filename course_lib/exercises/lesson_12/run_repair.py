"""Judges a mended run by its outcome, and says what was measured."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from course_lib.exercises.engine.comparison import Close
from course_lib.exercises.engine.laws import Untried
from course_lib.exercises.engine.model import Law
from course_lib.exercises.lesson_12.optimizer_response import HUGE
from course_lib.exercises.lesson_12.run_metrics import KEPT, RunMetrics, metrics
from course_lib.experiments.broken_runs import CASES, CAUSES
from course_lib.experiments.configurations import DATA, data

LEARNED = 0.5  # of the new digits; guessing gives 0.1
SLOPE_AGREES = 1e-4
GUESSED = 0.3  # before training; no seed of any case comes near it
_LOOSE = 1e-6
_ROWS = (
    ("new digits recognized", "accuracy", ".2f"),
    ("loss on them", "loss", ".3g"),
    ("median gradient norm", "norm", ".2g"),
    ("growth of δ per layer", "growth", ".2f"),
    ("effective rate", "rate", ".2g"),
    ("updates per gradient", "updates", ".3g"),
)


@dataclass(frozen=True)
class RepairTask:
    """A broken run, what is true of it, and what a repair has to keep.

    Attributes
    ----------
    number : int
        Of the run, from 1.
    cause : str
        What is wrong, one of CAUSES.
    rates : (float, float), optional
        Between which multiples of the effective rate written the effective rate has to stay.
    whole_batches : int
        How many micro-batches have to make the step of one batch, by the links behind the
        first; 1 where nothing is cut.
    gradient : bool
        Whether a repair also has to pass a gradient check.
    opinions : dict of str to str
        What to say of some other diagnosis.
    """

    number: int
    cause: str
    rates: tuple | None = (0.5, np.inf)
    whole_batches: int = 1
    gradient: bool = False
    opinions: dict = field(default_factory=dict, hash=False)

    @property
    def case(self):
        """The broken run itself."""
        return CASES[self.number - 1]

    @cached_property
    def before(self):
        """The `RunMetrics` of the broken run, with the recorded seed."""
        return RunMetrics(*self.metrics(self.case.configuration))

    @property
    def rate(self):
        """The effective rate that is meant."""
        return self.before.rate / self.whole_batches

    def cases(self, rng):
        """Return the broken configuration with each seed, as arguments of an exercise."""
        broken = self.case.configuration
        return [(broken.replace(seed=seed),) for seed in self.case.seeds]

    def metrics(self, configuration):
        """Return what can be measured of a configuration, as an array."""
        original, k = self.case.configuration, self.whole_batches
        meant = (original.links[1:], k) if k > 1 else None
        return metrics(configuration, original, meant, self.case.seeds)

    def mismatch(self, answer, expected):
        """Return what is wrong with a mended run, "" if nothing."""
        tests = (
            self.about_what_was_kept,
            _about_start,
            _about_learning,
            self.about_rate,
            _about_steps,
            self.about_slope,
        )
        if answer[0] != expected[0]:
            return _about_seed(answer, expected)
        return next(filter(None, (test(RunMetrics(*answer)) for test in tests)), "")

    @property
    def needed(self):
        """What a mended run has to reach, as (measurement, words)."""
        low = self.rates and self.rates[0]
        return [
            ("new digits recognized", f"{_counted(LEARNED)} or more"),
            *([("effective rate", f"{low * self.rate:.2g} or more")] if low else []),
            ("updates per gradient", f"{self.before.updates:.3g}"),
            *([("its steps", "those of whole batches")] if self.whole_batches > 1 else []),
            *([("gradient check", f"below {SLOPE_AGREES:.0e}")] if self.gradient else []),
        ]

    def about_what_was_kept(self, c):
        """Say which of the parts that are given was changed, "" if none."""
        if c.changed:
            name = KEPT[int(c.changed) - 1]
            if name == "activation":
                return (
                    "The function `activation` has to stay the same; its derivative may change."
                )
            return (
                f"`{name}` has to stay as it was: the net, its data and its budget are given."
            )
        if abs(c.updates - self.before.updates) > _LOOSE:
            return (
                f"It makes {updates(c)}; {updates(self.before, short=True)} belongs to the "
                "budget."
            )
        return ""

    def about_rate(self, c):
        """Say that the effective rate is not what it has to be, "" if it is."""
        low, high = self.rates or (-np.inf, np.inf)
        ratio = c.rate / self.rate
        if np.isnan(ratio) or low - _LOOSE <= ratio <= high + _LOOSE:
            return ""
        limit = f"at least {low:g}" if ratio < low else f"at most {high:g}"
        return (
            f"Its effective rate is {c.rate:.2g}, which is {ratio:.2g} times what is meant "
            f"({self.rate:.2g}); {limit} times are allowed."
        )

    def about_slope(self, c):
        """Say that the gradient fails its check, "" if it passes or is not asked."""
        if not self.gradient or c.gradient_error < SLOPE_AGREES:
            return ""
        return (
            f"The gradient is not the slope of the loss: relative error {c.gradient_error:.1g}."
        )

    def comment(self, answer):
        """Return what there is to say about the diagnosis."""
        place = int(answer[-1])
        words = list(CAUSES)
        if place == 0:
            listed = ", ".join(f'"{word}"' for word in words)
            return (
                "You named no cause. If you like, say it where you say what to change, as in "
                '`configuration.replace(initializer=..., diagnosis="vanishing")`: one of '
                f"{listed}. It decides nothing."
            )
        if place < 0:
            return f"The diagnosis is none of {', '.join(words)}; it decides nothing."
        named = words[place - 1]
        if named == self.cause:
            return f'Your diagnosis of the recorded run, "{named}", is right: {CAUSES[named]}.'
        return f'Your diagnosis of the recorded run was "{named}". {self._opinion(named)}'

    def _opinion(self, named):
        growth = f"before training it is multiplied by {self.before.growth:.2f} per layer"
        general = {
            "vanishing": f"Then δ would shrink by much on its way back: {growth}.",
            "exploding": f"Then δ would grow by much on its way back: {growth}.",
            "rate": "Then a smaller rate alone would cure it.",
            "sum": "Then gradients of several micro-batches would be added up; that run "
            "has none.",
            "order": "Then a clip would stand behind a velocity; in that run none does.",
            "derivative": f"Then a gradient check would fail: its relative error is "
            f"{self.before.gradient_error:.0e}.",
            "slow": "Then the loss would fall, only slowly, and a larger rate would help.",
            "data": "Other runs learn from these images.",
        }
        return self.opinions.get(named, general[named])

    def laws(self):
        """Return the laws of the exercise, each with evidence over all seeds."""
        laws = [
            Law("it learns: half of the new digits or more, with every seed", self._learns),
            Law("the net, its data and its budget are as they were", self._kept),
            Law("the weights are drawn anew with every seed, and untrained", self._drawn),
        ]
        laws += [
            Law("its effective rate stays at least half of what it was", self._rates)
        ] * bool(self.rates)
        laws += [Law("eight micro-batches make the step of one batch", self._whole_steps)] * (
            self.whole_batches > 1
        )
        laws += [Law("the gradient is the slope of the loss", self._slopes)] * self.gradient
        return tuple(laws)

    def _all_metrics(self, function):
        return [RunMetrics(*function(*case)) for case in self.cases(None)]

    def _learns(self, function):
        accuracies = [c.accuracy for c in self._all_metrics(function)]
        listed = ", ".join(map(_counted, accuracies))
        return min(accuracies) >= LEARNED, (
            f"{listed}; before {_counted(self.before.accuracy)}"
        )

    def _kept(self, function):
        said = [self.about_what_was_kept(c) for c in self._all_metrics(function)]
        return not any(said), next(filter(None, said), "all of them")

    def _drawn(self, function):
        all_metrics = self._all_metrics(function)
        held = len({c.start for c in all_metrics}) == len(all_metrics) and not any(
            map(_about_start, all_metrics)
        )
        listed = ", ".join(_counted(c.untrained) for c in all_metrics)
        return held, f"recognized before training {listed}; " + (
            "all drawn anew" if held else "not all drawn anew, or not untrained"
        )

    def _whole_steps(self, function):
        all_metrics = self._all_metrics(function)
        if any(c.changed for c in all_metrics):
            raise Untried("in another run the batches may be others")
        said = [_about_steps(c) for c in all_metrics]
        same = "the same steps, to rounding"
        if any(map(bounded, all_metrics)):
            same += ", where no clip acts"
        return not any(said), next(filter(None, said), same)

    def _rates(self, function):
        all_metrics = self._all_metrics(function)
        if any(np.isnan(c.rate) for c in all_metrics):
            raise Untried(
                "the steps are not in proportion to the gradient, so there is no rate"
            )
        rates = ", ".join(_rate(c.rate) for c in all_metrics)
        return not any(map(self.about_rate, all_metrics)), (
            f"effective rate {rates}; {self.rate:.2g} is meant"
        )

    def _slopes(self, function):
        errors = [c.gradient_error for c in self._all_metrics(function)]
        listed = ", ".join(f"{error:.0e}" for error in errors)
        return max(errors) < SLOPE_AGREES, f"relative error {listed}"


def updates(c, short=False):
    """Return how many updates gradients make, as words."""
    if not c.updates:
        return "no update"
    apart = f"{1 / c.updates:.3g} " if c.updates != 1 else ""
    noun = "gradients" if apart else "gradient"
    return f"one{'' if short else ' update'} for every {apart}{noun}"


def _counted(accuracy):
    n = len(data(DATA[0]).y_test)
    return f"{accuracy * n:.0f} of {n}"


def _rate(rate):
    return "not measurable for these links" if np.isnan(rate) else f"{rate:.2g}"


def _about_start(c):
    """Say that the weights know the digits before training, "" if they do not."""
    if c.untrained <= GUESSED:
        return ""
    return (
        f"It recognizes {_counted(c.untrained)} digits before training: `initializer` has to "
        "draw weights, and the run has to train them."
    )


def _about_learning(c):
    """Say that a run does not learn, "" if it does."""
    if c.accuracy >= LEARNED:
        return ""
    return (
        "It does not learn well enough: it recognizes "
        f"{_counted(c.accuracy)} new digits, and {_counted(LEARNED)} are needed (guessing "
        "gives a tenth)."
    )


def _about_steps(c):
    """Say that micro-batches do not make the step of their batch, "" if they do."""
    if c.step_error > _LOOSE:
        return "Its steps are not those of whole batches, nor a multiple of them."
    if abs(c.step_length - 1) > _LOOSE:
        where = "Where no clip acts, its" if bounded(c) else "Its"
        times = f"{c.step_length:.3g} times as long as those of whole batches"
        return f"{where} steps are {times}."
    return ""


def bounded(c):
    """Tell whether something keeps the steps of huge gradients short."""
    return bool(c.longest < 1e-4 * HUGE * abs(c.rate))


@dataclass(frozen=True)
class RepairedRun(Close):
    """Runs are judged by what is measured of them, and shown as measurements."""

    task: RepairTask | None = None
    agreement = "agree in their outcome with the course's own repair"
    acts = trains = True

    def observe(self, configuration, *args):
        """Return what can be measured of a configuration."""
        return self.task.metrics(configuration)

    def mismatch(self, answer, expected):
        """Return what is wrong with a mended run, "" if nothing."""
        return self.task.mismatch(answer, expected)

    def rows(self, answer, expected):
        """Return what came back, what was measured of it, and what passes."""
        returned = [("returned", answer.shown_as)] if hasattr(answer, "shown_as") else []
        needed = "\n".join(f"{words:23}{value}" for words, value in self.task.needed)
        return [*returned, ("measured", _measurements(answer)), ("needed", needed)]

    def comment(self, answer):
        """Return what there is to say about the diagnosis."""
        return self.task.comment(answer)


def _measurements(answer):
    """Return metrics as text, one measurement a line."""
    c = RunMetrics(*answer)
    rows = {words: f"{getattr(c, name):{form}}" for words, name, form in _ROWS}
    rows |= {"effective rate": _rate(c.rate), _ROWS[0][0]: _counted(c.accuracy)}
    return "\n".join(f"{words:23}{value}" for words, value in rows.items())


def _about_seed(answer, expected):
    return (
        f"The seed is {answer[0]:.0f} where it was {expected[0]:.0f}: change the configuration "
        "that the function is given."
    )
