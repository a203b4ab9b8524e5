"""What goes wrong with the growth per layer in lesson 03."""

from functools import cached_property

import numpy as np

from course_lib.exercises.engine.formatting import compared
from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.kit.reading import are, fitted, single_numbers
from course_lib.exercises.kit.told import told_with


class Facts:
    """Ends and lengths of the norms, and which power of their ratio came.

    A power of any ratio, case by case, is found by `power`; it is nan where the ratio is 1.
    """

    def __init__(self, seen):
        self.seen = seen
        self.first, self.second, self.before_last, self.last = np.array(
            [[norms[i] for i in (0, 1, -2, -1)] for (norms,) in seen.cases]
        ).T
        self.n_steps = np.array([len(norms) - 1 for (norms,) in seen.cases], float)

    @cached_property
    def values(self):
        """What came, nan where it was no number."""
        return single_numbers(self.seen)

    @property
    def ratio(self):
        """The growth over all layers."""
        return self.first / self.last

    def power(self, ratio):
        """Return the exponents that make the values of these ratios."""
        known = np.isfinite(self.values) & (np.abs(np.log(ratio)) > 1e-9)
        return np.where(known, np.log(self.values) / np.log(ratio), np.nan)

    def is_power(self, *exponents, ratio=None):
        """Tell whether all values are the ratios to one of these powers."""
        found = self.power(self.ratio if ratio is None else ratio)
        known = np.isfinite(found)
        return known.sum() > 3 and any(
            np.allclose(found[known], (0 * self.n_steps + exponent)[known])
            for exponent in exponents
        )

    @property
    def is_fixed_power(self):
        """Whether the values are one power of the ratios, whatever the number of layers."""
        return self.is_power(np.nanmedian(self.power(self.ratio)))

    @property
    def is_power_by_length(self):
        """Whether ratios of as many norms came to one power, several times."""
        found, groups = self.power(self.ratio), []
        for n in set(self.n_steps):
            of_length = found[(self.n_steps == n) & np.isfinite(found)]
            groups += [of_length] if of_length.size > 1 else []
        return len(groups) > 1 and all(np.ptp(group) < 1e-6 for group in groups)

    def multiplies(self, *quantities, less=(0,)):
        """Tell whether the values are one multiple of one of these, perhaps less a number."""
        return any(
            are(fitted(self.values + taken, quantity), None)
            for quantity in quantities
            for taken in less
        )


def _factors(norms):
    """Return the factor of every layer, on the way back."""
    return norms[:-1] / norms[1:]


def _fitted_growth(norms):
    slope = np.polyfit(np.arange(len(norms)), np.log(norms), 1)[0]
    return float(np.exp(-slope))


def listed(values):
    """Return norms as text, the first five of them."""
    shown = ", ".join(f"{value:.4g}" for value in values[:5])
    return f"({shown}{', ...' if len(values) > 5 else ''})"


def _numbers(case, answer, expected):
    return f"For the norms {listed(case[0])} {compared(answer, expected)}"


_told = told_with(_numbers)


def _power(exponent):
    """Return the growth over all layers to a power that depends on the number of steps."""
    return lambda norms: (norms[0] / norms[-1]) ** exponent(len(norms) - 1)


def _counted_from_1(norms):
    return (norms[1] / norms[len(norms)]) ** (1 / (len(norms) - 1))


MISTAKES = (
    _told("whole-number division",
          "this is 1 where there is more than one step: `1 // steps` rounds down to 0, and "
          "anything to the power of 0 is 1. `1 / steps` keeps the fraction. (Or do all norms "
          "cancel?)", _power(lambda n: 1 // n),
          _power(lambda n: 0), when=lambda facts: all(facts.values[facts.n_steps > 1] == 1)),
    _told("forward instead of back",
          "this is the factor from the first layer to the last. The gradient travels the other "
          "way, so norms[0] is divided by norms[-1].", _power(lambda n: -1 / n),
          when=lambda facts: facts.is_power(-1 / facts.n_steps)),
    _told("as many steps as layers",
          "L layers have L - 1 steps between them, as 3 posts have 2 gaps.",
          _power(lambda n: 1 / (n + 1)),
          when=lambda facts: facts.is_power(*(1 / (facts.n_steps + k) for k in (-1, 1, 2)))),
    _told("forward, and as many steps as layers",
          "two things. The gradient travels from the last layer to the first, so norms[0] is "
          "divided by norms[-1]; and L layers have L - 1 steps between them.",
          _power(lambda n: -1 / (n + 1)),
          when=lambda facts: facts.is_power(*(-1 / (facts.n_steps + k) for k in (-1, 1, 2)))),
    _told("growth of the whole net",
          "this is the growth over all layers together. What one layer contributes is its (L - "
          "1)th root.", _power(lambda n: 1), when=lambda facts: facts.is_power(1, -1)),
    _told("fixed number of steps",
          "the root is the same however many layers come in. Its order is the number of steps, "
          "`len(norms) - 1`.", _power(lambda n: 1 / 29),
          when=lambda facts: facts.is_fixed_power),
    _told("divided instead of the root",
          "the growth of the whole net is divided by a number of layers or steps. A factor "
          "that is applied again and again is found by a root: `ratio ** (1 / steps)` is the "
          "root, `ratio ** 1 / steps` is ratio / steps, whatever is added or taken off behind "
          "it.",
          lambda norms: norms[0] / norms[-1] / (len(norms) - 1),
          lambda norms: norms[0] / norms[-1] / len(norms) - 1,
          when=lambda facts: facts.multiplies(*(facts.ratio**sign / (facts.n_steps + k) for sign
              in (1, -1) for k in (0, 1)), less=(0, 1))),
    _told("root of one end only",
          "the root is taken of one of the two norms. The ratio comes first, in parentheses, "
          "then its root. (With logarithms: the difference first.)",
          lambda norms: norms[0] / norms[-1] ** (1 / (len(norms) - 1)),
          lambda norms: norms[0] ** (1 / (len(norms) - 1)) / norms[-1],
          lambda norms: norms[0] ** (1 / (len(norms) - 1))),
    _told("two neighbors only",
          "two neighboring layers are compared, and the others are not looked at. r goes from "
          "end to end: norms[0] / norms[-1], and its (L - 1)th root.",
          lambda norms: norms[0] / norms[1], lambda norms: norms[-1] / norms[-2],
          when=lambda facts: any(facts.is_power(1, -1, 1 / facts.n_steps, ratio=ratio) for ratio
              in (facts.first / facts.second, facts.before_last / facts.last)), vague=True),
    _told("another exponent",
          "this is the ratio of the two ends to a power, and not to that of 1/(L - 1): look at "
          "the signs and parentheses of the exponent.",
          _power(lambda n: 1 / n + 1), _power(lambda n: 1 - 1 / (n + 1)),
          when=lambda facts: facts.is_power_by_length, vague=True),
    _told("mean of the factors",
          "the factors of the layers are averaged. Factors multiply: the average to the power "
          "of L - 1 is not the growth from end to end, and r is.",
          lambda norms: np.mean(_factors(norms)), lambda norms: np.median(_factors(norms)),
          lambda norms: np.sum(_factors(norms)) / len(norms),
          lambda norms: 1 / np.mean(1 / _factors(norms))),
    _told("mean of upside-down factors",
          "two things. Direction: norms[1:]/norms[:-1] are the factors from the first layer to "
          "the last, and the gradient travels back. Averaging: factors multiply, so not their "
          "average counts but the root of their product.",
          lambda norms: np.mean(1 / _factors(norms)),
          lambda norms: np.median(1 / _factors(norms)),
          lambda norms: np.sum(1 / _factors(norms)) / len(norms)),
    _told("counted from 1",
          "norms[1] is the second layer's norm. Python counts from 0: the first is norms[0].",
          lambda norms: (norms[1] / norms[-1]) ** (1 / (len(norms) - 1)),
          when=lambda facts: facts.is_power(*(1 / (facts.n_steps + k) for k in (-1, 0, 1)),
              ratio=facts.second / facts.last), any_form=True),
    Mistake("beyond the last norm", _counted_from_1,
            "Python counts from 0: of L norms the first is norms[0] and the last norms[L - 1], "
            "or norms[-1]. There is no norms[L].",
            when=lambda facts: all(isinstance(trial.error, IndexError) for trial in
                facts.seen.trials), any_form=True),
    _told("largest over smallest",
          "the largest norm is compared with the smallest, wherever they are. What counts are "
          "the two ends: norms[0] and norms[-1].",
          lambda norms: (max(norms) / min(norms)) ** (1 / (len(norms) - 1)),
          lambda norms: max(norms) / min(norms)),
    _told("the norms averaged",
          "this is a mean of the norms, which doubles where all norms double. A growth is a "
          "ratio of two norms, and does not.",
          lambda norms: np.prod(norms) ** (1 / len(norms)), np.mean, np.median,
          lambda norms: np.prod(norms) ** (1 / (len(norms) - 1))),
    _told("ratio of means",
          "means or sums of the norms are divided by each other, without the last norm and "
          "without the first. r is made of the two ends alone: norms[0] / norms[-1], and its "
          "(L - 1)th root.",
          lambda norms: np.mean(norms[:-1]) / np.mean(norms[1:]),
          lambda norms: np.mean(norms[1:]) / np.mean(norms[:-1])),
    _told("the logarithm of it",
          "this is a logarithm of the growth, 0 where a layer changes nothing. The factor "
          "itself is asked for, 1 there.",
          lambda norms: np.log10(norms[0] / norms[-1]) / (len(norms) - 1),
          when=lambda facts: facts.multiplies(
              *(np.log(facts.ratio) / n for n in (1, facts.n_steps, facts.n_steps + 1)))),
    _told("difference instead of ratio",
          "the norms are subtracted. A layer multiplies the gradient: how much it grows is a "
          "ratio.", lambda norms: (norms[0] - norms[-1]) / (len(norms) - 1),
          lambda norms: 1 + (norms[0] - norms[-1]) / (len(norms) - 1),
          when=lambda facts: any(are(fitted(facts.values - start, (facts.first - facts.last) /
              steps), None) for start in (0, 1) for steps in (1, facts.n_steps, facts.n_steps +
              1))),
    Mistake("every layer's factor", _factors,
            "these are the factors of the single layers. One number is asked for, the same in "
            "every layer, whose power of L - 1 is their product.",
            variants=(lambda norms: 1 / _factors(norms), lambda norms: list(_factors(norms)))),
    _told("slope of a fitted line",
          "a line is fitted through the logarithms of all norms. That is a good measure too, "
          "and another one: r is made of the two ends alone, so that r^(L - 1) gives their "
          "ratio exactly. (And it grows on the way back.)", _fitted_growth,
          lambda norms: 1 / _fitted_growth(norms)),
)  # fmt: skip
