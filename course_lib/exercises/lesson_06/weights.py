"""Reads which weights an update gives to the old velocity v and to the gradient g."""

from functools import cached_property
from itertools import product

import numpy as np

from course_lib.exercises.engine.formatting import farthest_apart, show_apart

_GAMMA = np.array([0.2, 0.3, 0.5, 0.8, 0.9])  # not 0, by which some divide
_V, _G = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
_OTHERS = np.array([2.0, -3.0, 0.5]), np.array([-1.0, -2.0, 5.0])
_FAR = np.array([0.0, 1.0, 3.0])  # where the first entry stays as it is
_RAISED = ("", "", "²", "³", "⁴")


MIXED = (
    "entries are mixed: each comes from v and g at its own place, and here other places count "
    "too, as in a sum, a mean, a norm or a dot product."
)


class Weights:
    """The weights of v and g in what an update returns, as functions of γ.

    Parameters
    ----------
    returned : callable
        ``returned(v, g, gamma) -> ndarray``: calls the answer.
    """

    def __init__(self, returned):
        self._returned = returned

    @cached_property
    def _fitted(self):
        """Weights of v, of g and a number that is added, one row for each γ."""
        rows, linear = [], True
        for gamma in _GAMMA:
            value = self._returned(_V, _G, gamma)
            added = value[2]
            past, present = value[0] - added, value[1] - added
            v, g = _OTHERS
            linear &= np.allclose(self._returned(v, g, gamma), past * v + present * g + added)
            rows.append((past, present, added))
        return np.array(rows), linear

    @property
    def is_sum(self):
        """Whether multiples of v and g are added, and perhaps a number."""
        return self._fitted[1]

    @property
    def adds_number(self):
        """Whether a number is added that is neither v nor g."""
        return self.is_sum and np.abs(self._fitted[0][:, 2]).max() > 1e-12

    def are(self, past=None, present=None):
        """Tell whether v and g have these weights, functions of γ; None stands for any."""
        rows, linear = self._fitted
        pairs = ((rows[:, 0], past), (rows[:, 1], present))
        return (
            linear
            and not self.adds_number
            and all(
                weight is None or np.allclose(values, weight(_GAMMA))
                for values, weight in pairs
            )
        )

    def are_fixed(self, i):
        """Tell whether the weight of v (0) or of g (1) is one number whatever γ is, not ±1."""
        rows, linear = self._fitted
        fixed = linear and not self.adds_number and np.ptp(rows[:, i]) < 1e-12
        return fixed and abs(rows[0, i]) not in (0, 1)

    @cached_property
    def counts_entries(self):
        """Whether the weights are others where v and g have fewer entries."""
        (past, present, added), gamma = self._fitted[0][3], _GAMMA[3]
        v, g = _OTHERS[0][:2], _OTHERS[1][:2]
        came = self._returned(v, g, gamma)
        return self.is_sum and not np.allclose(came, past * v + present * g + added)

    @cached_property
    def mixes_entries(self):
        """Whether an entry of what is returned depends on other entries of v and g."""
        v, g = _OTHERS
        value = self._returned(v, g, 0.8)
        others = (self._returned(a, b, 0.8)[0] for a, b in ((v + _FAR, g), (v, g + _FAR)))
        return any(other != value[0] for other in others)

    def about(self, past, present):
        """Say which weights v and g have, where these were right; "" if that is not known."""
        told = []
        for i, (name, weight) in enumerate((("v", past), ("g", present))):
            came, right = in_gamma(self._fitted[0][:, i]), in_gamma(weight(_GAMMA))
            if came is None:
                return ""
            if came != right:
                told.append(f"{name} has the weight {came}, where {right} is right")
        return "; ".join(told)


class Facts(Weights):
    """The weights in the one value of an update, also where it changed an argument."""

    def __init__(self, seen):
        self.seen = seen
        super().__init__(seen.call)


class PairFacts:
    """The weights in both values that Nesterov's update returns."""

    def __init__(self, seen):
        self.seen = seen
        self.step, self.velocity = (
            Weights(lambda *args, i=i: seen.call(*args)[i]) for i in (0, 1)
        )

    def about_sums(self):
        """Say which of the values is no weighted sum."""
        both = {"step": self.step, "new velocity": self.velocity}
        names = [name for name, weights in both.items() if not weights.is_sum]
        if any(both[name].mixes_entries for name in names):
            return f"in the {' and the '.join(names)} the {MIXED}"
        verb = "is no weighted sum" if len(names) == 1 else "are no weighted sums"
        return (
            f"the {' and the '.join(names)} {verb} of v and g, entry by entry: something is "
            "squared, cut off, rounded or left out, or a product, a size, a sign, a minimum or "
            "a maximum is taken."
        )


def in_gamma(values):
    """Return how numbers, one for each γ, are made of γ, as "γ/(1 - γ)"; None if unknown.

    Parameters
    ----------
    values : ndarray
        What came for each γ of a fixed list.

    Returns
    -------
    str or None
    """
    if not np.any(values):
        return "0"
    factors = (("γ", _GAMMA, 4), ("(1 - γ)", 1 - _GAMMA, 2), ("(1 + γ)", 1 + _GAMMA, 2))
    orders = product(*(range(-n, n + 1) for *_, n in factors))
    for powers in sorted(orders, key=lambda powers: sum(map(abs, powers))):
        made = np.prod([x**p for (_, x, _), p in zip(factors, powers, strict=True)], axis=0)
        k = values / made
        if np.ptp(k) < 1e-9 * abs(k[0]):
            return _written([name for name, *_ in factors], powers, k[0])
    return _as_powers(values)


def _written(names, powers, k):
    """Return a product of powers as text."""
    above, below = (
        [name + _RAISED[abs(p)] for name, p in zip(names, powers, strict=True) if p * sign > 0]
        for sign in (1, -1)
    )
    number = "" if np.isclose(abs(k), 1) and above else f"{abs(k):.4g}"
    top = (f"{number} " if number and above else number) + " ".join(above)
    if not below and len(above) == 1 and not number and k > 0:
        return top.strip("()")
    under = below[0] if len(below) == 1 else f"({' '.join(below)})"
    return f"{'-' * bool(k < 0)}{top}{f'/{under}' if below else ''}"


def _as_powers(values):
    """Return a sum of powers of γ with plain coefficients as text, None if it is none."""
    columns = np.vander(_GAMMA, 4)
    found = np.linalg.lstsq(columns, values, rcond=None)[0]
    plain = np.round(2 * found) / 2
    if not np.allclose(columns @ plain, values, rtol=0, atol=1e-9) or np.abs(plain).max() > 9:
        return None
    text = ""
    for k, power in zip(plain, ("γ³", "γ²", "γ", ""), strict=True):
        if k:
            number = "" if abs(k) == 1 and power else f"{abs(k):g}"
            sign = (" - " if k < 0 else " + ") if text else "-" * bool(k < 0)
            text += f"{sign}{' '.join(filter(None, (number, power)))}"
    return text


def told_weights(v, g, value):
    """Return "0.9 v + 1 g" for a value that is such a sum; None where that cannot be seen."""
    columns = np.column_stack([v, g])
    if np.linalg.matrix_rank(columns) < 2:
        return None
    weights = np.linalg.lstsq(columns, value, rcond=None)[0]
    if not np.allclose(columns @ weights, value):
        return None
    past, present = np.round(weights, 12) + 0.0
    sign = "-" if present < 0 else "+"
    return f"{past:.4g} v {sign} {abs(present):.4g} g"


def compared_weights(case, answer, expected, name="it"):
    """Say which weights came and which are right, or what became of one entry."""
    v, g, gamma = case
    came, right = (told_weights(v, g, value) for value in (answer, expected))
    if came and right and came != right:
        return f"With γ = {gamma:.4g} {name} is {came}, and {right} is right."
    return compared_entry(case, answer, expected, name)


def compared_entry(case, answer, expected, name="it"):
    """Say what became of the entry that is farthest from what is right."""
    v, g, gamma = case
    i = farthest_apart(answer, expected)
    received, right = show_apart(answer[i], expected[i])
    return (
        f"With γ = {gamma:.4g}, v = {v[i]:.4g} and g = {g[i]:.4g} {name} is {received}, and "
        f"{right} is right."
    )
