"""What goes wrong in one update of Adam, in lesson 09: told by the step and the averages."""

from functools import cached_property

import numpy as np

from course_lib.exercises.engine.model import Mistake
from course_lib.exercises.engine.relations import close


class Averages:
    """What became of both averages, and what the step is made of."""

    def __init__(self, seen):
        self._seen = seen

    def keeps(self, i, *ways):
        """Tell whether the i-th returned value is one ``make(m, v, g, t)`` in every case."""
        return any(self._all(lambda case, right, make=make: make(*case), i) for make in ways)

    def steps(self, *ways, after_first=False):
        """Tell whether the step is one ``make(m, v, t)`` of the right new averages.

        ``after_first`` leaves out the cases with t = 1.
        """
        return any(
            self._all(lambda case, right, make=make: make(*right[1:], case[3]), 0, after_first)
            for make in ways
        )

    def mixes(self, *ways):
        """Tell whether the step is one ``make(old_m, old_v, m, v, g, t)``, old and new."""
        return any(
            self._all(lambda case, right, make=make: make(*case[:2], *right[1:], *case[2:]), 0)
            for make in ways
        )

    def weights(self, i):
        """Return with which weights old and new stand in average i, None if with none."""
        cases, answers = self._seen.cases, [answer[i] for answer in self._seen.answers]
        columns = np.array([np.concatenate([case[i - 1] for case in cases]),
                            np.concatenate([case[2] ** i for case in cases])]).T  # fmt: skip
        came = np.concatenate(answers)
        if not np.isfinite(came).all():
            return None
        found = np.linalg.lstsq(columns, came, rcond=None)[0]
        return found if close(came, columns @ found) else None

    @cached_property
    def other_weights(self):
        """Say of each average with other weights what they are; "" if of none."""
        said = []
        for i, (name, what, right) in enumerate(_AVERAGES, start=1):
            found = self.weights(i)
            if found is not None and not np.allclose(found, right, rtol=1e-5, atol=1e-9):
                came, needed = (_in_words(name, what, pair) for pair in (found, right))
                said.append(f"`new_{name}` is {came}, and {needed} is right")
        return "; ".join(said)

    @cached_property
    def powers(self):
        """Powers of 1 - 0.9ᵗ and 1 - 0.999ᵗ in the step, None if they do not make it."""
        rows, logs = [], []
        for trial in self._seen.trials:
            _, m, v = trial.expected
            t, known = trial.case[3], (m != 0) & (v > 1e-8)
            rows += [(np.log1p(-(0.9**t)), np.log1p(-(0.999**t)))] * int(known.sum())
            logs += [*np.log(np.abs(trial.answer[0] / m * np.sqrt(v))[known])]
        if not np.isfinite(logs).all():
            return None
        found = np.round(np.linalg.lstsq(np.array(rows), np.array(logs), rcond=None)[0] * 2) / 2
        return found if np.allclose(np.array(rows) @ found, logs, atol=1e-4) else None

    def powers_told(self):
        """Say which powers they are, beside the right ones."""
        said = [
            f"(1 - 0.9ᵗ) to the power {a:g} and (1 - 0.999ᵗ) to the power {b:g}"
            for a, b in (self.powers, (-1, 0.5))
        ]
        return f"the step is m/√v times {said[0]}; {said[1]} are right."

    @cached_property
    def survives_zeros(self):
        """Whether a gradient that was always 0 makes a finite step."""
        zero = np.zeros(2)
        return bool(np.isfinite(self._seen.call(zero, zero, zero, 1)[0]).all())

    @cached_property
    def small(self):
        """What is added to the root in place of 1e-8, None if that is not all that is wrong."""
        answer, (_, m, v), t = next(
            (trial.answer[0], trial.expected, trial.case[3])
            for trial in self._seen.trials
            if 0 < np.abs(trial.expected[1]).max() < 1e-6
        )
        m_hat, v_hat = m / (1 - 0.9**t), v / (1 - 0.999**t)
        found = float((m_hat / answer - np.sqrt(v_hat))[0])
        alone = found > 0 and self.steps(lambda m, v, t: _step(m, v, t, small=found))
        return found if alone and not np.isclose(found, 1e-8) else None

    def _all(self, make, i, after_first=False):
        with np.errstate(all="ignore"):
            return all(
                close(trial.answer[i], make(trial.case, trial.expected))
                for trial in self._seen.trials
                if trial.case[3] > after_first
            )


_AVERAGES = (("m", "g", (0.9, 0.1)), ("v", "g²", (0.999, 0.001)))


def _in_words(name, what, weights):
    """Return an average with these weights as a sum."""
    old, new = (0.0 if abs(w) < 1e-9 else w for w in weights)
    return f"{old:.4g} {name} {'-' if new < 0 else '+'} {abs(new):.4g} {what}"


def _step(m, v, t=np.inf, shift=0, of_m=0.9, of_v=0.999, small=1e-8):
    """Return the step, with corrections by powers of two decays."""
    m_hat, v_hat = m / (1 - of_m ** (t + shift)), v / (1 - of_v ** (t + shift))
    return m_hat / (np.sqrt(v_hat) + small)


def _rootless(m, v, t):
    return m / (1 - 0.9**t) / (v / (1 - 0.999**t) + 1e-8)


def _inside(m, v, t):
    return m / (1 - 0.9**t) / np.sqrt(v / (1 - 0.999**t) + 1e-8)


def _multiplied(m, v, t, of_m=1, of_v=1):
    """Return the step with averages times their corrections to some powers."""
    return m * (1 - 0.9**t) ** of_m / (np.sqrt(v * (1 - 0.999**t) ** of_v) + 1e-8)


def _with(
    step=_step,
    average=lambda m, g: 0.9 * m + 0.1 * g,
    square=lambda v, g: 0.999 * v + 0.001 * g**2,
    keep=lambda m, v, t: (m, v),
):
    def answer(m, v, g, t):
        new_m, new_v = average(m, g), square(v, g)
        return step(new_m, new_v, t), *keep(new_m, new_v, t)

    return answer


def _mixed(make):
    """Return the answer whose step is ``make(old_m, old_v, m, v, g, t)``."""

    def answer(m, v, g, t):
        new_m, new_v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        return make(m, v, new_m, new_v, g, t), new_m, new_v

    return answer


_OF_THE_OLD = (
    lambda old_m, old_v, m, v, g, t: _step(old_m, old_v, t),
    lambda old_m, old_v, m, v, g, t: _step(old_m, v, t),
    lambda old_m, old_v, m, v, g, t: _step(m, old_v, t),
)
_V_AS_IT_IS = (
    lambda m, v, t: _step(m, v, t, of_v=0),
    lambda m, v, t: _step(m, v, t, of_v=0, small=0),
)


def _by(of_m, of_v):
    """Return the step with averages made by other corrections, ``of(average, t)``."""
    right = (lambda m, t: m / (1 - 0.9**t)), (lambda v, t: v / (1 - 0.999**t))
    of_m, of_v = of_m or right[0], of_v or right[1]
    return lambda m, v, t: of_m(m, t) / (np.sqrt(of_v(v, t)) + 1e-8)


def _in_both(of_m, of_v):
    """Return the steps with both corrections made so, or with either."""
    return _by(of_m, of_v), _by(of_m, None), _by(None, of_v)


_PRODUCTS = _in_both(lambda m, t: m / (1 - 0.9 * t), lambda v, t: v / (1 - 0.999 * t))
_LOOSE = _in_both(lambda m, t: m / 1 - 0.9**t, lambda v, t: v / 1 - 0.999**t)
_TWICE = _in_both(lambda m, t: m / (1 - 0.9**t) ** 2, lambda v, t: v / (1 - 0.999**t) ** 2)
_PLUS = _in_both(lambda m, t: m / (1 + 0.9**t), lambda v, t: v / (1 + 0.999**t))
_POWERS = _in_both(lambda m, t: m / (1 - 0.9) ** t, lambda v, t: v / (1 - 0.999) ** t)
_AHEAD = (
    lambda old_m, old_v, m, v, g, t: _step(0.9 * m + 0.1 * g, v, t),
    lambda old_m, old_v, m, v, g, t: _step(
        0.9 * m / (1 - 0.9**t) + 0.1 * g / (1 - 0.9**t), v / (1 - 0.999**t), np.inf
    ),
)
_BY_PLACE = tuple(
    lambda m, v, t, first=first: _step(m, v, np.arange(len(m)) + first) for first in (0, 1)
)
_LARGEST = (
    lambda m, v, g, t: np.maximum(0.999 * v, 0.001 * g**2),
    lambda m, v, g, t: np.maximum(v, g**2),
    lambda m, v, g, t: np.maximum(v, 0.999 * v + 0.001 * g**2),
    lambda m, v, g, t: np.maximum(0.999 * v, np.abs(g)),
)


def _scaled(v, g, t):
    return g / (np.sqrt((0.999 * v + 0.001 * g**2) / (1 - 0.999**t)) + 1e-8)


def _corrected(m, v, t):
    return m / (1 - 0.9**t), v / (1 - 0.999**t)


MISTAKES = (
    Mistake("old averages handed back",
        lambda m, v, g, t: (_with()(m, v, g, t)[0], m, v),
        "an average is handed back as it came, without this gradient: the next step would "
        "begin from the old one again. Return the new ones.",
        (lambda m, v, g, t: (*_with()(m, v, g, t)[:2], v),
         lambda m, v, g, t: (_with()(m, v, g, t)[0], m, _with()(m, v, g, t)[2])),
        when=lambda a: a.keeps(1, lambda m, v, g, t: m) or a.keeps(2, lambda m, v, g, t: v)),
    Mistake("gradient divided before it is averaged",
        lambda m, v, g, t: (
            (0.9 * m + 0.1 * _scaled(v, g, t)) / (1 - 0.9**t),
            0.9 * m + 0.1 * _scaled(v, g, t),
            0.999 * v + 0.001 * g**2,
        ),
        "m averages g divided by the root of v̂. It averages g itself; what is divided by the "
        "root is m̂, in the step.",
        when=lambda a: a.keeps(1, lambda m, v, g, t: 0.9 * m + 0.1 * _scaled(v, g, t))),
    Mistake("corrected averages kept",
        _with(keep=_corrected),
        "what is handed back as an average is a corrected one. The next step would correct it "
        "once more. The correction belongs to the step alone: keep m and v as they are.",
        (_with(keep=lambda m, v, t: (m, v / (1 - 0.999**t))),),
        when=lambda a: a.keeps(1, lambda m, v, g, t: (0.9 * m + 0.1 * g) / (1 - 0.9**t))
        or a.keeps(2, lambda m, v, g, t: (0.999 * v + 0.001 * g**2) / (1 - 0.999**t))),
    Mistake("not corrected",
        _with(step=lambda m, v, t: _step(m, v)),
        "m and v are used as they are. They begin at 0, so that at first both are far too "
        "small, and v is the more so: the first step is about three times too long. Divide m "
        "by 1 - 0.9ᵗ, and v by 1 - 0.999ᵗ.",
        when=lambda a: a.steps(lambda m, v, t: _step(m, v))),
    Mistake("v not corrected",
        _with(step=_V_AS_IT_IS[0]),
        "m is corrected and v is not: v is used as it is. It begins at 0 and is far too small "
        "at first, so that the first step is about 30 times too long. Divide v by 1 - 0.999ᵗ, "
        "and add 1e-8 to its root.",
        (_with(step=_V_AS_IT_IS[1]),),
        when=lambda a: a.steps(*_V_AS_IT_IS)),
    Mistake("1e-8 missing",
        _with(step=lambda m, v, t: _step(m, v, t, small=0)),
        "the 1e-8 beside the root is missing. It counts where gradients are as small, and a "
        "gradient that was 0 from the first step on would give 0/0.",
        when=lambda a: not a.survives_zeros
        and a.steps(lambda m, v, t: _step(m, v, t, small=0)),
        vague=True),
    Mistake("1e-8 not added",
        _with(step=lambda m, v, t: _corrected(m, v, t)[0] / np.maximum(
            np.sqrt(_corrected(m, v, t)[1]), 1e-8)),
        "1e-8 is not added to the root: it only keeps clear of 0/0, as a least value or for "
        "what is 0. Add it, `np.sqrt(v_hat) + 1e-8`: it counts beside all small roots.",
        when=lambda a: a.steps(lambda m, v, t: _step(m, v, t, small=0)),
        vague=True),
    Mistake("another small number",
        _with(step=lambda m, v, t: _step(m, v, t, small=1e-6)),
        "It counts beside a root as small: gradients of that size make shorter or longer "
        "steps than with 1e-8.",
        when=lambda a: a.small,
        measured=lambda a: f"beside the root stands {a.small:.3g} where 1e-8 belongs."),
    Mistake("m not corrected",
        _with(step=lambda m, v, t: _step(m, v, t, of_m=0)),
        "v is corrected and m is not: m is used as it is. It begins at 0 and is far too small "
        "at first, so that the first step is a tenth as long. Divide m by 1 - 0.9ᵗ.",
        when=lambda a: a.steps(lambda m, v, t: _step(m, v, t, of_m=0))),
    Mistake("corrections swapped",
        _with(step=lambda m, v, t: _step(m, v, t, of_m=0.999, of_v=0.9)),
        "the corrections are swapped: m, which was made with 0.9, is divided by 1 - 0.9ᵗ, and "
        "v by 1 - 0.999ᵗ.",
        when=lambda a: a.steps(lambda m, v, t: _step(m, v, t, of_m=0.999, of_v=0.9))),
    Mistake("one correction for both",
        _with(step=lambda m, v, t: _step(m, v, t, of_v=0.9)),
        "both averages are divided by the same correction. Each has its own decay: m is "
        "divided by 1 - 0.9ᵗ, and v by 1 - 0.999ᵗ.",
        (_with(step=lambda m, v, t: _step(m, v, t, of_m=0.999)),),
        when=lambda a: a.steps(lambda m, v, t: _step(m, v, t, of_v=0.9),
                               lambda m, v, t: _step(m, v, t, of_m=0.999))),
    Mistake("a product in place of a power",
        _with(step=_PRODUCTS[0]),
        "a correction takes a decay times t. It is a power: `0.9**t`, as after t steps what "
        "was there at first has been multiplied by 0.9 t times.",
        tuple(_with(step=way) for way in _PRODUCTS[1:]),
        when=lambda a: a.steps(*_PRODUCTS)),
    Mistake("parentheses of the correction",
        _with(step=_LOOSE[0]),
        "`m / 1 - 0.9**t` divides first, by 1, and then takes 0.9ᵗ away. The whole correction "
        "stands under the line: `m / (1 - 0.9**t)`, and the same for v.",
        tuple(_with(step=way) for way in _LOOSE[1:]),
        when=lambda a: a.steps(*_LOOSE)),
    Mistake("plus in the correction",
        _with(step=_PLUS[0]),
        "a correction adds 0.9ᵗ to 1, or 0.999ᵗ, where it has to be taken away: m is divided "
        "by 1 - 0.9ᵗ, the sum of the weights that it holds.",
        tuple(_with(step=way) for way in _PLUS[1:]),
        when=lambda a: a.steps(*_PLUS)),
    Mistake("power of the whole correction",
        _with(step=_POWERS[0]),
        "the power is taken of 1 - 0.9, or of 1 - 0.999. It belongs to the decay alone: "
        "`1 - 0.9**t`.",
        tuple(_with(step=way) for way in _POWERS[1:]),
        when=lambda a: a.steps(*_POWERS)),
    Mistake("gradient mixed in once more",
        _mixed(_AHEAD[0]),
        "the gradient is mixed into m a second time before the step, as in Nesterov's form. m "
        "holds this gradient already: the step is made of m̂ itself.",
        (_mixed(_AHEAD[1]),),
        when=lambda a: a.mixes(*_AHEAD)),
    Mistake("corrected twice",
        _with(step=_TWICE[0]),
        "a correction divides twice over: an average is corrected two times, or v after its "
        "root was taken. Correct each once, v first, and then take the root of v̂.",
        tuple(_with(step=way) for way in _TWICE[1:]),
        when=lambda a: a.steps(*_TWICE)),
    Mistake("place of an entry in place of t",
        _with(step=_BY_PLACE[0]),
        "the corrections take the place of an entry in the arrays where t belongs: another "
        "power for each parameter. t says which gradient it is, and is the same for all.",
        (_with(step=_BY_PLACE[1]),),
        when=lambda a: a.steps(*_BY_PLACE)),
    Mistake("larger one kept",
        _with(square=lambda v, g: np.maximum(0.999 * v, 0.001 * g**2)),
        "v keeps the larger of two numbers. It is an average of g², 0.999 of the old one plus "
        "0.001 of the new square, whichever of them is larger.",
        tuple(_with(square=lambda v, g, way=way: way(0, v, g, 0)) for way in _LARGEST[1:]),
        when=lambda a: a.keeps(2, *_LARGEST)),
    Mistake("step of the old averages",
        _mixed(_OF_THE_OLD[0]),
        "the step is made of an average as it was before this gradient came in. Make the new "
        "m and v first: m̂ and v̂ are made of these.",
        tuple(map(_mixed, _OF_THE_OLD[1:])),
        when=lambda a: a.mixes(*_OF_THE_OLD)),
    Mistake("gradient in place of its average",
        _mixed(lambda old_m, old_v, m, v, g, t: g / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)),
        "the gradient itself is divided by the root, and m goes unused in the step. Above the "
        "root stands m̂, the corrected average of the gradients.",
        when=lambda a: a.mixes(
            lambda old_m, old_v, m, v, g, t: g / (np.sqrt(v / (1 - 0.999**t)) + 1e-8))),
    Mistake("multiplied by the correction",
        _with(step=_multiplied),
        "an average is multiplied by its correction. At first both are too small: they are "
        "divided by it, m by 1 - 0.9ᵗ and v by 1 - 0.999ᵗ.",
        (_with(step=lambda m, v, t: _multiplied(m, v, t, of_m=-1)),
         _with(step=lambda m, v, t: _multiplied(m, v, t, of_v=-1))),
        when=lambda a: a.steps(
            _multiplied, lambda m, v, t: _multiplied(m, v, t, of_m=-1),
            lambda m, v, t: _multiplied(m, v, t, of_v=-1))),
    Mistake("steps counted from another number",
        _with(step=lambda m, v, t: _step(m, v, t, 1)),
        "the corrections take t + 1 or t - 1 in the place of t. The first gradient has t = 1: "
        "then 1 - 0.9ᵗ is 0.1, just the weight with which it came into m.",
        (_with(step=lambda m, v, t: _step(m, v, t, -1)),),
        when=lambda a: a.steps(lambda m, v, t: _step(m, v, t, 1)) or a.steps(
            lambda m, v, t: _step(m, v, t, -1), after_first=True)),
    Mistake("root left out",
        _with(step=_rootless),
        "the step is divided by the average square, not by its root. So gradients ten times as "
        "long make steps a tenth as long, where they should make no difference.",
        when=lambda a: a.steps(_rootless)),
    Mistake("1e-8 under the root",
        _with(step=_inside),
        "1e-8 is added under the root. There it counts beside squares of gradients: those "
        "shorter than 1e-4 make shorter steps. Add it to the root.",
        when=lambda a: a.steps(_inside)),
    Mistake("gradient not squared",
        _with(square=lambda v, g: 0.999 * v + 0.001 * np.abs(g)),
        "v averages the size of the gradient, not its square (or, without `abs`, the gradient "
        "itself, whose root is nan where it is negative): `g**2`.",
        (_with(square=lambda v, g: 0.999 * v + 0.001 * g),),
        when=lambda a: a.keeps(2, lambda m, v, g, t: 0.999 * v + 0.001 * np.abs(g))
        or a.keeps(2, lambda m, v, g, t: 0.999 * v + 0.001 * g)),
    Mistake("decays swapped",
        _with(average=lambda m, g: 0.999 * m + 0.001 * g,
              square=lambda v, g: 0.9 * v + 0.1 * g**2),
        "the decays are swapped: 0.9 belongs to the gradient's average, 0.999 to that of its "
        "square.",
        (_with(lambda m, v, t: _step(m, v, t, of_m=0.999, of_v=0.9),
               lambda m, g: 0.999 * m + 0.001 * g, lambda v, g: 0.9 * v + 0.1 * g**2),),
        when=lambda a: a.keeps(1, lambda m, v, g, t: 0.999 * m + 0.001 * g)
        and a.keeps(2, lambda m, v, g, t: 0.9 * v + 0.1 * g**2)),
    Mistake("weights swapped",
        _with(average=lambda m, g: 0.1 * m + 0.9 * g),
        "the weights of an average are swapped. The old average keeps the large one, 0.9 of m "
        "and 0.999 of v, and what is new comes in with the small one.",
        (_with(square=lambda v, g: 0.001 * v + 0.999 * g**2),),
        when=lambda a: a.keeps(1, lambda m, v, g, t: 0.1 * m + 0.9 * g)
        or a.keeps(2, lambda m, v, g, t: 0.001 * v + 0.999 * g**2)),
    Mistake("other powers of the corrections",
        _with(step=lambda m, v, t: (
            m * (1 - 0.9**t) / np.sqrt(1 - 0.999**t) / (np.sqrt(v) + 1e-8)
        )),
        "Both corrections divide: m by 1 - 0.9ᵗ, and v, under the root, by 1 - 0.999ᵗ.",
        when=lambda a: a.powers is not None and tuple(a.powers) != (-1, 0.5),
        measured=lambda a: a.powers_told(), vague=True),
    Mistake("other weights",
        _with(square=lambda v, g: 0.99 * v + 0.01 * g**2),
        "An average keeps a share of what it was, 0.9 or 0.999, and takes in the rest of 1.",
        (_with(average=lambda m, g: m + 0.1 * g),),
        when=lambda a: a.other_weights,
        measured=lambda a: f"{a.other_weights}."),
)  # fmt: skip
