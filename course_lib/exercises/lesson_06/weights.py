"""Reads which weights an update gives to the old velocity v and to the gradient g."""

from functools import cached_property

import numpy as np

from course_lib.exercises.engine.formatting import farthest_apart, show_apart

_GAMMA = np.array([0.2, 0.3, 0.5, 0.8, 0.9])  # not 0, by which some divide
_V, _G = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])
_OTHERS = np.array([2.0, -3.0, 0.5]), np.array([-1.0, -2.0, 5.0])


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
        """Tell whether the weight of v (0) or of g (1) is one number whatever γ is."""
        rows, linear = self._fitted
        return linear and not self.adds_number and np.ptp(rows[:, i]) < 1e-12


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
        verb = "is no weighted sum" if len(names) == 1 else "are no weighted sums"
        return (
            f"the {' and the '.join(names)} {verb} of v and g, entry by entry: something is "
            "squared, cut off, rounded or left out, or a product, a size, a sign, a minimum or "
            "a mean is taken."
        )


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
